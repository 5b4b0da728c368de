"""Small TinyDB files, each with a checksum: read once, changed in memory, replaced whole.

One file holds one table of documents and, beside it, the CRC-32 of that table's text, so that a file
that was truncated or edited is noticed before anything is built on it. Any TinyDB opens such a file.
"""

import gc
import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from zlib import crc32

from helpdeskctl.adapters.tinydb_store import files
from helpdeskctl.adapters.tinydb_store.codec import Document
from helpdeskctl.domain.errors import StoreDamagedError

if TYPE_CHECKING:
    from tinydb import TinyDB

_END = re.compile(rb', "checksum": \{"1": \{"crc32": "([0-9a-f]{8})"\}\}\}\n?\Z')


class Shard:
    """One file of the store; `table` is the name of its table. Nothing is read before it is asked for."""

    def __init__(self, path: str, table: str) -> None:
        self.path = path
        self._table = table
        self._loaded: TinyDB | None = None
        self._changed = False

    @property
    def changed(self) -> bool:
        """Whether a document was put or removed since the file was read."""
        return self._changed

    def get(self, ident: int) -> Document | None:
        """The document of that id."""
        found = self._db.table(self._table).get(doc_id=ident)
        return dict(found) if isinstance(found, Mapping) else None

    def documents(self) -> Iterator[tuple[int, Document]]:
        """Every document with its id, by id."""
        found = self._db.table(self._table).all()
        return iter(sorted(((doc.doc_id, dict(doc)) for doc in found), key=lambda pair: pair[0]))

    def highest(self) -> int:
        """The highest id, 0 for an empty file."""
        return max((ident for ident, _ in self.documents()), default=0)

    def __len__(self) -> int:
        return len(self._db.table(self._table))

    def put(self, ident: int, document: Document) -> None:
        """Keep the document under that id."""
        from tinydb.table import Document as Row

        self._db.table(self._table).upsert(Row(document, doc_id=ident))
        self._changed = True

    def remove(self, ident: int) -> None:
        """Drop the document of that id; none is no error."""
        table = self._db.table(self._table)
        if table.contains(doc_id=ident):
            table.remove(doc_ids=[ident])
            self._changed = True

    def replace_file(self, root: str) -> None:
        """Write the file anew; durable once its directory is synced."""
        rows: Mapping[str, Any] = (self._db.storage.read() or {}).get(self._table, {})
        lines = ",\n".join(f'"{ident}": {json.dumps(row)}' for ident, row in rows.items())
        body = f'{{"{self._table}": {{\n{lines}\n}}'.encode()
        end = f', "checksum": {{"1": {{"crc32": "{crc32(body):08x}"}}}}}}\n'.encode()
        files.replace(self.path, body + end, root, keep_previous=True)
        self._changed = False

    @property
    def _db(self) -> "TinyDB":
        if self._loaded is None:
            self._loaded = _in_memory(self._read())
        return self._loaded

    def _read(self) -> dict[str, Any]:
        content = files.read(self.path)
        if content is None:
            if os.path.lexists(self.path + files.PREVIOUS):
                raise self._damaged("{file} is missing: nothing was changed, see {file}.previous.")
            return {}
        end = _END.search(content[-80:])
        if not end:
            raise self._damaged("{file} is truncated: nothing was changed, see {file}.previous.")
        body = content[: len(content[:-80]) + end.start()]
        if crc32(body) != int(end[1], 16):
            raise self._damaged("{file} was edited or is damaged: nothing was changed, see {file}.previous.")
        # The collector would walk through every new dictionary, several times.
        collecting = gc.isenabled()
        gc.disable()
        try:
            loaded: dict[str, Any] = json.loads(body + b"}")
        except ValueError as error:
            raise self._damaged("{file} holds no JSON: nothing was changed, see {file}.previous.") from error
        finally:
            if collecting:
                gc.enable()
        return loaded

    def _damaged(self, sentence: str) -> StoreDamagedError:
        return StoreDamagedError(sentence, file=self.path)


def _in_memory(content: dict[str, Any]) -> "TinyDB":
    """A TinyDB whose storage is that content; nothing is written until the file is replaced."""
    from tinydb import TinyDB
    from tinydb.storages import MemoryStorage

    db = TinyDB(storage=MemoryStorage)
    db.storage.write(content)
    return db
