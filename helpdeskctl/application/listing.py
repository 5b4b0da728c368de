"""Which cases a technician wants to see, and in which order: the most pressing first."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from helpdeskctl.application.ports import CaseStore
from helpdeskctl.domain.brief import in_order, number, place, shown
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
    return (case for case in _cases(store, wanted) if _matches(case, wanted, now))


def briefly(store: CaseStore, now: datetime) -> list[str | Case]:
    """All that is open or has news, most pressing first: each as what `domain.brief` shows of it, or, for
    a few, as a case."""
    briefs = store.open_briefs()
    ordered = in_order(briefs.lines, now)
    said: list[str | Case] = [*shown(ordered, now)]
    asked = [row for row, text in enumerate(said) if not text]
    for row, case in zip(asked, briefs.cases([number(ordered[row]) for row in asked]), strict=True):
        said[row] = case
    return said


def first_page(store: CaseStore, now: datetime, most: int) -> tuple[list[Case], int]:
    """The most pressing cases, and how many there are besides."""
    briefs = store.open_briefs()
    ordered = in_order(briefs.lines, now)
    return briefs.cases(map(number, ordered[:most])), max(0, len(ordered) - most)


def whole_case(store: CaseStore, number: int) -> Case:
    """The case of that number, whole."""
    case = store.snapshot().case(number)
    if case is None:
        raise NoSuchCaseError("There is no case #{number}.", number=number)
    return case


def pressing(now: datetime) -> Callable[[Case], tuple[bool, str]]:
    """The order of a list: late ones first, closed ones last, urgency descending, due, number."""
    return lambda case: ("late" not in marks_at(case, now), place(case))


def _cases(store: CaseStore, wanted: Wanted) -> Iterable[Case]:
    """The cases to choose from; those that contain a text sought are found by it, and no other is read."""
    everything = wanted.everything or wanted.status is Status.closed
    if not wanted.search:
        return store.all_cases() if everything else store.open_cases()
    numbers = store.searched(fold(wanted.search))
    if everything:
        snapshot = store.snapshot()
        return filter(None, map(snapshot.case, sorted(numbers)))
    return (case for case in store.open_cases() if case.number in numbers)


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
    )


def _within(case: Case, wanted: Wanted, now: datetime) -> bool:
    if wanted.since is None and wanted.until is None:
        return True
    day = case.opened_at.astimezone(now.tzinfo).date()
    return (wanted.since or day) <= day <= (wanted.until or day)


def _contract(case: Case) -> str:
    return case.contract.number.casefold() if case.contract else ""
