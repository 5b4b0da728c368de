"""What can be told of rules by looking at them alone: examples that fail, patterns that never decide.

Pure. It errs on the side of silence: what is reported is so for every mail, whatever it says.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from helpdeskctl.domain.folding import Folded, fold, folded
from helpdeskctl.domain.mail_commands import COMMANDS
from helpdeskctl.domain.reference import bare_subject
from helpdeskctl.domain.rules import Rule, occurrences, word

# A problem of one of these kinds is the firm's to mend before the rules are put in force.
FAILURES = frozenset({"not matched", "not missed", "contradictory"})


# Each pattern is compared with all others.
_plain = lru_cache(10_000)(fold)


class Problem(NamedTuple):
    """Something wrong with a rule.

    `kind` is `not matched` or `not missed` (an example in `matches`, in `misses`, that comes out otherwise);
    `contradictory` (the pattern stands in `other` too, for another effect of the same kind, which wins);
    `shadowed` (wherever the pattern hits, `other` has decided already); `dead` (the pattern is an `unless`
    phrase of its own rule; with an empty `text`, nothing of the whole rule ever decides); `idle` (an
    `unless` phrase that can excuse nothing). `text` is the example, pattern or phrase as written.
    """

    kind: str
    rule: str
    text: str
    other: str = ""


def problems(rules: Sequence[Rule]) -> tuple[Problem, ...]:
    """Everything wrong with these rules, in their order."""
    return tuple(
        problem
        for place, rule in enumerate(rules)
        for problem in _of(rule, rules[:place], rules[place + 1 :])
    )


def _of(rule: Rule, before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[Problem]:
    yield from _failed_examples(rule)
    outranking = [
        *(other for other in before if _rank(other)[0] == _rank(rule)[0] and _rank(other) >= _rank(rule)),
        *(other for other in after if _rank(other)[0] == _rank(rule)[0] and _rank(other) > _rank(rule)),
    ]
    useless = list(_useless_patterns(rule, outranking))
    contradictory = [problem for problem in useless if problem.kind == "contradictory"]
    if len(useless) == len(rule.patterns) and not contradictory:
        others = dict.fromkeys(problem.other for problem in useless if problem.other not in {"", rule.name})
        yield Problem("dead", rule.name, "", ", ".join(others))
    else:
        yield from useless
    yield from _idle_phrases(rule)


def _failed_examples(rule: Rule) -> Iterator[Problem]:
    for text in rule.matches:
        if not _hits(rule, text):
            yield Problem("not matched", rule.name, text)
    for text in rule.misses:
        if _hits(rule, text):
            yield Problem("not missed", rule.name, text)


def _hits(rule: Rule, text: str) -> bool:
    """Whether the rule hits in the text; a command is read in a subject without its reply prefixes."""
    seen = folded(bare_subject(text) if rule.command else text)
    return any(True for _ in occurrences(rule, seen))


def _rank(rule: Rule) -> tuple[str, int]:
    """What the rule decides about, and how much it weighs there: of equals, the first in order decides."""
    if rule.urgency is not None:
        return "urgency", rule.urgency
    if rule.command:
        return "command", -[command.name for command in COMMANDS].index(rule.command)
    # Tags are given one beside the other.
    return ("sector", 0) if rule.sector else (f"tag={rule.tag}", 0)


def _useless_patterns(rule: Rule, outranking: Sequence[Rule]) -> Iterator[Problem]:
    """The patterns that never decide, each with the first reason."""
    for place, pattern in enumerate(rule.patterns):
        if rule.kind == "word" and _plain(pattern) in map(_plain, rule.unless):
            yield Problem("dead", rule.name, pattern)
            continue
        if any(_covers(rule, earlier, rule, pattern) for earlier in rule.patterns[:place]):
            yield Problem("shadowed", rule.name, pattern, rule.name)
        elif winner := next((other for other in outranking if _takes(other, rule, pattern)), None):
            contradicts = winner.effect != rule.effect and _has(winner, rule.kind, pattern)
            yield Problem("contradictory" if contradicts else "shadowed", rule.name, pattern, winner.name)


def _takes(winner: Rule, rule: Rule, pattern: str) -> bool:
    """Whether the winner hits wherever the rule does by that pattern."""
    seen = set(rule.fields) <= set(winner.fields)
    return seen and any(_covers(winner, sought, rule, pattern) for sought in winner.patterns)


def _has(rule: Rule, kind: str, pattern: str) -> bool:
    return rule.kind == kind and _plain(pattern) in map(_plain, rule.patterns)


def _covers(winner: Rule, sought: str, rule: Rule, pattern: str) -> bool:
    """Whether each hit of the rule's pattern holds a hit of the winner's."""
    if winner.kind == "regex" or rule.kind == "regex":
        same = winner.kind == rule.kind and sought == pattern
        return same and set(winner.unless) <= set(rule.unless)
    small, large = _plain(sought), _plain(pattern)
    # Only such a phrase can excuse the winner's words.
    excuses = {phrase for phrase in map(_plain, winner.unless) if small in phrase}
    if winner.kind == rule.kind and small == large:
        return excuses <= set(map(_plain, rule.unless))
    # It may excuse the winner's words and not the rule's, which are more; and a command counts each word
    # for itself, against the case's own subject.
    if excuses or winner.command:
        return False
    if winner.kind == "contains":
        return small in large
    # What touches the words of a `contains` in a mail may be a letter.
    touched = large if rule.kind == "word" else f"x{large}x"
    return any(True for _ in word.spans(small, Folded(touched, touched)))


def _idle_phrases(rule: Rule) -> Iterator[Problem]:
    """The phrases that hold none of the words they should excuse; of an expression it cannot be told."""
    if rule.kind == "regex":
        return
    patterns = list(map(_plain, rule.patterns))
    for phrase in rule.unless:
        if not any(pattern in _plain(phrase) for pattern in patterns):
            yield Problem("idle", rule.name, phrase)
