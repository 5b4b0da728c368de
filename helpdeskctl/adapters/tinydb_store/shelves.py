"""Where a case or a ledger entry lies: which file, and what is in it.

Each file is read once for each `Shelves`, that is for each transaction or snapshot.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from helpdeskctl.adapters.tinydb_store import codec, files
from helpdeskctl.adapters.tinydb_store.codec import Document
from helpdeskctl.adapters.tinydb_store.shards import Shard
from helpdeskctl.application.ports import LedgerEntry
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import StoreDamagedError

# Cases in a shard; shards in a directory; entries in a ledger file.
SHARD = 50
_IN_DIRECTORY = 50_000
LEDGER_FILE = 200

T = TypeVar("T")


def shard_file(number: int) -> str:
    """The shard of a case, relative to the store: named after the first number it may hold."""
    first = (number - 1) // SHARD * SHARD + 1
    return f"cases/{first // _IN_DIRECTORY:04}/{first:08}.json"


class Shelves:
    """The shards and ledger files of the store at `root`, as far as they were asked for."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._shards: dict[str, Shard] = {}

    def case(self, number: int) -> Case | None:
        """The case of that number as it stands in its shard."""
        if number < 1:
            return None
        shard = self.shard(shard_file(number))
        document = shard.get(number)
        return _read(codec.case, document, shard, number) if document else None

    def entry(self, file: str, ident: str) -> LedgerEntry | None:
        """The entry of that id in that ledger file."""
        shard = self.shard(file)
        document = shard.get(_doc_id(ident))
        return _read(codec.entry, document, shard, ident) if document else None

    def put_case(self, case: Case) -> None:
        """The case in its shard, in memory."""
        self.shard(shard_file(case.number)).put(case.number, codec.encoded(case))

    def put_entry(self, file: str, entry: LedgerEntry) -> None:
        """The entry in that ledger file, in memory."""
        self.shard(file).put(_doc_id(entry.id), codec.encoded(entry))

    def remove_entry(self, file: str, ident: str) -> None:
        """The entry taken out of that file, in memory."""
        self.shard(file).remove(_doc_id(ident))

    def highest(self) -> int:
        """The highest case number there is; 0 in an empty store."""
        for directory in reversed(files.names(f"{self._root}/cases")):
            for name in reversed(files.names(f"{self._root}/cases/{directory}")):
                return self.shard(f"cases/{directory}/{name}").highest()
        return 0

    def ledger_file_of(self, day: datetime) -> str:
        """The ledger file that takes a new entry of that day."""
        directory = f"ledger/{day:%Y-%m-%d}"
        latest = next(reversed(files.names(f"{self._root}/{directory}")), "001.json")
        pending = [f for f in self._shards if f.startswith(directory)]
        file = max([f"{directory}/{latest}", *pending])
        if len(self.shard(file)) < LEDGER_FILE:
            return file
        number = int(os.path.basename(file).partition(".")[0]) + 1
        return f"{directory}/{number:03}.json"

    def cases(self) -> Iterator[Case]:
        """Every case, by number."""
        for file in self.files("cases"):
            shard = Shard(f"{self._root}/{file}", "cases")
            for number, document in shard.documents():
                yield _read(codec.case, document, shard, number)

    def entries(self) -> Iterator[tuple[str, LedgerEntry]]:
        """Every ledger entry with its file, by day."""
        for file in self.files("ledger"):
            for entry in self.entries_of(file):
                yield file, entry

    def entries_of(self, file: str) -> Iterator[LedgerEntry]:
        """The entries of one ledger file."""
        shard = self.shard(file)
        for ident, document in shard.documents():
            yield _read(codec.entry, document, shard, ident)

    def cases_of(self, file: str) -> Iterator[Case]:
        """The cases of one shard."""
        shard = self.shard(file)
        for number, document in shard.documents():
            yield _read(codec.case, document, shard, number)

    def files(self, kind: str) -> Iterator[str]:
        """The files of that kind (cases, ledger), relative to the store, in order."""
        for directory in files.names(f"{self._root}/{kind}"):
            for name in files.names(f"{self._root}/{kind}/{directory}"):
                yield f"{kind}/{directory}/{name}"

    def changed(self) -> list[str]:
        """The files to be replaced, shards first: a mail is in its case before the ledger drops it."""
        return sorted(file for file, shard in self._shards.items() if shard.changed)

    def replace(self, file: str) -> None:
        """Write that file anew."""
        self._shards[file].replace_file(self._root)

    def shard(self, file: str) -> Shard:
        """The file, read at most once."""
        if file not in self._shards:
            table = "cases" if file.startswith("cases/") else "entries"
            self._shards[file] = Shard(f"{self._root}/{file}", table)
        return self._shards[file]


def _doc_id(ident: str) -> int:
    """The number under which TinyDB keeps an entry: its id is hexadecimal."""
    try:
        return int(ident, 16)
    except ValueError:
        return 0


def _read(convert: Callable[[Document], T], document: Document, shard: Shard, ident: Any) -> T:
    """The value of a document; a document that is none is damage."""
    try:
        return convert(document)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        said = "{file}, document {ident}, cannot be read ({reason}): nothing was changed."
        raise StoreDamagedError(said, file=shard.path, ident=ident, reason=str(error)) from error
