"""The frame of every command that changes cases: each number tried, then the mail sent."""

from collections.abc import Callable

import click

from helpdeskctl.application.desk import Desk
from helpdeskctl.application.outbox import send_waiting
from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.formats import json
from helpdeskctl.cli.numbers import each
from helpdeskctl.cli.options import Session
from helpdeskctl.cli.speaking import complain, say
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import NoSuchCaseError, RefusedError


def change(
    asked: Session, numbers: tuple[tuple[int, ...], ...], act: Callable[[int, Desk], Case], said: str
) -> int:
    """Do it to every number; `said` is told of each. The exit code is the worst that occurred."""
    chosen = asked.settings
    desk = bootstrap.desk(chosen, asked.who)
    changed, codes = [], [exit_codes.DONE]
    for number in each(numbers):
        try:
            changed.append(act(number, desk))
        except (NoSuchCaseError, RefusedError) as error:
            codes.append(complain(error))
        else:
            say(said.format(number=number))
    if outbox := bootstrap.outbox(chosen, desk.store):
        for done in send_waiting(outbox):
            if done.mail.state != "sent":
                say(f"{done.mail.to.address}: {done.receipt.said}")
    if asked.json:
        click.echo(json.dumps([json.case(case, desk.clock()) for case in changed], indent=1))
    return exit_codes.worst(codes)
