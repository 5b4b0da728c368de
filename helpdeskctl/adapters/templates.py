"""The texts of outgoing mail: files in the desk's language, each replaceable by one of the firm's.

It knows the template files and how a fact is written; it knows no case and no mail. A file is UTF-8:

    # A comment: a line that begins with "#".
    Subject: $token $subject

    $name or ${name} is a fact. A line whose facts are all empty is left out.
    A fact of several items repeats its line: $attachments
    ?due: This line stands only where the fact "due" is not empty,
    ?!due: and this one only where it is. Several conditions in a row must all hold.

Of several blank lines in a row, one is left. `$$` is a dollar sign. Empty are a missing fact, "", 0
and (). What a fact says is never read as a template.
"""

import os
import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from itertools import repeat
from string import Template
from typing import TYPE_CHECKING, NamedTuple

from helpdeskctl.domain.errors import ConfigurationError, RefusedError

if TYPE_CHECKING:
    from helpdeskctl.application.ports import Fact

_TEXTS = os.path.join(os.path.dirname(__file__), "templates_text")
# The pages for customers, in the same form: what stands behind "Subject:" is their title.
PAGES = os.path.join(os.path.dirname(__file__), "pages_text")
_CONDITION = r"\?(!?)([a-z][a-z0-9_]*):(?: |$)"
# The locale of the language is missing on many servers, so the names stand here.
_DAYS = {
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_MONTHS = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "en": "January February March April May June July August September October November December",
}
_CLOCK = {"it": "ore ", "en": ""}


Facts = Mapping[str, str | tuple[str, ...]]


class _Line(NamedTuple):
    """A line of a template; `conditions` are facts and whether each must be empty. In `text`, `%s` stands
    for each of the facts `names`, and `%%` for a per cent sign."""

    conditions: tuple[tuple[str, bool], ...]
    text: str
    names: tuple[str, ...]


class FileTexts:
    """Keeps the port `Texts` for one language; times are written in `zone`.

    `overrides` is a directory that need not exist ("" for none); its `NAME.txt` replaces the text NAME.
    `texts` is where ours lie, below the language.
    """

    def __init__(self, language: str, zone: tzinfo, overrides: str, texts: str = _TEXTS) -> None:
        self._texts = os.path.join(texts, language)
        self._language = language
        self._zone = zone
        self._overrides = overrides
        self._read: dict[str, tuple[_Line, list[_Line]]] = {}

    def names(self) -> tuple[str, ...]:
        """The texts there are."""
        files = os.listdir(self._texts)
        return tuple(sorted(file.removesuffix(".txt") for file in files if file.endswith(".txt")))

    def render(self, template: str, facts: "Mapping[str, Fact]") -> tuple[str, str]:
        """Subject (one line) and body of that text.

        Raises `ConfigurationError` with file and line for a replacement that cannot be used, and
        `RefusedError` for a name that is none.
        """
        if template not in self._read:
            self._read[template] = self._lines(template)
        subject, body = self._read[template]
        written = {name: self._written(value) for name, value in facts.items() if value}
        heading = " ".join(_filled(subject, _values(subject, written)))
        return " ".join(heading.split()), _joined(body, written)

    def _lines(self, name: str) -> tuple[_Line, list[_Line]]:
        if name not in self.names():
            known = ", ".join(self.names())
            raise RefusedError('There is no text "{name}": take one of {known}.', name=name, known=known)
        if self._overrides:
            replacement = os.path.join(self._overrides, f"{name}.txt")
            try:
                return _parsed(replacement)
            except (FileNotFoundError, NotADirectoryError):
                pass
            except OSError as error:
                said = "The text {path} cannot be read ({reason}): make it readable or remove it."
                raise ConfigurationError(said, path=replacement, reason=error.strerror) from error
        return _parsed(os.path.join(self._texts, f"{name}.txt"))

    def _written(self, fact: "Fact") -> str | tuple[str, ...]:
        """A fact in words; an item of several stays in its line."""
        if isinstance(fact, datetime):
            return _time_in_words(fact.astimezone(self._zone), self._language)
        if isinstance(fact, tuple):
            return tuple(" ".join(item.splitlines()) for item in fact)
        return str(fact).strip("\r\n")


def _time_in_words(at: datetime, language: str) -> str:
    day, month = _DAYS[language].split()[at.weekday()], _MONTHS[language].split()[at.month - 1]
    return f"{day} {at.day} {month} {at.year}, {_CLOCK[language]}{at:%H:%M}"


def _parsed(path: str) -> tuple[_Line, list[_Line]]:
    """The subject line and the lines of the body, every one checked."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        said = "The text {path}, line {line}, is not UTF-8: save it as UTF-8."
        raise ConfigurationError(said, path=path, line=line) from error
    numbered = [(n, line) for n, line in enumerate(text.split("\n"), 1) if not line.startswith("#")]
    number, first = next(((n, line) for n, line in numbered if line.strip()), (1, ""))
    if not first.startswith("Subject:"):
        said = 'The text {path}, line {line}, must be its subject line: begin it with "Subject:".'
        raise ConfigurationError(said, path=path, line=number)
    subject = _line(first.removeprefix("Subject:"), path, number)
    return subject, [_line(line, path, n) for n, line in numbered if n > number]


def _line(text: str, path: str, number: int) -> _Line:
    conditions = []
    while condition := re.match(_CONDITION, text):
        conditions.append((condition[2], condition[1] == "!"))
        text = text[condition.end() :]
    text, names = text.rstrip(), list[str]()
    if not Template(text).is_valid():
        said = 'The text {path}, line {line}, has a "$" that begins no name: write "$$" for a dollar sign.'
        raise ConfigurationError(said, path=path, line=number)

    def place(found: re.Match[str]) -> str:
        if found["escaped"]:
            return "$"
        names.append(found["named"] or found["braced"])
        return "%s"

    written = re.sub(Template.pattern, place, text.replace("%", "%%"))
    return _Line(tuple(conditions), written, tuple(names))


def _joined(lines: list[_Line], facts: Facts) -> str:
    """The body, without blank lines at its ends and with one between what is apart."""
    body: list[str] = []
    for line in lines:
        if line.conditions and not all((not facts.get(name)) == empty for name, empty in line.conditions):
            continue
        values = _values(line, facts)
        if line.text:
            if not values or any(values):
                body.extend(_filled(line, values))
        elif body and body[-1]:
            body.append("")
    return "\n".join(body).rstrip("\n") + "\n"


def _values(line: _Line, facts: Facts) -> list[str | tuple[str, ...]]:
    return [facts.get(name, "") for name in line.names]


def _filled(line: _Line, values: list[str | tuple[str, ...]]) -> list[str]:
    """The line with its facts, once for each item of those that have several."""
    if not any(isinstance(value, tuple) for value in values):
        return [line.text % tuple(values)]
    several = [value if isinstance(value, tuple) else repeat(value) for value in values]
    return [line.text % items for items in zip(*several, strict=False)]
