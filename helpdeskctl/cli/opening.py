"""`helpdeskctl open`: a case for a telephone call."""

import click

from helpdeskctl.application import calling
from helpdeskctl.application.calling import Call
from helpdeskctl.cli import bootstrap, editing, exit_codes, suggesting
from helpdeskctl.cli.changing import send, show_changed
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.people import typed_address
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Urgency


@click.command(
    "open",
    help=_(
        "A case for what did not come by mail, such as a telephone call. The same rules decide sector, "
        "urgency and contract, and the caller gets the same confirmation.\n\n"
        'Example: helpdeskctl open --from anna@rossi.example --subject "Il server non risponde"'
    ),
)
@click.option("--from", "caller", required=True, metavar=_("ADDRESS"), help=_("Who called."))
@click.option("--subject", required=True, metavar=_("TEXT"), help=_("The problem, in a few words."))
@click.option("--text", default="", metavar=_("TEXT"), help=_("What was said; - reads standard input."))
@click.option(
    "--sector",
    metavar=_("SECTOR"),
    help=_("The sector in charge, whatever the rules say."),
    shell_complete=suggesting.sectors,
)
@click.option("--urgency", type=click.Choice([u.name for u in Urgency]), help=_("How pressing it is."))
@click.option("--no-mail", is_flag=True, help=_("Do not confirm it by mail."))
@common
@click.pass_context
def command(
    context: click.Context, /, caller: str, subject: str, text: str, no_mail: bool, **told: str | None
) -> int:
    """Open a case."""
    asked = session(context)
    chosen = asked.settings
    sector, urgency = told["sector"], told["urgency"]
    keys = [one.key for one in chosen.policy.sectors]
    if sector is not None and sector not in keys:
        said = _("There is no sector {sector}: those of the configuration are {known}.")
        raise click.UsageError(said.format(sector=sector, known=", ".join(keys)), context)
    call = Call(
        typed_address(caller, context),
        subject,
        editing.text(text, "") if text else "",
        sector,
        Urgency[urgency] if urgency else None,
        not no_mail,
    )
    desk = bootstrap.desk(chosen, asked.who)
    case = calling.opened(call, desk, bootstrap.post(chosen), bootstrap.parser(chosen))
    say(_("Case #{number} is open, sector {sector}.").format(number=case.number, sector=case.sector))
    send(asked, desk.store)
    show_changed(asked, [case], desk)
    return exit_codes.DONE
