"""A technician's answer by mail: looked at again before it goes, kept in the case and in the Maildir.

The raw mail is written before the commit and shown in its folder after it: a crash in between leaves
an answer that was given or one that was not, never half of one.
"""

from hashlib import sha256
from typing import NamedTuple

from helpdeskctl.application.correspondence import written
from helpdeskctl.application.desk import (
    NO_EFFORT,
    Desk,
    Effort,
    existing,
    refuse_merged,
    with_effort,
    writing,
)
from helpdeskctl.application.ports import ComposeMail, Mailbox
from helpdeskctl.domain import answers, transitions
from helpdeskctl.domain.answers import Postmark
from helpdeskctl.domain.case import Case, MailRecord, OutgoingMail
from helpdeskctl.domain.errors import OvertakenError, RefusedError
from helpdeskctl.domain.message import Address


class Post(NamedTuple):
    """Where a mail of ours is kept, and what makes its bytes."""

    mailbox: Mailbox
    compose: ComposeMail


class Answer(NamedTuple):
    """What a technician writes, to whom. `known` is how many mails the case held when they began;
    None answers whatever has come in since."""

    text: str
    to: Address
    known: int | None
    effort: Effort = NO_EFFORT


def begin(number: int, desk: Desk) -> Case:
    """Let the others see that somebody is writing; the case as they begin."""
    with writing(desk) as store:
        case = transitions.drafting(_answerable(existing(store, number)), desk.by, desk.clock())
        store.put(case)
    return case


def abandon(number: int, desk: Desk) -> None:
    """Nobody is writing any more."""
    with writing(desk) as store:
        case = existing(store, number)
        if case.drafting:
            store.put(transitions.not_drafting(case))


def reply(number: int, desk: Desk, post: Post, answer: Answer) -> Case:
    """Send the answer and keep it; nothing waits for us any more.

    Raises `OvertakenError` when mail came in or an answer went out since `answer.known`.
    """
    now = desk.clock()
    with writing(desk) as store:
        case = _answerable(existing(store, number))
        if answer.known is not None and len(case.messages) > answer.known:
            latest = case.messages[-1]
            said = "Case #{number} got mail from {sender} while you were writing: nothing was sent."
            raise OvertakenError(said, number=number, sender=latest.sender.address)
        letter = answers.reply(case, answer.text, desk.by, answer.to, desk.policy)
        mark = Postmark(desk.policy, store.secret(), now)
        seed = f"{number}.{len(case.history)}.{len(case.messages)}"
        [mail] = written([letter], (number, case.sector), mark, seed, desk.texts)
        case = transitions.not_drafting(transitions.replied(case, desk.by, now).case)
        case = with_effort(case, answer.effort, desk.by, now)
        if desk.rehearsal:
            return case
        raw = post.compose(mail, now)
        prepared = post.mailbox.prepare(raw)
        path = desk.store.keep(prepared.path, prepared.key, now)
        case = transitions.with_mail(case, _record(mail, prepared.key, path, raw))
        case = transitions.with_outgoing(case, (mail,))
        store.put(case)
    post.mailbox.file_prepared(prepared, f"Cases.{now.astimezone(desk.policy.zone):%Y-%m}")
    return case


def _answerable(case: Case) -> Case:
    if not case.requester.address:
        said = "Case #{number} has no address to answer to: `helpdeskctl set {number} --requester ADDRESS`."
        raise RefusedError(said, number=case.number)
    refuse_merged(case)
    return case


def _record(mail: OutgoingMail, key: str, path: str, raw: bytes) -> MailRecord:
    return MailRecord(
        key=key,
        path=path,
        message_id=mail.message_id,
        digest=sha256(raw).hexdigest(),
        sender=mail.sender,
        subject=mail.subject,
        date=mail.queued_at.isoformat(timespec="seconds"),
        arrived_at=mail.queued_at,
        kind="reply",
        outcome="followed_up",
    )
