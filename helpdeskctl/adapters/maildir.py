"""The Maildir: its inbox is the queue, its Maildir++ folders are the view for people (behaviour.md §2).

It knows directories, file names, and of a mail the first lines that delivery agents put in front. What
a mail says and what becomes of it is not its business. It deletes no mail and changes none.
"""

import itertools
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO

from helpdeskctl.application.ports import Arrived
from helpdeskctl.domain.errors import MailboxError

_PIECE = 64 * 1024
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
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

    def make(self) -> None:
        """Make the Maildir, private to its owner; what is there already stays as it is."""
        os.makedirs(self._path, 0o700, exist_ok=True)
        self._complete(os.stat(self._path))

    def save(self, stream: BinaryIO, recipients: tuple[str, ...]) -> Arrived:
        """Read the stream to its end and put the mail durably into `new/`; on failure nothing is left.

        A leading mbox line becomes a Return-Path, `recipients` become Delivered-To lines.
        """
        root = self._root()
        self._complete(root)
        written = f"{self._path}/tmp/{unique_name()}"
        fd = os.open(written, _CREATE, 0o600)
        try:
            with open(fd, "wb") as file:
                _adopt(fd, root, 0o600 | root.st_mode & 0o060)
                first = _first_piece(stream)
                file.writelines(with_envelope(first, recipients))
                while piece := stream.read(_PIECE):
                    file.write(piece)
                file.flush()
                os.fsync(fd)
                arrived_ns = os.fstat(fd).st_mtime_ns
            key = _publish(written, f"{self._path}/new")
        finally:
            # After a rename it has gone; and once the mail is in new/, no trouble here may undo that.
            with suppress(OSError):
                os.unlink(written)
        _sync(f"{self._path}/new")
        return Arrived(key, _time(arrived_ns))

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
            if path and stat.S_ISREG(_mode(path)):
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
        raise MailboxError(f"Another program keeps renaming {key} in {self._path}: the next run files it.")

    def _root(self) -> os.stat_result:
        """Owner, group and mode that new files are given; `MailboxError` where there is no Maildir."""
        # tmp/ alone does not count: many a home directory has one.
        if not (_is_directory(f"{self._path}/new") or _is_directory(f"{self._path}/cur")):
            raise MailboxError(
                f"There is no Maildir at {self._path}: run `helpdeskctl init`, or correct [maildir] path."
            )
        return os.stat(self._path)

    def _complete(self, root: os.stat_result) -> None:
        for name in ("tmp", "new", "cur"):
            _make_directory(f"{self._path}/{name}", root)

    def _listing(self) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
        """The keys and files of the inbox; of a mail that appears twice the later one is right.

        An IMAP server moves mail from new/ to cur/ and never back: in this order none is missed.
        """
        for name in ("new", "cur"):
            if not _is_directory(f"{self._path}/{name}"):
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
        if _is_directory(path) and _is_directory(f"{path}/cur"):
            return path
        root = os.stat(self._path)
        for directory in (path, f"{path}/tmp", f"{path}/new"):
            _make_directory(directory, root)
        with suppress(FileExistsError):
            fd = os.open(f"{path}/maildirfolder", _CREATE, 0o600)
            with open(fd, "wb"):
                _adopt(fd, root, 0o600 | root.st_mode & 0o060)
        self._subscribe(folder)
        # cur/ comes last, for it is what tells that the folder is complete.
        _make_directory(f"{path}/cur", root)
        _sync(path)
        _sync(self._path)
        return path

    def _subscribe(self, folder: str) -> None:
        """Add the folder to Dovecot's list, where there is one: many mail programs hide the others."""
        path = f"{self._path}/subscriptions"
        # The view may lack a folder; filing must not fail for that.
        with suppress(OSError):
            if not stat.S_ISREG(_mode(path)):
                return
            with open(path, "r+b") as file:
                known = file.read()
                # Dovecot's second format parts the levels of a name with tabs.
                name = folder.replace(".", "\t" if known.startswith(b"V\t2\n") else ".").encode()
                if name not in known.split(b"\n"):
                    file.write(b"\n" * (known[-1:] not in b"\n") + name + b"\n")


def unique_name() -> str:
    """A name that no file of any Maildir has had: `SECONDS.M<µs>P<pid>Q<counter>.<host>`."""
    seconds, microseconds = divmod(time.time_ns() // 1000, 1_000_000)
    host = "".join(f"\\{ord(c):03o}" if c in "/:" or not c.isprintable() else c for c in os.uname().nodename)
    return f"{seconds}.M{microseconds:06}P{os.getpid()}Q{next(_saved)}.{host or 'localhost'}"


def with_envelope(first: bytes, recipients: tuple[str, ...]) -> tuple[bytes, bytes]:
    """What is known of the envelope, as header lines, and the mail's beginning without an mbox line.

    A Return-Path is looked for in as much of the header block as `first` holds. An empty mail stays so.
    """
    lines = []
    if first.startswith(b"From ") and b"\n" in first:
        from_line, _, first = first.partition(b"\n")
        header = re.split(rb"(?m)^\r?\n", first, maxsplit=1)[0]
        if not re.search(rb"(?im)^return-path[ \t]*:", header):
            lines.append(b"Return-Path: <" + _envelope_sender(from_line) + b">")
    for recipient in recipients:
        # Lone surrogates, which cannot be encoded, are not printable either.
        if address := "".join(filter(str.isprintable, recipient)).strip():
            lines.append(b"Delivered-To: " + address.encode())
    if not first:
        return b"", b""
    end = b"\r\n" if first.partition(b"\n")[0].endswith(b"\r") else b"\n"
    return b"".join(line + end for line in lines), first


def _envelope_sender(from_line: bytes) -> bytes:
    """The address of `From ADDRESS  Tue Nov 24 ...`; b"" for the null sender (`From   Tue Nov 24 ...`)."""
    # A local part may be quoted. Nothing follows that could fail, so this is linear.
    written = re.match(rb'From ((?:"[^"]*"|\S)*)', from_line)
    address = re.sub(rb"[\x00-\x1f\x7f<>]", b"", written[1] if written else b"")
    return b"" if address.upper().partition(b"@")[0] == b"MAILER-DAEMON" else address


def _first_piece(stream: BinaryIO) -> bytes:
    """The first 64 kB, or all there is: one read of a pipe may give less."""
    first = b""
    while len(first) < _PIECE and (piece := stream.read(_PIECE - len(first))):
        first += piece
    return first


def _publish(written: str, directory: str) -> str:
    """Give the complete file a name in `directory` that none has there; the name."""
    name = os.path.basename(written)
    while os.path.lexists(f"{directory}/{name}"):
        name = unique_name()
    try:
        os.link(written, f"{directory}/{name}")
    except FileExistsError:
        raise
    except OSError:
        # Some file systems know no hard links; any other trouble meets the rename as well.
        os.rename(written, f"{directory}/{name}")
    return name


def _adopt(fd: int, root: os.stat_result, mode: int) -> None:
    """Give it the root's owner and group and that mode, whatever the umask, as far as we may.

    Rights of the group are given only to the root's own group.
    """
    for owner in (root.st_uid, -1):
        with suppress(OSError):
            os.fchown(fd, owner, root.st_gid)
            break
    shared = os.fstat(fd).st_gid == root.st_gid
    with suppress(OSError):
        os.fchmod(fd, mode if shared else mode & ~0o070)


def _make_directory(path: str, root: os.stat_result) -> None:
    """Make the directory like the root, unless it is there; `MailboxError` for anything else there."""
    if _is_directory(path):
        return
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            _adopt(fd, root, stat.S_IMODE(root.st_mode))
        finally:
            os.close(fd)


def _is_directory(path: str) -> bool:
    """False where there is nothing; `MailboxError` for a link or a file, for it may lead outside."""
    mode = _mode(path)
    if mode and not stat.S_ISDIR(mode):
        raise MailboxError(f"{path} is a link or a file: put a directory in its place.")
    return mode != 0


def _mode(path: str) -> int:
    """The mode of what is at the path itself, 0 where there is nothing."""
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _sync(directory: str) -> None:
    """Make the names in a directory durable."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _time(ns: int) -> datetime:
    # A file's time may lie beyond what a datetime can hold: the year 2200 is the latest.
    return datetime.fromtimestamp(min(ns / 1e9, 7_258_118_400), UTC)
