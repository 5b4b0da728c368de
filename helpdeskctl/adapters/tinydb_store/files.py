"""Files below the store's directory: appended to, or replaced whole, in its group and mode.

It knows the file system; what stands in a file is not its business. Names are relative to the store.
"""

import os
import stat
from contextlib import suppress
from typing import NamedTuple

# What a file is written under before it takes its name, and what its former self is called.
NEW = ".new"
PREVIOUS = ".previous"
_PLAIN = os.O_NOFOLLOW | os.O_CLOEXEC


class Root(NamedTuple):
    """The store's directory; everything made below it takes its group and mode, whatever the umask."""

    path: str
    mode: int
    gid: int


def root(path: str) -> Root:
    """The directory, made on first use, private to its owner."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        os.makedirs(path, 0o700, exist_ok=True)
        found = os.stat(path)
    return Root(path, stat.S_IMODE(found.st_mode), found.st_gid)


def make_directory(root: Root, name: str) -> None:
    """Make the directory and those above it, durably; one that is there stays as it is."""
    path = f"{root.path}/{name}"
    if not name or os.path.isdir(path):
        return
    make_directory(root, os.path.dirname(name))
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | _PLAIN)
        try:
            _adopt(fd, root, root.mode)
        finally:
            os.close(fd)
        sync_directory(root, os.path.dirname(name))


def opened(root: Root, name: str, flags: int, rights: int = 0o666) -> int:
    """A descriptor of that file, which is made if need be; a symbolic link in its place is refused.

    A new file gets those of the root's rights that are among `rights`.
    """
    path = f"{root.path}/{name}"
    try:
        return os.open(path, flags | _PLAIN)
    except FileNotFoundError:
        pass
    make_directory(root, os.path.dirname(name))
    fd = os.open(path, flags | os.O_CREAT | _PLAIN, 0o600)
    _adopt(fd, root, root.mode & rights)
    return fd


def _adopt(fd: int, root: Root, mode: int) -> None:
    """The root's group and that mode, as far as we may; rights of the group for that group only."""
    gid = os.fstat(fd).st_gid
    if gid != root.gid:
        with suppress(OSError):
            os.fchown(fd, -1, root.gid)
            gid = root.gid
    with suppress(OSError):
        os.fchmod(fd, mode if gid == root.gid else mode & ~0o070)


def write(fd: int, content: bytes) -> None:
    """All of it: a disk that fills up raises."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]


def append(root: Root, name: str, content: bytes, durable: bool = False) -> None:
    """Add the content to the file, which is made if need be."""
    fd = opened(root, name, os.O_WRONLY | os.O_APPEND)
    try:
        write(fd, content)
        if durable:
            os.fsync(fd)
    finally:
        os.close(fd)


def stage(root: Root, name: str, content: bytes, durable: bool = True, rights: int = 0o666) -> None:
    """Write what the file is to become beside it.

    Only the holder of the store's lock does this: one name for what is new is enough, and what a crash
    left of an earlier one is overwritten.
    """
    with suppress(FileNotFoundError):
        os.unlink(f"{root.path}/{name}{NEW}")
    fd = opened(root, name + NEW, os.O_WRONLY, rights)
    try:
        write(fd, content)
        if durable:
            os.fsync(fd)
    finally:
        os.close(fd)


def unstage(root: Root, name: str) -> None:
    """Give up what was staged."""
    with suppress(FileNotFoundError):
        os.unlink(f"{root.path}/{name}{NEW}")


def install(root: Root, name: str) -> None:
    """What was staged takes the file's name; what was there before keeps a name of its own.

    The file is there whole at every instant. Done again after a crash, it does what is left to do.
    """
    path = f"{root.path}/{name}"
    if not os.path.exists(path + NEW):
        return
    if os.path.exists(path):
        with suppress(FileNotFoundError):
            os.unlink(path + PREVIOUS)
        # Some file systems know no hard links: there is no previous generation then.
        with suppress(OSError):
            os.link(path, path + PREVIOUS)
    os.rename(path + NEW, path)


def replace(root: Root, name: str, content: bytes, durable: bool = True, rights: int = 0o666) -> None:
    """The file with that content, whole or not at all, without a previous generation."""
    stage(root, name, content, durable, rights)
    os.rename(f"{root.path}/{name}{NEW}", f"{root.path}/{name}")
    if durable:
        sync_directory(root, os.path.dirname(name))


def read(path: str) -> bytes | None:
    """The content of the file at that full path; None where there is none."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def names(path: str) -> list[str]:
    """The names in the directory at that full path, in order; [] where there is none."""
    try:
        return sorted(os.listdir(path))
    except (FileNotFoundError, NotADirectoryError):
        return []


def sync_directory(root: Root, name: str) -> None:
    """Make the names in a directory durable."""
    fd = os.open(f"{root.path}/{name}", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
