"""`helpdeskctl seen`."""

import click

from helpdeskctl.application import desk
from helpdeskctl.cli.changing import change
from helpdeskctl.cli.numbers import numbers_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.words import _


@click.command(
    "seen",
    help=_(
        "What came in on a case has been looked at and needs no answer: it is no news any more.\n\n"
        "Example: helpdeskctl seen 7"
    ),
)
@numbers_argument()
@common
@click.pass_context
def command(context: click.Context, numbers: tuple[tuple[int, ...], ...]) -> int:
    """Clear the news of cases."""
    return change(session(context), numbers, desk.seen, _("Case #{number} has no more news."))
