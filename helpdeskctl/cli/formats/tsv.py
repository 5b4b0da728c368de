"""Lines for pipes: tab-separated, uncut, no colour, no heading (behaviour.md §9)."""

from collections.abc import Iterable
from datetime import datetime

from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.transitions import marks_at


def line(values: Iterable[object]) -> str:
    """One line; what a mail wrote can neither end it nor add a column."""
    return "\t".join("" if value is None else one_line(str(value)) for value in values)


def case(case: Case, now: datetime) -> str:
    """number, status, urgency, sector, owner, customer, subject, opened_at, due_at, marks."""
    return line(
        (
            case.number,
            case.status.value,
            case.urgency.name,
            case.sector,
            case.owner,
            case.customer,
            case.subject,
            case.opened_at.isoformat(timespec="seconds"),
            case.due_at.isoformat(timespec="seconds") if case.due_at else "",
            ",".join(marks_at(case, now)),
        )
    )
