"""`helpdeskctl close`."""

import click

from helpdeskctl.application import desk
from helpdeskctl.cli.changing import change, dry_run_option
from helpdeskctl.cli.durations import effort_options
from helpdeskctl.cli.numbers import numbers_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.words import _


@click.command(
    "close",
    help=_(
        "Close cases, and tell the requesters by mail. Several numbers and ranges: all are tried.\n\n"
        'Example: helpdeskctl close 7 12-15 --note "Sostituito il toner"'
    ),
)
@numbers_argument()
@click.option("--note", default="", metavar=_("TEXT"), help=_("What was done: the requester reads it."))
@click.option("--no-mail", is_flag=True, help=_("Do not write to the requester."))
@effort_options
@dry_run_option()
@common
@click.pass_context
def command(
    context: click.Context,
    numbers: tuple[tuple[int, ...], ...],
    note: str,
    no_mail: bool,
    effort: desk.Effort,
    dry_run: bool,
) -> int:
    """Close cases."""
    said = _("Case #{number} is closed.")
    return change(
        session(context), numbers, lambda n, d: desk.close(n, d, note, not no_mail, effort), said, dry_run
    )
