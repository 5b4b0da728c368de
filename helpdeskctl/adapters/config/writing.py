"""The commented configuration that `helpdeskctl init` writes.

The files example_it.toml and example_en.toml hold it: every key with its default, switched off by a #
without a space. The published rules and the vague words are written here, so that they are those in force.
"""

import os
from collections.abc import Iterator, Mapping

from helpdeskctl.adapters.config.default_rules import RULES
from helpdeskctl.adapters.config.default_words import VAGUE_WORDS
from helpdeskctl.domain.rules import Rule

# The lines of an example that stand for the published rules, and for the vague words.
_RULES_LINE = "#[[rules]]\n"
_WORDS_LINE = "#vague_words = []\n"
_WIDTH = 100
# Where each answer goes.
_ASKED = {
    "language": "language",
    "maildir.path": "maildir",
    "store.path": "store",
    "desk.name": "name",
    "desk.intake": "intake",
    "mail.transport": "transport",
    "mail.sendmail": "sendmail",
}


def written(answers: Mapping[str, str]) -> str:
    """The configuration with the answers given; intake may be several addresses with commas between."""
    language = answers.get("language", "it")
    with open(os.path.join(os.path.dirname(__file__), f"example_{language}.toml"), encoding="utf-8") as file:
        lines = file.readlines()
    section = ""
    for number, line in enumerate(lines):
        setting = line.removeprefix("#")
        if setting.startswith("["):
            section = setting.strip("[]\n") + "."
        key = section + setting.partition(" =")[0]
        if answer := answers.get(_ASKED.get(key, ""), ""):
            value = _list(answer.split(",")) if key == "desk.intake" else _quoted(answer)
            lines[number] = f"{key.removeprefix(section)} = {value}\n"
        elif line == _RULES_LINE:
            lines[number] = "\n".join("".join(f"#{row}\n" for row in _rows(rule)) for rule in RULES)
        elif line == _WORDS_LINE:
            lines[number] = "".join(f"#{row}\n" for row in _long_list("vague_words", VAGUE_WORDS))
    return "".join(lines)


def _rows(rule: Rule) -> Iterator[str]:
    """A rule as it stands in a file."""
    effect, _, value = rule.effect.partition("=")
    yield "[[rules]]"
    yield f"name = {_quoted(rule.name)}"
    yield f"in = {_list(rule.fields)}"
    yield f"{rule.kind} = {_list(rule.patterns)}"
    if rule.unless:
        yield from _long_list("unless", rule.unless)
    yield f"{effect} = {_quoted(value)}"
    yield from _long_list("matches", rule.matches)
    yield from _long_list("misses", rule.misses)


def _long_list(key: str, texts: tuple[str, ...]) -> Iterator[str]:
    """A list on as many rows as it needs."""
    whole = f"{key} = {_list(texts)}"
    if len(whole) <= _WIDTH:
        yield whole
        return
    yield f"{key} = ["
    row = "   "
    for text in map(_quoted, texts):
        if len(row) + len(text) + 2 > _WIDTH:
            yield row
            row = "   "
        row += f" {text},"
    yield row
    yield "]"


def _list(texts: tuple[str, ...] | list[str]) -> str:
    return f"[{', '.join(_quoted(text.strip()) for text in texts)}]"


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
