"""One case as a page for a terminal: facts, history with reasons, what was written, mail sent."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from helpdeskctl.cli.formats import table
from helpdeskctl.cli.formats.cleaning import one_line, paragraphs
from helpdeskctl.cli.formats.json import Texts
from helpdeskctl.cli.formats.wording import (
    because_line,
    contract_words,
    event_word,
    listed,
    mail_word,
    mark_word,
    note_words,
    person,
    sending_word,
    size_words,
    status_word,
)
from helpdeskctl.cli.times import age, hours, stamp
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Case, MailRecord
from helpdeskctl.domain.transitions import marks_at


def page(case: Case, texts: list[Texts], now: datetime) -> RenderableType:
    """The whole case; `texts` stands beside `case.messages`."""
    parts: list[RenderableType] = [_heading(case), _facts(case, now)]
    for mail, said in zip(case.messages, texts, strict=True):
        parts += [_rule(_mail_heading(mail, now)), *_mail(mail, said)]
    parts += [_rule(Text(_("History"))), _history(case, now)]
    if case.outgoing:
        parts += [_rule(Text(_("Mail to others"))), _outgoing(case, now)]
    return Group(*parts)


def _heading(case: Case) -> Text:
    style = table.URGENCY_STYLES[case.urgency]
    words = (
        (_("Case #{number}").format(number=case.number), "bold"),
        "  ",
        (f" {case.urgency.name} " if style else case.urgency.name, style),
        f"  {status_word(case.status)}  {one_line(case.sector)}",
    )
    return Text.assemble(*words)


def _facts(case: Case, now: datetime) -> RenderableType:
    opened = f"{stamp(case.opened_at, now)} ({age(case.opened_at, now)})"
    related = listed(f"#{r.number} ({_(r.why)})" for r in case.related)
    marks = marks_at(case, now)
    customer = case.customer + (_(" (by its contract only)") if case.customer_by_contract else "")
    pairs: list[tuple[str, str | Text]] = [
        (_("Subject"), Text(one_line(case.subject) or _("(no subject)"), "bold")),
        (_("Requester"), person(case.requester)),
        (_("Customer"), customer),
        (_("Contract"), contract_words(case.contract)),
        (_("Owner"), case.owner),
        (_("Opened"), opened),
        (_("Due"), table.due_cell(case, now)),
        (_("Answered"), stamp(case.responded_at, now) if case.responded_at else ""),
        (_("Closed"), stamp(case.closed_at, now) if case.closed_at else ""),
        (_("Work"), _work(case)),
        (_("Goes on in"), f"#{case.merged_into}" if case.merged_into else ""),
        (_("Being answered by"), case.drafting.by if case.drafting and "drafting" in marks else ""),
        (_("Marks"), listed(map(mark_word, marks))),
        (_("Tags"), listed(case.tags)),
        (_("Related"), related),
    ]
    return Padding(table.facts((name, value) for name, value in pairs if value), (1, 0))


def _work(case: Case) -> str:
    """The hours recorded, and how many of them are not to be invoiced."""
    if not case.work:
        return ""
    free = sum(work.minutes for work in case.work if not work.billable)
    unbilled = _(" (not to be invoiced: {hours})").format(hours=hours(free)) if free else ""
    return hours(case.minutes) + unbilled


def _rule(heading: Text) -> Rule:
    return Rule(heading, align="left", style="dim", characters="─")


def _mail_heading(mail: MailRecord, now: datetime) -> Text:
    words = Text(f"{stamp(mail.arrived_at, now)}  {person(mail.sender)}  ")
    words.append(mail_word(mail.kind), "bold")
    if mail.stranger:
        words.append(f"  {mark_word('stranger')}", "bold red")
    return words


def _mail(mail: MailRecord, said: Texts) -> Iterator[RenderableType]:
    """What it says, its quotes folded into one line, and its attachments."""
    shown = said.new_text.strip() or said.text.strip()
    folded = len(said.text.strip().splitlines()) - len(shown.splitlines())
    body = Text(paragraphs(shown) or _("(no text)"), "" if shown else "dim")
    if folded > 0:
        body.append("\n" + _("[quoted lines: {n}]").format(n=folded), "dim")
    for attachment in mail.attachments:
        what = f"{one_line(attachment.name)}  {one_line(attachment.type)}, {size_words(attachment.size)}"
        body.append(f"\n+ {what}", "cyan")
    yield Padding(body, (0, 0, 1, 2))


def _history(case: Case, now: datetime) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for event in case.history:
        words = Text.assemble((event_word(event.event), "bold"), f"  {one_line(event.by)}")
        if event.note:
            words.append("  " + note_words(event))
        for finding in event.because:
            words.append(f"\n  {because_line(finding)}", "dim")
        grid.add_row(stamp(event.at, now), words)
    return grid


def _outgoing(case: Case, now: datetime) -> Table:
    grid = Table.grid(padding=(0, 2))
    for _column in range(4):
        grid.add_column(overflow="fold")
    for mail in case.outgoing:
        at = mail.sent_at if mail.sent_at else mail.queued_at
        state = Text(sending_word(mail.state), "red" if mail.state == "refused" else "")
        error = one_line(mail.error)
        kind = mail_word(mail.kind)
        grid.add_row(
            Text(stamp(at, now), "dim"), Text(kind), state, Text(f"{mail.to.address} {error}".strip())
        )
    return grid
