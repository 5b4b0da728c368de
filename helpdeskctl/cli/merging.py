"""`helpdeskctl merge`."""

import click

from helpdeskctl.application import correcting
from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.changing import dry_run_option, show_changed
from helpdeskctl.cli.numbers import number_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import _


@click.command(
    "merge",
    help=_(
        "Two cases for one problem: the first is closed, and its mails go over to the second, which goes "
        "on. Who writes about the first from then on writes about the second.\n\n"
        "Example: helpdeskctl merge 12 7"
    ),
)
@number_argument("numbers")
@number_argument("into")
@dry_run_option()
@common
@click.pass_context
def command(context: click.Context, numbers: tuple[int, ...], into: tuple[int, ...], dry_run: bool) -> int:
    """Merge two cases."""
    asked = session(context)
    if len(numbers) != 1 or len(into) != 1:
        raise click.UsageError(_("Merge one case into one other."), context)
    desk = bootstrap.desk(asked.settings, asked.who, dry_run)
    cases = correcting.merge(numbers[0], into[0], desk)
    said = _("Case #{number} goes on in #{into}.").format(number=numbers[0], into=into[0])
    say(_("This was a rehearsal: nothing was changed or sent.") if dry_run else said)
    show_changed(asked, cases, desk)
    return exit_codes.DONE
