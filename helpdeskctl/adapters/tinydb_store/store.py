"""The port `CaseStore` over the files of this package: locks, transactions, raw mails."""

import fcntl
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, tzinfo

from helpdeskctl.adapters.tinydb_store import files
from helpdeskctl.adapters.tinydb_store.index import Index, to_be_listed
from helpdeskctl.adapters.tinydb_store.intents import Intents
from helpdeskctl.adapters.tinydb_store.raw_mails import RawMails
from helpdeskctl.adapters.tinydb_store.shelves import Shelves
from helpdeskctl.adapters.tinydb_store.snapshots import Overlay
from helpdeskctl.application.ports import LedgerEntry, Waiting
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import StoreDamagedError, StoreLockedError

VERSION = 1
_PATIENCE = 60.0
_LONGEST_NAP = 0.04


class TinyDbStore:
    """Keeps the port `CaseStore` in the directory `path`; days are those of `zone`.

    Making one touches nothing. `patience` is how many seconds a writer waits for its turn. Methods raise
    `StoreDamagedError`, `StoreLockedError`, and let `OSError` pass.
    """

    def __init__(self, path: str, zone: tzinfo, patience: float = _PATIENCE) -> None:
        self._path = path
        self._zone = zone
        self._patience = patience
        self._index = Index(path)
        self._intents = Intents(path)
        self._mails = RawMails(path, zone)

    @contextmanager
    def transaction(self) -> Iterator[Overlay]:
        """One writer at a time: locked, mended if need be, committed when the block ends well."""
        with self._locked():
            self._begin()
            overlay = Overlay(Shelves(self._path), self._index, self._secret)
            yield overlay
            self._commit(overlay)

    def snapshot(self) -> Overlay:
        """For readers and dry runs: what is put into it is never written."""
        self._check_version()
        return Overlay(Shelves(self._path), self._index, self._known_secret)

    def keep(self, path: str, key: str, at: datetime) -> str:
        """Link (or copy) a raw mail into the store; its path relative to the store."""
        return self._mails.keep(path, key, at)

    def raw(self, path: str) -> str:
        """The full path of a raw mail."""
        return os.path.join(self._path, path)

    def open_cases(self) -> list[Case]:
        """What a list shows: without mails and history; see `index.summary` for their outgoing mail."""
        self._check_version()
        if self._index.exists():
            return self._index.listed()
        return [case for case in self.all_cases() if to_be_listed(case)]

    def all_cases(self) -> Iterator[Case]:
        """Every case whole, by number."""
        self._check_version()
        return Shelves(self._path).cases()

    def entries(self, outcome: str) -> list[LedgerEntry]:
        """The ledger's entries of one outcome, oldest first."""
        self._check_version()
        shelves = Shelves(self._path)
        if outcome == "held" and self._index.exists():
            found = [shelves.entry(file, ident) for ident, file in self._index.held().items()]
        else:
            found = [entry for _, entry in shelves.entries()]
        of_outcome = (entry for entry in found if entry and entry.outcome == outcome)
        return sorted(of_outcome, key=lambda entry: (entry.arrived_at, entry.id))

    def waiting(self) -> list[Waiting]:
        """Who holds mail that waits to be sent."""
        return self._index.waiting()

    @contextmanager
    def sending(self) -> Iterator[bool]:
        """The sender's lock, not waited for."""
        fd = files.create(f"{self._path}/send.lock", self._path, os.O_RDWR)
        try:
            yield _flocked(fd)
        finally:
            os.close(fd)

    def backlog(self) -> str | None:
        """What was decided about older mail; None until it is."""
        content = files.read(f"{self._path}/backlog")
        return content.decode("ascii", "replace").strip() if content else None

    def decide_backlog(self, value: str) -> None:
        """Remember what was decided about older mail."""
        with self._locked():
            self._begin()
            files.replace(f"{self._path}/backlog", f"{value}\n".encode(), self._path)
            files.sync_directory(self._path)

    def reindex(self) -> None:
        """The index made anew from everything else."""
        with self._locked():
            self._begin()
            self._reindex()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fd = files.create(f"{self._path}/lock", self._path, os.O_RDWR)
        try:
            until, nap = time.monotonic() + self._patience, 0.001
            while not _flocked(fd):
                if time.monotonic() > until:
                    said = "The store {path} is in use by another process for too long: try again later."
                    raise StoreLockedError(said, path=self._path)
                time.sleep(nap)
                nap = min(nap * 1.5, _LONGEST_NAP)
            yield
        finally:
            os.close(fd)

    def _begin(self) -> None:
        """A store of our version, with an index that knows of everything committed."""
        if not self._check_version():
            if os.path.exists(f"{self._path}/cases"):
                said = "{path} holds cases but no file `format`: it is no whole store, nothing was changed."
                raise StoreDamagedError(said, path=self._path)
            files.replace(f"{self._path}/format", b'{"version": %d}\n' % VERSION, self._path)
            files.sync_directory(self._path)
        if not self._index.exists():
            self._reindex()
        elif unfinished := self._intents.unfinished():
            self._tell(self._index, Shelves(self._path), unfinished)
            self._intents.begin_anew()

    def _check_version(self) -> bool:
        """Whether there is a store of our version; one of another is refused."""
        content = files.read(f"{self._path}/format")
        if content is None:
            return False
        found = content.decode("ascii", "replace").strip()
        if found != f'{{"version": {VERSION}}}':
            said = (
                "{path}/format says {found}, but this helpdeskctl reads version {version}: use a newer one."
            )
            raise StoreDamagedError(said, path=self._path, found=found[:40], version=VERSION)
        return True

    def _commit(self, overlay: Overlay) -> None:
        """Everything put becomes so: one replacement for each file that changed."""
        if not overlay.cases and not overlay.entries:
            return
        shelves = overlay.shelves
        cases = [(case, shelves.case(number)) for number, case in overlay.cases.items()]
        entries = [self._placed(ident, entry, shelves) for ident, entry in overlay.entries.items()]
        for case, _before in cases:
            shelves.put_case(case)
        for ident, entry, file, _earlier in entries:
            if entry is None:
                shelves.remove_entry(file, ident)
            else:
                shelves.put_entry(file, entry)
        changed = shelves.changed()
        self._mails.make_durable()
        self._intents.announce(changed)
        for file in changed:
            shelves.replace(file)
        for directory in dict.fromkeys(os.path.dirname(file) for file in changed):
            files.sync_directory(f"{self._path}/{directory}")
        for case, before in cases:
            self._index.add_case(case, before)
        for ident, entry, file, earlier in entries:
            self._index.add_entry(ident, entry, file, earlier)
        self._index.compact()
        self._intents.done()

    def _placed(
        self, ident: str, entry: LedgerEntry | None, shelves: Shelves
    ) -> tuple[str, LedgerEntry | None, str, LedgerEntry | None]:
        """An entry with its ledger file, and what stands there now."""
        file = self._index.ledger_file(ident)
        before = shelves.entry(file, ident) if file else None
        if file is None or (before is None and entry is not None):
            at = entry.read_at if entry else datetime.now(self._zone)
            file = shelves.ledger_file_of(at.astimezone(self._zone))
        if entry is not None and before is None:
            # Counted at once, so that many new entries fill several files.
            shelves.put_entry(file, entry)
        return ident, entry, file, before

    def _reindex(self) -> None:
        """A whole new index beside the old one, then in its place."""
        import shutil

        shutil.rmtree(f"{self._path}/index.new", ignore_errors=True)
        fresh, shelves = Index(self._path, "index.new"), Shelves(self._path)
        self._tell(fresh, shelves, [*shelves.files("cases"), *shelves.files("ledger")])
        fresh.touch()
        shutil.rmtree(self._index.path, ignore_errors=True)
        os.rename(fresh.path, self._index.path)
        self._intents.begin_anew()

    def _tell(self, found: Index, shelves: Shelves, names: list[str]) -> None:
        """What these files hold, said to an index; saying it twice does no harm."""
        for name in names:
            if name.startswith("cases/"):
                for case in shelves.cases_of(name):
                    found.add_case(case, None)
            else:
                for entry in shelves.entries_of(name):
                    found.add_entry(entry.id, entry, name, None)

    def _secret(self) -> bytes:
        """The key, made on first use."""
        known = self._known_secret()
        if known:
            return known
        made = secrets.token_hex(32).encode()
        files.replace(f"{self._path}/secret", made + b"\n", self._path)
        with suppress(OSError):
            os.chmod(f"{self._path}/secret", stat.S_IMODE(os.stat(self._path).st_mode) & 0o660)
        files.sync_directory(self._path)
        return made

    def _known_secret(self) -> bytes:
        return (files.read(f"{self._path}/secret") or b"").strip()


def _flocked(fd: int) -> bool:
    """Whether the lock of that open file is ours now."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
