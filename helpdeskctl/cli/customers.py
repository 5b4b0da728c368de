"""`helpdeskctl customers`: who belongs to whom (behaviour.md §5, §7)."""

import click

from helpdeskctl.application.registering import customer_named, plan_customers
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.importing import carry_out_plan, import_options
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.words import _
from helpdeskctl.domain.registry import Customer


@click.group(
    "customers",
    help=_(
        "The firm's customers, with their mail addresses and domains: whoever writes from one of them "
        "belongs to that customer's cases.\n\nExample: helpdeskctl customers list"
    ),
)
@common
def command() -> None:
    """Customers."""


@command.command(
    "import",
    help=_(
        "Take the customers from a CSV file, as a spreadsheet writes it, instead of those there are: columns "
        "name;addresses;domains (or nome;indirizzi;domini). What changes is shown; one wrong row, and "
        "nothing is imported.\n\nExample: helpdeskctl customers import clienti.csv"
    ),
)
@click.argument("file", metavar="FILE.csv")
@import_options
@common
@click.pass_context
def import_(context: click.Context, file: str, dry_run: bool, yes: bool) -> int:
    """Import customers."""
    asked = session(context)
    store = bootstrap.store(asked.settings)
    plan = plan_customers(store.registry(), bootstrap.customers_of(file))
    return carry_out_plan(plan, store, asked, dry_run, yes)


@command.command("list", help=_("All customers.\n\nExample: helpdeskctl customers list --json"))
@common
@click.pass_context
def list_(context: click.Context) -> None:
    """List customers."""
    asked = session(context)
    _print(list(bootstrap.store(asked.settings).registry().customers), asked)


@command.command("show", help=_('One customer.\n\nExample: helpdeskctl customers show "Officine Rossi"'))
@click.argument("name", metavar="NAME")
@common
@click.pass_context
def show(context: click.Context, name: str) -> None:
    """Show one customer."""
    asked = session(context)
    _print([customer_named(bootstrap.store(asked.settings), name)], asked)


def _print(customers: list[Customer], asked: Session) -> None:
    if asked.json:
        click.echo(json.dumps([one._asdict() for one in customers], indent=1))
    elif not asked.terminal:
        for one in customers:
            click.echo(tsv.line((one.name, ",".join(one.addresses), ",".join(one.domains))))
    else:
        from helpdeskctl.cli.formats import table

        rows = [(one.name, ", ".join(one.domains), ", ".join(one.addresses)) for one in customers]
        headings = (_("Customer"), _("Domains"), _("Addresses"))
        table.console(asked.colored).print(table.plain(headings, rows) if rows else _("No customers."))
