"""The figures of the desk on a terminal: a few facts, then a table with bars for each dimension."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich import box
from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from helpdeskctl.cli.formats import amounts, table
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.times import days, hours
from helpdeskctl.cli.words import _
from helpdeskctl.domain.figures import Figures, Line

# So many lines of a dimension are shown; JSON, a pipe and the page have all of them.
_SHOWN = 10
# On a wider terminal a bar says no more.
_WIDEST = 150
# A promise kept less often than this is coloured.
_GOOD = 0.95


class _Column(NamedTuple):
    """One column, shown where the terminal has at least `from_width` columns."""

    heading: str
    from_width: int
    cell: Callable[[Line], Text]


def page(found: Figures, dimensions: Sequence[str], width: int) -> RenderableType:
    """All of it, for a terminal of that width."""
    parts: list[RenderableType] = [
        Text(days(*found.period), "bold"),
        Padding(table.facts(amounts.summary(found.total, found.slowest)), (1, 0, 0, 0)),
    ]
    for dimension in dimensions:
        lines = found.by[dimension]
        if not lines:
            continue
        shown = lines if dimension == "month" else lines[:_SHOWN]
        parts.append(_lines(dimension, shown, width))
        if len(lines) > len(shown):
            more = _("Not shown: {n}. `--html`, `--json` and a pipe have them all.")
            parts.append(Text(more.format(n=amounts.number(len(lines) - len(shown))), "dim"))
    return Group(*parts)


def _lines(dimension: str, lines: Sequence[Line], width: int) -> Table:
    """The lines of one dimension, each with a bar for what was opened."""
    shown = Table(box=box.SIMPLE_HEAD, width=min(width, _WIDEST), pad_edge=False, padding=(0, 1, 0, 0))
    columns = [column for column in _columns() if column.from_width <= width]
    shown.add_column(
        amounts.dimension_word(dimension), no_wrap=True, overflow="ellipsis", max_width=max(14, width // 3)
    )
    for column in columns:
        shown.add_column(column.heading, justify="right", no_wrap=True)
    shown.add_column("", ratio=1, min_width=6)
    most = max(1, *(line.opened for line in lines))
    for line in lines:
        shown.add_row(
            Text(one_line(amounts.name(dimension, line)), "bold"),
            *(column.cell(line) for column in columns),
            Bar(most, 0, line.opened, color="blue"),
        )
    return shown


def _columns() -> tuple[_Column, ...]:
    return (
        _Column(_("New"), 0, lambda line: _count(line.opened)),
        _Column(_("Done"), 0, lambda line: _count(line.closed)),
        _Column(_("Still open"), 0, lambda line: _count(line.backlog)),
        _Column(_("In 5 min"), 70, lambda line: _share(line.in_time, line.acknowledgements)),
        _Column(_("In time"), 70, lambda line: _share(line.kept, amounts.first_actions(line))),
        _Column(_("Missed"), 100, lambda line: _count(line.missed)),
        _Column(_("Hours"), 90, lambda line: Text(hours(line.minutes), "" if line.minutes else "dim")),
        _Column(
            _("To invoice"), 120, lambda line: Text(hours(line.billable), "" if line.billable else "dim")
        ),
        _Column(_("Median"), 140, lambda line: Text(amounts.seconds(line.median), "dim")),
        _Column("95 %", 140, lambda line: Text(amounts.seconds(line.percentile), "dim")),
    )


def _count(value: int) -> Text:
    return Text(amounts.number(value), "" if value else "dim")


def _share(part: int, whole: int) -> Text:
    good = not whole or part >= whole * _GOOD
    return Text(amounts.percent(part, whole), "" if good else "bold yellow")
