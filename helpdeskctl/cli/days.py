"""Days as people type them: `2026-11-24`, `24/11/2026`, `24/11`, `today`, `oggi`, `7d`."""

import re
from datetime import date, timedelta
from typing import Any

import click

from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.options import Session
from helpdeskctl.cli.words import _
from helpdeskctl.domain.patterns import lazily

_ISO = lazily(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_ITALIAN = lazily(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?", re.ASCII)
_AGO = lazily(r"(\d{1,4})[dg]", re.ASCII)
_WORDS = {"today": 0, "oggi": 0, "yesterday": 1, "ieri": 1}


class Day(click.ParamType[date]):
    """One day; without a year the latest such day that is not in the future."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, in the desk's zone."""
        if isinstance(value, date):
            return value
        found = _day(str(value).lower(), _today(ctx))
        if found is None:
            said = _("{value} is no day: write 2026-11-24, 24/11/2026, 24/11, today, or 7d for a week ago.")
            self.fail(said.format(value=repr(value)), param, ctx)
        return found


def _today(context: click.Context | None) -> date:
    asked = context.find_root().obj if context else Session()
    return bootstrap.clock(asked.settings.policy.zone)().date()


def _day(typed: str, today: date) -> date | None:
    if typed in _WORDS:
        return today - timedelta(days=_WORDS[typed])
    if ago := _AGO().fullmatch(typed):
        return today - timedelta(days=int(ago[1]))
    try:
        if iso := _ISO().fullmatch(typed):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if italian := _ITALIAN().fullmatch(typed):
            day = date(int(italian[3] or today.year), int(italian[2]), int(italian[1]))
            return day if italian[3] or day <= today else day.replace(year=day.year - 1)
    except ValueError:
        return None
    return None
