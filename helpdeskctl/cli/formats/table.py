"""Rich tables for a terminal: they fit its width, and say in words what they say in colour.

Whatever comes from a mail goes through `cleaning` into `Text`, never into markup.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.formats.wording import mark_word, status_word
from helpdeskctl.cli.times import age, hours, moment
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Case, Status, Urgency
from helpdeskctl.domain.transitions import marks_at
from helpdeskctl.domain.working_time import Calendar, working_minutes

URGENCY_STYLES = {Urgency.normale: "", Urgency.urgente: "bold yellow", Urgency.critico: "bold white on red"}
_MARK_STYLES = {
    "late": "bold red",
    "due_soon": "yellow",
    "news": "bold green",
    "undelivered": "red",
    "unsent": "red",
}


# So wide a column need not be broken.
_SHORT = 24

CalendarOf = Callable[[Case], Calendar]


class Column(NamedTuple):
    """One column of the list: shown where the terminal has at least `from_width` columns, and, if it is
    `optional`, only where some case has something to say in it."""

    heading: str
    from_width: int
    cell: Callable[[Case, datetime], Text]
    ratio: int = 0
    optional: bool = False


def console(colored: bool) -> Console:
    """Standard output; `colored` as the person wants it, the width as the terminal has it."""
    return Console(
        highlight=False, markup=False, emoji=False, no_color=not colored, force_terminal=colored or None
    )


def cases(listed: Sequence[Case], now: datetime, width: int, calendar_of: CalendarOf) -> RenderableType:
    """The list of cases for a terminal of that width."""
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False, padding=(0, 1, 0, 0))
    shown = []
    for column in _columns(calendar_of):
        cells = [column.cell(case, now) for case in listed]
        if column.from_width <= width and not (column.optional and not any(cell.plain for cell in cells)):
            shown.append(cells)
            wide = column.ratio > 0
            table.add_column(
                column.heading,
                ratio=column.ratio or None,
                no_wrap=True,
                overflow="ellipsis",
                min_width=12 if wide else None,
            )
    for case, *row in zip(listed, *shown, strict=True):
        table.add_row(*row, style="dim" if case.status is Status.closed else "")
    return table


def _columns(calendar_of: CalendarOf) -> list[Column]:
    return [
        Column("#", 0, lambda case, _now: Text(str(case.number), "bold")),
        Column(_("Urgency"), 0, lambda case, _now: Text(case.urgency.name, URGENCY_STYLES[case.urgency])),
        Column(_("Status"), 70, _status_cell, optional=True),
        Column(_("Age"), 100, lambda case, now: Text(age(case.opened_at, now), "dim")),
        Column(_("Due"), 0, due_cell),
        Column(_("Left"), 120, lambda case, now: _left_cell(case, now, calendar_of), optional=True),
        Column(_("Sector"), 70, lambda case, _now: Text(case.sector)),
        Column(_("Owner"), 80, lambda case, _now: Text(one_line(case.owner)), optional=True),
        Column(_("Customer"), 90, lambda case, _now: Text(one_line(who(case))), 2),
        Column(_("Subject"), 0, lambda case, _now: Text(one_line(case.subject) or _("(no subject)")), 4),
        Column(_("Marks"), 60, lambda case, now: marks_cell(marks_at(case, now)), optional=True),
    ]


def _left_cell(case: Case, now: datetime, calendar_of: CalendarOf) -> Text:
    """The working time that is left until the first action is due."""
    running = case.status is Status.open and case.responded_at is None
    if not running or case.due_at is None or "late" in marks_at(case, now):
        return Text("")
    minutes = working_minutes(now, case.due_at, calendar_of(case))
    return Text(hours(minutes), "dim")


def _status_cell(case: Case, _now: datetime) -> Text:
    """What is not simply open."""
    return Text("" if case.status is Status.open else status_word(case.status))


def who(case: Case) -> str:
    """The customer, or the person where no customer is known."""
    return case.customer or case.requester.name or case.requester.address


def due_cell(case: Case, now: datetime) -> Text:
    """When the first action is due, or that it was taken, or by how much it is late."""
    if case.status is Status.closed or case.due_at is None:
        return Text("-", "dim")
    if case.responded_at is not None:
        return Text(_("answered"), "dim")
    marks = marks_at(case, now)
    if "late" in marks:
        return Text(_("late {age}").format(age=age(case.due_at, now)), _MARK_STYLES["late"])
    return Text(moment(case.due_at, now), _MARK_STYLES["due_soon"] if "due_soon" in marks else "")


def marks_cell(marks: Iterable[str]) -> Text:
    """The marks in words; what the due column says already is left out."""
    shown = [mark for mark in marks if mark not in {"late", "due_soon"}]
    return Text(", ").join(Text(mark_word(mark), _MARK_STYLES.get(mark, "")) for mark in shown)


def facts(pairs: Iterable[tuple[str, str | Text]]) -> Table:
    """A block of names and values."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, value if isinstance(value, Text) else Text(one_line(value)))
    return table


def plain(headings: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A simple table: short columns stay on one line, the others share what width is left."""
    cells = [[c if isinstance(c, Text) else Text(one_line(c)) for c in row] for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for place, heading in enumerate(headings):
        widest = max((max(map(len, row[place].plain.split("\n"))) for row in cells), default=0)
        table.add_column(heading, no_wrap=widest <= _SHORT, overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table
