"""`helpdeskctl contracts`: what the firm has promised to whom (behaviour.md §7)."""

from datetime import date

import click

from helpdeskctl.application.registering import (
    cases_of,
    contract_numbered,
    plan_contracts,
    standing,
)
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.formats.wording import listed
from helpdeskctl.cli.importing import carry_out_plan, import_options
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.times import hours
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.registry import Contract


@click.group(
    "contracts",
    help=_(
        "The contracts: whose they are, from when to when they are valid, and how soon a first action is "
        "promised.\n\nExample: helpdeskctl contracts list"
    ),
)
@common
def command() -> None:
    """Contracts."""


@command.command(
    "import",
    help=_(
        "Take the contracts from a CSV file, as a spreadsheet writes it, instead of those there are: columns "
        "number;customer;addresses;domains;valid_from;valid_to;sectors;normale;urgente;critico;calendar (or "
        "numero;cliente;indirizzi;domini;dal;al;settori;normale;urgente;critico;calendario). Hours are "
        "working hours until the first action; empty is the desk's own. What changes is shown first; one "
        "wrong cell, and nothing is imported.\n\n"
        "Example: helpdeskctl contracts import contratti.csv --dry-run"
    ),
)
@click.argument("file", metavar="FILE.csv")
@import_options
@common
@click.pass_context
def import_(context: click.Context, file: str, dry_run: bool, yes: bool) -> int:
    """Import contracts."""
    asked = session(context)
    store = bootstrap.store(asked.settings)
    plan = plan_contracts(store.registry(), bootstrap.contracts_of(file, asked.settings))
    return carry_out_plan(plan, store, asked, dry_run, yes)


@command.command("list", help=_("All contracts.\n\nExample: helpdeskctl contracts list --json"))
@common
@click.pass_context
def list_(context: click.Context) -> None:
    """List contracts."""
    asked = session(context)
    found = bootstrap.store(asked.settings).registry().contracts
    today = _today(asked)
    if asked.json:
        click.echo(json.dumps([_document(one, today) for one in found], indent=1))
    elif not asked.terminal:
        for one in found:
            click.echo(tsv.line(_cells(one, today)))
    else:
        from helpdeskctl.cli.formats import table

        headings = (
            _("Contract"),
            _("Customer"),
            _("State"),
            _("Valid from"),
            _("Valid to"),
            _("Sectors"),
            _("First action"),
        )
        rows = [_row(one, today) for one in found]
        table.console(asked.colored).print(table.plain(headings, rows) if rows else _("No contracts."))


@command.command(
    "show", help=_("One contract with its cases.\n\nExample: helpdeskctl contracts show 2026/15")
)
@click.argument("number", metavar="NUMBER")
@common
@click.pass_context
def show(context: click.Context, number: str) -> None:
    """Show one contract."""
    asked = session(context)
    store = bootstrap.store(asked.settings)
    contract = contract_numbered(store, number)
    cases = cases_of(store, contract)
    now = bootstrap.clock(asked.settings.policy.zone)()
    if asked.json:
        document = _document(contract, now.date()) | {"cases": [json.case(case, now) for case in cases]}
        click.echo(json.dumps(document, indent=1))
    elif not asked.terminal:
        click.echo(tsv.line(_cells(contract, now.date())))
        for case in cases:
            click.echo(tsv.case(case, now))
    else:
        _print(contract, cases, asked)


def _print(contract: Contract, cases: list[Case], asked: Session) -> None:
    from helpdeskctl.cli.formats import table

    now = bootstrap.clock(asked.settings.policy.zone)()
    console = table.console(asked.colored)
    number, customer, state, begins, ends, sectors, first = _row(contract, now.date())
    pairs = (
        (_("Contract"), f"{number} ({state})"),
        (_("Customer"), customer),
        (_("Valid from"), begins),
        (_("Valid to"), ends),
        (_("Sectors"), sectors),
        (_("First action"), first),
        (_("Hours"), contract.calendar),
    )
    console.print(table.facts(pair for pair in pairs if pair[1]))
    policy = asked.settings.policy
    shown = table.cases(cases, now, console.width, lambda case: policy.calendar_of(case.terms))
    console.print(shown if cases else _("No cases."))


def _cells(one: Contract, today: date) -> tuple[object, ...]:
    respond = dict(one.respond)
    return (
        one.number,
        one.customer,
        standing(one, today),
        one.valid_from.isoformat() if one.valid_from else "",
        one.valid_until.isoformat() if one.valid_until else "",
        ",".join(one.sectors),
        *(respond.get(urgency, "") for urgency in ("normale", "urgente", "critico")),
        one.calendar,
    )


def _row(one: Contract, today: date) -> tuple[str, ...]:
    """For people: days as they write them, hours instead of minutes."""
    states = {"valid": _("valid"), "expired": _("expired"), "future": _("not yet")}
    days = [f"{day:%d/%m/%Y}" if day else "" for day in (one.valid_from, one.valid_until)]
    first = listed(f"{urgency} {hours(minutes)}" for urgency, minutes in one.respond)
    return one.number, one.customer, states[standing(one, today)], *days, listed(one.sectors), first


def _document(one: Contract, today: date) -> dict[str, object]:
    return {
        "number": one.number,
        "customer": one.customer,
        "state": standing(one, today),
        "valid_from": one.valid_from.isoformat() if one.valid_from else None,
        "valid_to": one.valid_until.isoformat() if one.valid_until else None,
        "sectors": list(one.sectors),
        "respond_minutes": dict(one.respond),
        "calendar": one.calendar,
    }


def _today(asked: Session) -> date:
    return bootstrap.clock(asked.settings.policy.zone)().date()
