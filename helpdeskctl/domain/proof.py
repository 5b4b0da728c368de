"""What was promised for a case, and whether it was kept: the proof for a customer who says it was not.

Pure; reckoned from the case alone and the calendars in force (behaviour.md §7).
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from helpdeskctl.domain.case import Case, OutgoingMail
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.transitions import PROMISED
from helpdeskctl.domain.working_time import Calendar, Span, working_minutes


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
    after = confirmed.sent_at - case.opened_at if confirmed and confirmed.sent_at else None
    return Proof(
        opened_at=case.opened_at,
        minutes=min((p.minutes for p in case.promises), default=0),
        contract=case.terms.contract,
        calendar=calendar,
        stood=stood,
        due_at=case.due_at,
        responded_at=case.responded_at,
        responded_by=acted.by if acted else "",
        used=_used(case.opened_at, ended, calendar, stood),
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


def _used(
    since: datetime,
    until: datetime,
    calendar: Calendar,
    stood: tuple[tuple[datetime, datetime | None], ...],
) -> int:
    """Working minutes between two instants in which the clock ran."""
    still = _joined([(begin, min(end or until, until, key=datetime.timestamp)) for begin, end in stood])
    lost = sum(working_minutes(begin, end, calendar) for begin, end in still)
    return max(0, working_minutes(since, until, calendar) - lost)


def _joined(spans: list[Span]) -> list[Span]:
    """Spans that overlap made one."""
    joined: list[Span] = []
    for begin, end in sorted(spans, key=lambda span: span[0].timestamp()):
        if joined and begin.timestamp() <= joined[-1][1].timestamp():
            joined[-1] = (joined[-1][0], max(joined[-1][1], end, key=datetime.timestamp))
        else:
            joined.append((begin, end))
    return joined
