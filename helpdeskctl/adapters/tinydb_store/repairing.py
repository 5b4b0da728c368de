"""Damaged files of a store made whole again from what is left: nothing is thrown away, nothing made up.

For each file: its former self (`.previous`), and of the file itself the documents that are whole lines
and newer. What was damaged stays beside it as `.damaged`. Raw mails that thereby belong to nothing any
more, and what the index remembers of cases, are told, for those who can read mail.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from helpdeskctl.adapters.tinydb_store import codec, commits, files, index, registry
from helpdeskctl.adapters.tinydb_store.codec import Document
from helpdeskctl.adapters.tinydb_store.files import PREVIOUS, Root
from helpdeskctl.adapters.tinydb_store.locks import lock
from helpdeskctl.adapters.tinydb_store.shards import Shard
from helpdeskctl.adapters.tinydb_store.shelves import SHARD, Shelves, first_number, shard_file
from helpdeskctl.adapters.tinydb_store.store import PATIENCE, VERSION, TinyDbStore
from helpdeskctl.application.repairing import LostMail, Mended
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import StoreDamagedError

_DAMAGED = ".damaged"
# A document stands on a line of its own, behind its id (see `shards`).
_LINE = re.compile(rb'^"([1-9][0-9]{0,8})":(\{.*\}),?$')
_LEDGER_FILE = re.compile(rb"^[0-9a-f]+ (ledger/[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{3,}\.json);$", re.MULTILINE)

Documents = dict[int, Document]


class Upkeep:
    """Keeps the port `Upkeep` for the store at `path`."""

    def __init__(self, path: str, zone: tzinfo, patience: float = PATIENCE) -> None:
        self._path = path
        self._zone = zone
        self._patience = patience

    def mend_files(self) -> list[Mended]:
        """Every file that cannot be trusted, replaced by what is left of it; one of a newer format, and
        a directory that holds no store, are refused."""
        if not os.path.isdir(f"{self._path}/cases") and not os.path.isdir(f"{self._path}/ledger"):
            said = "{path} holds no store: `helpdeskctl backup restore` brings one back."
            raise StoreDamagedError(said, path=self._path)
        root = files.root(self._path)
        with lock(root, self._patience):
            mended = [*_format(root), *_secret(root, self._store()), *_registry(root)]
            shelves = Shelves(self._path, self._zone)
            # What was being done when it stopped is carried out first, as far as that goes.
            with suppress(StoreDamagedError):
                commits.mend(root, shelves)
            last = max(shelves.last(), index.last_shard(self._path))
            shards = [shard_file(first) for first in range(1, last + 1, SHARD)]
            ledger = {*shelves.ledger_files(), *_ledger_files_indexed(self._path)}
            for file in [*shards, *sorted(ledger)]:
                if not _is_whole(self._path, file, self._zone):
                    mended.append(_mended(root, file, self._zone))
        return mended

    def lost_mails(self) -> Iterator[LostMail]:
        """The raw mails that neither a case nor the ledger knows, with what the index knows of them."""
        from helpdeskctl.application.ingest import entry_id

        store = self._store()
        known = {record.path for case in store.all_cases() for record in case.messages}
        known |= {entry.path for entry in store.all_entries()}
        for day in files.names(f"{self._path}/mail"):
            for name in files.names(f"{self._path}/mail/{day}"):
                path = f"mail/{day}/{name}"
                if path in known:
                    continue
                # Another mail of that name may have come before: then a number follows.
                keys = dict.fromkeys((name, re.sub(r"\.[0-9]+\Z", "", name)))
                cases = (number for key in keys for number in index.found(self._path, "key", key))
                entries = (key for key in keys if index.found(self._path, "entry", entry_id(key)))
                at = datetime.fromtimestamp(os.stat(f"{self._path}/{path}").st_mtime, UTC)
                number = max((int(n) for n in cases if n.isdigit()), default=None)
                yield LostMail(name, path, at.astimezone(self._zone), number, any(entries))

    def remembered_cases(self) -> list[Case]:
        """What the index remembers of cases that are in no shard: neither mails nor history."""
        shelves = Shelves(self._path, self._zone)
        remembered = []
        with suppress(StoreDamagedError):
            for number, summary in index.live(self._path, "open"):
                if shelves.document(int(number)) is None:
                    remembered.append(codec.summarized(summary, codec.times(self._zone)))
        return remembered

    def gaps(self, file: str) -> tuple[int, ...]:
        """The numbers that a shard should hold and does not; none for any other file."""
        first = first_number(file)
        if not first:
            return ()
        shelves = Shelves(self._path, self._zone)
        end = min(first + SHARD - 1, shelves.highest())
        return tuple(n for n in range(first, end + 1) if shelves.document(n) is None)

    def reindex(self) -> None:
        """The index made anew from shards, ledger and registry."""
        self._store().reindex()

    def _store(self) -> TinyDbStore:
        return TinyDbStore(self._path, self._zone, self._patience)


def _format(root: Root) -> Iterator[Mended]:
    """The file that names our version, where it is missing or says nothing; another version is refused."""
    content = files.read(f"{root.path}/format") or b""
    version = re.fullmatch(rb'\s*\{\s*"version"\s*:\s*([0-9]{1,9})\s*\}\s*', content)
    if version and int(version[1]) != VERSION:
        raise StoreDamagedError(
            "{path}/format says {found}, but this helpdeskctl reads version {version}: use a newer one.",
            path=root.path,
            found=int(version[1]),
            version=VERSION,
        )
    whole = json.dumps({"version": VERSION}).encode() + b"\n"
    if content != whole:
        _set_aside(root, "format")
        files.replace(root, "format", whole)
        yield Mended("format", "made anew")


def _secret(root: Root, store: TinyDbStore) -> Iterator[Mended]:
    """A new key, where there is none or none that can be read."""
    try:
        if store.snapshot().secret():
            return
    except StoreDamagedError:
        _set_aside(root, "secret")
    files.replace(root, "secret", os.urandom(32).hex().encode() + b"\n", rights=0o660)
    yield Mended("secret", "made anew")


def _registry(root: Root) -> Iterator[Mended]:
    """The registry as it was before the last import, where it cannot be read."""
    file = registry.FILE
    former = f"{root.path}/{file}{PREVIOUS}"
    try:
        registry.read(root.path)
        if registry.exists(root.path) or not os.path.exists(former):
            return
    except StoreDamagedError:
        _set_aside(root, file)
    content = files.read(former)
    if content is not None:
        files.replace(root, file, content)
    try:
        registry.read(root.path)
    except StoreDamagedError:
        _set_aside(root, file)
        content = None
    yield Mended(file, "former self" if content is not None else "nothing")


def _ledger_files_indexed(path: str) -> set[str]:
    """The ledger files that the index speaks of: also those of which nothing else is left."""
    buckets = (files.read(f"{path}/index/keys/{name}") or b"" for name in files.names(f"{path}/index/keys"))
    return {found.decode() for content in buckets for found in _LEDGER_FILE.findall(content)}


def _is_whole(path: str, file: str, zone: tzinfo) -> bool:
    """Whether the file is there, sealed, and holds what it must hold."""
    if not os.path.exists(f"{path}/{file}"):
        return False
    found = _sealed(f"{path}/{file}", file)
    return found is not None and len(_understood(found, file, zone)) == len(found)


def _mended(root: Root, file: str, zone: tzinfo) -> Mended:
    """The file written anew from the best that is left."""
    path = f"{root.path}/{file}"
    former = _sealed(path + PREVIOUS, file)
    before = former if former is not None else _whole_lines(path + PREVIOUS)
    now = _understood(_whole_lines(path), file, zone)
    kept = _understood(before, file, zone)
    later = {ident: one for ident, one in now.items() if _is_later(one, kept.get(ident))}
    kept |= later
    forward = _brought_forward(kept, root.path, zone)
    whole = Shard(f"{path}{_DAMAGED}.none", _table(file))
    for ident, document in sorted(forward.items()):
        whole.put(ident, document)
    _set_aside(root, file)
    files.replace(root, file, whole.content())
    source = "former self" if before and not later else "what is left" if kept else "nothing"
    behind = tuple(n for n in sorted(kept) if forward[n] != kept[n])
    return Mended(file, source, behind if first_number(file) else ())


class _Remembered(NamedTuple):
    """What the index knows: summaries of the cases listed, who holds mail that waits, when mail went."""

    listed: dict[int, Document]
    waiting: dict[int | str, str]
    sent: dict[str, list[str]]


def _brought_forward(kept: Documents, path: str, zone: tzinfo) -> Documents:
    """The documents as the index remembers them, which may know more than a former self: mail that has
    gone since must not go once more, and a case that was closed since is no open one."""
    if not index.exists(path):
        return kept
    try:
        remembered = _Remembered(*(dict(index.live(path, log)) for log in ("open", "waiting", "sent")))
    except StoreDamagedError:
        return kept
    return {ident: _as_remembered(one, remembered, zone) for ident, one in kept.items()}


def _as_remembered(document: Document, remembered: _Remembered, zone: tzinfo) -> Document:
    number = document.get("number")
    if number is not None:
        shown = codec.summary(document) if index.is_listed(document) else None
        summary = remembered.listed.get(number)
        if summary is None and shown is not None:
            marks = [mark for mark in document["marks"] if mark != "news"]
            closed = {"status": "closed", "closed_at": document["updated_at"], "waiting_since": None}
            document = document | closed | {"marks": marks}
        elif summary is not None and summary != shown:
            facts = codec.encoded(codec.summarized(summary, codec.times(zone)))
            own = {name: document[name] for name in ("messages", "history", "outgoing")}
            document = facts | own
    if (document["id"] if number is None else number) not in remembered.waiting:
        document = document | {"outgoing": [_gone(mail, remembered) for mail in document["outgoing"]]}
    return document


def _gone(mail: Document, remembered: _Remembered) -> Document:
    """A mail that waited, of which the index knows that it waits no more."""
    if mail["state"] != "waiting":
        return mail
    sent_at = remembered.sent.get(mail["id"], [mail["next_at"]])[0]
    return mail | {"state": "sent", "sent_at": sent_at, "body": ""}


def _set_aside(root: Root, file: str) -> None:
    """What is damaged stays beside the file, as evidence."""
    with suppress(FileNotFoundError):
        os.rename(f"{root.path}/{file}", f"{root.path}/{file}{_DAMAGED}")


def _sealed(path: str, file: str) -> Documents | None:
    """The documents of a file whose seal fits; None for any other."""
    if not os.path.exists(path):
        return None
    try:
        return dict(Shard(path, _table(file)).documents())
    except StoreDamagedError:
        return None


def _whole_lines(path: str) -> Documents:
    """The documents of a damaged file that stand on a whole line each."""
    found: Documents = {}
    for line in (files.read(path) or b"").split(b"\n"):
        if match := _LINE.match(line):
            # Bytes that are no UTF-8 are a ValueError, too.
            with suppress(ValueError, RecursionError):
                found[int(match[1])] = json.loads(match[2])
    return found


def _understood(documents: Documents, file: str, zone: tzinfo) -> Documents:
    """Those that are cases of that shard, or ledger entries."""
    at, first = codec.times(zone), first_number(file)
    found = {}
    for ident, one in documents.items():
        with suppress(TypeError, ValueError, KeyError, AttributeError):
            if not first:
                codec.entry(one, at)
            elif codec.case(one, at).number != ident or not first <= ident < first + SHARD:
                continue
            found[ident] = one
    return found


def _is_later(one: Document, before: Document | None) -> bool:
    """Whether a document of a damaged file goes beyond its former self; a flipped bit does not."""
    if before is None:
        return True
    name = "updated_at" if "updated_at" in one else "read_at"
    return datetime.fromisoformat(one[name]) > datetime.fromisoformat(before[name])


def _table(file: str) -> str:
    return "cases" if file.startswith("cases/") else "entries"
