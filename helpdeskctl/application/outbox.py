"""Mail that waits is sent: one sender at a time, never under the store's lock, at worst one mail twice.

What became of it is written down before the next one goes out (behaviour.md §8).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from helpdeskctl.application.looking_up import registered_customer
from helpdeskctl.application.ports import CaseStore, Clock, Holder, MailSender, Receipt, Snapshot, Texts
from helpdeskctl.domain.answers import several
from helpdeskctl.domain.case import OutgoingMail
from helpdeskctl.domain.limits import DAY, HOUR, LIMITED, allowed_to_one, allowed_to_unknown
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.transitions import mail_event, with_marks

_LONGEST_PAUSE = 60
# So many addresses of one run are remembered to be customers' or not.
_REMEMBERED = 10_000
_GIVE_UP = timedelta(days=5)


# What stands beside a mail that waits because of a limit.
OVER_LIMIT = "over the limit of automatic mail"
# What stands beside a mail that may have gone: an earlier run did not get to say so.
CUT_SHORT = "an earlier run could not write down whether it was sent"


class Outbox(NamedTuple):
    """What sending needs from outside, and the firm's policy."""

    store: CaseStore
    sender: MailSender
    texts: Texts
    policy: Policy
    clock: Clock


class Due(NamedTuple):
    """A mail that is to be sent now, with who holds it."""

    holder: Holder
    mail: OutgoingMail


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
    waits = bool(outbox.store.waiting())
    while waits:
        with outbox.store.sending() as ours:
            if not ours:
                return
            # Not before: who held the lock until now has sent what waited then.
            due = _due(outbox, retry_now, tried)
            is_registered, done = _registered(outbox), set[tuple[Holder, str]]()
            for one in due:
                if (one.holder, one.mail.id) not in done:
                    together = _together(one, due, done)
                    done |= {(each.holder, each.mail.id) for each in together}
                    yield from _send(outbox, together, is_registered)
            # Else its pause keeps a mail from being tried again too soon.
            if retry_now:
                tried |= done
        waits = bool(_due(outbox, retry_now, tried))


def next_attempt(mail: OutgoingMail, now: datetime) -> datetime:
    """When a mail that could not be sent is tried again: after a minute, doubling to an hour."""
    pause = timedelta(minutes=min(_LONGEST_PAUSE, 2 ** min(mail.attempts, 6)))
    return (now.astimezone(UTC) + pause).astimezone(now.tzinfo)


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
    return sorted(found, key=lambda pair: pair[1].queued_at.timestamp())


def after(mail: OutgoingMail, receipt: Receipt, now: datetime) -> OutgoingMail:
    """The mail after an attempt. What has gone keeps no body; what was refused keeps it, to be sent
    again once the address is right."""
    tried = mail._replace(attempts=mail.attempts + 1, error="" if receipt.result == "sent" else receipt.said)
    if receipt.result == "sent":
        return tried._replace(state="sent", sent_at=now, body="")
    if receipt.result == "refused" or now - mail.queued_at > _GIVE_UP:
        return tried._replace(state="refused")
    return tried._replace(next_at=next_attempt(mail, now))


def _due(outbox: Outbox, retry_now: bool, tried: set[tuple[Holder, str]]) -> list[Due]:
    """What is to be sent now, oldest first, without what this run has tried already."""
    # In UTC, so that times are compared as instants: by the wall clock a mail would wait for an hour more.
    now = outbox.clock().astimezone(UTC)
    store = outbox.store.snapshot()
    found = [
        Due(waiting.holder, mail)
        for waiting in outbox.store.waiting()
        if retry_now or waiting.next_at <= now
        for mail in mails_of(store, waiting.holder)
        if mail.state == "waiting" and (retry_now or mail.next_at <= now)
    ]
    fresh = [one for one in found if (one.holder, one.mail.id) not in tried]
    return sorted(fresh, key=lambda one: one.mail.queued_at.timestamp())


def _together(one: Due, due: list[Due], tried: set[tuple[Holder, str]]) -> list[Due]:
    """The mail, with all others to that address for which one mail is enough."""
    if not _joins(one.mail):
        return [one]
    return [
        other
        for other in due
        if _joins(other.mail)
        and other.mail.kind == one.mail.kind
        and other.mail.to.address.lower() == one.mail.to.address.lower()
        and (other.holder, other.mail.id) not in tried
    ]


def _joins(mail: OutgoingMail) -> bool:
    """An acknowledgement that had to wait, or a notice that says the same each time."""
    return mail.kind == "personal" or (mail.kind == "acknowledgement" and mail.error == OVER_LIMIT)


def _registered(outbox: Outbox) -> Callable[[str], bool]:
    """What tells whether an address is a customer's; each is looked up once."""
    store = outbox.store.snapshot()

    @lru_cache(_REMEMBERED)
    def is_registered(address: str) -> bool:
        return registered_customer(address, outbox.policy, store) is not None

    return is_registered


def _send(outbox: Outbox, together: list[Due], is_registered: Callable[[str], bool]) -> Iterator[Sent]:
    """One mail handed to the mail system, or left for later where a limit says so; the store told.

    Of several acknowledgements one mail is made, with all the numbers.
    """
    now, mail = outbox.clock(), together[0].mail
    if mail.kind in LIMITED:
        allowed = _allowed_at(outbox, mail, is_registered, now)
        if allowed > now:
            for one in together:
                postponed = one.mail._replace(next_at=allowed, error=OVER_LIMIT)
                yield _told(outbox, one.holder, postponed, Receipt("retry", OVER_LIMIT), now)
            return
    if len(together) > 1 and mail.kind == "acknowledgement":
        lines = tuple(one.mail.subject for one in together)
        subject, body = outbox.texts.render("acknowledgements", several(lines, outbox.policy))
        mail = mail._replace(subject=subject, body=body)
    if outbox.store.handed_over() == mail.id:
        # Only a store that can be written lets it leave once more; else it would leave at every run.
        mail = mail._replace(attempts=mail.attempts + 1, error=CUT_SHORT)
        together[0] = Due(together[0].holder, mail)
        _told(outbox, together[0].holder, mail, Receipt("retry", CUT_SHORT), now)
    outbox.store.hand_over(mail.id)
    receipt = outbox.sender.send(mail, now)
    now = outbox.clock()
    for one in together:
        yield _told(outbox, one.holder, after(one.mail, receipt, now), receipt, now)
    outbox.store.hand_over("")


def _allowed_at(
    outbox: Outbox, mail: OutgoingMail, is_registered: Callable[[str], bool], now: datetime
) -> datetime:
    """When the limits let the mail go; no more is read than they reach back."""
    store, address, at = outbox.store.snapshot(), mail.to.address.lower(), now.astimezone(UTC)
    registered = is_registered(address)
    allowed = allowed_to_one(store.lately_sent(at - DAY, address), registered, at)
    if not registered:
        unknown = store.lately_sent(at - HOUR)
        allowed = max(allowed, allowed_to_unknown(mail, unknown, is_registered, at))
    return allowed.astimezone(now.tzinfo)


def _told(outbox: Outbox, holder: Holder, mail: OutgoingMail, receipt: Receipt, now: datetime) -> Sent:
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
    elif mail.attempts == 1 and mail.error != OVER_LIMIT:
        case = mail_event(case, now, "mail_delayed", words).case
    store.put(case)


def _replaced(mails: tuple[OutgoingMail, ...], mail: OutgoingMail) -> tuple[OutgoingMail, ...]:
    return tuple(mail if other.id == mail.id else other for other in mails)
