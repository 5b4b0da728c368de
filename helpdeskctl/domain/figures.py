"""The desk in figures: how many cases, how soon, how many hours, by month, sector, urgency and customer.

Pure; one pass over the cases, which need not all be in memory. A figure of a month that has passed
stays what it was: what happened counts when it happened, as the history of each case tells.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from itertools import dropwhile
from math import ceil
from typing import Any, NamedTuple

from helpdeskctl.domain.case import Case, Urgency
from helpdeskctl.domain.proof import state
from helpdeskctl.domain.transitions import PROMISED

# What figures are told apart by.
DIMENSIONS = ("month", "sector", "urgency", "customer")
# What makes the cases that are open more, or fewer.
_FLOW = {"opened": 1, "reopened": 1, "closed": -1}
# A first action that was, or was not, taken by its due time; a case that its customer closed before
# needed none.
_FIRST_ACTION = {"kept": "kept", "missed": "missed", "late": "missed", "running": "running"}
# So many of the acknowledgements that came too late are named.
_NAMED = 5


class Period(NamedTuple):
    """Days of the desk's zone, both included."""

    since: date
    until: date


class Line(NamedTuple):
    """What happened in a period to the cases of one group.

    `backlog` were open, or suspended, at the end of the period. `acknowledgements` were written for cases
    that arrived in it, and have left or should have; `in_time` left within the five minutes promised;
    `median`, `percentile` (the 95th) and `longest` are seconds from arrival until they left, None where
    none has. `kept` and `missed` tell the first action of the cases that arrived in the period against
    its due time, `running` where there is time left. `minutes` of work were done in it.
    """

    name: str
    opened: int
    reopened: int
    closed: int
    backlog: int
    acknowledgements: int
    in_time: int
    median: int | None
    percentile: int | None
    longest: int | None
    kept: int
    missed: int
    running: int
    minutes: int
    billable: int


class Late(NamedTuple):
    """A case whose acknowledgement left so many seconds after it arrived."""

    number: int
    seconds: int


class Figures(NamedTuple):
    """All together, and by each of `DIMENSIONS`; `slowest` are the acknowledgements that broke the promise
    most."""

    period: Period
    total: Line
    by: dict[str, tuple[Line, ...]]
    slowest: tuple[Late, ...]


class Happening(NamedTuple):
    """So much of a measure, at that time; the measure is a field of `Line`, or `delay`, in seconds."""

    at: datetime
    measure: str
    amount: int = 1


class _Tally(NamedTuple):
    """What was counted for a group so far: measures, and seconds until an acknowledgement left."""

    measures: Counter[str]
    delays: Counter[int]


# Its dimension and its name; all together have neither.
_Group = tuple[str, str]
_Tallies = defaultdict[_Group, _Tally]
_ALL = ("", "")
_BEFORE = ("month", "")


def figures(cases: Iterable[Case], period: Period, zone: tzinfo, now: datetime) -> Figures:
    """The figures of those cases; a group in which nothing happened and nothing is open is left out, and
    so are the months before the first in which something was."""
    tallies: _Tallies = defaultdict(lambda: _Tally(Counter(), Counter()))
    slowest: list[Late] = []
    for case in cases:
        groups = _groups(case)
        for at, measure, amount in happenings(case, now):
            day = at.astimezone(zone).date()
            if day > period.until:
                continue
            before = day < period.since
            month = _BEFORE if before else ("month", f"{day:%Y-%m}")
            for group in (*groups, month):
                if measure in _FLOW:
                    tallies[group].measures["backlog"] += _FLOW[measure]
                if before:
                    continue
                if measure == "delay":
                    tallies[group].delays[amount] += 1
                else:
                    tallies[group].measures[measure] += amount
            if measure == "delay" and not before:
                slowest = _with_late(slowest, Late(case.number, amount))
    by = {dimension: _lines(dimension, tallies, period) for dimension in DIMENSIONS}
    return Figures(period, _line(_ALL, tallies), by, tuple(slowest))


def happenings(case: Case, now: datetime) -> Iterator[Happening]:
    """What a case adds to the figures, each at the time at which it counts: the promises of a case
    when it arrived, work when it was done."""
    yield from comings_and_goings(case)
    arrived = case.opened_at
    for mail in case.outgoing:
        if mail.kind == "acknowledgement":
            if mail.sent_at:
                seconds = max(0, ceil(mail.sent_at.timestamp() - arrived.timestamp()))
                yield Happening(arrived, "acknowledgements")
                yield Happening(arrived, "in_time", int(seconds <= PROMISED.total_seconds()))
                yield Happening(arrived, "delay", seconds)
            elif now.timestamp() - arrived.timestamp() > PROMISED.total_seconds():
                yield Happening(arrived, "acknowledgements")
    first_action = _FIRST_ACTION.get(state(case, now))
    if first_action:
        yield Happening(arrived, first_action)
    for work in case.work:
        yield Happening(work.at, "minutes", work.minutes)
        if work.billable:
            yield Happening(work.at, "billable", work.minutes)


def comings_and_goings(case: Case) -> Iterator[Happening]:
    """When the case was opened, closed, opened again, in order; a case that was closed twice without
    being open in between counts once."""
    yield Happening(case.opened_at, "opened")
    closed = False
    for event in case.history:
        if event.event == "closed" and not closed:
            closed = True
            yield Happening(event.at, "closed")
        elif event.event == "reopened" and closed:
            closed = False
            yield Happening(event.at, "reopened")
    # One that was merged into another has no event of its own for it.
    if case.closed_at and not closed:
        yield Happening(case.closed_at, "closed")


def months(period: Period) -> list[str]:
    """The months of a period, as 2026-11, in order; none is left out."""
    first = period.since.year * 12 + period.since.month - 1
    last = period.until.year * 12 + period.until.month - 1
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]


def month_of(year: int, month: int) -> Period:
    """That month, whole."""
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def share(part: int, whole: int) -> float | None:
    """Which part it is, 0 to 1; None of nothing."""
    return part / whole if whole else None


def _groups(case: Case) -> tuple[_Group, ...]:
    return (
        _ALL,
        ("sector", case.sector),
        ("urgency", case.urgency.name),
        ("customer", case.customer),
    )


def _with_late(slowest: list[Late], one: Late) -> list[Late]:
    """The slowest ones, that one among them if it is one of them."""
    if one.seconds <= PROMISED.total_seconds():
        return slowest
    return sorted((*slowest, one), key=lambda late: (-late.seconds, late.number))[:_NAMED]


def _lines(dimension: str, tallies: _Tallies, period: Period) -> tuple[Line, ...]:
    if dimension == "month":
        return tuple(dropwhile(lambda line: not any(line[1:]), _months(tallies, period)))
    lines = [_line(group, tallies) for group in tallies if group[0] == dimension]
    found = [line for line in lines if any(line[1:])]
    if dimension == "urgency":
        return tuple(sorted(found, key=lambda line: -Urgency[line.name]))
    return tuple(sorted(found, key=lambda line: (-line.opened, -line.backlog, line.name)))


def _months(tallies: _Tallies, period: Period) -> Iterator[Line]:
    """The months in order; each begins with what the one before it left open."""
    backlog = tallies[_BEFORE].measures["backlog"]
    for month in months(period):
        line = _line(("month", month), tallies)
        backlog += line.backlog
        yield line._replace(backlog=backlog)


def _line(group: _Group, tallies: _Tallies) -> Line:
    measures, delays = tallies[group]
    in_order = sorted(delays.items())
    reckoned: dict[str, Any] = {
        "name": group[1],
        "median": _percentile(in_order, 50),
        "percentile": _percentile(in_order, 95),
        "longest": _percentile(in_order, 100),
    }
    return Line(**{field: measures[field] for field in Line._fields} | reckoned)


def _percentile(counted: list[tuple[int, int]], percent: int) -> int | None:
    """The smallest value that at least so many in a hundred do not exceed (nearest rank); values come in
    order, each with how often it occurs."""
    left = sum(times for _value, times in counted) * percent
    for value, times in counted:
        left -= times * 100
        if left <= 0:
            return value
    return None
