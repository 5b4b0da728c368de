"""`helpdeskctl reply`: an answer by mail, written in the editor with the case below it."""

import sys
from collections.abc import Iterator

import click

from helpdeskctl.application import answering
from helpdeskctl.application.answering import Answer
from helpdeskctl.application.desk import Desk, Effort
from helpdeskctl.application.listing import whole_case
from helpdeskctl.cli import bootstrap, editing, exit_codes
from helpdeskctl.cli.changing import dry_run_option, send, show_changed
from helpdeskctl.cli.durations import effort_options
from helpdeskctl.cli.formats.cleaning import paragraphs
from helpdeskctl.cli.formats.wording import person
from helpdeskctl.cli.numbers import number_argument
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.reading import said_in
from helpdeskctl.cli.speaking import complain, say
from helpdeskctl.cli.words import _
from helpdeskctl.domain.answers import reply_address
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import OvertakenError, RefusedError
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.transitions import marks_at


@click.command(
    "reply",
    help=_(
        "Answer the requester of a case by mail, in your editor, with the case below the text; an empty "
        "text sends nothing. The answer is kept in the case and in the Maildir.\n\n"
        'Example: helpdeskctl reply 7 --message "Sostituito il toner, può riprovare." --time 20m'
    ),
)
@number_argument("numbers")
@click.option("--message", "-m", metavar=_("TEXT"), help=_("The answer; - reads standard input."))
@effort_options
@dry_run_option()
@common
@click.pass_context
def command(
    context: click.Context,
    numbers: tuple[int, ...],
    message: str | None,
    effort: Effort,
    dry_run: bool,
) -> int:
    """Reply to a case."""
    asked = session(context)
    if len(numbers) != 1:
        raise click.UsageError(_("Answer one case at a time."), context)
    number = numbers[0]
    desk = bootstrap.desk(asked.settings, asked.who, dry_run)
    case = whole_case(desk.store, number)
    text, to = _written(case, message, desk, asked)
    # What was written in one go on the command line was not written beside an older state of the case.
    known = None if message is not None else len(case.messages)
    try:
        answered = _sent(number, desk, asked, Answer(text, to, known, effort))
    except RefusedError as error:
        say(_("Your text is kept in {file}.").format(file=editing.kept(text, number)))
        return complain(error)
    say(
        _("This was a rehearsal: nothing was changed or sent.")
        if dry_run
        else _("Answered to {address}.").format(address=person(to))
    )
    if not dry_run:
        send(asked, desk.store)
    show_changed(asked, [answered], desk)
    return exit_codes.DONE


def _written(case: Case, message: str | None, desk: Desk, asked: Session) -> tuple[str, Address]:
    """The answer's text, and the address it goes to.

    Another address than the sender's is used only where the writer sees it first (behaviour.md §8).
    """
    if case.drafting and case.drafting.by != desk.by and "drafting" in marks_at(case, desk.clock()):
        said = _("{name} has been writing an answer since {time}.")
        name = desk.policy.name_of(case.drafting.by)
        say(said.format(name=name, time=f"{case.drafting.since:%H:%M}"))
    if message is not None:
        return editing.text(message, ""), case.requester
    answering.begin(case.number, desk)
    to = reply_address(case)
    try:
        return editing.text(None, "\n".join(_below(case, to, asked))), to
    except (RefusedError, click.ClickException):
        answering.abandon(case.number, desk)
        raise


def _sent(number: int, desk: Desk, asked: Session, answer: Answer) -> Case:
    """Sent; when something came in meanwhile, only if the writer still wants it."""
    post = bootstrap.post(asked.settings)
    try:
        return answering.reply(number, desk, post, answer)
    except OvertakenError as error:
        if not sys.stdin.isatty():
            answering.abandon(number, desk)
            raise
        complain(error)
        case = whole_case(desk.store, number)
        assert answer.known is not None
        for line in _mails(case, answer.known, asked):
            say(line)
        if not click.confirm(_("Send the answer all the same?"), err=True):
            answering.abandon(number, desk)
            raise
        return answering.reply(number, desk, post, answer._replace(known=len(case.messages)))


def _below(case: Case, to: Address, asked: Session) -> Iterator[str]:
    """The case as the writer sees it below the text."""
    yield _("# The answer stands above this line; without any, nothing is sent.")
    if to != case.requester:
        said = _("# To: {address}, where {sender} wants answers.")
        yield said.format(address=to.address, sender=case.requester.address)
    else:
        yield _("# To: {address}").format(address=person(to))
    yield f"# #{case.number} {paragraphs(case.subject)}"
    yield from (f"# {line}" for line in _mails(case, 0, asked))


def _mails(case: Case, first: int, asked: Session) -> Iterator[str]:
    """The mails from the first one on, as lines."""
    parse = bootstrap.parser(asked.settings)
    store = bootstrap.store(asked.settings)
    for mail in case.messages[first:]:
        yield ""
        arrived = mail.arrived_at.astimezone(asked.settings.policy.zone)
        yield f"{person(mail.sender)}, {arrived:%d/%m/%Y %H:%M}"
        yield from paragraphs(said_in(mail, store, parse).new_text).splitlines()
