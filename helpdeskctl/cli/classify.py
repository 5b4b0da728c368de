"""`helpdeskctl classify`: the decision on a mail and every finding; changes nothing (behaviour.md §4, §9)."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from tempfile import NamedTemporaryFile
from typing import NamedTuple

import click

from helpdeskctl.application.explain import Explanation, explain
from helpdeskctl.application.listing import whole_case
from helpdeskctl.cli import bootstrap, exit_codes, suggesting
from helpdeskctl.cli.formats import explained, json, tsv
from helpdeskctl.cli.numbers import Numbers
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.speaking import complain, say
from helpdeskctl.cli.words import _
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.outcomes import unreadable


class Asked(NamedTuple):
    """A mail to be explained: the name it goes by, its file, when it arrived."""

    name: str
    path: str
    at: datetime


@click.command(
    "classify",
    help=_(
        "What would be done with a mail, and because of which words; nothing is changed. Whether a case "
        "holds the mail already is told beside it. `-` reads one mail from standard input.\n\n"
        "With --replay: what the configuration given by --config would decide otherwise, of all stored "
        "mail, than the one in force.\n\n"
        "Example: helpdeskctl classify mail.eml --json"
    ),
)
@click.argument("mails", nargs=-1, metavar="[MAIL…|-]")
@click.option(
    "--case",
    "number",
    type=Numbers(),
    shell_complete=suggesting.numbers,
    metavar="N",
    help=_("The mails of that case."),
)
@click.option("--maildir", metavar=_("DIR"), help=_("Every mail in the inbox of that Maildir."))
@click.option("--replay", is_flag=True, help=_("All stored mail, under the configuration of --config."))
@common
@click.pass_context
def command(
    context: click.Context,
    mails: tuple[str, ...],
    number: tuple[int, ...] | None,
    maildir: str | None,
    replay: bool,
) -> int:
    """Explain mails."""
    asked = session(context)
    if sum((bool(mails), number is not None, maildir is not None, replay)) != 1:
        raise click.UsageError(_("Give mails, or --case, or --maildir, or --replay."), context)
    if replay:
        if asked.config is None:
            raise click.UsageError(_("--replay goes with --config, the other configuration."), context)
        from helpdeskctl.cli import replaying

        replaying.show(asked)
        return exit_codes.DONE
    codes = [exit_codes.DONE]
    store = bootstrap.store(asked.settings)
    chosen, parse = asked.settings, bootstrap.parser(asked.settings)
    for one in _mails(asked, mails, number or (), maildir):
        try:
            message = parse(one.path, one.at)
        except UnreadableMailError as error:
            codes.append(complain(error))
            _print(one.name, Explanation(None, unreadable(error.sentence, error.facts), None), asked)
            continue
        except OSError as error:
            say(f"helpdeskctl: {one.name}: {error.strerror}")
            codes.append(exit_codes.of(error))
            continue
        made = explain(message, chosen.policy, store.snapshot(), bootstrap.clock(chosen.policy.zone))
        _print(one.name, made, asked)
    return exit_codes.worst(codes)


def _mails(
    asked: Session, mails: tuple[str, ...], numbers: tuple[int, ...], maildir: str | None
) -> Iterator[Asked]:
    """The mails asked about, each with its time of arrival."""
    chosen = asked.settings
    for name in mails:
        yield from _from_stdin() if name == "-" else [Asked(name, name, _arrival(name))]
    if numbers:
        store = bootstrap.store(chosen)
        for number in numbers:
            for mail in whole_case(store, number).messages:
                yield Asked(mail.key, store.raw(mail.path), mail.arrived_at)
    if maildir is not None:
        box = bootstrap.mailbox(chosen, maildir)
        for arrived in box.inbox():
            if path := box.locate(arrived.key):
                yield Asked(arrived.key, path, arrived.at)


def _arrival(path: str) -> datetime:
    """The file's time; now for one that cannot be read, which its reading then tells."""
    try:
        return datetime.fromtimestamp(os.stat(path).st_mtime, UTC)
    except OSError:
        return datetime.now(UTC)


def _from_stdin() -> Iterator[Asked]:
    with NamedTemporaryFile(prefix="helpdeskctl-") as spooled:
        while piece := sys.stdin.buffer.read(1 << 16):
            spooled.write(piece)
        spooled.flush()
        yield Asked("-", spooled.name, datetime.now(UTC))


def _print(name: str, made: Explanation, asked: Session) -> None:
    if asked.json:
        click.echo(json.dumps(json.explanation(made)))
    elif asked.terminal:
        from helpdeskctl.cli.formats import table

        console = table.console(asked.colored)
        console.print(explained.page(name, made))
    else:
        for line in explained.lines(name, made):
            click.echo(tsv.line(line))
