"""Due times: working hours, holidays, clock changes, suspensions."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdeskctl.domain.working_time import Calendar, due, is_holiday, working_minutes

ROME = ZoneInfo("Europe/Rome")
OFFICE = Calendar(((540, 780), (840, 1080)), frozenset(range(5)), (12, 7), ROME)
ALWAYS = OFFICE._replace(always=True)
NIGHT = OFFICE._replace(hours=((0, 360), (1320, 1440)), days=frozenset(range(7)), patron=None)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


@pytest.mark.parametrize(
    ("since", "minutes", "expected"),
    [
        # Tuesday
        ("2026-11-24T10:00", 60, "2026-11-24T11:00"),
        ("2026-11-24T12:30", 60, "2026-11-24T14:30"),
        ("2026-11-24T12:00", 60, "2026-11-24T13:00"),
        ("2026-11-24T17:00", 120, "2026-11-25T10:00"),
        ("2026-11-24T10:00", 480, "2026-11-25T10:00"),
        ("2026-11-24T20:00", 0, "2026-11-25T09:00"),
        ("2026-11-24T10:00", 0, "2026-11-24T10:00"),
        # over a week-end
        ("2026-11-27T17:30", 60, "2026-11-30T09:30"),
        ("2026-11-28T11:00", 60, "2026-11-30T10:00"),
        # the patron (a Monday), then the 8th of December
        ("2026-12-04T17:30", 60, "2026-12-09T09:30"),
        # New Year's Eve to the Monday after
        ("2026-12-31T17:30", 60, "2027-01-04T09:30"),
        # Easter Monday
        ("2026-04-03T17:30", 60, "2026-04-07T09:30"),
    ],
)
def test_due_in_working_hours(since: str, minutes: int, expected: str) -> None:
    assert due(at(since), minutes, OFFICE) == at(expected)


def test_round_the_clock_means_every_hour_of_every_day() -> None:
    assert due(at("2026-12-25T23:00"), 120, ALWAYS) == at("2026-12-26T01:00")


def test_a_day_of_the_clock_change_has_other_hours() -> None:
    # On 29 March 2026 two o'clock is three; on 25 October three o'clock comes twice.
    assert due(at("2026-03-29T00:00"), 180, ALWAYS) == at("2026-03-29T04:00")
    assert due(at("2026-10-25T00:00"), 240, ALWAYS) == at("2026-10-25T03:00")
    assert working_minutes(at("2026-03-29T00:00"), at("2026-03-29T06:00"), NIGHT) == 300
    assert working_minutes(at("2026-10-25T00:00"), at("2026-10-25T06:00"), NIGHT) == 420


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([("2026-11-24T10:30", "2026-11-24T11:30")], "2026-11-24T12:00"),
        (
            [("2026-11-24T10:30", "2026-11-24T11:30"), ("2026-11-24T11:00", "2026-11-24T12:00")],
            "2026-11-24T12:30",
        ),
        ([("2026-11-24T08:00", "2026-11-24T10:15")], "2026-11-24T11:15"),
        ([("2026-11-24T19:00", "2026-11-25T08:00")], "2026-11-24T11:00"),
        ([("2026-11-24T10:30", "2026-11-25T10:00")], "2026-11-25T10:30"),
        ([("2026-11-24T10:30", None)], None),
        ([("2026-11-24T11:30", None)], "2026-11-24T11:00"),
        ([("2026-11-24T11:00", None)], "2026-11-24T11:00"),
    ],
)
def test_the_clock_stands_still_while_suspended(
    spans: list[tuple[str, str | None]], expected: str | None
) -> None:
    suspended = [(at(begin), at(end) if end else None) for begin, end in spans]
    assert due(at("2026-11-24T10:00"), 60, OFFICE, suspended) == (at(expected) if expected else None)


def test_a_calendar_without_working_time_has_no_due_time() -> None:
    assert due(at("2026-11-24T10:00"), 60, OFFICE._replace(days=frozenset())) is None


@pytest.mark.parametrize("year", range(2020, 2036))
def test_the_holidays_are_italys(year: int) -> None:
    days = holidays.country_holidays("IT", years=year, language="en_US")
    # Unity Day is kept on a Sunday, and nobody's work stops for it.
    oracle = {day for day, name in days.items() if "Unity" not in name or ";" in name}
    plain = OFFICE._replace(patron=None)
    day = date(year, 1, 1)
    while day.year == year:
        assert is_holiday(day, plain) == (day in oracle), day
        day += timedelta(days=1)


def test_the_patrons_day_is_the_towns_own() -> None:
    assert is_holiday(date(2026, 12, 7), OFFICE)
    assert not is_holiday(date(2026, 12, 7), OFFICE._replace(patron=None))


MOMENTS = st.integers(1_735_689_600, 1_830_297_600).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
MINUTES = st.integers(0, 3000)
CALENDARS = st.sampled_from([OFFICE, ALWAYS, NIGHT])


@given(MOMENTS, MINUTES, CALENDARS)
@settings(max_examples=150, deadline=None)
def test_what_is_due_lies_that_many_working_minutes_ahead(
    since: datetime, minutes: int, calendar: Calendar
) -> None:
    since = since.replace(second=0, microsecond=0)
    at_last = due(since, minutes, calendar)
    assert at_last is not None and at_last >= since
    assert working_minutes(since, at_last, calendar) == minutes


@given(MOMENTS, MINUTES, MINUTES, CALENDARS)
@settings(max_examples=100, deadline=None)
def test_more_minutes_and_a_later_start_are_never_due_earlier(
    since: datetime, minutes: int, more: int, calendar: Calendar
) -> None:
    first, second = due(since, minutes, calendar), due(since, minutes + more, calendar)
    third = due(since + timedelta(minutes=more), minutes, calendar)
    assert first is not None and second is not None and third is not None
    assert first <= second and first <= third


@given(MOMENTS, MINUTES, st.integers(0, 600), st.integers(0, 600))
@settings(max_examples=100, deadline=None)
def test_suspended_time_counts_for_nothing(since: datetime, minutes: int, begin: int, length: int) -> None:
    since = since.replace(second=0, microsecond=0)
    still = since + timedelta(minutes=begin)
    again = still + timedelta(minutes=length)
    at_last = due(since, minutes, OFFICE, [(still, again)])
    assert at_last is not None
    passed = working_minutes(since, at_last, OFFICE)
    within = working_minutes(max(still, since), min(again, at_last), OFFICE) if at_last > still else 0
    assert passed - within == minutes
