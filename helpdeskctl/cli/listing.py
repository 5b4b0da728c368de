"""`helpdeskctl list`: what is to be done, most pressing first (behaviour.md §9)."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from helpdeskctl.application.listing import ORDERS, Wanted, briefly, first_page, listed
from helpdeskctl.application.ports import CaseStore
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.filters import filters, saying
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.transitions import marks_at

# On a terminal, the first page; a pipe gets everything.
_PAGE = 50


@click.command(
    "list",
    help=_(
        "The cases that are open or have unread mail, most pressing first: late ones, then by urgency, "
        "then by due time. Into a pipe: one tab-separated line each, without heading (number, status, "
        "urgency, sector, owner, customer, subject, opened_at, due_at, marks).\n\n"
        "Example: helpdeskctl list --sector gestionale --urgency critico"
    ),
)
@click.option("--all", "everything", is_flag=True, help=_("Closed ones as well."))
@filters
@click.option(
    "--sort", "order", type=click.Choice(list(ORDERS)), help=_("In another order than what presses most.")
)
@click.option("--limit", type=click.IntRange(0), help=_("At most so many; 0: all (on a terminal: 50)."))
@common
@click.pass_context
def command(
    context: click.Context, /, limit: int | None, order: str | None, wanted: Wanted, text: str
) -> None:
    """List cases."""
    asked = session(context)
    chosen = asked.settings
    store = bootstrap.store(chosen)
    now = bootstrap.clock(chosen.policy.zone)()
    if wanted == Wanted() and not (order or text or asked.json):
        _list_briefly(asked, store, now, limit)
        return
    matching = listed(store, wanted, now, order or "")
    cases = list(saying(text, matching, store, chosen))
    if limit is None and asked.terminal and not asked.json:
        limit = _PAGE
    shown = cases[:limit] if limit else cases
    if asked.json:
        click.echo(json.dumps([json.case(case, now) for case in shown], indent=1))
    elif not asked.terminal:
        _write(shown, now)
    else:
        _show(shown, len(cases) - len(shown), asked, store)


def _list_briefly(asked: Session, store: CaseStore, now: datetime, limit: int | None) -> None:
    """The whole list as it is asked for most: of ten thousand cases only the page shown is decoded."""
    if asked.terminal:
        shown, more = first_page(store, now, _PAGE if limit is None else limit or sys.maxsize)
        _show(shown, more, asked, store)
    else:
        lines = briefly(store, now)
        _write(lines[:limit] if limit else lines, now)


def _write(lines: Sequence[str | Case], now: datetime) -> None:
    """Lines for a pipe, all at once; what is a text already was cleaned when it was kept."""
    said = (one if isinstance(one, str) else tsv.case(one, now) for one in lines)
    sys.stdout.write("".join(f"{line}\n" for line in said))


def _show(shown: list[Case], more: int, asked: Session, store: CaseStore) -> None:
    """The table, what heads it because somebody has to look, and what it leaves out."""
    from rich.text import Text

    from helpdeskctl.cli.formats import table

    now = bootstrap.clock(asked.settings.policy.zone)()
    console = table.console(asked.colored)
    for alarm in _alarms(shown, store, now):
        console.print(Text(alarm, "bold red"))
    if not shown:
        console.print(_("No cases."))
        return
    policy = asked.settings.policy
    console.print(table.cases(shown, now, console.width, lambda case: policy.calendar_of(case.terms)))
    if more:
        console.print(Text(_("Not shown: {n}. `--limit 0` shows all.").format(n=more), "dim"))


def _alarms(shown: list[Case], store: CaseStore, now: Any) -> list[str]:
    alarms = []
    if held := len(store.entries("held")):
        alarms.append(_("Held mails: {n}, see `helpdeskctl held list`.").format(n=held))
    if unsent := sum("unsent" in marks_at(case, now) for case in shown):
        alarms.append(
            _("Cases with mail unsent for over five minutes: {n}, see `helpdeskctl outbox list`.").format(
                n=unsent
            )
        )
    return alarms
