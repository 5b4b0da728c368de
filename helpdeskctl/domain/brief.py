"""A listed case in brief: a line of text with its place in the list, and what the list says of it.

    0 1 2026-11-25T13:00:00.000000 000000012 TAB LATE FROM TAB ASK FROM TAB number TAB status TAB …

Thousands of such lines are put in order and printed as they are; a case is asked for whole only where
the clock, or a letter that no terminal should see, makes more of it. `PLACE` is whether the case is
closed, its urgency (the highest is 0), when it is due, and its number: as text, it sorts as a list does,
late ones apart. All instants are in UTC, all of one length; 9999 is never.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from helpdeskctl.domain.case import Case, Status, Urgency
from helpdeskctl.domain.transitions import PROMISED, SOON

_NEVER = "9999-12-31T23:59:59.999999"
_ALWAYS = "0001-01-01T00:00:00.000000"
_NUMBER = slice(31, 40)
_LATE = slice(41, 67)
_ASK = slice(68, 94)
_COLUMNS = 95


def columns(case: Case) -> tuple[str, ...]:
    """What a list says of a case: number, status, urgency, sector, owner, customer, subject, when it was
    opened and when it is due (ISO 8601, seconds)."""
    return (
        str(case.number),
        case.status.value,
        case.urgency.name,
        case.sector,
        case.owner,
        case.customer,
        case.subject,
        case.opened_at.isoformat(timespec="seconds"),
        case.due_at.isoformat(timespec="seconds") if case.due_at else "",
    )


def brief(case: Case) -> str:
    """The case in brief."""
    said = (*columns(case), ",".join(case.marks))
    plain = all(text.isprintable() and text == " ".join(text.split()) for text in said)
    asked = _ALWAYS if case.drafting or not plain else _unsent_from(case)
    return "\t".join((place(case), _late_from(case), asked, *(said if plain else ())))


def place(case: Case) -> str:
    """Where the case stands among those that are late, or among those that are not, as text that sorts."""
    closed, urgency = case.status is Status.closed, max(Urgency) - case.urgency
    return f"{closed:d} {urgency} {_instant(case.due_at) if case.due_at else _NEVER} {case.number:09}"


def number(line: str) -> int:
    """The number of a case in brief."""
    return int(line[_NUMBER])


def due_by(lines: Iterable[str], at: datetime) -> list[str]:
    """Those of which the first action is due by then, or was."""
    until = _instant(at)
    return [line for line in lines if line[_LATE] <= until]


def in_order(lines: Iterable[str], now: datetime) -> list[str]:
    """The most pressing first: what is late at that time, then by place."""
    at, ordered = _instant(now), sorted(lines)
    return [line for line in ordered if line[_LATE] <= at] + [line for line in ordered if line[_LATE] > at]


def shown(lines: Iterable[str], now: datetime) -> list[str]:
    """For each case its columns and its marks at that time, tabs between them; "" where the case must be
    asked for whole."""
    at, soon = _instant(now), _instant(now, SOON)
    said = []
    for line in lines:
        text = line[_COLUMNS:]
        late_from = line[_LATE]
        if line[_ASK] < at:
            text = ""
        elif late_from <= soon:
            text += ("" if text[-1] == "\t" else ",") + ("late" if late_from <= at else "due_soon")
        said.append(text)
    return said


def _late_from(case: Case) -> str:
    waits = case.status is Status.open and case.responded_at is None
    return _instant(case.due_at) if waits and case.due_at else _NEVER


def _unsent_from(case: Case) -> str:
    waiting = (mail.queued_at for mail in case.outgoing if mail.state == "waiting")
    return min((_instant(at, PROMISED) for at in waiting), default=_NEVER)


def _instant(at: datetime, later: timedelta = timedelta()) -> str:
    """That instant, or one so much later."""
    return (at.astimezone(UTC) + later).isoformat(timespec="microseconds")[: len(_NEVER)]
