"""What a technician wants to know first on a Monday morning: the desk in a few numbers."""

from collections import Counter
from datetime import UTC, datetime
from typing import NamedTuple

from helpdeskctl.application.listing import Wanted, listed
from helpdeskctl.application.outbox import waiting_mails
from helpdeskctl.application.ports import CaseStore
from helpdeskctl.domain.case import Case, Status, Urgency
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.transitions import PROMISED, marks_at


class Overview(NamedTuple):
    """The desk now. `open` counts by sector and urgency what is not closed; `mine` are the cases of who
    asks, `free` those of their sectors that nobody has taken; `waits_longest` is the case whose customer
    has waited longest for an answer; `unsent` is mail older than the five minutes promised."""

    open: dict[tuple[str, Urgency], int]
    suspended: int
    late: int
    due_soon: int
    news: int
    mine: int
    free: int
    held: int
    waiting: int
    unsent: int
    waits_longest: Case | None
    pressing: tuple[Case, ...]


# So many of the most pressing cases are named.
_NAMED = 5


def overview(store: CaseStore, policy: Policy, by: str, now: datetime) -> Overview:
    """The desk as it stands, for that technician."""
    cases = listed(store, Wanted(), now)
    alive = [case for case in cases if case.status is not Status.closed]
    marks = Counter(mark for case in cases for mark in marks_at(case, now))
    person = policy.technician(by)
    sectors = person.sectors if person and person.sectors else tuple(s.key for s in policy.sectors)
    mails = [mail for _, mail in waiting_mails(store)]
    waiting = [case for case in cases if case.waiting_since]
    return Overview(
        open=dict(Counter((case.sector, case.urgency) for case in alive)),
        suspended=sum(case.status is Status.suspended for case in alive),
        late=marks["late"],
        due_soon=marks["due_soon"],
        news=marks["news"],
        mine=sum(case.owner == by for case in alive),
        free=sum(not case.owner and case.sector in sectors for case in alive),
        held=len(store.entries("held")),
        waiting=len(mails),
        unsent=sum(now.astimezone(UTC) - mail.queued_at > PROMISED for mail in mails),
        waits_longest=min(waiting, key=lambda c: (c.waiting_since or now).timestamp(), default=None),
        pressing=tuple(cases[:_NAMED]),
    )
