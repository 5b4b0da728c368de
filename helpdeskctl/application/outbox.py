"""Mail that waits is sent: one sender at a time, never under the store's lock, at worst one mail twice.

What became of it is written down before the next one goes out (behaviour.md §8).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from helpdeskctl.application.ports import CaseStore, Clock, Holder, MailSender, Receipt, Snapshot
from helpdeskctl.domain.case import OutgoingMail
from helpdeskctl.domain.transitions import mail_event, with_marks

_LONGEST_PAUSE = 60
_GIVE_UP = timedelta(days=5)


class Outbox(NamedTuple):
    """What sending needs from outside."""

    store: CaseStore
    sender: MailSender
    clock: Clock


class Sent(NamedTuple):
    """One attempt: the mail as it then stands, with whom it lies, and what was said."""

    holder: Holder
    mail: OutgoingMail
    receipt: Receipt


def send_waiting(outbox: Outbox, retry_now: bool = False) -> Iterator[Sent]:
    """Send what is due; `retry_now` does not wait for the pause after a failure to end.

    Who does not get the sender's lock leaves the mail to the holder, who looks again after unlocking.
    """
    tried: set[tuple[Holder, str]] = set()
    while due := _due(outbox, retry_now, tried):
        with outbox.store.sending() as ours:
            if not ours:
                return
            for holder, mail in due:
                tried.add((holder, mail.id))
                yield _send(outbox, holder, mail)


def next_attempt(mail: OutgoingMail, now: datetime) -> datetime:
    """When a mail that could not be sent is tried again: after a minute, doubling to an hour."""
    return now + timedelta(minutes=min(_LONGEST_PAUSE, 2 ** min(mail.attempts, 6)))


def mails_of(store: Snapshot, holder: Holder) -> tuple[OutgoingMail, ...]:
    """The outgoing mail that a case or a ledger entry holds."""
    if isinstance(holder, int):
        case = store.case(holder)
        return case.outgoing if case else ()
    entry = store.entry(holder)
    return entry.outgoing if entry else ()


def waiting_mails(store: CaseStore) -> list[tuple[Holder, OutgoingMail]]:
    """Every mail that waits, with who holds it, oldest first."""
    snapshot = store.snapshot()
    found = [
        (waiting.holder, mail)
        for waiting in store.waiting()
        for mail in mails_of(snapshot, waiting.holder)
        if mail.state == "waiting"
    ]
    return sorted(found, key=lambda pair: pair[1].queued_at)


def after(mail: OutgoingMail, receipt: Receipt, now: datetime) -> OutgoingMail:
    """The mail after an attempt. What has gone keeps no body; what was refused keeps it, to be sent
    again once the address is right."""
    tried = mail._replace(attempts=mail.attempts + 1, error="" if receipt.result == "sent" else receipt.said)
    if receipt.result == "sent":
        return tried._replace(state="sent", sent_at=now, body="")
    if receipt.result == "refused" or now - mail.queued_at > _GIVE_UP:
        return tried._replace(state="refused")
    return tried._replace(next_at=next_attempt(mail, now))


def _due(
    outbox: Outbox, retry_now: bool, tried: set[tuple[Holder, str]]
) -> list[tuple[Holder, OutgoingMail]]:
    """What is to be sent now, oldest first, without what this run has tried already."""
    now = outbox.clock()
    store = outbox.store.snapshot()
    found = [
        (waiting.holder, mail)
        for waiting in outbox.store.waiting()
        if retry_now or waiting.next_at <= now
        for mail in mails_of(store, waiting.holder)
        if mail.state == "waiting" and (retry_now or mail.next_at <= now)
    ]
    fresh = [pair for pair in found if (pair[0], pair[1].id) not in tried]
    return sorted(fresh, key=lambda pair: pair[1].queued_at)


def _send(outbox: Outbox, holder: Holder, mail: OutgoingMail) -> Sent:
    """One mail handed to the mail system, and the store told."""
    receipt = outbox.sender.send(mail, outbox.clock())
    now = outbox.clock()
    mail = after(mail, receipt, now)
    with outbox.store.transaction() as store:
        _mark(store, holder, mail, receipt.said, now)
    return Sent(holder, mail, receipt)


def _mark(store: Snapshot, holder: Holder, mail: OutgoingMail, said: str, now: datetime) -> None:
    if isinstance(holder, str):
        entry = store.entry(holder)
        if entry:
            store.record(entry._replace(outgoing=_replaced(entry.outgoing, mail)))
        return
    case = store.case(holder)
    if case is None:
        return
    case = case._replace(outgoing=_replaced(case.outgoing, mail))
    words = f"{mail.kind}, {mail.to.address}" + (f": {said}" if said else "")
    if mail.state == "sent":
        case = mail_event(case, now, "mail_sent", words).case
    elif mail.state == "refused":
        case = with_marks(mail_event(case, now, "mail_refused", words).case, "undelivered")
    elif mail.attempts == 1:
        case = mail_event(case, now, "mail_delayed", words).case
    store.put(case)


def _replaced(mails: tuple[OutgoingMail, ...], mail: OutgoingMail) -> tuple[OutgoingMail, ...]:
    return tuple(mail if other.id == mail.id else other for other in mails)
