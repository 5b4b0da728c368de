"""Which cases a technician wants to see, and in which order: the most pressing first."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from helpdeskctl.application.ports import CaseStore
from helpdeskctl.domain.case import Case, Status, Urgency
from helpdeskctl.domain.errors import NoSuchCaseError
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.transitions import marks_at

_NEVER = datetime.max.replace(tzinfo=UTC)


class Wanted(NamedTuple):
    """What is asked for; "" and None and False ask for nothing. `everything` includes closed cases.

    Texts are compared folded: `customer` and `search` anywhere in what they are sought in. `contract`
    is compared without case. `since` and `until` are days of arrival, both included.
    """

    everything: bool = False
    status: Status | None = None
    sector: str = ""
    urgency: Urgency | None = None
    customer: str = ""
    contract: str = ""
    owner: str = ""
    unassigned: bool = False
    overdue: bool = False
    waiting: bool = False
    search: str = ""
    since: date | None = None
    until: date | None = None


# What a list may be sorted by besides what presses: name → key.
ORDERS: dict[str, Callable[[Case], Any]] = {
    "number": lambda case: case.number,
    "opened": lambda case: case.opened_at.timestamp(),
    "updated": lambda case: -case.updated_at.timestamp(),
    "waiting": lambda case: (case.waiting_since or _NEVER).timestamp(),
    "customer": lambda case: (fold(case.customer or case.requester.address), case.number),
}


def listed(store: CaseStore, wanted: Wanted, now: datetime, order: str = "") -> list[Case]:
    """The cases wanted, most pressing first, or by one of `ORDERS`. Closed ones are read only when
    asked for."""
    return sorted(found(store, wanted, now), key=ORDERS[order] if order else pressing(now))


def found(store: CaseStore, wanted: Wanted, now: datetime) -> Iterator[Case]:
    """The cases wanted, by number, one after the other."""
    whole = wanted.everything or wanted.status is Status.closed
    cases: Iterable[Case] = store.all_cases() if whole else store.open_cases()
    return (case for case in cases if _matches(case, wanted, now))


def whole_case(store: CaseStore, number: int) -> Case:
    """The case of that number, whole."""
    case = store.snapshot().case(number)
    if case is None:
        raise NoSuchCaseError("There is no case #{number}.", number=number)
    return case


def pressing(now: datetime) -> Callable[[Case], tuple[bool, bool, int, datetime, int]]:
    """The order of a list: what is not closed first, late, urgency descending, due, number."""

    def key(case: Case) -> tuple[bool, bool, int, datetime, int]:
        late = "late" in marks_at(case, now)
        closed = case.status is Status.closed
        # In UTC: times of one zone are compared by the wall clock, which shows an hour twice a year.
        due = (case.due_at or _NEVER).astimezone(UTC)
        return closed, not late, -case.urgency, due, case.number

    return key


def _matches(case: Case, wanted: Wanted, now: datetime) -> bool:
    told = (
        (wanted.status, case.status),
        (wanted.urgency, case.urgency),
        (wanted.sector or None, case.sector),
        (wanted.owner or None, case.owner),
    )
    return (
        all(asked is None or asked == has for asked, has in told)
        and not (wanted.unassigned and case.owner)
        and not (wanted.overdue and "late" not in marks_at(case, now))
        and not (wanted.waiting and case.waiting_since is None)
        and _within(case, wanted, now)
        and (not wanted.contract or wanted.contract.casefold() == _contract(case))
        and (not wanted.customer or fold(wanted.customer) in fold(case.customer))
        and (not wanted.search or fold(wanted.search) in _sought_in(case))
    )


def _within(case: Case, wanted: Wanted, now: datetime) -> bool:
    if wanted.since is None and wanted.until is None:
        return True
    day = case.opened_at.astimezone(now.tzinfo).date()
    return (wanted.since or day) <= day <= (wanted.until or day)


def _contract(case: Case) -> str:
    return case.contract.number.casefold() if case.contract else ""


def _sought_in(case: Case) -> str:
    return fold(
        " ".join(
            (f"#{case.number}", case.subject, case.customer, case.requester.name, case.requester.address)
        )
    )
