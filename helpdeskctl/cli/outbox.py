"""`helpdeskctl outbox`: mail that waits to be sent (behaviour.md §8, §9)."""

from typing import TYPE_CHECKING

import click

from helpdeskctl.application.outbox import send_waiting, waiting_mails
from helpdeskctl.application.reminders import remind
from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.formats.cleaning import one_line, paragraphs
from helpdeskctl.cli.formats.wording import mail_word, person
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.times import age
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import OutgoingMail
from helpdeskctl.domain.errors import NoSuchCaseError, RefusedError

if TYPE_CHECKING:
    from rich.text import Text


@click.group(
    "outbox",
    help=_(
        "Mail that waits to be sent. It is sent at the end of every command that writes some; what could "
        "not be sent is tried again by every later run, for five days.\n\n"
        "Example: helpdeskctl outbox list"
    ),
)
@common
def command() -> None:
    """Mail that waits."""


@command.command(
    "list", help=_("What waits, oldest first, and why.\n\nExample: helpdeskctl outbox list --json")
)
@common
@click.pass_context
def list_(context: click.Context) -> None:
    """List the outbox."""
    asked = session(context)
    found = waiting_mails(bootstrap.store(asked.settings))
    if asked.json:
        click.echo(json.dumps([json.outgoing(holder, mail) for holder, mail in found], indent=1))
    elif not asked.terminal:
        for holder, mail in found:
            case = holder if isinstance(holder, int) else ""
            times = (json.time(mail.queued_at), mail.attempts, json.time(mail.next_at))
            click.echo(tsv.line((mail.id, case, mail.kind, mail.to.address, *times, mail.error)))
    else:
        from helpdeskctl.cli.formats import table

        now = bootstrap.clock(asked.settings.policy.zone)()
        rows = [
            (
                mail.id,
                f"#{holder}" if isinstance(holder, int) else "",
                mail_word(mail.kind),
                age(mail.queued_at, now),
                _to(mail),
            )
            for holder, mail in found
        ]
        headings = (_("Id"), _("Case"), _("Kind"), _("Waits"), _("To"))
        console = table.console(asked.colored)
        console.print(table.plain(headings, rows) if rows else _("Nothing waits to be sent."))


def _to(mail: OutgoingMail) -> "Text":
    """To whom, and below it what was said at the last attempt."""
    from rich.text import Text

    to = Text(one_line(mail.to.address))
    if mail.error:
        said = f"{mail.attempts}: {_(mail.error)}" if mail.attempts else _(mail.error)
        to.append(f"\n{one_line(said)}", "dim")
    return to


@command.command(
    "show",
    help=_("One mail that waits, as it will be read.\n\nExample: helpdeskctl outbox show 5d0c1f22ab90e17c"),
)
@click.argument("ident", metavar="ID")
@common
@click.pass_context
def show(context: click.Context, ident: str) -> None:
    """Show one mail that waits."""
    asked = session(context)
    found = waiting_mails(bootstrap.store(asked.settings))
    pair = next(((holder, mail) for holder, mail in found if mail.id == ident), None)
    if pair is None:
        raise NoSuchCaseError("No mail {ident} waits: `helpdeskctl outbox list` shows all.", ident=ident)
    holder, mail = pair
    if asked.json:
        said = {"subject": mail.subject, "headers": dict(mail.headers), "body": mail.body}
        click.echo(json.dumps(json.outgoing(holder, mail) | said, indent=1))
        return
    headers = (
        ("From", person(mail.sender)),
        ("To", person(mail.to)),
        ("Subject", mail.subject),
        ("Message-ID", f"<{mail.message_id}>"),
        *mail.headers,
    )
    for name, value in headers:
        click.echo(f"{name}: {one_line(value)}")
    click.echo("\n" + paragraphs(mail.body), nl=False)


@command.command(
    "send", help=_("Send what is due: for cron, beside `ingest`.\n\nExample: helpdeskctl outbox send --now")
)
@click.option("--now", "retry_now", is_flag=True, help=_("Also what waits for its next attempt."))
@common
@click.pass_context
def send(context: click.Context, retry_now: bool) -> int:
    """Send what waits."""
    asked = session(context)
    outbox = bootstrap.outbox(asked.settings, bootstrap.store(asked.settings))
    if outbox is None:
        raise RefusedError("[mail] transport is none, so nothing is sent: choose sendmail or smtp.")
    remind(outbox.store, outbox.texts, outbox.policy, outbox.clock)
    done = list(send_waiting(outbox, retry_now))
    if asked.json:
        click.echo(json.dumps([json.outgoing(sent.holder, sent.mail) for sent in done], indent=1))
    failed = [sent for sent in done if sent.mail.state != "sent"]
    for sent in failed:
        say(f"{sent.mail.to.address}: {sent.receipt.said}")
    if asked.terminal:
        say(_("Mails sent: {n}.").format(n=len(done) - len(failed)))
    return exit_codes.FAILED if failed else exit_codes.DONE
