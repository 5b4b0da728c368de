"""Files on this computer: the settings read and written, the drafts kept privately and removed later.

It knows the file system, and not what a draft or a setting says.
"""

import contextlib
import os
import secrets
import time
from errno import EACCES, EDQUOT, ENOENT, ENOSPC, EPERM

from helpdeskctl.tray.errors import CONFIGURATION, FAILED, NO_PERMISSION, TrayError
from helpdeskctl.tray.words import (
    CANNOT_READ,
    CANNOT_WRITE,
    NO_FILE,
    NO_RIGHT,
    NO_ROOM,
    NO_TEXT,
    NOT_THERE,
    Phrase,
)

# Only what these begin with is ever removed from the directory of the drafts.
_OURS = "helpdeskctl-"
_BINARY = getattr(os, "O_BINARY", 0)


def text_of(path: str, required: bool) -> str | None:
    """What the file says; None where it is not there and need not be."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError as error:
        if not required:
            return None
        raise _cannot_read(path, error, CONFIGURATION) from error
    except PermissionError as error:
        raise _cannot_read(path, error, NO_PERMISSION) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _cannot_read(path, error, CONFIGURATION) from error


def replace(path: str, content: bytes) -> None:
    """Write the file whole or not at all, for its owner's eyes only."""
    beside = f"{path}.{secrets.token_hex(4)}"
    try:
        _write_new(beside, content)
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise _cannot_write(path, error) from error


def make_private(directory: str) -> None:
    """Make the directory, if it lacks, for its owner alone."""
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
    except OSError as error:
        raise _cannot_write(directory, error) from error


def kept(directory: str, contents: tuple[tuple[str, bytes], ...]) -> tuple[str, ...]:
    """The paths of new files with those names, in a directory of their own that only their owner enters."""
    make_private(directory)
    try:
        own = os.path.join(directory, _OURS + secrets.token_hex(8))
        os.mkdir(own, 0o700)
        for name, content in contents:
            _write_new(os.path.join(own, name), content)
    except OSError as error:
        raise _cannot_write(directory, error) from error
    return tuple(os.path.join(own, name) for name, _content in contents)


def remove_older(directory: str, hours: int) -> None:
    """Remove the drafts made longer ago than that; what is still held open stays for the next time."""
    limit = time.time() - hours * 3600
    with contextlib.suppress(OSError), os.scandir(directory) as entries:
        old = [e.path for e in entries if _is_old_draft(e, limit)]
        for path in old:
            _remove(path)


def _is_old_draft(entry: os.DirEntry[str], limit: float) -> bool:
    ours = entry.name.startswith(_OURS) and entry.is_dir(follow_symlinks=False)
    return ours and entry.stat(follow_symlinks=False).st_mtime < limit


def _remove(directory: str) -> None:
    """Its files and itself; a draft holds no directories, so none is entered."""
    with contextlib.suppress(OSError):
        for name in os.listdir(directory):
            os.unlink(os.path.join(directory, name))
        os.rmdir(directory)


def _write_new(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _cannot_read(path: str, error: Exception, code: int) -> TrayError:
    return TrayError(CANNOT_READ, code, path=path, reason=_reason(error))


def _cannot_write(path: str, error: OSError) -> TrayError:
    code = NO_PERMISSION if isinstance(error, PermissionError) else FAILED
    return TrayError(CANNOT_WRITE, code, path=path, reason=_reason(error))


def _reason(error: Exception) -> Phrase:
    if isinstance(error, UnicodeDecodeError):
        return Phrase(NO_TEXT, {})
    number = error.errno if isinstance(error, OSError) and error.errno else 0
    known = {ENOENT: NOT_THERE, EACCES: NO_RIGHT, EPERM: NO_RIGHT, ENOSPC: NO_ROOM, EDQUOT: NO_ROOM}
    return Phrase(known.get(number, NO_FILE), {"number": number})
