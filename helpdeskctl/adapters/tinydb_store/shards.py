"""Small TinyDB files, each sealed with a checksum: read once, changed in memory, replaced whole.

A file holds one table of documents, a line each, and a table `checksum` with the CRC-32 of all the
bytes before it. So a file that was truncated or edited is noticed before anything is built on it, and
any TinyDB opens it. What the documents mean is not known here.
"""

import json
from typing import Any
from zlib import crc32

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document as Row
from tinydb.table import Table

from helpdeskctl.adapters.tinydb_store import files
from helpdeskctl.adapters.tinydb_store.codec import Document
from helpdeskctl.adapters.tinydb_store.loading import collector_off
from helpdeskctl.domain.errors import StoreDamagedError

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_SEAL = b'"checksum":{"1":{"crc32":"%08x"}}}\n'
_SEAL_LENGTH = len(_SEAL % 0)


class SealedFile(Storage):
    """TinyDB's storage: the file is read and checked once, and what is written stays in memory."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._tables: dict[str, Any] | None = None

    def read(self) -> dict[str, Any]:
        """The tables as they were last written; `StoreDamagedError` if the file cannot be trusted."""
        if self._tables is None:
            content = files.read(self._path)
            self._tables = {} if content is None else _unsealed(content, self._path)
        return self._tables

    def write(self, tables: dict[str, Any]) -> None:
        """Keep the tables."""
        self._tables = tables


class Shard:
    """The file at the full path `path`, which need not exist; `table` is the name of its table."""

    def __init__(self, path: str, table: str) -> None:
        self.path = path
        self.changed = False
        self._table: Table = TinyDB(path, storage=SealedFile).table(table)

    def documents(self) -> list[tuple[int, Document]]:
        """Every document with its id, by id."""
        return sorted((row.doc_id, dict(row)) for row in self._table)

    def get(self, ident: int) -> Document | None:
        """The document of that id."""
        found = self._table.get(doc_id=ident)
        return dict(found) if isinstance(found, Row) else None

    def __len__(self) -> int:
        return len(self._table)

    def put(self, ident: int, document: Document) -> None:
        """Keep the document under that id."""
        self._table.upsert(Row(document, doc_id=ident))
        self.changed = True

    def add(self, document: Document) -> None:
        """Keep the document under the next id."""
        self._table.insert(document)
        self.changed = True

    def remove(self, ident: int) -> None:
        """Drop the document of that id."""
        self._table.remove(doc_ids=[ident])
        self.changed = True

    def content(self) -> bytes:
        """The file as it is to be written."""
        rows = (self._table.storage.read() or {}).get(self._table.name, {})
        lines = ",\n".join(f'"{ident}":{_encode(row)}' for ident, row in rows.items())
        table = f'{{"{self._table.name}":{{\n{lines}\n}},\n'.encode()
        return table + _SEAL % crc32(table)


def _unsealed(content: bytes, path: str) -> dict[str, Any]:
    """The tables of a file with that content, if its seal fits."""
    table, seal = content[:-_SEAL_LENGTH], content[-_SEAL_LENGTH:]
    if not seal.startswith(_SEAL[:22]):
        raise _damaged("{file} is truncated: run `helpdeskctl doctor --repair`.", path)
    if seal != _SEAL % crc32(table):
        raise _damaged("{file} was edited or is damaged: run `helpdeskctl doctor --repair`.", path)
    with collector_off():
        tables: dict[str, Any] = json.loads(content)
    return tables


def _damaged(sentence: str, path: str) -> StoreDamagedError:
    return StoreDamagedError(sentence, file=path)
