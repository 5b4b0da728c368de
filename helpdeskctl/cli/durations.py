"""Working time as people type it: `1h30`, `1:30`, `45m`, `90`, `1,5h`; the value is whole minutes."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from helpdeskctl.application.desk import Effort
from helpdeskctl.cli.words import _
from helpdeskctl.domain.patterns import lazily

_CLOCK = lazily(r"(\d{1,3})(?:h|:)([0-5]?\d)m?", re.ASCII)
_HOURS = lazily(r"(\d{1,3})(?:[.,](\d{1,2}))?h", re.ASCII)
_MINUTES = lazily(r"(\d{1,4})(?:m|min)?", re.ASCII)
# More than a day's work at once is a slip of the finger.
_LONGEST = 24 * 60


class Duration(click.ParamType[int]):
    """A time of work, in minutes."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The minutes, above 0 and up to a day."""
        minutes = value if isinstance(value, int) else _minutes(str(value).lower().replace(" ", ""))
        if minutes is None or not 0 < minutes <= _LONGEST:
            said = _("{value} is no time of work: write 45m, 1h30 or 1,5h, up to 24h.")
            self.fail(said.format(value=repr(value)), param, ctx)
        return minutes


def effort_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--time` and `--not-billable`, which reach the command as its argument `effort`."""

    @wraps(command)
    def with_effort(*arguments: Any, minutes: int | None, not_billable: bool, **options: Any) -> Any:
        return command(*arguments, effort=Effort(minutes or 0, not not_billable), **options)

    billable = click.option("--not-billable", is_flag=True, help=_("That work is not to be invoiced."))
    told = _("Work done, such as 45m or 1h30.")
    return click.option("--time", "minutes", type=Duration(), metavar=_("TIME"), help=told)(
        billable(with_effort)
    )


def _minutes(typed: str) -> int | None:
    if clock := _CLOCK().fullmatch(typed):
        return int(clock[1]) * 60 + int(clock[2])
    if hours := _HOURS().fullmatch(typed):
        return round(float(f"{hours[1]}.{hours[2] or 0}") * 60)
    plain = _MINUTES().fullmatch(typed)
    return int(plain[1]) if plain else None
