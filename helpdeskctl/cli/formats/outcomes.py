"""What a batch came to, for a terminal: a bar while it runs, then a table of outcomes."""

from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from helpdeskctl.application.ingest import Report
from helpdeskctl.cli.formats import table
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.formats.wording import because_line, outcome_word, reason_words
from helpdeskctl.cli.words import _

T = TypeVar("T")
_STYLES = {"held": "bold red", "ignored": "dim", "duplicate": "dim"}


def tracked(read: Iterator[T], total: int) -> Iterator[T]:
    """The same, one for each mail, with a bar on stderr that shows how far they have come."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from read
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=console, transient=True)
    with bar:
        task = bar.add_task(_("Reading mail"), total=total)
        for one in read:
            bar.advance(task)
            yield one


def show(reports: list[Report], verbose: bool, colored: bool) -> None:
    """A line for each mail, if asked for, and the table of outcomes."""
    console = table.console(colored)
    if verbose and reports:
        headings = (_("Outcome"), _("Case"), _("Urgency"), _("From"), _("Subject and why"))
        console.print(table.plain(headings, map(_row, reports)))
    counted = Counter(report.decision.outcome for report in reports)
    if not counted:
        console.print(_("No new mail."))
        return
    rows = [(Text(outcome_word(o), _STYLES.get(o, "")), str(n)) for o, n in counted.most_common()]
    console.print(table.plain((_("Outcome"), _("Mails")), rows))


def _row(report: Report) -> tuple[str | Text, ...]:
    decision, message = report.decision, report.message
    subject = Text(one_line(message.subject) if message else "")
    reasons = [because_line(finding) for finding in decision.because] or [
        reason_words(decision.reason, decision.facts)
    ]
    for reason in filter(None, reasons):
        subject.append(f"\n  {reason}", "dim")
    urgency = decision.urgency.name if decision.urgency is not None else ""
    return (
        Text(outcome_word(decision.outcome), _STYLES.get(decision.outcome, "")),
        f"#{decision.case}" if decision.case is not None else "",
        Text(urgency, table.URGENCY_STYLES[decision.urgency] if decision.urgency is not None else ""),
        decision.sender.address,
        subject,
    )
