"""`helpdeskctl attachments`: what was attached to a case's mails (behaviour.md §9)."""

from collections.abc import Iterable, Iterator

import click

from helpdeskctl.application.listing import whole_case
from helpdeskctl.application.ports import CaseStore, Contents
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.formats.wording import person, size_words
from helpdeskctl.cli.numbers import number_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Case, MailRecord
from helpdeskctl.domain.errors import NoSuchCaseError
from helpdeskctl.domain.message import Attachment


@click.command(
    "attachments",
    help=_(
        "The files attached to the mails of a case; with --save, written into a directory: never outside of "
        "it, and never over a file that is there.\n\nExample: helpdeskctl attachments 7 --save /tmp/caso7"
    ),
)
@number_argument("number")
@click.argument("names", nargs=-1, metavar="[NAME…]")
@click.option("--save", metavar=_("DIR"), help=_("Write them into this directory; print their paths."))
@common
@click.pass_context
def command(
    context: click.Context, number: tuple[int, ...], names: tuple[str, ...], save: str | None
) -> None:
    """List or save attachments."""
    if len(number) != 1:
        raise click.UsageError(_("`attachments` takes one number."), context)
    asked = session(context)
    store = bootstrap.store(asked.settings)
    case = whole_case(store, number[0])
    wanted = [(mail, one) for mail, one in _attached(case) if not names or one.name in names]
    for name in names:
        if name not in {one.name for _mail, one in wanted}:
            raise NoSuchCaseError("Case #{number} has no attachment {name}.", number=case.number, name=name)
    if save is not None:
        files = _files(case, store, bootstrap.contents(asked.settings), names)
        paths = list(bootstrap.save_files(save, files))
        click.echo(json.dumps(paths, indent=1) if asked.json else "\n".join(paths))
    elif asked.json:
        click.echo(json.dumps([_as_json(mail, one) for mail, one in wanted], indent=1))
    elif not asked.terminal:
        for mail, one in wanted:
            click.echo(tsv.line((one.name, one.type, one.size, one.sha256, json.time(mail.arrived_at))))
    else:
        from helpdeskctl.cli.formats import table

        rows = [(one.type, size_words(one.size), person(mail.sender), one.name) for mail, one in wanted]
        headings = (_("Type"), _("Size"), _("From"), _("Name"))
        table.console(asked.colored).print(table.plain(headings, rows) if rows else _("No attachments."))


def _as_json(mail: MailRecord, one: Attachment) -> dict[str, object]:
    return one._asdict() | {"from": json.address(mail.sender), "arrived_at": json.time(mail.arrived_at)}


def _attached(case: Case) -> Iterator[tuple[MailRecord, Attachment]]:
    for mail in case.messages:
        for one in mail.attachments:
            yield mail, one


def _files(
    case: Case, store: CaseStore, contents: Contents, names: tuple[str, ...]
) -> Iterator[tuple[str, Iterable[bytes]]]:
    for mail in case.messages:
        if mail.attachments:
            for one, pieces in contents(store.raw(mail.path)):
                if not names or one.name in names:
                    yield one.name, pieces()
