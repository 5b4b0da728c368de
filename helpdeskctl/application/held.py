"""Mail that a person has to look at: found again, and read again (behaviour.md §9)."""

from datetime import datetime

from helpdeskctl.application.ingest import HELD, Ports, Report, ingest_one
from helpdeskctl.application.ports import CaseStore, LedgerEntry
from helpdeskctl.domain.errors import NoSuchCaseError, UnreadableMailError
from helpdeskctl.domain.message import Address, Message


def held(store: CaseStore) -> list[LedgerEntry]:
    """What is held, oldest first."""
    return store.entries("held")


def held_entry(store: CaseStore, ident: str) -> LedgerEntry:
    """The held mail of that id."""
    entry = store.snapshot().entry(ident)
    if entry is None or entry.outcome != "held":
        raise NoSuchCaseError(
            "There is no held mail {ident}: `helpdeskctl held list` shows all.", ident=ident
        )
    return entry


def retry(entry: LedgerEntry, ports: Ports) -> Report | None:
    """Back into the inbox and read anew; None when another process took it meanwhile."""
    raw = ports.store.raw(entry.path)
    return ingest_one(ports.mailbox.put_back(entry.key, HELD, raw), ports)


def opened(entry: LedgerEntry, ports: Ports) -> Report | None:
    """Read anew as a person's mail, because somebody looked at it: spam flag or not, readable or not.

    Of a mail that cannot be read, sender and subject are what the case tells; the raw mail stays with it.
    """

    def parsed(path: str, arrived_at: datetime) -> Message:
        try:
            message = ports.parse(path, arrived_at)
        except UnreadableMailError:
            sender, subject = ports.peek(path)
            return _bare(entry, sender, subject, arrived_at)
        kept = {name: values for name, values in message.headers.items() if name != "x-spam-flag"}
        return message._replace(headers=kept)

    return retry(entry, ports._replace(parse=parsed))


def _bare(entry: LedgerEntry, sender: Address, subject: str, arrived_at: datetime) -> Message:
    """A mail of which nothing else is known."""
    return Message(
        message_id="",
        sender=sender,
        reply_to=(),
        envelope_recipients=(),
        recipients=(),
        subject=subject,
        date="",
        arrived_at=arrived_at,
        text="",
        new_text="",
        attachments=(),
        references=(),
        headers={},
        digest=f"held.{entry.id}",
    )
