"""What a customer is told of one month."""

from datetime import UTC, datetime, timedelta
from typing import Any

from helpdeskctl.domain import transitions
from helpdeskctl.domain.case import Case, Work
from helpdeskctl.domain.figures import month_of
from helpdeskctl.domain.monthly import Monthly, monthly
from tests.builders import case, policy

MAY = datetime(2026, 5, 10, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = datetime(2026, 8, 1, tzinfo=UTC)


def opened(number: int, at: datetime = MAY, **changes: Any) -> Case:
    return case(number, opened_at=at, history=(), **changes)


def may(*cases: Case) -> Monthly:
    return monthly(cases, month_of(2026, 5), policy().zone, LATER)


def test_a_case_is_told_when_it_was_opened_closed_or_worked_on_in_the_month() -> None:
    april, june = MAY - 30 * DAY, MAY + 30 * DAY
    found = may(
        opened(1),
        transitions.closed(opened(2, april), "rossi", MAY).case,
        opened(3, april, work=(Work(MAY, "rossi", 30),)),
        opened(4, april),
        opened(5, june),
        opened(6, april, work=(Work(june, "rossi", 30),)),
    )
    assert [one.case.number for one in found.told] == [1, 2, 3]
    assert (found.total.opened, found.total.closed, found.total.backlog) == (1, 1, 4)


def test_only_the_months_own_hours_are_told() -> None:
    work = (
        Work(MAY - 30 * DAY, "rossi", 60),
        Work(MAY, "rossi", 30),
        Work(MAY + DAY, "bianchi", 15, billable=False),
    )
    found = may(opened(1, work=work))
    assert [(one.minutes, one.billable) for one in found.told] == [(45, 30)]
    assert (found.total.minutes, found.total.billable) == (45, 30)


def test_each_case_tells_how_its_promise_stands() -> None:
    due = transitions.promised(opened(1), MAY, 60, policy().calendar)
    found = may(due, transitions.taken(due._replace(number=2), "rossi", MAY).case, opened(3))
    assert [one.state for one in found.told] == ["late", "kept", "none"]


def test_the_month_begins_and_ends_at_midnight_in_the_desks_zone() -> None:
    first, after = datetime(2026, 4, 30, 22, 0, tzinfo=UTC), datetime(2026, 5, 31, 22, 0, tzinfo=UTC)
    instant = timedelta(seconds=1)
    found = may(opened(1, first - instant), opened(2, first), opened(3, after - instant), opened(4, after))
    assert [one.case.number for one in found.told] == [2, 3]
    assert (found.month, found.total.opened, found.total.backlog) == (month_of(2026, 5), 2, 3)


def test_a_month_without_cases_tells_none() -> None:
    assert may().told == ()
