"""A transaction's beginning and end: what was left undone is mended, what was put becomes so.

The order is the whole point: raw mails durable, new files staged beside the old ones, the intent
durable, files replaced, directories durable, the index told. The caller holds the store's lock.
"""

import os
from collections.abc import Iterable
from functools import partial
from itertools import chain

from helpdeskctl.adapters.tinydb_store import codec, files, index, intents
from helpdeskctl.adapters.tinydb_store.codec import Document, Times
from helpdeskctl.adapters.tinydb_store.files import Root
from helpdeskctl.adapters.tinydb_store.index import Said
from helpdeskctl.adapters.tinydb_store.intents import Intent, Lines
from helpdeskctl.adapters.tinydb_store.shelves import (
    Shelves,
    first_number,
    understood,
)
from helpdeskctl.adapters.tinydb_store.snapshots import Overlay

_FRESH = "index" + files.NEW
# So many lines of a new index are held in memory.
_AT_ONCE = 200_000


def mend(root: Root, shelves: Shelves) -> None:
    """Do what an earlier commit left undone; afterwards the index knows everything."""
    behind, indexed = index.is_behind(root.path), index.exists(root.path)
    if behind:
        try:
            left = intents.left(root.path)
        except ValueError:
            # What a power failure made of the log: only a whole new index is sure.
            indexed = False
        else:
            _finish(root, left.staged if left.stands else (), left.said if indexed else {})
            for file in left.staged:
                files.unstage(root, file)
    shelves.check_last(index.last_shard(root.path))
    if not indexed:
        rebuild(root, shelves)
    elif behind:
        intents.settle(root)


def commit(root: Root, overlay: Overlay) -> None:
    """Everything put becomes so, or (an OSError) nothing of it; a put that changes nothing writes nothing."""
    lines = _grouped(chain(_cases_put(overlay), _entries_put(overlay)))
    changed = overlay.shelves.changed()
    if not changed:
        return
    intent = Intent(root)
    try:
        intent.will(list(changed))
        try:
            for file, content in changed.items():
                files.stage(root, file, content)
            intent.does(lines)
        except OSError:
            intent.give_up()
            for file in changed:
                files.unstage(root, file)
            raise
        _finish(root, changed, lines)
        intent.done()
    finally:
        intent.close()


def rebuild(root: Root, shelves: Shelves) -> None:
    """A whole new index from shards and ledger, made beside the old one, then in its place."""
    import shutil

    current, fresh, old = (f"{root.path}/index{suffix}" for suffix in ("", files.NEW, ".old"))
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    index.begin(root, _FRESH)
    said: list[Said] = []
    for file in chain(shelves.shard_files(), shelves.ledger_files()):
        at = codec.times(shelves.zone)
        for document in shelves.documents(file):
            said += understood(partial(_told, file, at), document, f"{root.path}/{file}")
        if len(said) > _AT_ONCE:
            index.say(root, _grouped(said), _FRESH)
            said = []
    index.say(root, _grouped(said), _FRESH)
    index.put_in_order(root, _FRESH)
    # What a new log takes for durable must be so; an empty index is soon made again.
    if shelves.last() or os.path.exists(f"{root.path}/ledger"):
        os.sync()
    # Between the two names there is no index, which readers and the next transaction see.
    if os.path.exists(current):
        os.rename(current, old)
    os.rename(fresh, current)
    index.note_last_shard(root, shelves.last())
    intents.begin(root)
    shutil.rmtree(old, ignore_errors=True)


def _finish(root: Root, staged: Iterable[str], lines: Lines) -> None:
    """Carry out a commit that stands; done again, it does what is left to do."""
    last = 0
    for file in staged:
        files.install(root, file)
        last = max(last, first_number(file))
    for directory in dict.fromkeys(map(os.path.dirname, staged)):
        files.sync_directory(root, directory)
    index.say(root, lines)
    index.note_last_shard(root, last)


def _cases_put(overlay: Overlay) -> Iterable[Said]:
    """The cases brought into their shards; what the index is to be told."""
    at = codec.times(overlay.shelves.zone)
    for number, document in overlay.put_cases.items():
        before = overlay.shelves.document(number)
        if document != before:
            yield from index.case_lines(document, before, at)
            overlay.shelves.put_case(document)


def _entries_put(overlay: Overlay) -> Iterable[Said]:
    """The entries brought into their ledger files; what the index is to be told."""
    shelves = overlay.shelves
    for ident, document in overlay.put_entries.items():
        file = overlay.ledger_file(ident) or ""
        before = shelves.entry_document(file, ident) if file else None
        if document == before:
            continue
        if document:
            file = file or shelves.file_for_entry(document["read_at"])
            shelves.put_entry(file, document)
        else:
            shelves.remove_entry(file, ident)
        yield from index.entry_lines(ident, file, document, before)


def _told(file: str, at: Times, document: Document) -> list[Said]:
    """What the index is to be told of a document found in that file."""
    if first_number(file):
        return list(index.case_lines(document, None, at))
    return list(index.entry_lines(document["id"], file, document, None))


def _grouped(said: Iterable[Said]) -> dict[str, list[str]]:
    """The lines by file."""
    lines: dict[str, list[str]] = {}
    for file, line in said:
        lines.setdefault(file, []).append(line)
    return lines
