"""Due times: working hours, holidays, clock changes, suspensions."""

from collections.abc import Iterator
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
    # What begins at five past two begins when the clock goes on.
    assert due(at("2026-03-29T00:00"), 0, NIGHT._replace(hours=((125, 538),))) == at("2026-03-29T03:00")
    assert working_minutes(at("2026-03-29T00:00"), at("2026-03-29T06:00"), NIGHT) == 300
    assert working_minutes(at("2026-10-25T00:00"), at("2026-10-25T06:00"), NIGHT) == 420


BROKEN = NIGHT._replace(hours=((60, 150), (180, 360)))
ADJOINING = NIGHT._replace(hours=((0, 150), (150, 1440)))
# By five past two the clock has jumped, too; and two minutes to nine are not yet nine.
ODD = NIGHT._replace(hours=((0, 125), (125, 538), (538, 1440)))


@pytest.mark.parametrize(
    ("since", "minutes", "expected"),
    [
        # Half past two does not exist on 29 March 2026: the first span ends where the second begins.
        ("2026-03-29T01:00+01:00", 60, "2026-03-29T03:00+02:00"),
        ("2026-03-29T01:00+01:00", 90, "2026-03-29T03:30+02:00"),
        # On 25 October it comes twice, and the first time ends the span.
        ("2026-10-25T01:00+02:00", 90, "2026-10-25T02:30+02:00"),
        ("2026-10-25T01:00+02:00", 120, "2026-10-25T03:30+01:00"),
        ("2026-10-25T02:10+02:00", 0, "2026-10-25T02:10+02:00"),
        ("2026-10-25T02:10+01:00", 0, "2026-10-25T03:00+01:00"),
    ],
)
def test_a_span_that_ends_within_the_clock_change(since: str, minutes: int, expected: str) -> None:
    done = due(datetime.fromisoformat(since), minutes, BROKEN)
    assert done is not None and done.isoformat() == f"{expected[:16]}:00{expected[16:]}"


@pytest.mark.parametrize(
    ("day", "minutes"), [("2026-03-29", 1380), ("2026-10-25", 1500), ("2026-11-24", 1440)]
)
def test_spans_that_adjoin_on_the_clock_adjoin_in_time(day: str, minutes: int) -> None:
    midnight = at(f"{day}T00:00")
    following = datetime.combine(midnight.date() + timedelta(days=1), midnight.time(), ROME)
    for calendar in (ADJOINING, ODD, ALWAYS):
        assert working_minutes(midnight, following, calendar) == minutes


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
        ([("2026-11-24T10:30", None), ("2026-11-24T11:30", None)], None),
        # Not in order, and one within another.
        (
            [("2026-11-24T11:30", "2026-11-24T11:45"), ("2026-11-24T10:30", "2026-11-24T11:15"),
             ("2026-11-24T10:40", "2026-11-24T10:50")],
            "2026-11-24T12:00",
        ),
        # The machine's clock was put back in between: no time can have passed.
        ([("2026-11-24T10:40", "2026-11-24T10:20")], "2026-11-24T11:00"),
        # Ended ones before one that still runs.
        ([("2026-11-24T10:15", "2026-11-24T10:30"), ("2026-11-24T11:10", None)], None),
        ([("2026-11-24T10:15", "2026-11-24T10:30"), ("2026-11-24T11:15", None)], "2026-11-24T11:15"),
        # It runs since before, or since after closing time.
        ([("2026-11-23T10:00", None)], None),
        ([("2026-11-24T20:00", None)], "2026-11-24T11:00"),
    ],
)  # fmt: skip
def test_the_clock_stands_still_while_suspended(
    spans: list[tuple[str, str | None]], expected: str | None
) -> None:
    suspended = [(at(begin), at(end) if end else None) for begin, end in spans]
    assert due(at("2026-11-24T10:00"), 60, OFFICE, suspended) == (at(expected) if expected else None)


def test_a_suspension_over_closing_time_leaves_no_due_time_for_the_next_day() -> None:
    assert due(at("2026-11-24T17:30"), 60, OFFICE, [(at("2026-11-24T20:00"), None)]) is None
    assert due(at("2026-11-24T17:30"), 60, OFFICE, [(at("2026-11-25T09:30"), None)]) == at("2026-11-25T09:30")


def test_a_due_time_stands_in_the_desks_zone_whatever_the_zone_of_the_arrival() -> None:
    done = due(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), 60, OFFICE)
    assert done is not None and done.isoformat() == "2026-11-24T11:00:00+01:00"


def test_the_day_is_that_of_the_desks_zone_also_west_of_greenwich() -> None:
    there = ALWAYS._replace(zone=ZoneInfo("America/New_York"))
    evening = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    assert due(evening, 60, there) == evening + timedelta(hours=1)


def test_hours_may_begin_at_any_minute() -> None:
    early = OFFICE._replace(hours=((538, 780),))
    assert due(at("2026-11-24T07:00"), 0, early) == at("2026-11-24T08:58")


def test_the_first_working_instant_lies_before_no_end_of_a_suspension() -> None:
    until_the_break = [(at("2026-11-24T10:00"), at("2026-11-24T13:00"))]
    assert due(at("2026-11-24T10:00"), 0, OFFICE, until_the_break) == at("2026-11-24T14:00")


def test_seconds_count() -> None:
    since = at("2026-11-24T12:59:30")
    assert due(since, 1, OFFICE) == at("2026-11-24T14:00:30")
    assert working_minutes(since, at("2026-11-24T14:00:29"), OFFICE) == 0
    assert working_minutes(since, at("2026-11-24T14:00:30"), OFFICE) == 1


def test_nothing_passes_between_an_instant_and_an_earlier_one() -> None:
    assert working_minutes(at("2026-11-24T12:00"), at("2026-11-24T10:00"), OFFICE) == 0


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ([], 240),
        ([("2026-11-24T10:30", "2026-11-24T11:00"), ("2026-11-24T11:30", "2026-11-24T11:45")], 195),
        # Not in order, overlapping, one within another.
        ([("2026-11-24T11:00", "2026-11-24T12:00"), ("2026-11-24T10:30", "2026-11-24T11:15")], 150),
        ([("2026-11-24T10:30", "2026-11-24T12:00"), ("2026-11-24T11:00", "2026-11-24T11:30")], 150),
        # Over the break, from before the beginning, until after the end, and one that has none.
        ([("2026-11-24T12:30", "2026-11-24T14:30")], 180),
        ([("2026-11-24T08:00", "2026-11-24T10:15")], 225),
        ([("2026-11-24T14:30", "2026-11-24T17:00")], 210),
        ([("2026-11-24T14:30", None)], 210),
        ([("2026-11-24T15:00", None)], 240),
        ([("2026-11-24T16:00", None)], 240),
        ([("2026-11-24T08:00", None)], 0),
    ],
)
def test_working_minutes_leave_out_the_suspended_spans(
    spans: list[tuple[str, str | None]], minutes: int
) -> None:
    suspended = [(at(begin), at(end) if end else None) for begin, end in spans]
    assert working_minutes(at("2026-11-24T10:00"), at("2026-11-24T15:00"), OFFICE, suspended) == minutes


def test_suspended_spans_in_the_hour_that_comes_twice_are_measured_by_the_instants() -> None:
    texts = (
        ("2026-10-25T02:30+02:00", "2026-10-25T02:50+02:00"),
        ("2026-10-25T02:40+02:00", "2026-10-25T02:20+01:00"),
        ("2026-10-25T02:10+01:00", "2026-10-25T02:25+01:00"),
    )
    spans = [tuple(datetime.fromisoformat(text).astimezone(ROME) for text in pair) for pair in texts]
    since = datetime.fromisoformat("2026-10-25T02:00+02:00").astimezone(ROME)
    until = datetime.fromisoformat("2026-10-25T03:00+01:00").astimezone(ROME)
    # Two hours, without the 55 minutes from the first 02:30 to the second 02:25.
    assert working_minutes(since, until, ALWAYS, [(begin, end) for begin, end in spans]) == 65
    done = due(since, 65, ALWAYS, [(begin, end) for begin, end in spans])
    assert done is not None and done.astimezone(UTC) == until.astimezone(UTC)
    # Of two that go on, the one that began first stops the clock: at 02:50, not at 02:10 an hour later.
    first, then = spans[0][1], spans[2][0]
    assert due(since, 60, ALWAYS, [(then, None), (first, None)]) is None


def test_a_calendar_without_working_time_has_no_due_time() -> None:
    for nothing in (OFFICE._replace(days=frozenset()), OFFICE._replace(hours=())):
        assert due(at("2026-11-24T10:00"), 60, nothing) is None
        assert working_minutes(at("2026-11-24T10:00"), at("2026-12-24T10:00"), nothing) == 0


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


def test_easter_moves_as_italys_does() -> None:
    for year in range(1960, 2101):
        oracle = holidays.country_holidays("IT", years=year)
        for offset in range(36):
            # From the earliest Easter Sunday to the latest Easter Monday.
            day = date(year, 3, 22) + timedelta(days=offset)
            if (day.month, day.day) != (4, 25):
                assert is_holiday(day, OFFICE) == (day in oracle), day


def test_the_patrons_day_is_the_towns_own() -> None:
    assert is_holiday(date(2026, 12, 7), OFFICE)
    assert not is_holiday(date(2026, 12, 7), OFFICE._replace(patron=None))


MOMENTS = st.integers(1_735_689_600, 1_830_297_600).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
MINUTES = st.integers(0, 3000)
CALENDARS = st.sampled_from([OFFICE, ALWAYS, NIGHT, BROKEN, ADJOINING])


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


@given(MOMENTS, MINUTES, CALENDARS)
@settings(max_examples=100, deadline=None)
def test_nothing_is_due_outside_working_hours(since: datetime, minutes: int, calendar: Calendar) -> None:
    since = since.replace(second=0, microsecond=0)
    at_last = due(since, minutes, calendar)
    assert at_last is not None
    minute = timedelta(minutes=1)
    before = working_minutes(at_last.astimezone(UTC) - minute, at_last, calendar)
    after = working_minutes(at_last, at_last.astimezone(UTC) + minute, calendar)
    assert before == 1 if minutes else after == 1


# Around a clock change, so that spans, suspensions and the change meet.
CHANGES = st.sampled_from([datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)])
OFFSETS = st.integers(0, 2000).map(lambda minutes: timedelta(minutes=minutes))
SUSPENDED = st.lists(st.tuples(OFFSETS, OFFSETS), max_size=4)


@given(CHANGES, OFFSETS, st.integers(0, 900), SUSPENDED, CALENDARS)
@settings(max_examples=200, deadline=None)
def test_due_is_the_minute_by_which_so_many_were_worked_one_by_one(
    base: datetime,
    offset: timedelta,
    minutes: int,
    pairs: list[tuple[timedelta, timedelta]],
    calendar: Calendar,
) -> None:
    since = base + offset
    spans = [(base + begin, base + begin + length) for begin, length in pairs]
    suspended = [(begin.astimezone(ROME), end.astimezone(ROME)) for begin, end in spans]
    worked, instant = 0, since
    while worked < minutes or not _works(instant, spans, calendar):
        worked += _works(instant, spans, calendar)
        instant += timedelta(minutes=1)
        if worked == minutes and minutes:
            break
    done = due(since, minutes, calendar, suspended)
    assert done is not None and done.astimezone(UTC) == instant


def _works(instant: datetime, suspended: list[tuple[datetime, datetime]], calendar: Calendar) -> bool:
    """Whether the minute that begins then is worked, told from the wall clock alone."""
    if any(begin <= instant < end for begin, end in suspended):
        return False
    wall = instant.astimezone(calendar.zone)
    if calendar.always:
        return True
    if wall.weekday() not in calendar.days or is_holiday(wall.date(), calendar):
        return False
    minute = wall.hour * 60 + wall.minute
    # Whatever bounds a span is passed once, the first time: the second showing of that hour lies after
    # the bounds within it.
    if wall.fold:
        bounds = {bound for span in calendar.hours for bound in span if 120 < bound < 180}
        minute = max(minute, *bounds) if bounds else minute
    return any(begin <= minute < end for begin, end in calendar.hours)


def test_suspended_time_counts_for_nothing_once_however_often_it_is_told() -> None:
    span = (at("2026-11-24T10:30"), at("2026-11-24T11:30"))
    assert due(at("2026-11-24T10:00"), 60, OFFICE, [span] * 50) == at("2026-11-24T12:00")


class Counted(tuple[tuple[int, int], ...]):
    """Working hours that count how often a day was looked at."""

    seen = 0

    def __iter__(self) -> Iterator[tuple[int, int]]:
        Counted.seen += 1
        return super().__iter__()


def test_the_work_is_that_of_the_days_until_it_is_due() -> None:
    calendar = OFFICE._replace(hours=Counted(OFFICE.hours))
    for days, minutes in ((2, 8 * 60), (75, 50 * 8 * 60)):
        Counted.seen = 0
        assert due(at("2026-11-24T10:00"), minutes, calendar)
        assert Counted.seen <= days
    Counted.seen = 0
    # Days that were not looked at before.
    assert due(at("2027-03-01T10:00"), 24_000, calendar, [(at("2027-03-01T11:00"), None)]) is None
    assert working_minutes(at("2027-03-02T10:00"), at("2027-03-03T11:00"), calendar) == 540
    assert Counted.seen <= 4


# --- beside a reckoning that is slow and obviously right ---


def works(at: datetime, calendar: Calendar) -> bool:
    """Whether the minute that begins then is one of work."""
    local = at.astimezone(calendar.zone)
    if calendar.always:
        return True
    minute = local.hour * 60 + local.minute
    in_hours = any(begin <= minute < end for begin, end in calendar.hours)
    return in_hours and local.weekday() in calendar.days and not is_holiday(local.date(), calendar)


def slowly_due(
    since: datetime, minutes: int, calendar: Calendar, suspended: list[tuple[datetime, datetime | None]]
) -> datetime | None:
    """Minute after minute, as somebody with a wall calendar and a pencil would."""
    at, worked = since.astimezone(UTC), 0
    while worked < minutes:
        still = [until for begin, until in suspended if begin <= at and (until is None or at < until)]
        if None in still:
            return None
        worked += not still and works(at, calendar)
        at += timedelta(minutes=1)
    return at


INSTANTS = st.integers(0, 366 * 1440).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@given(
    INSTANTS,
    st.integers(1, 700),
    st.sampled_from([OFFICE, ALWAYS, NIGHT]),
    st.lists(st.tuples(st.integers(-500, 3000), st.integers(0, 2000)), max_size=3),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_due_is_what_counting_every_minute_comes_to(
    since: datetime, minutes: int, calendar: Calendar, spans: list[tuple[int, int]], endless: bool
) -> None:
    suspended: list[tuple[datetime, datetime | None]] = [
        (since + timedelta(minutes=begin), since + timedelta(minutes=begin + length))
        for begin, length in spans
    ]
    if endless:
        suspended.append((since + timedelta(minutes=4000), None))
    assert due(since, minutes, calendar, suspended) == slowly_due(since, minutes, calendar, suspended)


@given(INSTANTS, st.integers(0, 5000), st.sampled_from([OFFICE, ALWAYS, NIGHT]))
@settings(max_examples=100, deadline=None)
def test_working_minutes_are_what_counting_every_minute_comes_to(
    since: datetime, length: int, calendar: Calendar
) -> None:
    counted = sum(works(since + timedelta(minutes=n), calendar) for n in range(length))
    assert working_minutes(since, since + timedelta(minutes=length), calendar) == counted
