"""`classify`: the decision on a mail and every finding, with nothing changed anywhere."""

from typing import NamedTuple

from helpdeskctl.application.looking_up import Asked, look_up
from helpdeskctl.application.ports import Clock, Snapshot
from helpdeskctl.domain.decision import Row, weigh
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.settings import Policy

_SKIPPED = ("known", "repeated")


class Explanation(NamedTuple):
    """The decision as if the mail came now; `known` is the case that holds it already, or None.

    `message` is None for a mail that could not be read; `passed` are the lines of the table that did not
    apply, in its order.
    """

    message: Message | None
    decision: Decision
    known: int | None
    passed: tuple[Row, ...] = ()


def explain(message: Message, policy: Policy, store: Snapshot, clock: Clock) -> Explanation:
    """Decide on the mail without the table's first line, and tell beside it whether it is known."""
    context = look_up(Asked(message, ""), policy, store, store.secret(), clock())
    known = context.known.case.number if context.known else None
    decision, passed = weigh(message, policy, context._replace(known=None, repeated=None))
    # The first two lines were left out: whether a case holds the mail is told beside the decision.
    return Explanation(message, decision, known, tuple(row for row in passed if row.name not in _SKIPPED))
