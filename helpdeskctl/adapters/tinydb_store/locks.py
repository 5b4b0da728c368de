"""Locks between processes: `flock` on a file that is never removed."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from helpdeskctl.adapters.tinydb_store import files
from helpdeskctl.adapters.tinydb_store.files import Root
from helpdeskctl.domain.errors import StoreLockedError

_LONGEST_NAP = 0.02


@contextmanager
def lock(root: Root, patience: float) -> Iterator[None]:
    """The writers' lock. `StoreLockedError` when others held it for `patience` seconds."""
    with _opened(root, "lock") as fd:
        until, nap = time.monotonic() + patience, 0.0005
        while not _is_ours(fd):
            if time.monotonic() > until:
                said = "The store {path} is in use by another process for too long: try again later."
                raise StoreLockedError(said, path=root.path)
            time.sleep(nap)
            nap = min(nap * 1.5, _LONGEST_NAP)
        yield


@contextmanager
def sender_lock(root: Root) -> Iterator[bool]:
    """The sender's lock, not waited for: whether it is ours."""
    with _opened(root, "send.lock") as fd:
        yield _is_ours(fd)


@contextmanager
def lock_directory(path: str) -> Iterator[None]:
    """A directory for one process alone, not waited for."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not _is_ours(fd):
            raise StoreLockedError("{path} is in use by another backup: try again later.", path=path)
        yield
    finally:
        os.close(fd)


@contextmanager
def _opened(root: Root, name: str) -> Iterator[int]:
    fd = files.opened(root, name, os.O_RDWR)
    try:
        yield fd
    finally:
        os.close(fd)


def _is_ours(fd: int) -> bool:
    """Whether the lock of that open file is ours now; closing the file gives it up."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
