"""Files of the store: replaced whole or appended to, with the directory's group and mode.

It knows the file system; what stands in a file is not its business.
"""

import os
import stat
from contextlib import suppress

_TEMPORARY = ".new"
PREVIOUS = ".previous"


def make_directory(path: str, root: str) -> None:
    """Make the directory and those above it up to `root`, with the root's group and mode."""
    if os.path.isdir(path):
        return
    if path == root:
        os.makedirs(path, 0o700, exist_ok=True)
        return
    make_directory(os.path.dirname(path), root)
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)
        given = os.stat(root)
        with suppress(OSError):
            os.chown(path, -1, given.st_gid)
        os.chmod(path, stat.S_IMODE(given.st_mode))
        sync_directory(os.path.dirname(path))


def create(path: str, root: str, flags: int) -> int:
    """Open a file for writing, made if need be, with the root's group and mode whatever the umask."""
    make_directory(os.path.dirname(path), root)
    fd = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    given, made = os.stat(root), os.fstat(fd)
    mode = stat.S_IMODE(given.st_mode) & 0o666
    if made.st_gid != given.st_gid:
        with suppress(OSError):
            os.fchown(fd, -1, given.st_gid)
    if stat.S_IMODE(made.st_mode) != mode:
        with suppress(OSError):
            os.fchmod(fd, mode)
    return fd


def replace(path: str, content: bytes, root: str, keep_previous: bool = False) -> None:
    """The file with that content, whole or not at all; durable once its directory is synced.

    With `keep_previous` the old one stays beside it under another name. Only one process at a time
    may do this (the store's lock), so the temporary name is always the same and nothing piles up.
    """
    temporary = path + _TEMPORARY
    fd = create(temporary, root, os.O_WRONLY | os.O_TRUNC)
    try:
        write(fd, content)
        os.fsync(fd)
    finally:
        os.close(fd)
    if keep_previous:
        _keep(path)
    os.rename(temporary, path)


def _keep(path: str) -> None:
    """The file under its second name, never missing in between."""
    second = path + PREVIOUS
    with suppress(FileNotFoundError):
        os.unlink(second + _TEMPORARY)
    try:
        os.link(path, second + _TEMPORARY)
    except FileNotFoundError:
        return
    except OSError:
        # Some file systems know no hard links: then there is no previous generation.
        return
    os.rename(second + _TEMPORARY, second)


def append(path: str, content: bytes, root: str, durable: bool = False) -> None:
    """Add whole lines; a line that a crash has torn is ended first, so that it spoils no other."""
    fd = create(path, root, os.O_RDWR | os.O_APPEND)
    try:
        size = os.fstat(fd).st_size
        torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
        write(fd, b"\n" + content if torn else content)
        if durable:
            os.fsync(fd)
    finally:
        os.close(fd)


def write(fd: int, content: bytes) -> None:
    """All of it: a disk that fills up raises."""
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]


def read(path: str) -> bytes | None:
    """The file's content; None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def names(directory: str) -> list[str]:
    """The names in a directory in order, without what is temporary or previous; [] where there is none."""
    try:
        found = os.listdir(directory)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(name for name in found if not name.endswith((_TEMPORARY, PREVIOUS)))


def sync_directory(path: str) -> None:
    """Make the names in a directory durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
