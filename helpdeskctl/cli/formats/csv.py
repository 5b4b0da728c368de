"""CSV as the spreadsheets of Italy open it: `;`, UTF-8 with BOM, CRLF, decimal comma, dd/mm/yyyy hh:mm.

What a mail says is no formula: a cell that would begin like one begins with an apostrophe.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.formats.wording import contract_words, listed, mark_word, promise_words, status_word
from helpdeskctl.cli.times import stamp
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.monthly import Told
from helpdeskctl.domain.proof import state
from helpdeskctl.domain.transitions import marks_at

_FORMULA = frozenset("=+-@")


def document(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The file, line by line; every cell is made harmless."""
    yield "\ufeff".encode()
    yield _line(headings)
    yield from map(_line, rows)


def decimal(minutes: int) -> str:
    """Minutes as hours, to be added up by a spreadsheet."""
    return f"{minutes / 60:.2f}".replace(".", ",")


def moment(at: datetime | None, now: datetime) -> str:
    """A time in the zone of `now`, "" for none."""
    return stamp(at, now) if at else ""


def case_headings() -> tuple[str, ...]:
    """What stands above the cells of `case`."""
    return (
        _("Number"),
        _("Status"),
        _("Urgency"),
        _("Sector"),
        _("Owner"),
        _("Customer"),
        _("Contract"),
        _("Name"),
        _("Address"),
        _("Subject"),
        _("Opened"),
        _("Due"),
        _("First action"),
        _("Promise"),
        _("Closed"),
        _("Hours"),
        _("Hours to invoice"),
        _("Marks"),
        _("Tags"),
    )


def case(case: Case, now: datetime) -> tuple[str, ...]:
    """The cells of one case."""
    return (
        str(case.number),
        status_word(case.status),
        case.urgency.name,
        case.sector,
        case.owner,
        case.customer,
        contract_words(case.contract),
        case.requester.name,
        case.requester.address,
        case.subject,
        moment(case.opened_at, now),
        moment(case.due_at, now),
        moment(case.responded_at, now),
        promise_words(state(case, now)),
        moment(case.closed_at, now),
        decimal(case.minutes),
        decimal(sum(work.minutes for work in case.work if work.billable)),
        listed(map(mark_word, marks_at(case, now))),
        listed(case.tags),
    )


def told_headings() -> tuple[str, ...]:
    """What stands above the cells of `told`."""
    return (
        _("Number"),
        _("Subject"),
        _("Requester"),
        _("Urgency"),
        _("Opened"),
        _("First action"),
        _("Due"),
        _("Promise"),
        _("Closed"),
        _("Hours"),
        _("Hours to invoice"),
    )


def told(one: Told, now: datetime) -> tuple[str, ...]:
    """The cells of one case of a month."""
    return (
        str(one.case.number),
        one.case.subject,
        one.case.requester.name or one.case.requester.address,
        one.case.urgency.name,
        moment(one.case.opened_at, now),
        moment(one.case.responded_at, now),
        moment(one.case.due_at, now),
        promise_words(one.state),
        moment(one.case.closed_at, now),
        decimal(one.minutes),
        decimal(one.billable),
    )


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(map(_harmless, cells))
    return text.getvalue().encode()


def _harmless(cell: str) -> str:
    """The cell on one line, never a formula; letters that only look like its first one count as it."""
    shown = one_line(cell)
    begins = unicodedata.normalize("NFKC", shown[:1])[:1]
    return f"'{shown}" if begins in _FORMULA or cell.startswith(("\t", "\r")) else shown
