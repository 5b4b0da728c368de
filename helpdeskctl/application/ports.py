"""What the use cases need from outside, as small protocols; the adapters keep them.

Times are aware datetimes. Paths are opaque strings: the application hands them on and never opens one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol, TypeVar

from helpdeskctl.domain.case import Case, MailRecord, OutgoingMail
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.message import Address, Attachment, Message

# Named here only: a list or a saved mail needs neither rules nor answers.
if TYPE_CHECKING:
    from helpdeskctl.domain.answers import Fact
    from helpdeskctl.domain.limits import SentBefore
    from helpdeskctl.domain.registry import Contract, Customer, Registry

A = TypeVar("A")
T = TypeVar("T")

# Who holds outgoing mail: a case (its number) or a ledger entry (its id).
Holder = int | str


class Arrived(NamedTuple):
    """A mail in the inbox: `key` is its base name (what stands before `:2,`), `at` its file's time."""

    key: str
    at: datetime


class Prepared(NamedTuple):
    """A mail of ours that is about to be filed: `key` is its base name, `path` where it lies now."""

    key: str
    path: str


class Mailbox(Protocol):
    """The Maildir: its inbox is the queue, its folders are the view for people (behaviour.md §2)."""

    def save(self, stream: BinaryIO, recipients: tuple[str, ...]) -> Arrived:
        """Read the stream to its end and put the mail durably into `new/`."""

    def holds_cases(self) -> bool:
        """Whether folders are there into which mail of cases was filed."""

    def inbox(self) -> list[Arrived]:
        """The mails not yet dealt with, in order of arrival; drafts are left out."""

    def locate(self, key: str) -> str | None:
        """The path of that mail in the inbox now, or None when it has gone."""

    def file(self, key: str, folder: str) -> None:
        """Move it by one rename into a Maildir++ folder such as `Cases.2026-11`; gone is no error."""

    def prepare(self, content: bytes) -> "Prepared":
        """Write a mail of ours durably where no one sees it yet (`tmp/`)."""

    def file_prepared(self, prepared: "Prepared", folder: str) -> None:
        """Let it appear, as read, in a Maildir++ folder such as `Cases.2026-11`."""

    def put_back(self, key: str, folder: str, raw: str) -> Arrived:
        """Move a filed mail back into the inbox; where it has gone from its folder, link it from `raw`."""


class LedgerEntry(NamedTuple):
    """A mail that belongs to no case: what it was, what became of it (ignored, duplicate, held).

    `reason` is a sentence in which `facts` are still to be filled in, so that it can be translated.
    """

    id: str
    key: str
    path: str
    message_id: str
    digest: str
    sender: Address
    subject: str
    arrived_at: datetime
    read_at: datetime
    outcome: str
    reason: str
    because: tuple[Finding, ...] = ()
    outgoing: tuple[OutgoingMail, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


class Waiting(NamedTuple):
    """Outgoing mail that waits: who holds it, and when it is to be tried next."""

    holder: Holder
    next_at: datetime


class Briefs(NamedTuple):
    """The cases that a list shows, each in brief (`domain.brief`), in any order; `cases` gives those of
    some numbers as `open_cases` does."""

    lines: list[str]
    cases: Callable[[Iterable[int]], list[Case]]


class Snapshot(Protocol):
    """The store as it stands, plus what this transaction has put so far."""

    def secret(self) -> bytes:
        """The key for Message-IDs and loop headers of ours; a transaction makes it on first use, a
        reader of a store that has none yet gets b""."""

    def next_number(self) -> int:
        """One more than the highest number ever given."""

    def case(self, number: int) -> Case | None:
        """The whole case, or None."""

    def numbers(self, kind: str, value: str) -> tuple[int, ...]:
        """Cases by `key`, `message_id`, `digest`, `requester`, `customer` or `contract`, oldest first."""

    def entry(self, ident: str) -> LedgerEntry | None:
        """The ledger entry of that id."""

    def lately_sent(self, since: datetime, address: str = "") -> "tuple[SentBefore, ...]":
        """The automatic mail sent since then, without notices, oldest first: of the last week at most,
        and what went to that address (lower case) only, where one is given."""

    def customer(self, kind: str, value: str) -> "Customer | None":
        """The registered customer of an `address` or a mail `domain` (lower case)."""

    def contract(self, number: str) -> "Contract | None":
        """The registered contract of that number, whatever the case of its letters."""

    def has_registry(self) -> bool:
        """Whether any customer or contract is registered."""

    def put(self, case: Case) -> None:
        """Keep the case as it now is."""

    def record(self, entry: LedgerEntry) -> None:
        """Keep (or replace, by id) a ledger entry."""

    def forget(self, ident: str) -> None:
        """Drop a ledger entry, because its mail now belongs to a case."""


class CaseStore(Protocol):
    """Cases, ledger, raw mails. One writer at a time; readers need no lock (behaviour.md §10)."""

    def transaction(self) -> AbstractContextManager[Snapshot]:
        """Lock, let the caller put, commit at the end; nothing is written when an error passes through."""

    def snapshot(self) -> Snapshot:
        """For readers and dry runs: no lock, and what is put into it is never written."""

    def keep(self, path: str, key: str, at: datetime) -> str:
        """Link (or copy) a raw mail into the store; its path relative to the store."""

    def raw(self, path: str) -> str:
        """The full path of a raw mail that `keep` returned."""

    def open_cases(self) -> list[Case]:
        """Cases that are open, suspended, or closed with news: without messages and history."""

    def open_briefs(self) -> Briefs:
        """The same cases in brief: ten thousand of them in a moment."""

    def searched(self, text: str) -> set[int]:
        """The numbers of all cases, closed ones too, whose number, subject, customer, people or file
        names contain the folded text."""

    def all_cases(self) -> Iterable[Case]:
        """Every case whole, by number."""

    def entries(self, outcome: str, since: date | None = None) -> list[LedgerEntry]:
        """The ledger's entries of one outcome, oldest first, of those read on that day or later; `held`
        is cheap, and so are a few days."""

    def registry(self) -> "Registry":
        """All registered customers and contracts."""

    def replace_registry(self, registry: "Registry") -> None:
        """Keep this registry instead of the one there is."""

    def waiting(self) -> list[Waiting]:
        """Who holds mail that waits to be sent."""

    def sending(self) -> AbstractContextManager[bool]:
        """The sender's lock, not waited for: True when it is ours."""

    def handed_over(self) -> str:
        """The id of the mail whose fate an earlier sender did not get to write down; "" for none."""

    def hand_over(self, ident: str) -> None:
        """Remember, under the sender's lock, which mail is about to leave; "" once its fate is written."""

    def begun(self) -> bool:
        """Whether there is a store at all."""

    def backlog(self) -> str | None:
        """None until decided; "open", or the ISO time before which mail in the inbox is left alone."""

    def decide_backlog(self, value: str) -> None:
        """Remember what was decided about mail that was there before us."""


class ParseMail(Protocol):
    """Bytes to `Message`; raises `UnreadableMailError` with a reason a technician understands."""

    def __call__(self, path: str, arrived_at: datetime) -> Message:
        """Parse the mail at that path."""


class ParseMails(Protocol):
    """Many mails at once, on as many processors as there are."""

    def __call__(
        self, mails: Iterable[tuple[str, datetime]]
    ) -> Iterator[Message | UnreadableMailError | OSError]:
        """The mails at these paths, in their order; for one that cannot be read, why."""


class Beside(Protocol):
    """A step that changes nothing outside, done again and again, perhaps by another process."""

    def __call__(self, step: Callable[[A], T], /) -> AbstractContextManager[Callable[[A], Callable[[], T]]]:
        """What begins the step; what that returns waits for the result, and raises what the step raises.

        Results are waited for in the order in which they were begun.
        """


# Sender and subject of a mail that could not be parsed, as far as they can be told; never raises for
# what a mail holds.
PeekAtMail = Callable[[str], tuple[Address, str]]


class Contents(Protocol):
    """The attachments of a mail with what gives their bytes; the same as parsing it tells."""

    def __call__(self, path: str) -> Iterable[tuple[Attachment, Callable[[], Iterable[bytes]]]]:
        """The attachments of the mail at that path."""


class ComposeMail(Protocol):
    """An outgoing mail as the bytes that a mail system gets."""

    def __call__(self, mail: OutgoingMail, now: datetime) -> bytes:
        """The mail, dated `now`."""


class Receipt(NamedTuple):
    """What the mail system said: `result` is sent, retry or refused; `said` its words, cleaned."""

    result: str
    said: str


class MailSender(Protocol):
    """Hands one mail to the mail system."""

    def send(self, mail: OutgoingMail, now: datetime) -> Receipt:
        """Send it; never raises for what a mail system can say or fail to say."""


class Texts(Protocol):
    """The words of outgoing mail, in the desk's language."""

    def render(self, template: str, facts: "Mapping[str, Fact]") -> tuple[str, str]:
        """Subject and body of the template of that name; an empty fact leaves its line out."""


Clock = Callable[[], datetime]

__all__ = [
    "Arrived",
    "Beside",
    "Briefs",
    "CaseStore",
    "Clock",
    "ComposeMail",
    "Contents",
    "Fact",
    "Holder",
    "LedgerEntry",
    "MailRecord",
    "MailSender",
    "Mailbox",
    "ParseMail",
    "ParseMails",
    "PeekAtMail",
    "Prepared",
    "Receipt",
    "Snapshot",
    "Texts",
    "Waiting",
]
