"""Where a case or a ledger entry lies: which file, and what is in it; the layout of `cases/` and `ledger/`.

Shards have no gaps: where one is missing below the highest, something was lost.
"""

import os
from collections.abc import Callable, Iterator
from datetime import tzinfo
from functools import partial
from typing import TypeVar

from helpdeskctl.adapters.tinydb_store import codec, files
from helpdeskctl.adapters.tinydb_store.codec import Document
from helpdeskctl.adapters.tinydb_store.loading import collector_off
from helpdeskctl.adapters.tinydb_store.shards import Shard
from helpdeskctl.application.ports import LedgerEntry
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import StoreDamagedError

# Cases in a shard, shards in a directory.
SHARD = 50
_DIRECTORY = 100
# A ledger file takes no more new entries when it holds so many, or so many bytes.
ENTRIES = 200
_LARGE = 64 * 1024
# So many files stay in memory once read; a long dry run may go through all there are.
_IN_MEMORY = 100

T = TypeVar("T")


def shard_file(number: int) -> str:
    """The shard of a case, relative to the store, named after the first number it may hold."""
    first = (number - 1) // SHARD * SHARD + 1
    return f"cases/{first // (SHARD * _DIRECTORY):04}/{first:08}.json"


def first_number(file: str) -> int:
    """The first number that the shard may hold; 0 for a ledger file."""
    return int(os.path.basename(file)[:8]) if file.startswith("cases/") else 0


class Shelves:
    """The shards and ledger files of the store at `path`, as far as they were asked for.

    What is put stays in memory. Methods raise `StoreDamagedError` for a file that is missing, or that
    cannot be trusted.
    """

    def __init__(self, path: str, zone: tzinfo) -> None:
        self._path = path
        self.zone = zone
        self._shards: dict[str, Shard] = {}
        self._last: int | None = None
        self._highest: int | None = None

    def last(self) -> int:
        """The first number of the highest shard; 0 where there is none."""
        if self._last is None:
            self._last = _last_shard(f"{self._path}/cases")
        return self._last

    def check_last(self, known: int) -> None:
        """Raise if the highest shard that there was, as far as that is `known`, is missing."""
        if self.last() < known:
            raise missing(f"{self._path}/{shard_file(known)}")

    def highest(self) -> int:
        """The highest number ever given; an empty shard stands for all the numbers below it."""
        if self._highest is None:
            numbers = self._there(shard_file(self.last())).documents() if self.last() else []
            self._highest = max((number for number, _ in numbers), default=max(self.last() - 1, 0))
        return self._highest

    def document(self, number: int) -> Document | None:
        """The case of that number, as JSON."""
        file = shard_file(number)
        if number < 1 or first_number(file) > self.last():
            return None
        return self._there(file).get(number)

    def case(self, number: int) -> Case | None:
        """The case of that number."""
        document, at = self.document(number), codec.times(self.zone)
        if document is None:
            return None
        return understood(partial(codec.case, at=at), document, f"{self._path}/{shard_file(number)}")

    def cases(self) -> Iterator[Case]:
        """Every case, by number."""
        for file in self.shard_files():
            decode = partial(codec.case, at=codec.times(self.zone))
            with collector_off():
                found = [understood(decode, d, f"{self._path}/{file}") for d in self.documents(file)]
            yield from found

    def shard_files(self) -> Iterator[str]:
        """The shards, in order; one that is missing is among them."""
        return map(shard_file, range(1, self.last() + 1, SHARD))

    def documents(self, file: str) -> list[Document]:
        """Everything in one file, as JSON."""
        shard = self._shards.get(file) or self._unread(file, must_be_there=True)
        return [document for _, document in shard.documents()]

    def put_case(self, document: Document) -> None:
        """The case in its shard; shards that thereby come to lie below the highest are empty."""
        file = shard_file(document["number"])
        missing = range(self.last() + SHARD if self.last() else 1, first_number(file) + 1, SHARD)
        for first in missing:
            self._shards[shard_file(first)] = shard = self._unread(shard_file(first), must_be_there=False)
            shard.changed = True
            self._last = first
        self._there(file).put(document["number"], document)
        if self._highest is not None:
            self._highest = max(self._highest, document["number"])

    def entry_document(self, file: str, ident: str) -> Document | None:
        """The ledger entry of that id in that file, as JSON."""
        return next((document for _, document in self._rows(file, ident)), None)

    def entry(self, file: str, ident: str) -> LedgerEntry | None:
        """The ledger entry of that id in that file."""
        document, at = self.entry_document(file, ident), codec.times(self.zone)
        if document is None:
            return None
        return understood(partial(codec.entry, at=at), document, f"{self._path}/{file}")

    def entries(self, since: str = "") -> Iterator[LedgerEntry]:
        """Every ledger entry of that day (ISO) or later, by day."""
        for file in self.ledger_files(since):
            at = codec.times(self.zone)
            for document in self.documents(file):
                yield understood(partial(codec.entry, at=at), document, f"{self._path}/{file}")

    def put_entry(self, file: str, document: Document) -> None:
        """The entry in that ledger file."""
        rows = self._rows(file, document["id"])
        if rows:
            self._there(file).put(rows[0][0], document)
        else:
            self._there(file).add(document)

    def remove_entry(self, file: str, ident: str) -> None:
        """The entry taken out of that ledger file."""
        for row, _ in self._rows(file, ident):
            self._there(file).remove(row)

    def file_for_entry(self, read_at: str) -> str:
        """The ledger file that takes a new entry that was read then (ISO 8601)."""
        directory = f"ledger/{codec.times(self.zone)(read_at):%Y-%m-%d}"
        begun = [file for file in self._shards if file.startswith(f"{directory}/")]
        found = sorted({*self._ledger_files(directory), *begun}, key=_in_order)
        if found and not self._is_full(found[-1]):
            return found[-1]
        number = int(os.path.basename(found[-1])[:-5]) + 1 if found else 1
        file = f"{directory}/{number:03}.json"
        self._shards[file] = self._unread(file, must_be_there=False)
        return file

    def ledger_files(self, since: str = "") -> Iterator[str]:
        """The files of the ledger of that day (ISO) or later, in order."""
        for day in files.names(f"{self._path}/ledger"):
            if day >= since:
                yield from self._ledger_files(f"ledger/{day}")

    def changed(self) -> dict[str, bytes]:
        """The files that are to be replaced, with what is to stand in them."""
        return {file: shard.content() for file, shard in self._shards.items() if shard.changed}

    def _there(self, file: str) -> Shard:
        """A file of which we know that it exists; read at most once, while there is room."""
        if file not in self._shards:
            if len(self._shards) >= _IN_MEMORY:
                self._shards = {file: shard for file, shard in self._shards.items() if shard.changed}
            self._shards[file] = self._unread(file, must_be_there=True)
        return self._shards[file]

    def _unread(self, file: str, must_be_there: bool) -> Shard:
        path = f"{self._path}/{file}"
        if not os.path.exists(path):
            if os.path.exists(path + files.PREVIOUS):
                raise missing(path)
            if must_be_there:
                raise missing(path)
        return Shard(path, "cases" if file.startswith("cases/") else "entries")

    def _rows(self, file: str, ident: str) -> list[tuple[int, Document]]:
        """The rows of that ledger file that hold the entry of that id: one, or none."""
        rows = self._there(file).documents()
        return [(row, document) for row, document in rows if document.get("id") == ident]

    def _ledger_files(self, directory: str) -> list[str]:
        found = files.names(f"{self._path}/{directory}")
        # The former self of a file that has gone is not passed over in silence.
        plain = {name.removesuffix(files.PREVIOUS) for name in found}
        return sorted((f"{directory}/{n}" for n in plain if n.endswith(".json")), key=_in_order)

    def _is_full(self, file: str) -> bool:
        path = f"{self._path}/{file}"
        large = os.path.exists(path) and os.stat(path).st_size >= _LARGE
        return large or len(self._there(file)) >= ENTRIES


def understood(decode: Callable[[Document], T], document: Document, path: str) -> T:
    """What `decode` makes of a document; a document that is none of ours is damage."""
    try:
        return decode(document)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        said = "{file}, document {ident}, cannot be read ({reason}): run `helpdeskctl doctor --repair`."
        ident, reason = document.get("number") or document.get("id"), f"{type(error).__name__}: {error}"
        raise StoreDamagedError(said, file=path, ident=ident, reason=reason) from error


def missing(path: str) -> StoreDamagedError:
    """A file that must be there is not."""
    return StoreDamagedError("{file} is missing: run `helpdeskctl doctor --repair`.", file=path)


def _last_shard(cases: str) -> int:
    """The first number of the highest shard; one of which only the former self is left counts as well."""
    for directory in reversed(files.names(cases)):
        for name in reversed(files.names(f"{cases}/{directory}")):
            if name[:8].isdigit() and name[8:] in {".json", ".json" + files.PREVIOUS}:
                return int(name[:8])
    return 0


def _in_order(file: str) -> tuple[int, str]:
    return len(file), file
