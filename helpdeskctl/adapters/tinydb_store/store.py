"""The port `CaseStore` over the files of this package.

It knows the small files `format`, `secret` and `backlog`, and who may do what when: writers one at a
time, readers at any time. Nothing of TinyDB is loaded before a shard or a ledger file is needed.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

from helpdeskctl.adapters.tinydb_store import codec, files, index, registry, searching
from helpdeskctl.adapters.tinydb_store.loading import collector_off
from helpdeskctl.adapters.tinydb_store.locks import lock, sender_lock
from helpdeskctl.adapters.tinydb_store.raw_mails import RawMails
from helpdeskctl.application.ports import Briefs, LedgerEntry, Waiting
from helpdeskctl.domain.brief import brief
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import StoreDamagedError

if TYPE_CHECKING:
    from helpdeskctl.adapters.tinydb_store.files import Root
    from helpdeskctl.adapters.tinydb_store.shelves import Shelves
    from helpdeskctl.adapters.tinydb_store.snapshots import Overlay
    from helpdeskctl.domain.registry import Registry

VERSION = 1
PATIENCE = 60.0


class TinyDbStore:
    """Keeps the port `CaseStore` in the directory `path`; times and days are those of `zone`.

    Making one touches nothing. `patience` is how many seconds a writer waits for its turn. Methods raise
    `StoreDamagedError` and `StoreLockedError`, and let `OSError` pass.
    """

    def __init__(self, path: str, zone: tzinfo, patience: float = PATIENCE) -> None:
        self._path = path
        self._zone = zone
        self._patience = patience
        self._mails = RawMails(path, zone)

    @contextmanager
    def transaction(self) -> Iterator["Overlay"]:
        """One writer at a time: locked, mended if need be, committed when the block ends well."""
        from helpdeskctl.adapters.tinydb_store import commits
        from helpdeskctl.adapters.tinydb_store.snapshots import Overlay

        with self._writing() as root:
            shelves = self._shelves()
            commits.mend(root, shelves)
            registry.derive(root)
            self._mails.clear_away()
            secret = partial(self._secret_made, root, shelves)
            overlay = Overlay(self._path, self._zone, shelves, secret)
            yield overlay
            if overlay.put_cases or overlay.put_entries:
                self._mails.make_durable()
                commits.commit(root, overlay)

    def snapshot(self) -> "Overlay":
        """For readers and dry runs: what is put into it is never written."""
        from helpdeskctl.adapters.tinydb_store.snapshots import Overlay

        return Overlay(self._path, self._zone, self._readable_shelves(), self._secret)

    def keep(self, path: str, key: str, at: datetime) -> str:
        """Link (or copy) a raw mail into the store; its path relative to the store."""
        return self._mails.keep(path, key, at)

    def raw(self, path: str) -> str:
        """The full path of a raw mail."""
        return f"{self._path}/{path}"

    def open_cases(self) -> list[Case]:
        """What a list shows, by number: no mails, no history, of outgoing mail what waits, bare."""
        self._check_format()
        at = codec.times(self._zone)
        with collector_off():
            if index.exists(self._path):
                listed = (summary for _, summary in index.live(self._path, "open"))
            else:
                listed = (codec.summary(d) for d in self._case_documents() if index.is_listed(d))
            return sorted((codec.summarized(summary, at) for summary in listed), key=itemgetter(0))

    def open_briefs(self) -> Briefs:
        """The same in brief, in any order."""
        if not (self._check_format() and index.exists(self._path)):
            found = {case.number: case for case in self.open_cases()}
            return Briefs(list(map(brief, found.values())), lambda numbers: [found[n] for n in numbers])
        with collector_off():
            listed = index.listed(self._path)
            lines = index.briefs(listed.values())

        def cases(numbers: Iterable[int]) -> list[Case]:
            at, wanted = codec.times(self._zone), [b"%d" % number for number in numbers]
            summaries = index.summaries(self._path, [(number, listed[number]) for number in wanted])
            return [codec.summarized(summary, at) for summary in summaries]

        return Briefs(lines, cases)

    def searched(self, text: str) -> set[int]:
        """The numbers of the cases in whose number, subject, customer, people or file names it stands."""
        if self._check_format() and index.exists(self._path):
            return index.searched(self._path, text)
        return {d["number"] for d in self._case_documents() if text in searching.sought_in(d)}

    def all_cases(self) -> Iterator[Case]:
        """Every case whole, by number."""
        return self._readable_shelves().cases()

    def entries(self, outcome: str, since: date | None = None) -> list[LedgerEntry]:
        """The ledger's entries of one outcome, read on that day or later, by the time they arrived."""
        shelves = self._readable_shelves()
        found: Iterator[LedgerEntry | None] = shelves.entries(since.isoformat() if since else "")
        if outcome == "held" and index.exists(self._path):
            found = (shelves.entry(file, ident) for ident, file in index.live(self._path, "held"))
        of_outcome = (entry for entry in found if entry and entry.outcome == outcome)
        return sorted(of_outcome, key=lambda entry: (entry.arrived_at, entry.id))

    def all_entries(self) -> Iterator[LedgerEntry]:
        """Every entry of the ledger, by day."""
        return self._readable_shelves().entries()

    def registry(self) -> "Registry":
        """All registered customers and contracts."""
        self._check_format()
        return registry.read(self._path)

    def replace_registry(self, registered: "Registry") -> None:
        """Keep this registry instead of the one there is."""
        with self._writing() as root:
            registry.replace(root, registered)

    def waiting(self) -> list[Waiting]:
        """Who holds mail that waits to be sent, the first to be tried first.

        Mail must not be forgotten because a commit was cut short: what it left undone is done now.
        """
        if self._check_format() and index.is_behind(self._path) and os.access(self._path, os.W_OK):
            with self.transaction():
                pass
        at = codec.times(self._zone)
        found = [Waiting(holder, at(next_at)) for holder, next_at in index.live(self._path, "waiting")]
        return sorted(found, key=lambda waiting: waiting.next_at)

    @contextmanager
    def sending(self) -> Iterator[bool]:
        """The sender's lock, not waited for."""
        with sender_lock(files.root(self._path)) as ours:
            yield ours

    def handed_over(self) -> str:
        """What the last sender left unwritten; it stands in the file of the sender's lock."""
        return (files.read(f"{self._path}/send.lock") or b"").decode("ascii", "replace").strip()

    def hand_over(self, ident: str) -> None:
        """Remember it beyond our own end; on a full disk this raises, and nothing leaves."""
        fd = files.opened(files.root(self._path), "send.lock", os.O_WRONLY | os.O_TRUNC)
        try:
            files.write(fd, f"{ident}\n".encode() if ident else b"")
        finally:
            os.close(fd)

    def begun(self) -> bool:
        """Whether there is a store at all."""
        return self._check_format()

    def backlog(self) -> str | None:
        """What was decided about older mail; None until it is."""
        content = files.read(f"{self._path}/backlog")
        return content.decode("ascii", "replace").strip() if content else None

    def decide_backlog(self, value: str) -> None:
        """Remember what was decided about older mail."""
        with self._writing() as root:
            files.replace(root, "backlog", f"{value}\n".encode())

    def reindex(self) -> None:
        """The index made anew from shards and ledger."""
        from helpdeskctl.adapters.tinydb_store import commits

        with self._writing() as root:
            shelves = self._shelves()
            commits.mend(root, shelves)
            commits.rebuild(root, shelves)
            registry.derive(root)

    @contextmanager
    def _writing(self) -> Iterator["Root"]:
        """The lock of a store of our version, which is made on first use."""
        root = files.root(self._path)
        with lock(root, self._patience):
            if not self._check_format():
                files.replace(root, "format", json.dumps({"version": VERSION}).encode() + b"\n")
            yield root

    def _check_format(self) -> bool:
        """Whether there is a store, of our version; any other is refused."""
        content = files.read(f"{self._path}/format")
        if content is None:
            if os.path.exists(f"{self._path}/cases") or os.path.exists(f"{self._path}/ledger"):
                said = "{path} holds cases but no file `format`: run `helpdeskctl doctor --repair`."
                raise StoreDamagedError(said, path=self._path)
            return False
        version = re.fullmatch(rb'\{"version": ([1-9][0-9]{0,8})\}\n', content)
        if not version:
            raise StoreDamagedError(
                "{path}/format cannot be read: run `helpdeskctl doctor --repair`.",
                path=self._path,
            )
        if int(version[1]) != VERSION:
            raise StoreDamagedError(
                "{path}/format says {found}, but this helpdeskctl reads version {version}: use a newer one.",
                path=self._path,
                found=int(version[1]),
                version=VERSION,
            )
        return True

    def _shelves(self) -> "Shelves":
        from helpdeskctl.adapters.tinydb_store.shelves import Shelves

        return Shelves(self._path, self._zone)

    def _readable_shelves(self) -> "Shelves":
        self._check_format()
        return self._shelves()

    def _case_documents(self) -> Iterator[codec.Document]:
        shelves = self._shelves()
        return chain.from_iterable(map(shelves.documents, shelves.shard_files()))

    def _secret(self) -> bytes:
        """The key, b"" where there is none yet."""
        content = files.read(f"{self._path}/secret")
        if content is None:
            return b""
        if not re.fullmatch(rb"[0-9a-f]{64}\n", content):
            raise StoreDamagedError(
                "{path}/secret cannot be read: bring it back from a backup; with a new "
                "one (`helpdeskctl doctor --repair`), answers to mail already sent find their case by its "
                "number only.",
                path=self._path,
            )
        return content.strip()

    def _secret_made(self, root: "Root", shelves: "Shelves") -> bytes:
        """The key, made on first use; never to be read by others, whatever the directory's mode.

        Where there are cases it was lost, and is not made anew in silence.
        """
        if not self._secret():
            if shelves.last():
                raise StoreDamagedError(
                    "{path}/secret is missing: bring it back from a backup; with a new "
                    "one (`helpdeskctl doctor --repair`), answers to mail already sent find their case by "
                    "its number only.",
                    path=self._path,
                )
            files.replace(root, "secret", os.urandom(32).hex().encode() + b"\n", rights=0o660)
        return self._secret()
