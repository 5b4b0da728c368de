"""Rules as data (behaviour.md §7): what the firm published, and what it adds.

A rule is a value; applying it to what a mail shows gives a `Finding` or None, and changes nothing.
One kind of match is one module here with one function, `spans`; `KINDS` is the complete list.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from helpdeskctl.domain.case import Urgency
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.folding import Folded, fold, folded, words_at
from helpdeskctl.domain.rules import contains, regex, word

Spans = Callable[[Any, Folded], Iterator[tuple[int, int]]]
KINDS: Mapping[str, Spans] = {"contains": contains.spans, "word": word.spans, "regex": regex.spans}
FIELDS = ("subject", "body", "sender", "recipient", "attachment")

# A rule's own texts are the same for every mail.
_pattern = lru_cache(4096)(fold)

# What a rule may look at: for each field its texts.
View = Mapping[str, tuple[Folded, ...]]


class Rule(NamedTuple):
    """One rule: in these `fields`, one of these `patterns`, matched as `kind` says.

    An occurrence that lies within one of the `unless` phrases does not count. The effect is a sector
    (its key), an urgency, a command (`close`, `reopen`) or a tag. `compiled` holds what the kind
    `regex` needs, made when the configuration was read. `matches` and `misses` are the rule's own
    tested examples.
    """

    name: str
    fields: tuple[str, ...]
    kind: str
    patterns: tuple[str, ...]
    unless: tuple[str, ...] = ()
    sector: str = ""
    urgency: Urgency | None = None
    command: str = ""
    tag: str = ""
    compiled: tuple[Any, ...] = ()
    matches: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()

    @property
    def effect(self) -> str:
        """What follows from a hit, in one word pair."""
        if self.urgency is not None:
            return f"urgency={self.urgency.name}"
        if self.command:
            return f"command={self.command}"
        return f"sector={self.sector}" if self.sector else f"tag={self.tag}"


def view(
    subject: str, body: str, senders: Iterable[str], recipients: Iterable[str], attachments: Iterable[str]
) -> View:
    """The texts of one mail, folded once for all rules."""
    return {
        "subject": (folded(subject),),
        "body": (folded(body),),
        "sender": tuple(map(folded, senders)),
        "recipient": tuple(map(folded, recipients)),
        "attachment": tuple(map(folded, attachments)),
    }


def hits(rule: Rule, text: Folded) -> Iterator[tuple[int, int]]:
    """Where one of the rule's patterns stands in the folded text."""
    for pattern in rule.compiled or map(_pattern, rule.patterns):
        yield from KINDS[rule.kind](pattern, text)


def occurrences(rule: Rule, text: Folded) -> Iterator[tuple[int, int]]:
    """Where the rule hits in the folded text, leaving out what an `unless` phrase covers."""
    excused: tuple[list[int], list[int]] | None = None
    for start, end in hits(rule, text):
        # Sought only after a hit: most mails have none, and phrases may be many.
        if excused is None:
            excused = _excused(rule, text)
        before = bisect_right(excused[0], start)
        if not before or excused[1][before - 1] < end:
            yield start, end


def _excused(rule: Rule, text: Folded) -> tuple[list[int], list[int]]:
    """Where the `unless` phrases begin, in order, and how far those that have begun by then reach.

    They begin a word, so that "Canon chiuso" is no "non chiuso".
    """
    phrases = sorted(
        (start, end)
        for phrase in rule.unless
        for start, end in contains.spans(_pattern(phrase), text)
        if not text.folded[start - 1 : start].isalnum()
    )
    return [start for start, _ in phrases], list(accumulate((end for _, end in phrases), max))


def check(rule: Rule, seen: View) -> Finding | None:
    """What the rule finds in a mail: its first hit, or None."""
    for field in rule.fields:
        for text in seen[field]:
            for start, end in occurrences(rule, text):
                return Finding(rule.name, field, words_at(text, start, end), rule.effect)
    return None
