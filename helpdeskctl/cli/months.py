"""Months as people type them: `2026-11`, `11/2026`."""

import re
from datetime import date, timedelta
from typing import Any

import click

from helpdeskctl.cli.words import _
from helpdeskctl.domain.figures import Period, month_of
from helpdeskctl.domain.patterns import lazily

_MONTH = lazily(r"(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4})", re.ASCII)


class Month(click.ParamType[Period]):
    """One month, whole."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        """The month, as 2026-11 or 11/2026."""
        found = _MONTH().fullmatch(str(value))
        year, month = (int(found[1] or found[4]), int(found[2] or found[3])) if found else (0, 0)
        if not (year and 1 <= month <= 12):
            self.fail(
                _("{value} is no month: write 2026-11 or 11/2026.").format(value=repr(value)), param, ctx
            )
        return month_of(year, month)


def month_before(day: date) -> Period:
    """The month before the one of that day."""
    last = day.replace(day=1) - timedelta(days=1)
    return month_of(last.year, last.month)
