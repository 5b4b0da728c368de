"""The month of a customer as a page that prints on A4: the heading of its table on each sheet."""

from datetime import datetime

from helpdeskctl.application.reporting import Report
from helpdeskctl.cli.formats import amounts, html
from helpdeskctl.cli.formats.wording import promise_words
from helpdeskctl.cli.times import hours, month, stamp
from helpdeskctl.cli.words import _
from helpdeskctl.domain.monthly import Told


def page(made: Report, desk: str, now: datetime) -> str:
    """The page, in the name of that desk."""
    total = made.monthly.total
    contract = _("contract {number}").format(number=made.contract) if made.contract else ""
    facts = "".join(
        f"<div><dt>{html.text(name)}</dt><dd>{html.text(value)}</dd></div>"
        for name, value in amounts.summary(total)
    )
    whose = ", ".join(filter(None, (contract, month(made.monthly.month.since))))
    footer = _("As of {at}.").format(at=stamp(now, now))
    body = "\n".join(
        (
            f'<header><p class="desk">{html.text(desk)}</p>',
            f"<h1>{html.text(made.customer)}</h1>",
            f'<p class="whose">{html.text(whose)}</p>',
            "</header>",
            f'<main><dl class="summary">{facts}</dl>',
            _cases(made, now) if made.monthly.told else f"<p>{html.text(_('No cases.'))}</p>",
            f"</main>\n<footer>{html.text(footer)}</footer>",
        )
    )
    return html.page(amounts.title(made), body, ["look.css", "report.css"])


def _cases(made: Report, now: datetime) -> str:
    headings = (
        "#", _("Subject"), _("Urgency"), _("Opened"), _("First action"), _("Due"), _("Promise"), _("Closed"),
        _("Hours"), _("To invoice"),
    )  # fmt: skip
    return html.table(headings, (_cells(one, now) for one in made.monthly.told), words=8)


def _cells(one: Told, now: datetime) -> tuple[str, ...]:
    case = one.case
    return (
        str(case.number),
        case.subject or _("(no subject)"),
        case.urgency.name,
        _moment(case.opened_at, now),
        _moment(case.responded_at, now),
        _moment(case.due_at, now),
        promise_words(one.state),
        _moment(case.closed_at, now),
        hours(one.minutes),
        hours(one.billable),
    )


def _moment(at: datetime | None, now: datetime) -> str:
    return stamp(at, now) if at else "-"
