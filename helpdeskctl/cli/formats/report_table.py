"""The month of a customer on a terminal."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from helpdeskctl.application.reporting import Report
from helpdeskctl.cli.formats import amounts, table
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.formats.wording import promise_words
from helpdeskctl.cli.times import hours
from helpdeskctl.cli.words import _
from helpdeskctl.domain.monthly import Told

_STATES = {"missed": "bold red", "late": "bold red", "kept": "green"}


class _Column(NamedTuple):
    """One column, shown where the terminal has at least `from_width` columns."""

    heading: str
    from_width: int
    cell: Callable[[Told, datetime], Text]
    wide: bool = False


def page(made: Report, now: datetime, width: int) -> RenderableType:
    """Whose month it is, its figures, its cases."""
    parts: list[RenderableType] = [
        Text(amounts.title(made), "bold"),
        Padding(table.facts(amounts.summary(made.monthly.total)), (1, 0, 0, 0)),
    ]
    if made.monthly.told:
        parts.append(_cases(made, now, width))
    return Group(*parts)


def _cases(made: Report, now: datetime, width: int) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False, padding=(0, 1, 0, 0))
    columns = [column for column in _columns() if column.from_width <= width]
    for column in columns:
        ratio, least = (1, 16) if column.wide else (None, None)
        shown.add_column(column.heading, ratio=ratio, min_width=least, no_wrap=True, overflow="ellipsis")
    for one in made.monthly.told:
        shown.add_row(*(column.cell(one, now) for column in columns))
    return shown


def _columns() -> tuple[_Column, ...]:
    return (
        _Column("#", 0, lambda one, _now: Text(str(one.case.number), "bold")),
        _Column(_("Subject"), 0, lambda one, _now: Text(one_line(one.case.subject)), wide=True),
        _Column(_("Urgency"), 90, _urgency),
        _Column(_("Opened"), 0, lambda one, now: _moment(one.case.opened_at, now)),
        _Column(_("First action"), 100, lambda one, now: _moment(one.case.responded_at, now)),
        _Column(_("Due"), 120, lambda one, now: _moment(one.case.due_at, now)),
        _Column(
            _("Promise"), 0, lambda one, _now: Text(promise_words(one.state), _STATES.get(one.state, ""))
        ),
        _Column(_("Closed"), 90, lambda one, now: _moment(one.case.closed_at, now)),
        _Column(_("Hours"), 0, lambda one, _now: Text(hours(one.minutes), "" if one.minutes else "dim")),
    )


def _urgency(one: Told, _now: datetime) -> Text:
    return Text(one.case.urgency.name, table.URGENCY_STYLES[one.case.urgency])


def _moment(at: datetime | None, now: datetime) -> Text:
    """Day and hour; the year is the month's, or near it."""
    return Text(f"{at.astimezone(now.tzinfo):%d/%m %H:%M}") if at else Text("-", "dim")
