"""The firm's own rules: from checked values to `Rule`, each with exactly one match and one effect.

RE2 is loaded only where a rule is an expression.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from helpdeskctl.adapters.config.checks import Place
from helpdeskctl.adapters.config.reading import Problems, Values
from helpdeskctl.domain.case import Urgency
from helpdeskctl.domain.errors import ConfigurationError
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.rules import KINDS, Rule

_EFFECTS = ("sector", "urgency", "command", "tag")


def rules_of(
    read: Iterable[tuple[Place, Values]], sectors: tuple[str, ...], problems: Problems
) -> tuple[Rule, ...]:
    """The rules in the order of the file; `sectors` are the keys that a rule may name."""
    rules: list[Rule] = []
    for place, values in read:
        wrong = list(_contradictions(values, sectors, place))
        if any(rule.name == values["name"] for rule in rules):
            sentence = "{file}: {key} = {found} names two rules."
            wrong.append(place.within("name").wrong(sentence, values["name"]))
        problems.extend(wrong)
        if not wrong:
            rules.append(_rule(values, place, problems))
    return tuple(rules)


def _contradictions(values: Values, sectors: tuple[str, ...], place: Place) -> Iterator[ConfigurationError]:
    for choices in (tuple(KINDS), _EFFECTS):
        if sum(choice in values for choice in choices) != 1:
            sentence = "{file}: {key} must have exactly one of {allowed}."
            yield place.wrong(sentence, "", allowed=", ".join(choices))
    sentence = "{file}: {key} must be one of {allowed}, not {found}."
    if values.get("sector", sectors[0]) not in sectors:
        yield place.within("sector").wrong(sentence, values["sector"], allowed=", ".join(sectors))
    # Commands are read in the subject alone (behaviour.md §6).
    if "command" in values and values["in"] != ("subject",):
        yield place.within("in").wrong(sentence, values["in"], allowed="subject")


def _rule(values: Values, place: Place, problems: Problems) -> Rule:
    kind = next(kind for kind in KINDS if kind in values)
    patterns = values[kind]
    return Rule(
        name=values["name"],
        fields=values["in"],
        kind=kind,
        patterns=patterns,
        unless=values.get("unless", ()),
        sector=values.get("sector", ""),
        urgency=Urgency[values["urgency"]] if "urgency" in values else None,
        command=values.get("command", ""),
        tag=values.get("tag", ""),
        compiled=_compiled(patterns, place.within("regex"), problems) if kind == "regex" else (),
        matches=values.get("matches", ()),
        misses=values.get("misses", ()),
    )


def _compiled(patterns: tuple[str, ...], place: Place, problems: Problems) -> tuple[Any, ...]:
    """The expressions as RE2 compiles them: linear time, upper and lower case alike."""
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    compiled = []
    for pattern in patterns:
        try:
            compiled.append(re2.compile(_without_accents(pattern), options))
        except re2.error as error:
            said = error.args[0]
            reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            sentence = "{file}: {key} = {found} is no expression that RE2 takes ({reason})."
            problems.append(place.wrong(sentence, pattern, reason=reason))
    return tuple(compiled)


def _without_accents(pattern: str) -> str:
    """The expression as it can hit a folded text: è is e, ’ is '; what ASCII can write is left alone."""
    return "".join(c if c.isascii() else _literal(c) for c in pattern)


def _literal(char: str) -> str:
    """The character folded, as a literal: its form may mean something in an expression."""
    plain = " " if char.isspace() else fold(char)
    return "".join(c if c.isalnum() or not c.isascii() else f"\\{c}" for c in plain)
