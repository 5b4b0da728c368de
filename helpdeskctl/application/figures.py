"""The figures of the desk, or of a part of it, in a period (behaviour.md §8, §9)."""

from datetime import date, datetime

from helpdeskctl.application.listing import Wanted, found
from helpdeskctl.application.ports import CaseStore
from helpdeskctl.domain.figures import Figures, Period, figures

# A year is what people compare with.
_MONTHS = 12


def desk_figures(
    store: CaseStore, period: Period, now: datetime, sector: str = "", customer: str = ""
) -> Figures:
    """The figures of the cases of that sector, and of customers whose name contains `customer`; days
    are those of the zone of `now`."""
    assert now.tzinfo
    cases = found(store, Wanted(everything=True, sector=sector, customer=customer), now)
    return figures(cases, period, now.tzinfo, now)


def usual_period(since: date | None, until: date | None, today: date) -> Period:
    """From `since`, else so that it is twelve months, to `until`, but no further than today."""
    until = min(until or today, today)
    # Not before the calendar begins.
    first = max(until.year * 12 + until.month - _MONTHS, 12)
    return Period(since or date(first // 12, first % 12 + 1, 1), until)
