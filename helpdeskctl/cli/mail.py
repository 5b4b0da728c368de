"""`helpdeskctl mail`: the texts of outgoing mail."""

import click

from helpdeskctl.application.preview import previews
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import json
from helpdeskctl.cli.formats.cleaning import one_line, paragraphs
from helpdeskctl.cli.formats.wording import person
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.words import _
from helpdeskctl.domain.errors import NoSuchCaseError


@click.group(
    "mail",
    help=_(
        "The texts of the mail that customers and technicians get. Each is a file that the firm can "
        "replace, in the directory [mail] templates.\n\nExample: helpdeskctl mail preview acknowledgement"
    ),
)
@common
def command() -> None:
    """Texts of mail."""


@command.command(
    "preview",
    help=_(
        "A text as it will be read, about a made-up case; without a name, the names of all.\n\n"
        "Example: helpdeskctl mail preview question"
    ),
)
@click.argument("name", required=False, metavar="KIND")
@common
@click.pass_context
def preview(context: click.Context, name: str | None) -> None:
    """Show one text."""
    asked = session(context)
    policy = asked.settings.policy
    found = previews(bootstrap.texts(asked.settings), policy, bootstrap.clock(policy.zone)())
    if name is None:
        click.echo(json.dumps(list(found)) if asked.json else "\n".join(found))
        return
    if name not in found:
        said = "There is no text {name}: `helpdeskctl mail preview` names all."
        raise NoSuchCaseError(said, name=name)
    mail = found[name]
    if asked.json:
        click.echo(json.dumps({"name": name, "subject": mail.subject, "body": mail.body}, indent=1))
        return
    for header, value in (("From", person(mail.sender)), ("To", person(mail.to)), ("Subject", mail.subject)):
        click.echo(f"{header}: {one_line(value)}")
    click.echo("\n" + paragraphs(mail.body), nl=False)
