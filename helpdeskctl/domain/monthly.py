"""What a customer is told of one month: its cases, what was promised and kept, the hours.

Pure; which cases are the customer's, or the contract's, is decided before.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from helpdeskctl.domain.case import Case
from helpdeskctl.domain.figures import Line, Period, comings_and_goings, figures
from helpdeskctl.domain.proof import state


class Told(NamedTuple):
    """One case of the month. `state` is how its promise stands (see `helpdeskctl.domain.proof`);
    `minutes`, and the `billable` ones among them, are the work done in the month alone."""

    case: Case
    state: str
    minutes: int
    billable: int


class Monthly(NamedTuple):
    """The cases opened, closed or worked on in the month, by number, and the month's figures."""

    month: Period
    told: tuple[Told, ...]
    total: Line


def monthly(cases: Iterable[Case], month: Period, zone: tzinfo, now: datetime) -> Monthly:
    """The month of those cases, as it stands `now`; one pass, in which only what is told is kept."""
    told: list[Told] = []

    def noted() -> Iterator[Case]:
        for case in cases:
            one = _told(case, month, zone, now)
            if one:
                told.append(one)
            yield case

    total = figures(noted(), month, zone, now).total
    return Monthly(month, tuple(told), total)


def _told(case: Case, month: Period, zone: tzinfo, now: datetime) -> Told | None:
    """What is told of the case; None where nothing happened to it in the month."""

    def within(at: datetime) -> bool:
        day: date = at.astimezone(zone).date()
        return month.since <= day <= month.until

    work = [one for one in case.work if within(one.at)]
    if not work and not any(within(at) for at, _measure, _amount in comings_and_goings(case)):
        return None
    return Told(
        case=case,
        state=state(case, now),
        minutes=sum(one.minutes for one in work),
        billable=sum(one.minutes for one in work if one.billable),
    )
