"""Directories and files like the Maildir's root: its owner, group and mode; links are never followed."""

import os
import stat
from contextlib import suppress

from helpdeskctl.domain.errors import MailboxError

CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def adopt(fd: int, root: os.stat_result, mode: int) -> None:
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


def make_directory(path: str, root: os.stat_result) -> None:
    """Make the directory like the root, unless it is there; `MailboxError` for anything else there."""
    if is_directory(path):
        return
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            adopt(fd, root, stat.S_IMODE(root.st_mode))
        finally:
            os.close(fd)


def is_directory(path: str) -> bool:
    """False where there is nothing; `MailboxError` for a link or a file, for it may lead outside."""
    mode = mode_of(path)
    if mode and not stat.S_ISDIR(mode):
        raise MailboxError("{path} is a link or a file: put a directory in its place.", path=path)
    return mode != 0


def mode_of(path: str) -> int:
    """The mode of what is at the path itself, 0 where there is nothing."""
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def sync(directory: str) -> None:
    """Make the names in a directory durable."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
