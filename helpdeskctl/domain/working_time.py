"""Working hours, holidays and due times (behaviour.md §7).

Pure reckoning on aware instants; what a calendar is comes from the configuration.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

_DAY = timedelta(days=1)
# A calendar that has no working time within ten years has none at all.
_FURTHEST = 3660
# The fixed holidays of Italy as (month, day), and the one that is one from 2026 on.
_FIXED = frozenset({(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26)})
_SAINT_FRANCIS = (10, 4)

Span = tuple[datetime, datetime]


class Calendar(NamedTuple):
    """When a desk works. `hours` are minutes of the day (540, 780); `days` are 0 (Monday) to 6.

    `patron` is the town's own holiday as (month, day). `always` means round the clock, every day.
    """

    hours: tuple[tuple[int, int], ...]
    days: frozenset[int]
    patron: tuple[int, int] | None
    zone: tzinfo
    always: bool = False


def due(
    since: datetime,
    minutes: int,
    calendar: Calendar,
    suspended: Sequence[tuple[datetime, datetime | None]] = (),
) -> datetime | None:
    """The instant at which so many working minutes have passed since `since`, in the calendar's zone.

    None at all are the first working instant.
    Time within the `suspended` spans does not count. None while the clock stands still (a span without
    an end) before that instant, and for a calendar without working time.
    """
    left = timedelta(minutes=minutes)
    # In UTC: two times of one zone are compared and added up by the wall clock, whatever its changes.
    stopped = min((begin.astimezone(UTC) for begin, end in suspended if end is None), default=None)
    ended = sorted(
        (begin.astimezone(UTC), end.astimezone(UTC)) for begin, end in suspended if end is not None
    )
    for begin, end in _spans(since, calendar):
        for first, last in _without(begin, end, ended):
            done = first + left
            if done <= last:
                return None if stopped and stopped < done else done.astimezone(calendar.zone)
            left -= last - first
        if stopped and stopped <= end:
            return None
    return None


def working_minutes(
    start: datetime,
    end: datetime,
    calendar: Calendar,
    suspended: Sequence[tuple[datetime, datetime | None]] = (),
) -> int:
    """The whole working minutes between two instants, without those in the `suspended` spans; one without
    an end lasts longer than they do."""
    still = sorted((begin.astimezone(UTC), (again or end).astimezone(UTC)) for begin, again in suspended)
    worked = timedelta()
    for begin, last in _spans(start, calendar):
        if begin >= end:
            break
        worked += sum((b - a for a, b in _without(begin, min(last, end), still)), timedelta())
    return worked // timedelta(minutes=1)


def is_holiday(day: date, calendar: Calendar) -> bool:
    """Whether nobody works on that day: a holiday of Italy's, or the patron's day."""
    annual = (day.month, day.day)
    if annual in _FIXED or annual == calendar.patron or (annual == _SAINT_FRANCIS and day.year >= 2026):
        return True
    return day - _easter(day.year) in {timedelta(0), _DAY}


def _spans(since: datetime, calendar: Calendar) -> Iterator[Span]:
    """The working spans from `since` on as instants in UTC, the first one cut to begin there."""
    since = since.astimezone(UTC)
    first_day = since.astimezone(calendar.zone).date()
    for offset in range(_FURTHEST):
        for begin, end in _spans_of(first_day + offset * _DAY, calendar):
            if end > since:
                yield max(since, begin), end


# Cases opened on one day are due on the next few.
@lru_cache(64)
def _spans_of(day: date, calendar: Calendar) -> tuple[Span, ...]:
    """The working spans of a day."""
    if not calendar.always and (day.weekday() not in calendar.days or is_holiday(day, calendar)):
        return ()
    hours = ((0, 1440),) if calendar.always else calendar.hours
    return tuple(
        (_instant(day, begin, calendar.zone), _instant(day, end, calendar.zone)) for begin, end in hours
    )


def _instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """A minute of the wall clock as an instant: clock changes make a day longer or shorter.

    One that the clock shows twice is the first of the two; one that it skips is when it goes on. So
    spans that touch on the clock touch in time, and none overlap.
    """
    days, rest = divmod(minute, 1440)
    day += days * _DAY
    wall = datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=zone)
    instant = wall.astimezone(UTC)
    while instant.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        wall += timedelta(minutes=1)
        instant = wall.astimezone(UTC)
    return instant


def _without(begin: datetime, end: datetime, suspended: Sequence[Span]) -> Iterator[Span]:
    """The parts of a span that lie in none of the suspended ones, which are in order."""
    for still, again in suspended:
        # One that ends before it begins (the machine's clock was put back) has no time in it.
        if again <= max(begin, still):
            continue
        if still >= end:
            break
        if still > begin:
            yield begin, still
        begin = max(begin, again)
    if begin < end:
        yield begin, end


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876."""
    golden, century, in_century = year % 19, year // 100, year % 100
    shift = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - shift - in_century % 4) % 7
    late = (golden + 11 * shift + 22 * weekday) // 451
    month, day = divmod(shift + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
