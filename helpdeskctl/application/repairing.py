"""A damaged store made whole again: files from what is left of them, cases from their raw mails.

Nothing is sent. What cannot be restored is named.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from helpdeskctl.application.ingest import Ports, entry_id
from helpdeskctl.application.ports import LedgerEntry, Snapshot
from helpdeskctl.domain import transitions
from helpdeskctl.domain.case import Case, MailRecord, Status
from helpdeskctl.domain.effects import record_of
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.events import Event
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.situation import desk_addresses, is_staff, speaker

_BY = "helpdeskctl"
_NOTE = "restored by doctor --repair"


class Mended(NamedTuple):
    """A file of the store that was replaced: out of its former self, what is left, nothing, or made
    anew. `behind` are the cases of whose last change only the result is known, not its history, nor the
    text of a mail that it queued."""

    file: str
    source: str
    behind: tuple[int, ...] = ()


class LostMail(NamedTuple):
    """A raw mail that belongs to nothing any more: to which case it did, or that it was in the ledger."""

    key: str
    path: str
    arrived_at: datetime
    case: int | None
    entry: bool


class Upkeep(Protocol):
    """What of a store can be repaired without reading mail."""

    def mend_files(self) -> list[Mended]:
        """Replace every file that cannot be trusted by what is left of it."""

    def lost_mails(self) -> Iterable[LostMail]:
        """The raw mails that belong to nothing any more."""

    def remembered_cases(self) -> list[Case]:
        """What is remembered of cases that are lost: neither mails nor history."""

    def gaps(self, file: str) -> tuple[int, ...]:
        """The numbers that are missing from a file of cases."""

    def reindex(self) -> None:
        """Make anew what is derived."""


class Repaired(NamedTuple):
    """What was done: files replaced, cases and mails brought back, what could not be."""

    files: tuple[Mended, ...]
    cases: tuple[int, ...]
    mails: int
    lost_cases: tuple[int, ...]
    lost_mails: tuple[str, ...]


def repair(upkeep: Upkeep, ports: Ports) -> Repaired:
    """Everything that can be repaired, in this order: files, cases, mails, index."""
    mended = upkeep.mend_files()
    restored: set[int] = set()
    mails, without_place = 0, []
    with ports.store.transaction() as store:
        for case in upkeep.remembered_cases():
            store.put(_noted(case, ports.clock()))
            restored.add(case.number)
        for lost in sorted(upkeep.lost_mails(), key=lambda lost: lost.arrived_at):
            if lost.case is not None:
                store.put(_with_mail(lost, lost.case, store, ports))
                restored.add(lost.case)
                mails += 1
            elif lost.entry:
                store.record(_entry(lost, ports))
                mails += 1
            elif ports.mailbox.locate(lost.key) is None:
                # What lies in the inbox is going to be read anyhow.
                without_place.append(lost.path)
    upkeep.reindex()
    gaps = tuple(number for one in mended for number in upkeep.gaps(one.file))
    return Repaired(tuple(mended), tuple(sorted(restored)), mails, gaps, tuple(without_place))


def _with_mail(lost: LostMail, number: int, store: Snapshot, ports: Ports) -> Case:
    """The case with that mail; where the case itself is lost, one made of the mail, as closed.

    The mark `news` shows it in the list, whatever its state: a person has to look.
    """
    record = _record(lost, ports, first=store.case(number) is None)
    now = ports.clock()
    case = store.case(number)
    if case is None:
        opened_at = record.arrived_at.astimezone(ports.policy.zone)
        sector = ports.policy.default_sector.key
        case = transitions.new_case(number, record.subject, record.sender, sector, opened_at)
        case = case._replace(status=Status.closed, closed_at=now, waiting_since=None)
    messages = sorted((*case.messages, record), key=lambda one: one.arrived_at)
    return _noted(case._replace(messages=tuple(messages)), now)


def _noted(case: Case, now: datetime) -> Case:
    """The case with the repair in its history, once, and its mark."""
    if not any(event.note == _NOTE and event.at == now for event in case.history):
        event = Event(now, _BY, "changed", note=_NOTE)
        case = case._replace(history=(*case.history, event), updated_at=now)
    return transitions.with_marks(case, "news")


def _record(lost: LostMail, ports: Ports, first: bool) -> MailRecord:
    """What a case keeps of the mail, as far as the mail itself tells."""
    raw = ports.store.raw(lost.path)
    try:
        message = ports.parse(raw, lost.arrived_at)
    except UnreadableMailError:
        sender, subject = ports.peek(raw)
        return MailRecord(
            lost.key, lost.path, "", f"lost.{lost.key}", sender, subject, "", lost.arrived_at,
            _kind(sender.address, first, ports), "followed_up",
        )  # fmt: skip
    return _read_record(message, lost, ports, first)


def _read_record(message: Message, lost: LostMail, ports: Ports, first: bool) -> MailRecord:
    sender, _indirect = speaker(message, desk_addresses(ports.policy))
    kind = _kind(sender.address, first, ports)
    outcome = "opened" if kind == "request" else "followed_up"
    return record_of(message, Decision(outcome, sender=sender, kind=kind), lost.key, lost.path)


def _kind(address: str, first: bool, ports: Ports) -> str:
    """Ours, the mail that opened the case, or another one."""
    if address.lower() in desk_addresses(ports.policy) or is_staff(address, ports.policy):
        return "reply"
    return "request" if first else "follow_up"


def _entry(lost: LostMail, ports: Ports) -> LedgerEntry:
    """The ledger's entry of a mail of no case: what had become of it is not known any more."""
    sender, subject = ports.peek(ports.store.raw(lost.path))
    return LedgerEntry(
        id=entry_id(lost.key),
        key=lost.key,
        path=lost.path,
        message_id="",
        digest="",
        sender=sender,
        subject=subject,
        arrived_at=lost.arrived_at,
        read_at=ports.clock(),
        outcome="ignored",
        reason=_NOTE,
    )
