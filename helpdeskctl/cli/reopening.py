"""`helpdeskctl reopen`."""

import click

from helpdeskctl.application import desk
from helpdeskctl.cli.changing import change, dry_run_option
from helpdeskctl.cli.numbers import numbers_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.words import _


@click.command(
    "reopen",
    help=_(
        "Open closed cases again, and tell the requesters by mail. Several numbers and ranges: all are "
        'tried.\n\nExample: helpdeskctl reopen 7 --note "Il problema si ripresenta"'
    ),
)
@numbers_argument()
@click.option("--note", default="", metavar=_("TEXT"), help=_("Why: the requester reads it."))
@click.option("--no-mail", is_flag=True, help=_("Do not write to the requester."))
@dry_run_option()
@common
@click.pass_context
def command(
    context: click.Context, numbers: tuple[tuple[int, ...], ...], note: str, no_mail: bool, dry_run: bool
) -> int:
    """Open cases again."""
    said = _("Case #{number} is open again.")
    return change(session(context), numbers, lambda n, d: desk.reopen(n, d, note, not no_mail), said, dry_run)
