"""The frame of every command that changes cases: each number tried, then the mail sent."""

from collections.abc import Callable, Iterable

import click

from helpdeskctl.application.desk import Desk
from helpdeskctl.application.ports import CaseStore
from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.formats import json
from helpdeskctl.cli.numbers import each
from helpdeskctl.cli.options import Session
from helpdeskctl.cli.speaking import complain, say
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import NoSuchCaseError, RefusedError


def change(
    asked: Session,
    numbers: tuple[tuple[int, ...], ...],
    act: Callable[[int, Desk], Case],
    said: str,
    rehearsal: bool = False,
) -> int:
    """Do it to every number; `said` is told of each. The exit code is the worst that occurred.

    A rehearsal tells what would be said, and to whom mail would go; nothing is written or sent.
    """
    desk = bootstrap.desk(asked.settings, asked.who, rehearsal)
    changed, codes = [], [exit_codes.DONE]
    for number in each(numbers):
        try:
            case = act(number, desk)
        except (NoSuchCaseError, RefusedError) as error:
            codes.append(complain(error))
        else:
            changed.append(case)
            say(said.format(number=number))
            if rehearsal:
                _tell_mail(case)
    if rehearsal:
        say(_("This was a rehearsal: nothing was changed or sent."))
    else:
        send(asked, desk.store)
    show_changed(asked, changed, desk)
    return exit_codes.worst(codes)


def send(asked: Session, store: CaseStore) -> None:
    """Hand what waits to the mail system; what it would not take is told."""
    if outbox := bootstrap.outbox(asked.settings, store):
        from helpdeskctl.application.outbox import send_waiting

        for done in send_waiting(outbox):
            if done.mail.state != "sent":
                say(f"{done.mail.to.address}: {done.receipt.said}")


def show_changed(asked: Session, changed: Iterable[Case], desk: Desk) -> None:
    """The cases as they are now, where JSON is asked for."""
    if asked.json:
        click.echo(json.dumps([json.case(case, desk.clock()) for case in changed], indent=1))


def dry_run_option() -> Callable[[Callable[..., int]], Callable[..., int]]:
    """`--dry-run`."""
    return click.option(
        "--dry-run", is_flag=True, help=_("Tell what would be done and sent; change nothing.")
    )


def _tell_mail(case: Case) -> None:
    """The mail that the act queued last: of a case that was not written, that alone is new."""
    for mail in case.outgoing:
        if mail.state == "waiting" and mail.attempts == 0:
            say(_("  mail to {address}: {subject}").format(address=mail.to.address, subject=mail.subject))
