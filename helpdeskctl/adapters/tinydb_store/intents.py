"""The intent log: what a commit is about to do, durable before it does it, so that it can be done again.

A line each, for every commit: `will` names the files that are being staged; `does` holds what the index
is to be told, and from here on the commit stands; `done`. What stopped before `does` is given up by the
next transaction; what stopped later is carried out to its end.

The index is not synced at each commit. So the log begins with the name of this running of the machine:
when the machine was started anew since, the index is told again all that the log holds. Once in a while
the disk is synced, and the log begins anew.
"""

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from helpdeskctl.adapters.tinydb_store import files
from helpdeskctl.adapters.tinydb_store.files import Root

# Lines for the index, by index file.
Lines = Mapping[str, list[str]]

_FILE = "intent"
_BOOT = "/proc/sys/kernel/random/boot_id"
_DONE = b"done\n"
# Some three thousand mails: syncing a busy disk may take a second, telling all that again about as long.
_LONG = 4 * 1024 * 1024


class Left(NamedTuple):
    """What there is to be done again: the files of the last commit, whether it stands, and what the
    index may not know."""

    staged: tuple[str, ...]
    stands: bool
    said: Lines


class Intent:
    """The log while a commit is under way; `close` it whatever happens."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._fd = files.opened(root, _FILE, os.O_WRONLY | os.O_APPEND)
        self._start = os.fstat(self._fd).st_size

    def will(self, names: list[str]) -> None:
        """These files are going to be staged."""
        files.write(self._fd, b"will " + json.dumps(names).encode() + b"\n")

    def does(self, lines: Lines) -> None:
        """All is staged; the commit stands when this returns."""
        files.write(self._fd, b"does " + json.dumps(lines).encode() + b"\n")
        os.fsync(self._fd)

    def give_up(self) -> None:
        """Nothing was done."""
        os.ftruncate(self._fd, self._start)

    def done(self) -> None:
        """Everything was done."""
        files.write(self._fd, _DONE)
        if os.fstat(self._fd).st_size > _LONG:
            begin_anew(self._root)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


def begin(root: Root) -> None:
    """A new log, which takes it that the index is durable as it is."""
    files.replace(root, _FILE, _begin())


def begin_anew(root: Root) -> None:
    """A new log, after everything so far was made durable."""
    os.sync()
    begin(root)


def settle(root: Root) -> None:
    """What was left is done."""
    content = files.read(f"{root.path}/{_FILE}")
    if not content or not content.startswith(_begin()):
        begin_anew(root)
        return
    # A line that was torn would be read as one of ours when another is put behind it.
    os.truncate(f"{root.path}/{_FILE}", content.rindex(b"\n") + 1)
    files.append(root, _FILE, _DONE)


def is_settled(path: str) -> bool:
    """Whether the log of the store at `path` leaves nothing to be done; told from its two ends."""
    try:
        fd = os.open(f"{path}/{_FILE}", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        size = os.fstat(fd).st_size
        if os.pread(fd, len(_begin()), 0) != _begin():
            return False
        return size == len(_begin()) or os.pread(fd, len(_DONE), size - len(_DONE)) == _DONE
    finally:
        os.close(fd)


def left(path: str) -> Left:
    """What the log leaves to be done. ValueError for a log that is missing or cannot be read."""
    first, *lines = (files.read(f"{path}/{_FILE}") or b"").split(b"\n")
    if not lines:
        raise ValueError(first)
    staged: tuple[str, ...] = ()
    stands, said = False, dict[str, list[str]]()
    anew = first + b"\n" != _begin()
    # What stands behind the last line's end is a line that was never finished.
    for line in lines[:-1]:
        word, _, rest = line.partition(b" ")
        if word == b"will":
            staged, stands = tuple(json.loads(rest)), False
        elif word == b"does":
            stands = True
            for file, added in json.loads(rest).items():
                said.setdefault(file, []).extend(added)
        elif word == b"done":
            staged, stands = (), False
            if not anew:
                said.clear()
        else:
            raise ValueError(word)
    return Left(staged, stands, said)


def index_must_be_synced() -> bool:
    """Whether a new running of the machine cannot be told from this one, so that the log would not
    be read again after a power failure."""
    return not _begin().strip()


@lru_cache
def _begin() -> bytes:
    """The first line of a log that was begun in this running of the machine."""
    return (files.read(_BOOT) or b"").strip() + b"\n"
