"""The Maildir: its inbox is the queue, its Maildir++ folders are the view for people (behaviour.md §2).

It knows directories, file names, and of a mail the first lines that delivery agents put in front. What
a mail says and what becomes of it is not its business. It deletes no mail and changes none.
"""

import itertools
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO

from helpdeskctl.adapters.maildir.directories import (
    CREATE,
    adopt,
    is_directory,
    make_directory,
    mode_of,
    sync,
)
from helpdeskctl.adapters.maildir.envelope import PIECE, first_piece, with_envelope
from helpdeskctl.application.ports import Arrived, Prepared
from helpdeskctl.domain.errors import MailboxError

_saved = itertools.count(1)

# How many directory entries one `locate` may cost on average; more than one scan of a large inbox for
# each mail that has gone would make a batch quadratic.
_ENTRIES_PER_LOCATE = 1000


class Maildir:
    """Keeps the port `Mailbox` for the Maildir at `path`, which may itself be a symbolic link.

    Methods raise `MailboxError` where there is no Maildir, and let `OSError` pass (disk full, no
    permission); symbolic links below the root are never followed.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._seen: dict[str, str] = {}
        self._entries_to_spare = 0

    def save(self, stream: BinaryIO, recipients: tuple[str, ...]) -> Arrived:
        """Read the stream to its end and put the mail durably into `new/`; on failure nothing is left.

        A leading mbox line becomes a Return-Path, `recipients` become Delivered-To lines.
        """
        root = self._root()
        complete(self._path, root)
        written = f"{self._path}/tmp/{unique_name()}"
        fd = os.open(written, CREATE, 0o600)
        try:
            with open(fd, "wb") as file:
                adopt(fd, root, 0o600 | root.st_mode & 0o060)
                first = first_piece(stream)
                file.writelines(with_envelope(first, recipients))
                while piece := stream.read(PIECE):
                    file.write(piece)
                file.flush()
                os.fsync(fd)
                arrived_ns = os.fstat(fd).st_mtime_ns
            key = self._published(written)
        finally:
            # After a rename it has gone; and once the mail is in new/, no trouble here may undo that.
            with suppress(OSError):
                os.unlink(written)
        sync(f"{self._path}/new")
        return Arrived(key, _time(arrived_ns))

    def holds_cases(self) -> bool:
        """Whether folders are there into which mail of cases was filed."""
        return any(name.startswith(".Cases.") for name in os.listdir(self._path))

    def inbox(self) -> list[Arrived]:
        """Every mail of `new/` and `cur/`, by time of arrival, then key; drafts are left out."""
        self._root()
        arrived, seen = {}, {}
        for key, entry in self._listing():
            with suppress(FileNotFoundError):
                arrived[key] = entry.stat(follow_symlinks=False).st_mtime_ns
                seen[key] = entry.path
        self._seen, self._entries_to_spare = seen, 0
        ordered = sorted(zip(arrived.values(), arrived, strict=True))
        return [Arrived(key, _time(arrived_ns)) for arrived_ns, key in ordered]

    def locate(self, key: str) -> str | None:
        """The path of that mail in the inbox now, whatever its flags have become; None when it has gone.

        In an inbox of many thousands a mail renamed just after a scan may count as gone: it is still
        in the inbox for the next batch.
        """
        if "/" in key or key.startswith("."):
            return None
        self._entries_to_spare += _ENTRIES_PER_LOCATE
        for path in (self._seen.get(key), f"{self._path}/new/{key}"):
            if path and stat.S_ISREG(mode_of(path)):
                return path
        if self._entries_to_spare < 0:
            return None
        self._seen = {found: entry.path for found, entry in self._listing()}
        self._entries_to_spare -= len(self._seen)
        return self._seen.get(key)

    def file(self, key: str, folder: str) -> None:
        """Move it by one rename into a Maildir++ folder such as `Cases.2026-11`, with its flags.

        Gone is no error. The rename is not synced: the next run does again what a crash undid.
        """
        # An IMAP server may change the flags, or a person remove the folder, just before the rename.
        for _ in range(5):
            source = self.locate(key)
            if source is None:
                return
            filed = f"{self._folder(folder)}/cur"
            base, _, flags = os.path.basename(source).partition(":2,")
            if os.path.lexists(f"{filed}/{base}:2,{flags}"):
                base = unique_name()
            with suppress(FileNotFoundError):
                os.rename(source, f"{filed}/{base}:2,{flags}")
                self._seen.pop(key, None)
                return
        said = "Another program keeps renaming {key} in {path}: the next run files it."
        raise MailboxError(said, key=key, path=self._path)

    def prepare(self, content: bytes) -> Prepared:
        """Write a mail of ours durably into `tmp/`; who never files it leaves it to be cleared away."""
        root = self._root()
        complete(self._path, root)
        key = unique_name()
        path = f"{self._path}/tmp/{key}"
        with open(os.open(path, CREATE, 0o600), "wb") as file:
            adopt(file.fileno(), root, 0o600 | root.st_mode & 0o060)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return Prepared(key, path)

    def file_prepared(self, prepared: Prepared, folder: str) -> None:
        """Move it into that folder, with the flag for what has been read."""
        os.rename(prepared.path, f"{self._folder(folder)}/cur/{prepared.key}:2,S")

    def _published(self, written: str) -> str:
        """The complete file under a name in new/ that none has there; the name."""
        name = os.path.basename(written)
        while True:
            try:
                _publish(written, f"{self._path}/new/{name}")
            except FileExistsError:
                name = unique_name()
            else:
                return name

    def put_back(self, key: str, folder: str, raw: str) -> Arrived:
        """Move a filed mail back into the inbox; where it has gone from its folder, link it from `raw`."""
        self._root()
        back = f"{self._path}/new/{key}"
        if (path := self.locate(key)) is None:
            path = next((f"{d}/{n}" for d, n in self._filed(folder) if n.partition(":2,")[0] == key), None)
            if path is None:
                _publish(raw, back)
            else:
                os.rename(path, back)
            sync(f"{self._path}/new")
            path = back
        return Arrived(key, _time(os.stat(path).st_mtime_ns))

    def _filed(self, folder: str) -> Iterator[tuple[str, str]]:
        """Directory and name of every mail in that folder."""
        for part in ("cur", "new"):
            directory = f"{self._path}/.{folder}/{part}"
            if mode_of(directory):
                yield from ((directory, name) for name in os.listdir(directory))

    def _root(self) -> os.stat_result:
        """Owner, group and mode that new files are given; `MailboxError` where there is no Maildir."""
        # tmp/ alone does not count: many a home directory has one.
        if not (is_directory(f"{self._path}/new") or is_directory(f"{self._path}/cur")):
            said = "There is no Maildir at {path}: run `helpdeskctl init`, or correct [maildir] path."
            raise MailboxError(said, path=self._path)
        return os.stat(self._path)

    def _listing(self) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
        """The keys and files of the inbox; of a mail that appears twice the later one is right.

        An IMAP server moves mail from new/ to cur/ and never back: in this order none is missed.
        """
        for name in ("new", "cur"):
            if not is_directory(f"{self._path}/{name}"):
                continue
            with os.scandir(f"{self._path}/{name}") as entries:
                for entry in entries:
                    key, _, flags = entry.name.partition(":2,")
                    ours = key and key[0] != "." and "D" not in flags
                    if ours and entry.is_file(follow_symlinks=False):
                        yield key, entry

    def _folder(self, folder: str) -> str:
        """The path of that Maildir++ folder, made and subscribed to on first use."""
        path = f"{self._path}/.{folder}"
        if is_directory(path) and is_directory(f"{path}/cur"):
            return path
        root = os.stat(self._path)
        for directory in (path, f"{path}/tmp", f"{path}/new"):
            make_directory(directory, root)
        with suppress(FileExistsError):
            fd = os.open(f"{path}/maildirfolder", CREATE, 0o600)
            with open(fd, "wb"):
                adopt(fd, root, 0o600 | root.st_mode & 0o060)
        self._subscribe(folder)
        # cur/ comes last, for it is what tells that the folder is complete.
        make_directory(f"{path}/cur", root)
        sync(path)
        sync(self._path)
        return path

    def _subscribe(self, folder: str) -> None:
        """Add the folder to Dovecot's list, where there is one: many mail programs hide the others."""
        path = f"{self._path}/subscriptions"
        # The view may lack a folder; filing must not fail for that.
        with suppress(OSError):
            if not stat.S_ISREG(mode_of(path)):
                return
            with open(path, "r+b") as file:
                known = file.read()
                # Dovecot's second format parts the levels of a name with tabs.
                name = folder.replace(".", "\t" if known.startswith(b"V\t2\n") else ".").encode()
                if name not in known.split(b"\n"):
                    file.write(b"\n" * (known[-1:] not in b"\n") + name + b"\n")


def make(path: str) -> None:
    """An empty Maildir, private to its owner; what is there already stays as it is."""
    os.makedirs(path, 0o700, exist_ok=True)
    complete(path, os.stat(path))


def complete(path: str, root: os.stat_result) -> None:
    """The three directories of a Maildir, as far as they are missing."""
    for name in ("tmp", "new", "cur"):
        make_directory(f"{path}/{name}", root)


def unique_name() -> str:
    """A name that no file of any Maildir has had: `SECONDS.M<µs>P<pid>Q<counter>.<host>`."""
    seconds, microseconds = divmod(time.time_ns() // 1000, 1_000_000)
    host = "".join(f"\\{ord(c):03o}" if c in "/:" or not c.isprintable() else c for c in os.uname().nodename)
    return f"{seconds}.M{microseconds:06}P{os.getpid()}Q{next(_saved)}.{host or 'localhost'}"


def _publish(source: str, target: str) -> None:
    """Give the file a second name; `FileExistsError` where that name is taken."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems know no hard links; any other trouble meets the copy as well.
        if os.path.lexists(target):
            raise FileExistsError(17, "exists already", target) from None
        from shutil import copy2

        copy2(source, target)


def _time(ns: int) -> datetime:
    # A file's time may lie beyond what a datetime can hold: the year 2200 is the latest.
    return datetime.fromtimestamp(min(ns / 1e9, 7_258_118_400), UTC)
