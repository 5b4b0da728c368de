"""`helpdeskctl report`: what the firm sends its customer each month (behaviour.md §9)."""

import click

from helpdeskctl.application.reporting import Report, report_of_contract, report_of_customer
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import csv, json, tsv
from helpdeskctl.cli.months import Month, month_before
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.words import _
from helpdeskctl.cli.writing import write
from helpdeskctl.domain.figures import Period


@click.command(
    "report",
    help=_(
        "The month of a customer, or of one contract: every case that was opened, closed or worked on, what "
        "was promised and kept, the hours; on the terminal, as CSV, or as a page that prints on A4. Without "
        "--month: the month before this one.\n\n"
        "Example: helpdeskctl report --contract 2026/0117 --month 2026-10 --html ottobre.html"
    ),
)
@click.option("--contract", metavar=_("NUMBER"), help=_("The month of this contract."))
@click.option("--customer", metavar=_("NAME"), help=_("The month of this customer, whatever the contract."))
@click.option("--month", type=Month(), metavar=_("MONTH"), help=_("The month, such as 2026-11."))
@click.option("--csv", "table", metavar=_("FILE"), help=_("Write the cases as CSV for a spreadsheet."))
@click.option("--html", "page", metavar=_("FILE"), help=_("Write a page to be printed or sent."))
@common
@click.pass_context
def command(
    context: click.Context,
    /,
    contract: str | None,
    customer: str | None,
    month: Period | None,
    **files: str | None,
) -> None:
    """Report a month."""
    asked = session(context)
    store = bootstrap.store(asked.settings)
    now = bootstrap.clock(asked.settings.policy.zone)()
    month = month or month_before(now.date())
    if contract is not None and customer is None:
        made = report_of_contract(store, contract, month, now)
    elif customer is not None and contract is None:
        made = report_of_customer(store, customer, month, now)
    else:
        raise click.UsageError(_("Say whose month: either --contract or --customer."), context)
    if files["table"] is not None:
        rows = (csv.told(one, now) for one in made.monthly.told)
        write(files["table"], csv.document(csv.told_headings(), rows))
    if files["page"] is not None:
        from helpdeskctl.cli.formats import report_page

        write(files["page"], [report_page.page(made, asked.settings.policy.desk.name, now).encode()])
    if not any(files.values()):
        _print(made, asked)


def _print(made: Report, asked: Session) -> None:
    if asked.json:
        click.echo(json.dumps(json.report(made), indent=1))
    elif not asked.terminal:
        for one in made.monthly.told:
            facts = json.told(one)
            facts["requester"] = one.case.requester.address
            click.echo(tsv.line(facts.values()))
    else:
        from helpdeskctl.cli.formats import report_table, table

        now = bootstrap.clock(asked.settings.policy.zone)()
        console = table.console(asked.colored)
        console.print(report_table.page(made, now, console.width))
