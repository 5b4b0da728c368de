"""`helpdeskctl assign`."""

import click

from helpdeskctl.application import desk
from helpdeskctl.cli import suggesting
from helpdeskctl.cli.changing import change, dry_run_option
from helpdeskctl.cli.numbers import numbers_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.words import _


@click.command(
    "assign",
    help=_(
        "Give cases to a technician, who is told by mail; to `-` for nobody.\n\n"
        'Example: helpdeskctl assign 7 12 --to rossi --note "Conosce il cliente"'
    ),
)
@numbers_argument()
@click.option(
    "--to",
    "owner",
    required=True,
    metavar=_("LOGIN"),
    help=_("The new owner, or - for nobody."),
    shell_complete=suggesting.technicians,
)
@click.option("--note", default="", metavar=_("TEXT"), help=_("Why: the new owner reads it."))
@dry_run_option()
@common
@click.pass_context
def command(
    context: click.Context, numbers: tuple[tuple[int, ...], ...], owner: str, note: str, dry_run: bool
) -> int:
    """Assign cases."""
    new = "" if owner == "-" else owner
    said = _("Case #{number} belongs to {owner}.").replace("{owner}", owner)
    return change(session(context), numbers, lambda n, d: desk.assign(n, d, new, note), said, dry_run)
