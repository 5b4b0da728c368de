"""Rules and what is wrong with them: for pipes, for programs, for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.formats.wording import effect_words, field_word, listed
from helpdeskctl.cli.words import _
from helpdeskctl.domain.rule_check import FAILURES, Problem
from helpdeskctl.domain.rules import Rule

if TYPE_CHECKING:
    from rich.console import RenderableType

# A rule may have a hundred exceptions: the table shows so many, JSON and pipes show all.
_SHOWN = 3


def as_json(rule: Rule) -> dict[str, Any]:
    """A rule for programs."""
    return {
        "name": rule.name,
        "in": list(rule.fields),
        "kind": rule.kind,
        "patterns": list(rule.patterns),
        "unless": list(rule.unless),
        "effect": rule.effect,
        "matches": list(rule.matches),
        "misses": list(rule.misses),
    }


def as_line(rule: Rule) -> tuple[str, ...]:
    """name, fields, kind, patterns, unless, effect, matches, misses; several with " | " between."""
    texts = (rule.patterns, rule.unless, rule.matches, rule.misses)
    patterns, unless, matches, misses = map(" | ".join, texts)
    return rule.name, ",".join(rule.fields), rule.kind, patterns, unless, rule.effect, matches, misses


def table_of(rules: Iterable[Rule]) -> "RenderableType":
    """The rules in their order."""
    from helpdeskctl.cli.formats import table

    headings = (_("Rule"), _("Where"), _("Match"), _("Unless"), _("Effect"), _("Examples"))
    rows = [
        (
            rule.name,
            listed(map(field_word, rule.fields)),
            f"{kind_word(rule.kind)} {_quoted(rule.patterns)}",
            _quoted(rule.unless),
            effect_words(rule.effect),
            str(len(rule.matches) + len(rule.misses)),
        )
        for rule in rules
    ]
    return table.plain(headings, rows)


def checked(rules: Sequence[Rule], hits: Mapping[str, int] | None) -> "RenderableType":
    """For each rule what it does, how many examples it has, and in how many stored mails it hits."""
    from helpdeskctl.cli.formats import table

    rows = [
        (
            rule.name,
            effect_words(rule.effect),
            str(len(rule.matches) + len(rule.misses)),
            "-" if hits is None else str(hits[rule.name]),
        )
        for rule in rules
    ]
    return table.plain((_("Rule"), _("Effect"), _("Examples"), _("Mails")), rows)


def kind_word(kind: str) -> str:
    """How a rule compares."""
    return {"contains": _("contains"), "word": _("contains the word"), "regex": _("fits")}[kind]


def problem_style(problem: Problem) -> str:
    """What must be mended stands out."""
    return "bold red" if problem.kind in FAILURES else "yellow"


def problem_words(problem: Problem) -> str:
    """A problem as one sentence."""
    sentences = {
        "not matched": _("{rule}: the example «{text}» in `matches` does not hit."),
        "not missed": _("{rule}: the example «{text}» in `misses` hits."),
        "contradictory": _("{rule}: «{text}» stands in {other} too, which decides otherwise."),
        "shadowed": _("{rule}: «{text}» never decides: {other} hits wherever it does."),
        "idle": _("{rule}: «{text}» in `unless` excuses nothing: none of the rule's texts stands in it."),
        "dead": _("{rule}: «{text}» never hits: it stands in `unless` as well."),
    }
    said = sentences[problem.kind]
    if problem.kind == "dead" and not problem.text:
        said = _("{rule}: the whole rule never decides: {other} hits wherever it does.")
        if not problem.other:
            said = _("{rule}: the whole rule never hits.")
    return one_line(said.format(**problem._asdict()))


def _quoted(texts: tuple[str, ...]) -> str:
    """The first of them between quotation marks, and how many more there are."""
    shown = listed(f"«{one_line(text)}»" for text in texts[:_SHOWN])
    more = len(texts) - _SHOWN
    return _("{texts} and {n} more").format(texts=shown, n=more) if more > 0 else shown
