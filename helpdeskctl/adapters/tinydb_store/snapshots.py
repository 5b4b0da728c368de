"""The store as one reader or one transaction sees it: what is on disk, and over it what was put."""

from collections.abc import Callable

from helpdeskctl.adapters.tinydb_store import index
from helpdeskctl.adapters.tinydb_store.index import Index
from helpdeskctl.adapters.tinydb_store.shelves import Shelves
from helpdeskctl.application.ports import LedgerEntry
from helpdeskctl.domain.case import Case


class Overlay:
    """Keeps the port `Snapshot`. What is put stays here until a transaction commits it."""

    def __init__(self, shelves: Shelves, found: Index, secret: Callable[[], bytes]) -> None:
        self.shelves = shelves
        self._index = found
        self._secret = secret
        self.cases: dict[int, Case] = {}
        self.entries: dict[str, LedgerEntry | None] = {}

    def secret(self) -> bytes:
        """The key of our Message-IDs."""
        return self._secret()

    def next_number(self) -> int:
        """One more than the highest number ever given."""
        return max((self.shelves.highest(), *self.cases)) + 1

    def case(self, number: int) -> Case | None:
        """The case, as it was put or as it stands on disk."""
        return self.cases.get(number) or self.shelves.case(number)

    def numbers(self, kind: str, value: str) -> tuple[int, ...]:
        """Cases by key, message_id, digest, requester or customer, oldest first."""
        value = value.lower() if kind == "requester" else value.casefold() if kind == "customer" else value
        put = [number for number, case in self.cases.items() if (kind, value) in index.keys_of(case)]
        return tuple(sorted({*self._index.numbers(kind, value), *put}))

    def entry(self, ident: str) -> LedgerEntry | None:
        """The ledger entry of that id."""
        if ident in self.entries:
            return self.entries[ident]
        file = self._index.ledger_file(ident)
        return self.shelves.entry(file, ident) if file else None

    def put(self, case: Case) -> None:
        """Keep the case as it now is."""
        self.cases[case.number] = case

    def record(self, entry: LedgerEntry) -> None:
        """Keep a ledger entry."""
        self.entries[entry.id] = entry

    def forget(self, ident: str) -> None:
        """Drop a ledger entry."""
        if self.entry(ident):
            self.entries[ident] = None
