"""A case as a value, with its mails, its history and the mail it still has to send.

What can happen to it stands in `helpdeskctl.domain.transitions`.
"""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple

from helpdeskctl.domain.events import Event, Finding
from helpdeskctl.domain.message import Address, Attachment


class Urgency(IntEnum):
    """How pressing a case is; the words are the published ones, and their order is the meaning."""

    normale = 0
    urgente = 1
    critico = 2


class Status(StrEnum):
    """Where a case stands: only `suspended` stops its clock."""

    open = "open"
    suspended = "suspended"
    closed = "closed"


class ContractCited(NamedTuple):
    """A contract number as the customer wrote it; `state` is valid, expired, unknown or foreign."""

    number: str
    state: str


class Related(NamedTuple):
    """Another case this one has to do with; `why` is cited, merged or earlier."""

    number: int
    why: str


class MailRecord(NamedTuple):
    """One mail of a case: its identity and what is shown of it; the text stays in the raw mail.

    `key` is the Maildir base name; `path` leads from the store to the raw mail; `kind` is request,
    follow_up, automatic, bounce, reply or note; `outcome` is what reading it came to; `stranger` tells
    that its sender did not belong to the case; `reply_to` is where the sender wants a person's answer,
    "" for where the mail came from.
    """

    key: str
    path: str
    message_id: str
    digest: str
    sender: Address
    subject: str
    date: str
    arrived_at: datetime
    kind: str
    outcome: str
    attachments: tuple[Attachment, ...] = ()
    stranger: bool = False
    reply_to: str = ""


class OutgoingMail(NamedTuple):
    """A mail to be sent, kept beside what it tells of; `body` is dropped once it has gone.

    `kind` names the template (acknowledgement, answer, notice, ...); `state` is waiting, sent or
    refused; `headers` are ready names and values besides From, To, Subject, Date and Message-ID.
    `envelope` is the envelope sender, "" for `<>`.
    """

    id: str
    kind: str
    sender: Address
    to: Address
    envelope: str
    subject: str
    body: str
    message_id: str
    headers: tuple[tuple[str, str], ...]
    queued_at: datetime
    attempts: int
    next_at: datetime
    state: str = "waiting"
    sent_at: datetime | None = None
    error: str = ""


class Suspension(NamedTuple):
    """A span in which the clock stood still; `until` is None while it still does."""

    since: datetime
    until: datetime | None


class Promise(NamedTuple):
    """A first action within so many working minutes since an instant; the earliest one is due."""

    since: datetime
    minutes: int


class Terms(NamedTuple):
    """What a contract promised when it was tied to a case: working minutes until the first action, by
    the urgency's name, where they differ from the desk's, and the name of its calendar ("" for the
    desk's). `contract` is its number, "" where no contract covers the case."""

    contract: str = ""
    respond: tuple[tuple[str, int], ...] = ()
    calendar: str = ""


class Work(NamedTuple):
    """Work that a technician did on a case, in minutes; `billable` when it is to be invoiced."""

    at: datetime
    by: str
    minutes: int
    billable: bool = True


class Drafting(NamedTuple):
    """A technician who is writing an answer, and since when: for the others not to write another."""

    by: str
    since: datetime


class Case(NamedTuple):
    """One problem of one customer, under a number that is never used again.

    `marks` holds what is remembered (news, incomplete, undelivered, stranger, encrypted); what follows
    from the time of day (late, due_soon, unsent, drafting) is computed by `marks_at`. `told` notes what
    is told once per case. `customer_by_contract` marks a customer known only from a contract number,
    which gives no rights. `merged_into` is the case that goes on instead of this one, 0 for none.
    """

    number: int
    status: Status
    sector: str
    urgency: Urgency
    subject: str
    requester: Address
    customer: str
    contract: ContractCited | None
    owner: str
    tags: tuple[str, ...]
    opened_at: datetime
    updated_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    responded_at: datetime | None
    closed_at: datetime | None
    marks: tuple[str, ...]
    related: tuple[Related, ...]
    suspensions: tuple[Suspension, ...]
    told: tuple[str, ...]
    messages: tuple[MailRecord, ...]
    history: tuple[Event, ...]
    outgoing: tuple[OutgoingMail, ...]
    promises: tuple[Promise, ...] = ()
    customer_by_contract: bool = False
    terms: Terms = Terms()
    work: tuple[Work, ...] = ()
    drafting: Drafting | None = None
    merged_into: int = 0

    @property
    def minutes(self) -> int:
        """The work recorded."""
        return sum(work.minutes for work in self.work)


class Happened(NamedTuple):
    """A transition's result: the case as it then is, and its new events (already in its history)."""

    case: Case
    events: tuple[Event, ...]


__all__ = [
    "Address",
    "Attachment",
    "Case",
    "ContractCited",
    "Drafting",
    "Event",
    "Finding",
    "Happened",
    "MailRecord",
    "OutgoingMail",
    "Promise",
    "Related",
    "Status",
    "Suspension",
    "Terms",
    "Urgency",
    "Work",
]
