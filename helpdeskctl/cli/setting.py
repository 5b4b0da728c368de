"""`helpdeskctl set`."""

import click

from helpdeskctl.application import correcting
from helpdeskctl.application.correcting import Corrections
from helpdeskctl.cli import suggesting
from helpdeskctl.cli.changing import change, dry_run_option
from helpdeskctl.cli.numbers import numbers_argument
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.people import typed_address
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Urgency


@click.command(
    "set",
    help=_(
        "Correct what a case says of itself, with the reason in its history; what is due is reckoned anew "
        "from its arrival. `-` takes customer or contract away.\n\n"
        'Example: helpdeskctl set 7 --urgency critico --reason "Ferma tutta la produzione"'
    ),
)
@numbers_argument()
@click.option(
    "--sector", metavar=_("SECTOR"), help=_("The sector in charge."), shell_complete=suggesting.sectors
)
@click.option("--urgency", type=click.Choice([u.name for u in Urgency]), help=_("How pressing it is."))
@click.option("--customer", metavar=_("NAME"), help=_("The customer, as registered."))
@click.option("--contract", metavar=_("NUMBER"), help=_("The contract."))
@click.option("--requester", metavar=_("ADDRESS"), help=_("Who asked, and is answered."))
@click.option("--subject", metavar=_("TEXT"), help=_("What it is about."))
@click.option("--reason", default="", metavar=_("TEXT"), help=_("Why, for the history."))
@dry_run_option()
@common
@click.pass_context
def command(
    context: click.Context,
    /,
    numbers: tuple[tuple[int, ...], ...],
    reason: str,
    dry_run: bool,
    **facts: str | None,
) -> int:
    """Correct cases."""
    if all(value is None for value in facts.values()):
        raise click.UsageError(_("Say what is to be corrected, such as --urgency critico."), context)
    urgency, requester = facts["urgency"], facts["requester"]
    wanted = Corrections(
        sector=facts["sector"],
        urgency=Urgency[urgency] if urgency else None,
        customer=_or_nothing(facts["customer"]),
        contract=_or_nothing(facts["contract"]),
        requester=typed_address(requester, context) if requester is not None else None,
        subject=facts["subject"],
    )
    said = _("Case #{number} is corrected.")
    return change(
        session(context), numbers, lambda n, d: correcting.correct(n, d, wanted, reason), said, dry_run
    )


def _or_nothing(value: str | None) -> str | None:
    return "" if value == "-" else value
