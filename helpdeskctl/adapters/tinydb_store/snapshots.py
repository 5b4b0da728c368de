"""The port `Snapshot`: the store as it stands, and what was put on top of it, which is in memory only."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING

from helpdeskctl.adapters.tinydb_store import codec, index, registry
from helpdeskctl.adapters.tinydb_store.codec import Document
from helpdeskctl.adapters.tinydb_store.shelves import Shelves
from helpdeskctl.application.ports import LedgerEntry
from helpdeskctl.domain.case import Case

if TYPE_CHECKING:
    from helpdeskctl.domain.limits import SentBefore
    from helpdeskctl.domain.registry import Contract, Customer


class Overlay:
    """Keeps the port `Snapshot`; `put_cases` and `put_entries` (None: forgotten) are for the commit.

    Without an index, which a transaction makes again, everything is looked for in shards and ledger.
    """

    def __init__(self, path: str, zone: tzinfo, shelves: Shelves, secret: Callable[[], bytes]) -> None:
        self.shelves = shelves
        self.put_cases: dict[int, Document] = {}
        self.put_entries: dict[str, Document | None] = {}
        self._path = path
        self._zone = zone
        # None of these changes while a snapshot is looked at.
        self._secret = cache(secret)
        self._is_indexed = cache(partial(index.exists, path))
        self._is_registry_there = cache(partial(registry.exists, path))
        self._cases: dict[int, Case] = {}
        self._entries: dict[str, LedgerEntry | None] = {}
        self._numbers: dict[index.Key, set[int]] = {}

    def secret(self) -> bytes:
        """The key of our Message-IDs."""
        return self._secret()

    def next_number(self) -> int:
        """One more than the highest number ever given."""
        return max((self.shelves.highest(), *self._cases)) + 1

    def case(self, number: int) -> Case | None:
        """The case, as it was put or else as it stands in its shard."""
        return self._cases.get(number) or self.shelves.case(number)

    def numbers(self, kind: str, value: str) -> tuple[int, ...]:
        """Cases by key, message_id, digest, requester or customer, oldest first."""
        key = index.normal(kind, value)
        committed = self._committed_numbers(key) - self._cases.keys()
        return tuple(sorted(committed | self._numbers.get(key, set())))

    def entry(self, ident: str) -> LedgerEntry | None:
        """The ledger entry of that id."""
        if ident in self._entries:
            return self._entries[ident]
        file = self.ledger_file(ident)
        return self.shelves.entry(file, ident) if file else None

    def lately_sent(self, since: datetime, address: str = "") -> "tuple[SentBefore, ...]":
        """The automatic mail sent since then, oldest first; to that address only, where one is given."""
        from helpdeskctl.adapters.tinydb_store import sent_log
        from helpdeskctl.domain.limits import SentBefore

        at = codec.times(self._zone)
        told = sent_log.lately(self._path, since, address)
        return tuple(sorted(SentBefore(at(time), *rest) for time, *rest in told))

    def customer(self, kind: str, value: str) -> "Customer | None":
        """The registered customer of an address or a mail domain."""
        return registry.customer(self._path, kind, value) if self.has_registry() else None

    def contract(self, number: str) -> "Contract | None":
        """The registered contract of that number."""
        return registry.contract(self._path, number) if self.has_registry() else None

    def has_registry(self) -> bool:
        """Whether any customer or contract is registered."""
        return self._is_registry_there()

    def put(self, case: Case) -> None:
        """Keep the case as it now is."""
        number = case.number
        for key in index.keys_of(self.put_cases[number]) if number in self.put_cases else ():
            self._numbers[key].discard(number)
        self._cases[number] = case
        self.put_cases[number] = codec.encoded(case)
        for key in index.keys_of(self.put_cases[number]):
            self._numbers.setdefault(key, set()).add(number)

    def record(self, entry: LedgerEntry) -> None:
        """Keep a ledger entry."""
        self._entries[entry.id] = entry
        self.put_entries[entry.id] = codec.encoded(entry)

    def forget(self, ident: str) -> None:
        """Drop a ledger entry."""
        self._entries[ident] = self.put_entries[ident] = None

    def ledger_file(self, ident: str) -> str | None:
        """The ledger file that holds the entry."""
        if self._is_indexed():
            return next(iter(index.found(self._path, "entry", ident)), None)
        files = self.shelves.ledger_files()
        return next((file for file in files if self.shelves.entry_document(file, ident)), None)

    def _committed_numbers(self, key: index.Key) -> set[int]:
        if self._is_indexed():
            return {int(number) for number in index.found(self._path, *key) if number.isdigit()}
        documents = chain.from_iterable(map(self.shelves.documents, self.shelves.shard_files()))
        return {document["number"] for document in documents if key in index.keys_of(document)}
