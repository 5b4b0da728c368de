"""What was promised for a case, and whether it was kept: the proof for a customer who says it was not.

Pure; reckoned from the case alone and the calendars in force (behaviour.md §7).
"""

from datetime import UTC, datetime, timedelta
from math import inf
from typing import NamedTuple

from helpdeskctl.domain.case import Case, OutgoingMail, Promise
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.transitions import PROMISED
from helpdeskctl.domain.working_time import Calendar, due, working_minutes


class Proof(NamedTuple):
    """The facts, in order of time. `minutes` is what the earliest promise allows, `contract` whose it is
    ("" for the desk's own); `stood` are the spans in which the clock stood still, `until` None while it
    does; `used` the working minutes from arrival to the first action (or to now) without them.

    `state` is kept, missed, running, late, withdrawn where the customer closed the case before anybody
    had to act, or none where nothing was promised. `confirmed` is the acknowledgement, None where none
    was written, `confirmed_after` how long after arrival it left.
    """

    opened_at: datetime
    minutes: int
    contract: str
    calendar: Calendar
    stood: tuple[tuple[datetime, datetime | None], ...]
    due_at: datetime | None
    responded_at: datetime | None
    responded_by: str
    used: int
    state: str
    confirmed: OutgoingMail | None
    confirmed_after: timedelta | None
    confirmed_in_time: bool


# The events that are a first action of a technician.
_ACTIONS = frozenset({"taken", "replied", "closed"})


def proof(case: Case, policy: Policy, now: datetime) -> Proof:
    """The proof as of `now`."""
    calendar = policy.calendar_of(case.terms)
    stood = tuple((span.since, span.until) for span in case.suspensions)
    acted = next((e for e in case.history if e.event in _ACTIONS and e.at == case.responded_at), None)
    ended = case.responded_at or case.closed_at or now
    confirmed = next((m for m in case.outgoing if m.kind == "acknowledgement"), None)
    left = confirmed.sent_at if confirmed else None
    # By the instants, as all times are: the wall clock jumps twice a year.
    after = left.astimezone(UTC) - case.opened_at if left else None
    return Proof(
        opened_at=case.opened_at,
        minutes=_allowed(case, calendar, now),
        contract=case.terms.contract,
        calendar=calendar,
        stood=stood,
        due_at=case.due_at,
        responded_at=case.responded_at,
        responded_by=acted.by if acted else "",
        used=working_minutes(case.opened_at, ended, calendar, stood),
        state=state(case, now),
        confirmed=confirmed,
        confirmed_after=after,
        confirmed_in_time=after is not None and after <= PROMISED,
    )


def state(case: Case, now: datetime) -> str:
    """Whether the first action came in time: kept, missed, running, late, withdrawn, or none."""
    if not case.promises:
        return "none"
    if case.responded_at:
        in_time = case.due_at is None or case.responded_at.timestamp() <= case.due_at.timestamp()
        return "kept" if in_time else "missed"
    ended = case.closed_at or now
    if case.due_at is None or ended.timestamp() <= case.due_at.timestamp():
        return "withdrawn" if case.closed_at else "running"
    return "missed" if case.closed_at else "late"


def _allowed(case: Case, calendar: Calendar, now: datetime) -> int:
    """The minutes of the promise that ends first; where the clock stands still, if it went on now."""
    stood = [(span.since, span.until or now) for span in case.suspensions]

    def ends(promise: Promise) -> float:
        end = due(promise.since, promise.minutes, calendar, stood)
        return end.timestamp() if end else inf

    return min(case.promises, key=ends, default=Promise(now, 0)).minutes
