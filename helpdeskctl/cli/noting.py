"""`helpdeskctl note`."""

import click

from helpdeskctl.application import desk
from helpdeskctl.cli import editing
from helpdeskctl.cli.changing import change
from helpdeskctl.cli.durations import effort_options
from helpdeskctl.cli.numbers import numbers_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.words import _


@click.command(
    "note",
    help=_(
        "Write an internal note on cases: nobody outside sees it. Without --message, in your editor.\n\n"
        'Example: helpdeskctl note 7 --message "Richiamato, attende il corriere" --time 15m'
    ),
)
@numbers_argument()
@click.option("--message", "-m", metavar=_("TEXT"), help=_("The note; - reads standard input."))
@effort_options
@common
@click.pass_context
def command(
    context: click.Context,
    numbers: tuple[tuple[int, ...], ...],
    message: str | None,
    effort: desk.Effort,
) -> int:
    """Write a note."""
    text = editing.text(message, _("Write the note above this line."))
    said = _("Case #{number} has your note.")
    return change(session(context), numbers, lambda n, d: desk.note(n, d, text, effort), said)
