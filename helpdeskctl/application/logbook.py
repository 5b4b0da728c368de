"""What the log says of a mail, and of what went wrong: never a word of the mail itself.

A line is a time, a word for its kind, and `name=value` pairs; a value is one word of visible ASCII,
whatever a mail made of it, so that no line can be forged.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from helpdeskctl.application.ingest import Report
from helpdeskctl.application.ports import Clock
from helpdeskctl.domain.errors import HelpdeskError

# Takes one line; with True it tells a failure.
Write = Callable[[str, bool], None]

_LONGEST = 200
_LONGEST_FAILURE = 400


def logged(reports: Iterable[Report], write: Write, clock: Clock) -> Iterator[Report]:
    """The reports, each told to the log.

    The milliseconds are those since the line before: mails that share a commit share its cost, which
    stands with the first of them.
    """
    began = clock()
    for report in reports:
        write(line(report, clock(), clock() - began), False)
        yield report
        began = clock()


def logged_alone(read: Callable[[], Report | None], write: Write, clock: Clock) -> Report | None:
    """The report of one mail, told to the log; None, and no line, when somebody else took the mail."""
    began = clock()
    if report := read():
        write(line(report, clock(), clock() - began), False)
    return report


def line(report: Report, now: datetime, took: timedelta) -> str:
    """The line of one mail."""
    decision = report.decision
    facts = {
        "key": report.arrived.key,
        "id": report.message.message_id if report.message else "",
        "outcome": decision.outcome,
        "case": decision.case if decision.case is not None else "",
        "sector": decision.sector,
        "ms": round(took / timedelta(milliseconds=1)),
    }
    return f"{_time(now)} mail " + " ".join(f"{name}={_word(value)}" for name, value in facts.items())


def failure(what: str, error: BaseException, now: datetime) -> str:
    """The line of what went wrong.

    Our own sentences and the system's are told; of a bug the kind and the place, because its words may
    be those of a mail.
    """
    ours = isinstance(error, HelpdeskError | OSError)
    told = f"{type(error).__name__}: {error}" if ours else f"{type(error).__name__}{_place(error)}"
    said = "".join(char if " " <= char <= "~" else " " for char in f"{what}: {told}")
    return f"{_time(now)} failed " + " ".join(said.split())[:_LONGEST_FAILURE]


def _time(now: datetime) -> str:
    return now.isoformat(timespec="seconds")


def _word(value: object) -> str:
    """One word of visible ASCII, "-" for nothing."""
    said = str(value)[:_LONGEST]
    if not (said.isascii() and said.isprintable()) or " " in said:
        said = "".join([char if "!" <= char <= "~" else "?" for char in said])
    return said or "-"


def _place(error: BaseException) -> str:
    """Where a bug showed: module and line of the innermost call."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f" at {trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
