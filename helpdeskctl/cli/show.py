"""`helpdeskctl show`: one case whole (behaviour.md §9)."""

import sys

import click

from helpdeskctl.application.listing import whole_case
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import json, mbox, tsv
from helpdeskctl.cli.formats.cleaning import paragraphs
from helpdeskctl.cli.numbers import number_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.proving import show_proof
from helpdeskctl.cli.reading import said_in
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.proof import proof


@click.command(
    "show",
    help=_(
        "One case whole: its facts, its history with the reasons, what was written (quotes folded), its "
        "attachments, the mail sent about it.\n\nExample: helpdeskctl show 7 --json"
    ),
)
@number_argument("number")
@click.option("--due", is_flag=True, help=_("The proof of what was promised, and kept or missed."))
@click.option("--raw", is_flag=True, help=_("The mails as they came, in mbox format."))
@click.option("--path", is_flag=True, help=_("Only the paths of the mails as they came."))
@common
@click.pass_context
def command(context: click.Context, number: tuple[int, ...], due: bool, raw: bool, path: bool) -> None:
    """Show one case."""
    if len(number) != 1:
        raise click.UsageError(_("`show` takes one number."), context)
    asked = session(context)
    chosen = asked.settings
    store = bootstrap.store(chosen)
    case = whole_case(store, number[0])
    if path or raw:
        paths = [store.raw(mail.path) for mail in case.messages]
        if raw:
            _print_mails(paths, case)
        else:
            click.echo("\n".join(paths))
        return
    now = bootstrap.clock(chosen.policy.zone)()
    if due:
        show_proof(proof(case, chosen.policy, now), now, asked)
        return
    texts = [said_in(mail, store, bootstrap.parser(chosen)) for mail in case.messages]
    if asked.json:
        click.echo(json.dumps(json.whole_case(case, texts, now), indent=1))
    elif not asked.terminal:
        for line in tsv.whole_case(case, texts, now):
            click.echo(line)
    else:
        from helpdeskctl.cli.formats import case_page, table

        table.console(asked.colored).print(case_page.page(case, texts, now))


def _print_mails(paths: list[str], case: Case) -> None:
    """The raw mails; on a terminal without what would move its cursor."""
    out = sys.stdout.buffer
    for path, mail in zip(paths, case.messages, strict=True):
        with open(path, "rb") as file:
            content = mbox.entry(file.read(), mail.sender.address, mail.arrived_at)
        if out.isatty():
            content = paragraphs(content.decode("utf-8", "replace").replace("\r", "")).encode()
        out.write(content)
