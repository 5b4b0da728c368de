"""Mail that a person has to look at: found again, and read again (behaviour.md §9)."""

from helpdeskctl.application.ingest import HELD, Ports, Report, ingest_one
from helpdeskctl.application.ports import CaseStore, LedgerEntry
from helpdeskctl.domain.errors import NoSuchCaseError


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
