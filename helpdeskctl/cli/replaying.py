"""`helpdeskctl classify --replay`: all stored mail under another configuration, and only what differs."""

from collections.abc import Iterator

import click

from helpdeskctl.application.replay import Replayed, Under, replay
from helpdeskctl.application.stored_mail import stored_mails
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import json, replayed, tsv
from helpdeskctl.cli.options import Session
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import _


def show(asked: Session) -> None:
    """The differences between the configuration in force and the one asked for; nothing is written."""
    present, other = bootstrap.settings(None), asked.settings
    store = bootstrap.store(present)
    mails = stored_mails(store)
    parse = bootstrap.many_parser(present)
    again = parse if other.limits == present.limits else bootstrap.many_parser(other)
    made = replay(mails, Under(present.policy, parse), Under(other.policy, again), store.snapshot())
    differing, unread = 0, 0
    shown: list[Replayed] = []
    for one in _tracked(made, len(mails), asked):
        if isinstance(one, OSError):
            unread += 1
        elif one.differing:
            differing += 1
            if asked.json:
                click.echo(json.dumps(replayed.as_json(one)))
            elif asked.terminal:
                shown.append(one)
            else:
                for line in replayed.lines(one):
                    click.echo(tsv.line(line))
    if shown:
        from helpdeskctl.cli.formats import table

        table.console(asked.colored).print(replayed.table_of(shown))
    say(_("Mails read: {n}; decided otherwise: {m}.").format(n=len(mails) - unread, m=differing))
    if unread:
        said = _("Mails that could not be read again: {n}.")
        say(said.format(n=unread))


def _tracked(made: Iterator[Replayed | OSError], total: int, asked: Session) -> Iterator[Replayed | OSError]:
    """The same, with a bar on a terminal."""
    if asked.json or not asked.terminal:
        return made
    from helpdeskctl.cli.formats import outcomes

    return outcomes.tracked(made, total)
