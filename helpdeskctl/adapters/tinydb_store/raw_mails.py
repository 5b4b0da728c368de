"""The raw mails of the store: hard links (or copies) of what arrived, by day; never changed.

Many processes keep mails at the same time, without the store's lock. A mail's name is hostile: it
never leads out of its directory, and never takes the place of another mail.
"""

import errno
import os
import stat
import time
from contextlib import suppress
from datetime import datetime, tzinfo
from itertools import count

from helpdeskctl.adapters.tinydb_store import files
from helpdeskctl.adapters.tinydb_store.files import Root

_PIECE = 1 << 16
# Copies under way; what was not touched for so many seconds was left behind by a crash.
_COPIES = "tmp"
_LEFT_BEHIND = 3600
# A file name may have 255 bytes; there must be room for a number behind it.
_LONGEST_NAME = 240

_copied = count(1)


class RawMails:
    """The directory `mail` of the store at `path`; days are those of `zone`."""

    def __init__(self, path: str, zone: tzinfo) -> None:
        self._path = path
        self._zone = zone
        self._not_durable: set[str] = set()

    def keep(self, path: str, key: str, at: datetime) -> str:
        """Link (or copy) the mail at `path`; where it lies then, relative to the store.

        Done twice it gives the same. Raises FileNotFoundError when the mail has gone or is no file.
        """
        root = files.root(self._path)
        day = f"mail/{at.astimezone(self._zone):%Y-%m-%d}"
        files.make_directory(root, day)
        kept = name = f"{day}/{_file_name(key)}"
        numbers = count(2)
        # Another mail of that name may have come before: it stays, and this one gets a number.
        while not _is_kept(path, root, kept):
            kept = f"{name}.{next(numbers)}"
        self._not_durable.add(day)
        return kept

    def make_durable(self) -> None:
        """Sync the directories of what was kept since the last time."""
        for day in sorted(self._not_durable):
            files.sync_directory(files.root(self._path), day)
        self._not_durable.clear()

    def clear_away(self) -> None:
        """Remove copies that a crash left behind."""
        directory = f"{self._path}/{_COPIES}"
        for name in files.names(directory):
            with suppress(FileNotFoundError):
                if os.stat(f"{directory}/{name}").st_mtime < time.time() - _LEFT_BEHIND:
                    os.unlink(f"{directory}/{name}")


def _file_name(key: str) -> str:
    """A name of its own for each key, that stays within its directory; mostly the key itself."""
    encoded = key.encode("utf-8", "surrogateescape")
    if key and not key.startswith(".") and not set(key) & {"/", "\0"} and len(encoded) <= _LONGEST_NAME:
        return key
    from hashlib import sha256

    plain = encoded[: _LONGEST_NAME // 2].decode("ascii", "replace")
    plain = "".join(letter if letter.isalnum() else "_" for letter in plain)
    return f"_{plain}_{sha256(encoded).hexdigest()[:16]}"


def _is_kept(path: str, root: Root, kept: str) -> bool:
    """Whether the mail lies there, now or already; False when another one does."""
    target = f"{root.path}/{kept}"
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        return _is_same(path, target)
    except FileNotFoundError:
        raise
    except OSError:
        # Another file system, one without hard links, or a file that is not ours to link.
        return _is_copied(path, root, kept)
    if not stat.S_ISREG(os.lstat(target).st_mode):
        os.unlink(target)
        raise _no_mail(path)
    return True


def _is_copied(path: str, root: Root, kept: str) -> bool:
    """The same by copying: whole under another name first, so that no half of a mail is ever seen."""
    target = f"{root.path}/{kept}"
    source = _opened(path)
    try:
        name = f"{_COPIES}/{os.getpid()}.{next(_copied)}"
        temporary = f"{root.path}/{name}"
        fd = files.opened(root, name, os.O_WRONLY | os.O_TRUNC)
        try:
            while piece := os.read(source, _PIECE):
                files.write(fd, piece)
            arrived = os.fstat(source)
            os.utime(fd, ns=(arrived.st_atime_ns, arrived.st_mtime_ns))
            os.fsync(fd)
            return _is_published(temporary, target)
        finally:
            os.close(fd)
            with suppress(FileNotFoundError):
                os.unlink(temporary)
    finally:
        os.close(source)


def _is_published(temporary: str, target: str) -> bool:
    try:
        os.link(temporary, target)
    except FileExistsError:
        return _is_same(temporary, target)
    except OSError:
        # No hard links here. A rename would replace what is there: so the name is taken first.
        try:
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        except FileExistsError:
            return _is_same(temporary, target)
        os.rename(temporary, target)
    return True


def _is_same(one: str, other: str) -> bool:
    """Whether both are the same file, or hold the same."""
    with open(_opened(one), "rb") as first, open(_opened(other), "rb") as second:
        stats = os.fstat(first.fileno()), os.fstat(second.fileno())
        if os.path.samestat(*stats):
            return True
        if stats[0].st_size != stats[1].st_size:
            return False
        while piece := first.read(_PIECE):
            if piece != second.read(_PIECE):
                return False
    return True


def _opened(path: str) -> int:
    """A descriptor to read a mail from; a link, a pipe or a directory is no mail."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _no_mail(path) from error
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise _no_mail(path)
    return fd


def _no_mail(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, "no mail there", path)
