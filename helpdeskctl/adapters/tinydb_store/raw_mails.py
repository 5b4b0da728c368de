"""The raw mails of the store: hard links (or copies) of what arrived, by day; never changed."""

import os
import stat
from contextlib import suppress
from datetime import datetime, tzinfo

from helpdeskctl.adapters.tinydb_store import files

_PIECE = 1 << 16


class RawMails:
    """The directory mail/ of the store at `root`; days are those of `zone`."""

    def __init__(self, root: str, zone: tzinfo) -> None:
        self._root = root
        self._zone = zone
        self._not_durable: set[str] = set()

    def keep(self, path: str, key: str, at: datetime) -> str:
        """Link (or copy) the mail at `path`; where it lies then, relative to the store.

        Done twice it gives the same. Raises FileNotFoundError when the mail has gone or is no file.
        """
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise FileNotFoundError(path)
        day = f"mail/{at.astimezone(self._zone):%Y-%m-%d}"
        files.make_directory(f"{self._root}/{day}", self._root)
        name = _safe(key)
        for number in range(1, 100):
            kept = f"{day}/{name}" if number == 1 else f"{day}/{name[:240]}.{number}"
            if self._taken(path, f"{self._root}/{kept}"):
                self._not_durable.add(day)
                return kept
        raise FileExistsError(17, "too many mails of one name", f"{self._root}/{day}/{name}")

    def make_durable(self) -> None:
        """Sync the directories of what was kept since the last time."""
        for day in sorted(self._not_durable):
            files.sync_directory(f"{self._root}/{day}")
        self._not_durable.clear()

    def _taken(self, path: str, kept: str) -> bool:
        """Whether the mail lies there, now or before; False when another mail does."""
        try:
            os.link(path, kept, follow_symlinks=False)
        except FileExistsError:
            return os.path.samefile(path, kept) or _same_content(path, kept)
        except FileNotFoundError:
            raise
        except OSError:
            # Another file system, or one without hard links.
            return self._copied(path, kept)
        return True

    def _copied(self, path: str, kept: str) -> bool:
        if os.path.lexists(kept):
            return _same_content(path, kept)
        temporary = f"{kept}.{os.getpid()}.new"
        fd = files.create(temporary, self._root, os.O_WRONLY | os.O_TRUNC)
        try:
            with open(path, "rb") as source:
                while piece := source.read(_PIECE):
                    files.write(fd, piece)
            os.fsync(fd)
            os.utime(fd, ns=(os.stat(path).st_atime_ns, os.stat(path).st_mtime_ns))
            os.rename(temporary, kept)
        finally:
            os.close(fd)
            with suppress(FileNotFoundError):
                os.unlink(temporary)
        return True


def _safe(key: str) -> str:
    """A base name that stays within its directory, whatever the Maildir held."""
    name = key.replace("/", "_").replace("\0", "_")
    return f"_{name}" if not name or name.startswith(".") else name


def _same_content(one: str, other: str) -> bool:
    if os.stat(one).st_size != os.stat(other).st_size:
        return False
    with open(one, "rb") as first, open(other, "rb") as second:
        while piece := first.read(_PIECE):
            if piece != second.read(_PIECE):
                return False
    return True
