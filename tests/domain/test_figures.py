"""The desk in figures: what counts, when, and for whom."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from helpdeskctl.domain import transitions
from helpdeskctl.domain.case import Case, Urgency, Work
from helpdeskctl.domain.figures import (
    DIMENSIONS,
    Figures,
    Late,
    Line,
    Period,
    figures,
    month_of,
    months,
    share,
)
from tests.builders import case, outgoing, policy
from tests.made_up_desk import LAST, cases

ROME = policy().zone
MAY = datetime(2026, 5, 10, 8, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SPRING = Period(date(2026, 4, 1), date(2026, 6, 30))
LATER = datetime(2026, 7, 1, tzinfo=UTC)


def opened(number: int = 1, at: datetime = MAY, **changes: Any) -> Case:
    return case(number, opened_at=at, history=(), **changes)


def closed(one: Case, at: datetime) -> Case:
    return transitions.closed(one, "rossi", at).case


def of(*found: Case, period: Period = SPRING, now: datetime = LATER) -> Figures:
    return figures(found, period, ROME, now)


def by_month(found: Figures) -> dict[str, tuple[int, int, int, int]]:
    return {line.name: (line.opened, line.reopened, line.closed, line.backlog) for line in found.by["month"]}


def test_each_month_tells_what_came_what_went_and_what_it_left_open() -> None:
    found = of(
        closed(opened(1, MAY - 60 * DAY), MAY),
        closed(opened(2, MAY), MAY + 30 * DAY),
        opened(3, MAY + DAY),
    )
    assert by_month(found) == {
        "2026-04": (0, 0, 0, 1),
        "2026-05": (2, 0, 1, 2),
        "2026-06": (0, 0, 1, 1),
    }
    assert (found.total.opened, found.total.closed, found.total.backlog) == (2, 2, 1)


def test_a_month_that_has_passed_stays_what_it_was_when_a_case_is_opened_again() -> None:
    once = closed(opened(), MAY + DAY)
    again = closed(transitions.reopened(once, "anna", MAY + 30 * DAY).case, MAY + 31 * DAY)
    assert by_month(of(once))["2026-05"] == by_month(of(again))["2026-05"] == (1, 0, 1, 0)
    assert by_month(of(again))["2026-06"] == (0, 1, 1, 0)


def test_a_case_closed_twice_without_being_open_in_between_counts_once() -> None:
    assert of(closed(closed(opened(), MAY + DAY), MAY + 2 * DAY)).total.closed == 1


def test_a_case_opened_again_twice_without_being_closed_in_between_counts_once() -> None:
    again = transitions.reopened(closed(opened(), MAY + DAY), "anna", MAY + 2 * DAY).case
    twice = transitions.reopened(again, "anna", MAY + 3 * DAY).case
    assert (of(twice).total.reopened, of(twice).total.backlog) == (1, 1)


def test_a_case_merged_into_another_is_closed() -> None:
    gone, going_on = transitions.merged(opened(1), opened(2), "rossi", MAY + DAY)
    total = of(gone.case, going_on.case).total
    assert (total.opened, total.closed, total.backlog) == (2, 1, 1)


def test_what_happens_after_the_period_is_not_told() -> None:
    period = Period(date(2026, 5, 1), date(2026, 5, 31))
    later = Work(MAY + 40 * DAY, "rossi", 60)
    total = of(closed(opened(work=(later,)), MAY + 40 * DAY), opened(2, MAY + 41 * DAY), period=period).total
    assert (total.opened, total.closed, total.backlog, total.minutes) == (1, 0, 1, 0)


def test_work_in_the_period_counts_whatever_comes_to_the_case_after_it() -> None:
    period = Period(date(2026, 5, 1), date(2026, 5, 31))
    one = closed(opened(work=(Work(MAY, "rossi", 60),)), MAY + 40 * DAY)
    assert of(one, period=period).total.minutes == 60


def test_the_first_and_the_last_day_belong_to_the_period() -> None:
    period = Period(MAY.date(), MAY.date() + DAY)
    found = of(*(opened(n, MAY + n * DAY) for n in range(-1, 3)), period=period)
    assert (found.period, found.total.opened, found.total.backlog) == (period, 2, 3)


def test_a_month_ends_at_midnight_in_the_desks_zone() -> None:
    last_minute = datetime(2026, 4, 30, 21, 59, tzinfo=UTC)
    found = by_month(of(opened(1, last_minute), opened(2, last_minute + MINUTE)))
    assert (found["2026-04"][0], found["2026-05"][0]) == (1, 1)


def acknowledged(number: int, after: timedelta | None, **changes: Any) -> Case:
    mail = outgoing(queued_at=MAY)
    if after is not None:
        mail = mail._replace(state="sent", sent_at=MAY + after)
    return opened(number, outgoing=(outgoing("n", kind="notice", sent_at=MAY), mail), **changes)


@pytest.mark.parametrize(
    ("after", "in_time", "late"),
    [
        (5 * MINUTE, 1, ()),
        (5 * MINUTE + timedelta(milliseconds=1), 0, (Late(1, 301),)),
        (timedelta(seconds=-3), 1, ()),
        (None, 0, ()),
    ],
)
def test_an_acknowledgement_is_measured_from_arrival_against_five_minutes(
    after: timedelta | None, in_time: int, late: tuple[Late, ...]
) -> None:
    found = of(acknowledged(1, after))
    assert (found.total.acknowledgements, found.total.in_time, found.slowest) == (1, in_time, late)


def test_an_acknowledgement_that_still_has_time_is_not_counted_yet() -> None:
    assert of(acknowledged(1, None), now=MAY + 5 * MINUTE).total.acknowledgements == 0


def test_a_case_that_got_no_acknowledgement_broke_no_promise() -> None:
    total = of(opened()).total
    assert (total.acknowledgements, total.median, total.longest) == (0, None, None)


def test_the_median_and_the_ninety_fifth_are_times_that_really_occurred() -> None:
    # The slowest comes first: the order in which the cases come is of no account.
    found = of(*(acknowledged(n, timedelta(seconds=n)) for n in range(100, 0, -1)))
    assert (found.total.median, found.total.percentile, found.total.longest) == (50, 95, 100)
    mostly = of(*(acknowledged(n, timedelta(seconds=9 if n == 300 else 1)) for n in range(1, 301))).total
    assert (mostly.median, mostly.percentile, mostly.longest) == (1, 1, 9)
    alone = of(acknowledged(1, 7 * MINUTE)).total
    assert (alone.median, alone.percentile, alone.longest) == (420, 420, 420)


def test_the_five_slowest_are_named_the_slowest_first() -> None:
    found = of(*(acknowledged(n, (5 + n) * MINUTE) for n in range(1, 9)))
    assert [late.number for late in found.slowest] == [8, 7, 6, 5, 4]
    alike = of(*(acknowledged(n, 6 * MINUTE) for n in (3, 1, 2)))
    assert [late.number for late in alike.slowest] == [1, 2, 3]


def test_only_an_acknowledgement_of_the_period_is_named_as_late() -> None:
    period = Period(MAY.date() + DAY, MAY.date() + 30 * DAY)
    hours = (Work(MAY + DAY, "rossi", 500),)
    assert of(acknowledged(1, 6 * MINUTE, work=hours), period=period).slowest == ()


def test_an_acknowledgement_that_left_before_the_mail_came_took_no_time() -> None:
    # The clock was put back in between.
    assert of(acknowledged(1, timedelta(seconds=-3))).total.longest == 0


def promised(number: int, **changes: Any) -> Case:
    return transitions.promised(opened(number, **changes), MAY, 60, policy().calendar._replace(always=True))


def test_first_actions_are_kept_missed_or_still_to_come() -> None:
    hour = 60 * MINUTE
    found = of(
        transitions.taken(promised(1), "rossi", MAY + hour).case,
        transitions.taken(promised(2), "rossi", MAY + 2 * hour).case,
        promised(3),
        transitions.suspended(promised(4), "rossi", MAY + 30 * MINUTE).case,
        opened(5),
    )
    assert (found.total.kept, found.total.missed, found.total.running) == (1, 2, 1)


def test_a_case_that_its_customer_closed_in_time_neither_kept_nor_missed_anything() -> None:
    in_time = closed(promised(1), MAY + 60 * MINUTE)
    too_late = closed(promised(2), MAY + 61 * MINUTE)
    assert first_actions(of(in_time).total) == (0, 0, 0)
    assert first_actions(of(too_late).total) == (0, 1, 0)


def first_actions(line: Line) -> tuple[int, int, int]:
    return line.kept, line.missed, line.running


def test_hours_count_in_the_month_in_which_they_were_worked() -> None:
    work = (Work(MAY, "rossi", 30), Work(MAY + 30 * DAY, "rossi", 45, billable=False))
    found = of(opened(work=work))
    told = [(line.minutes, line.billable) for line in found.by["month"]]
    assert told == [(30, 30), (45, 0)]
    assert (found.total.minutes, found.total.billable) == (75, 30)


def test_groups_come_with_the_largest_first_and_urgencies_by_urgency() -> None:
    found = of(
        opened(1, customer="Cantina Bianchi"),
        opened(2, customer="Officine Rossi", urgency=Urgency.critico, sector="gestionale"),
        opened(3, customer="Officine Rossi"),
        opened(4, customer="Edil Verdi", urgency=Urgency.urgente),
    )
    assert names(found.by["customer"]) == ["Officine Rossi", "Cantina Bianchi", "Edil Verdi"]
    assert names(found.by["sector"]) == ["tecnico", "gestionale"]
    assert names(found.by["urgency"]) == ["critico", "urgente", "normale"]


def test_of_groups_that_opened_as_many_those_with_more_left_open_come_first() -> None:
    before = MAY - 60 * DAY
    found = of(
        opened(1, before, customer="Studio Neri"),
        opened(2, before, customer="Studio Neri"),
        opened(3, customer="Officine Rossi"),
        opened(4, customer="Cantina Bianchi"),
        closed(opened(5, customer="Edil Verdi"), MAY),
    )
    assert names(found.by["customer"]) == ["Cantina Bianchi", "Officine Rossi", "Edil Verdi", "Studio Neri"]


def names(lines: Sequence[Line]) -> list[str]:
    return [line.name for line in lines]


def test_a_group_that_had_nothing_and_has_nothing_open_is_left_out() -> None:
    long_ago = closed(opened(1, MAY - 300 * DAY, customer="Edil Verdi"), MAY - 299 * DAY)
    still_open = opened(2, MAY - 300 * DAY, customer="Studio Neri")
    found = of(long_ago, still_open)
    assert [(line.name, line.opened, line.backlog) for line in found.by["customer"]] == [
        ("Studio Neri", 0, 1)
    ]


def test_months_before_the_first_that_had_anything_are_left_out_and_none_in_between() -> None:
    assert names(of(opened(at=MAY)).by["month"]) == ["2026-05", "2026-06"]
    gone = closed(opened(at=MAY - 35 * DAY), MAY - 34 * DAY)
    assert names(of(gone).by["month"]) == ["2026-04", "2026-05", "2026-06"]


def test_without_cases_there_is_nothing() -> None:
    assert of().by == dict.fromkeys(DIMENSIONS, ())
    assert not any(of().total[1:])


def test_the_books_balance_in_every_month_and_every_dimension() -> None:
    period = Period(date(2025, 3, 1), date(2026, 10, 31))
    found = figures(cases(2000, LAST, policy()), period, ROME, LAST)
    for before, line in pairwise(found.by["month"]):
        assert line.backlog == before.backlog + line.opened + line.reopened - line.closed
    assert found.by["month"][-1].backlog == found.total.backlog
    for lines in found.by.values():
        for measure in ("opened", "reopened", "closed", "in_time", "kept", "missed", "minutes", "billable"):
            assert sum(getattr(line, measure) for line in lines) == getattr(found.total, measure)


def test_months_go_over_the_end_of_a_year() -> None:
    assert months(Period(date(2025, 11, 30), date(2026, 2, 1))) == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]


@pytest.mark.parametrize(
    ("year", "month", "last"), [(2026, 12, 31), (9999, 12, 31), (2026, 2, 28), (2028, 2, 29), (2026, 4, 30)]
)
def test_a_month_has_its_last_day(year: int, month: int, last: int) -> None:
    assert month_of(year, month) == Period(date(year, month, 1), date(year, month, last))


def test_a_share_of_nothing_is_none() -> None:
    assert (share(1, 4), share(0, 0)) == (0.25, None)
