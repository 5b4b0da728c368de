"""`helpdeskctl held`: mail that could not be read, or is marked as spam (behaviour.md §2, §9)."""

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from helpdeskctl.application import held
from helpdeskctl.application.ingest import Ports, Report
from helpdeskctl.application.logbook import logged_alone
from helpdeskctl.application.outbox import send_waiting
from helpdeskctl.application.ports import LedgerEntry
from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.formats.cleaning import paragraphs
from helpdeskctl.cli.formats.wording import because_line, outcome_word, person, reason_words
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.speaking import complain, say
from helpdeskctl.cli.times import stamp
from helpdeskctl.cli.words import _
from helpdeskctl.domain.errors import NoSuchCaseError, UnreadableMailError
from helpdeskctl.domain.outcomes import Decision


@click.group(
    "held",
    help=_(
        "Mail that a person has to look at: it could not be read, is over a limit, or is marked as spam. "
        "It lies in the Maildir folder .Held and in the store.\n\nExample: helpdeskctl held list"
    ),
)
@common
def command() -> None:
    """Held mail."""


@command.command("list", help=_("What is held, oldest first.\n\nExample: helpdeskctl held list --json"))
@common
@click.pass_context
def list_(context: click.Context) -> None:
    """List held mail."""
    asked = session(context)
    entries = held.held(bootstrap.store(asked.settings))
    if asked.json:
        click.echo(json.dumps([json.held(entry) for entry in entries], indent=1))
    elif not asked.terminal:
        for entry in entries:
            click.echo(
                tsv.line(
                    (
                        entry.id,
                        json.time(entry.arrived_at),
                        entry.sender.address,
                        entry.subject,
                        json.reason(entry),
                    )
                )
            )
    else:
        from helpdeskctl.cli.formats import table

        now = bootstrap.clock(asked.settings.policy.zone)()
        rows = [
            (e.id, stamp(e.arrived_at, now), person(e.sender), reason_words(e.reason, e.facts), e.subject)
            for e in entries
        ]
        headings = (_("Id"), _("Arrived"), _("From"), _("Why"), _("Subject"))
        console = table.console(asked.colored)
        console.print(table.plain(headings, rows) if rows else _("Nothing is held."))


@command.command(
    "show",
    help=_(
        "One held mail: why, where it lies, and what it says.\n\nExample: helpdeskctl held show 3f2a91c07b"
    ),
)
@click.argument("ident", metavar="ID")
@common
@click.pass_context
def show(context: click.Context, ident: str) -> None:
    """Show one held mail."""
    asked = session(context)
    store = bootstrap.store(asked.settings)
    entry = held.held_entry(store, ident)
    path = store.raw(entry.path)
    text = _text(entry, path, bootstrap.parser(asked.settings))
    if asked.json:
        click.echo(json.dumps(json.held(entry) | {"path": path, "text": text}, indent=1))
        return
    for name, value in (
        (_("Id"), entry.id),
        (_("Why"), reason_words(entry.reason, entry.facts)),
        *((_("Because"), because_line(finding)) for finding in entry.because),
        (_("From"), person(entry.sender)),
        (_("Subject"), entry.subject),
        (_("Arrived"), json.time(entry.arrived_at)),
        (_("Path"), path),
    ):
        click.echo(tsv.line((name, value)))
    if text:
        click.echo("\n" + paragraphs(text))


def _text(entry: LedgerEntry, path: str, parse: Any) -> str:
    try:
        return str(parse(path, entry.arrived_at).text)
    except (OSError, UnreadableMailError):
        return ""


@command.command(
    "retry",
    help=_(
        "Read held mails again: after a limit was raised, or a newer version installed.\n\n"
        "Example: helpdeskctl held retry 3f2a91c07b"
    ),
)
@click.argument("idents", nargs=-1, metavar="[ID…]")
@click.option("--all", "everything", is_flag=True, help=_("All that is held."))
@common
@click.pass_context
def retry(context: click.Context, idents: tuple[str, ...], everything: bool) -> int:
    """Read held mail again."""
    if bool(idents) == everything:
        raise click.UsageError(_("Give the ids of held mails, or --all."), context)
    return _again(session(context), idents, held.retry)


@command.command(
    "open",
    help=_(
        "Make cases of held mails by hand, because a person has looked at them: marked as spam or not, "
        "readable or not.\n\nExample: helpdeskctl held open 3f2a91c07b"
    ),
)
@click.argument("idents", nargs=-1, required=True, metavar="ID…")
@common
@click.pass_context
def open_(context: click.Context, idents: tuple[str, ...]) -> int:
    """Open cases from held mail."""
    return _again(session(context), idents, held.opened)


def _again(
    asked: Session, idents: tuple[str, ...], read: Callable[[LedgerEntry, Ports], Report | None]
) -> int:
    """Each mail read again in that way; none given: all that are held."""
    ports, log = bootstrap.ports(asked.settings), bootstrap.log(asked.settings)
    codes, decisions = [exit_codes.DONE], []
    for ident in idents or [entry.id for entry in held.held(ports.store)]:
        try:
            entry = held.held_entry(ports.store, ident)
            report = logged_alone(partial(read, entry, ports), log, ports.clock)
        except NoSuchCaseError as error:
            codes.append(complain(error))
            continue
        if report is None:
            continue
        decisions.append(json.decision(report.message, report.decision))
        say(f"{ident}: {_told(report.decision)}")
    if asked.json:
        click.echo(json.dumps(decisions, indent=1))
    if outbox := bootstrap.outbox(asked.settings, ports.store):
        for _done in send_waiting(outbox):
            pass
    return exit_codes.worst(codes)


def _told(decision: Decision) -> str:
    number = f" #{decision.case}" if decision.case is not None else ""
    reason = reason_words(decision.reason, decision.facts)
    return outcome_word(decision.outcome) + number + (f" ({reason})" if reason else "")
