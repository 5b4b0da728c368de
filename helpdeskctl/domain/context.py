"""What was looked up beforehand for one mail, under the store's lock (behaviour.md §4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from helpdeskctl.domain.case import Case, MailRecord
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.registry import Contract, Customer


class Known(NamedTuple):
    """A mail that a case already holds; `same_delivery` when it is the very same file."""

    case: Case
    record: MailRecord
    same_delivery: bool


class Context(NamedTuple):
    """The world as far as one mail can touch it.

    `secret` is the key of our Message-IDs. `known` answers §2 "Exactly once"; `repeated` is a case that
    holds a mail of the same Message-ID, From and Date with another body. `referenced` is the case of
    a Message-ID in the mail's references (ours first, then customers'); `ours_referenced` tells that one
    of ours was among them, `ours_itself` that the mail's own Message-ID is. `returned` is the case whose
    mail a bounce or receipt returns. `numbered` are the existing cases among those cited in the subject,
    in its order. `candidates` are the sender's or its customer's cases that a command without a number
    could mean, looked up only when there is one. `contracts` holds those cited that exist, by casefolded
    number; `registry_empty` tells that no contract is known at all. `noticed` tells that the sender got
    the notice about personal addresses within a week.
    """

    now: datetime
    secret: bytes
    known: Known | None = None
    repeated: Case | None = None
    referenced: Case | None = None
    ours_referenced: bool = False
    ours_itself: bool = False
    returned: Case | None = None
    numbered: tuple[Case, ...] = ()
    candidates: tuple[Case, ...] = ()
    customer: Customer | None = None
    contracts: Mapping[str, Contract] = {}
    registry_empty: bool = True
    noticed: bool = False


def same_mail(record: MailRecord, message: Message) -> bool:
    """Whether a recorded mail is this one (behaviour.md §2): Message-ID, if any, and digest."""
    return record.message_id == message.message_id and record.digest == message.digest


def same_with_other_body(record: MailRecord, message: Message) -> bool:
    """The same Message-ID, From and Date, but another body: a mailing list's footer, say."""
    return (
        bool(message.message_id)
        and record.message_id == message.message_id
        and record.sender.address.lower() == message.sender.address.lower()
        and record.date == message.date
        and record.digest != message.digest
    )
