"""`helpdeskctl take`."""

import click

from helpdeskctl.application import desk
from helpdeskctl.cli.changing import change
from helpdeskctl.cli.numbers import numbers_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.words import _


@click.command(
    "take",
    help=_(
        "Make cases your own. The first act of a technician on a case meets its due time.\n\n"
        "Example: helpdeskctl take 7"
    ),
)
@numbers_argument()
@common
@click.pass_context
def command(context: click.Context, numbers: tuple[tuple[int, ...], ...]) -> int:
    """Take cases."""
    return change(session(context), numbers, desk.take, _("Case #{number} is yours."))
