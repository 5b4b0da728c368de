"""`helpdeskctl export`: the cases for a spreadsheet, or for another program (behaviour.md §9)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import click

from helpdeskctl.application.listing import Wanted, found
from helpdeskctl.application.ports import CaseStore
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.filters import filters, saying
from helpdeskctl.cli.formats import csv, json
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.reading import said_in
from helpdeskctl.cli.words import _
from helpdeskctl.cli.writing import write
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.settings import Settings


@click.command(
    "export",
    help=_(
        "All cases, or those asked for, by number, into FILE or (without one) to standard output: CSV as "
        "Excel opens it in Italy (semicolons, decimal comma, dd/mm/yyyy hh:mm), or JSON lines.\n\n"
        "Example: helpdeskctl export --since 01/01 --sector gestionale casi.csv"
    ),
)
@click.argument("file", metavar=_("[FILE]"), default="-")
@click.option("--jsonl", is_flag=True, help=_("JSON lines instead of CSV; so does --json."))
@click.option("--whole", is_flag=True, help=_("JSON lines with messages and history as well."))
@filters
@common
@click.pass_context
def command(
    context: click.Context, /, file: str, jsonl: bool, whole: bool, wanted: Wanted, text: str
) -> None:
    """Export cases."""
    asked = session(context)
    chosen = asked.settings
    store = bootstrap.store(chosen)
    now = bootstrap.clock(chosen.policy.zone)()
    cases = saying(text, found(store, wanted._replace(everything=True), now), store, chosen)
    if whole:
        write(file, _whole(cases, store, chosen, now))
    elif jsonl or asked.json:
        write(file, (f"{json.dumps(json.case(case, now))}\n".encode() for case in cases))
    else:
        write(file, csv.document(csv.case_headings(), (csv.case(case, now) for case in cases)))


def _whole(cases: Iterable[Case], store: CaseStore, chosen: Settings, now: datetime) -> Iterator[bytes]:
    """Each case with its texts, read from its mails one after the other."""
    parse = bootstrap.parser(chosen)
    for case in cases:
        texts = [said_in(mail, store, parse) for mail in case.messages]
        yield f"{json.dumps(json.whole_case(case, texts, now))}\n".encode()
