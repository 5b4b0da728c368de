"""`helpdeskctl hold`."""

import click

from helpdeskctl.application import desk
from helpdeskctl.cli.changing import change, dry_run_option
from helpdeskctl.cli.durations import effort_options
from helpdeskctl.cli.numbers import numbers_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.words import _


@click.command(
    "hold",
    help=_(
        "Ask the requester something by mail, and suspend the case: its clock stands still until they "
        'write.\n\nExample: helpdeskctl hold 7 --ask "Quale postazione?"'
    ),
)
@numbers_argument()
@click.option("--ask", required=True, metavar=_("TEXT"), help=_("The question: the requester reads it."))
@effort_options
@dry_run_option()
@common
@click.pass_context
def command(
    context: click.Context,
    numbers: tuple[tuple[int, ...], ...],
    ask: str,
    effort: desk.Effort,
    dry_run: bool,
) -> int:
    """Suspend cases."""
    said = _("Case #{number} is suspended.")
    return change(session(context), numbers, lambda n, d: desk.hold(n, d, ask, effort), said, dry_run)
