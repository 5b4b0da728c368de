"""Files written out safely: those from mails never outside the directory, over a file, or through a
link; one that a person named whole or not at all."""

import os
from collections.abc import Iterable, Iterator

from helpdeskctl.domain.errors import RefusedError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def save(directory: str, files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[str]:
    """Write each file, under another name where its own is taken; the path of each when it is whole.

    The directory is opened once, so that nobody can put a link in its place meanwhile.
    """
    os.makedirs(directory, exist_ok=True)
    at = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name, pieces in files:
            free = _opened(name, at)
            with open(free[1], "wb") as file:
                file.writelines(pieces)
            yield os.path.join(directory, free[0])
    finally:
        os.close(at)


def _opened(name: str, at: int) -> tuple[str, int]:
    """A new file of that name, or of one like it."""
    if not name or name in {".", ".."} or "/" in name or "\0" in name:
        raise RefusedError("{name} is no file name: nothing was written.", name=repr(name))
    stem, dot, extension = name.rpartition(".")
    stem, ending = (stem, dot + extension) if stem else (name, "")
    for number in range(1, 1000):
        tried = name if number == 1 else f"{stem} ({number}){ending}"
        try:
            return tried, os.open(tried, _NEW, 0o600, dir_fd=at)
        except FileExistsError:
            continue
    raise RefusedError("There are too many files named {name} already.", name=name)


def put(path: str, pieces: Iterable[bytes], rights: int = 0o600) -> None:
    """Write that file whole, or leave what was there; it keeps the rights it had, a new one gets `rights`.
    What is no file, such as a device, is written into. Raises `OSError`, which names the path."""
    target = os.path.realpath(path)
    written = f"{target}.{os.getpid()}.part"
    try:
        # Asked of the name as it was given: the pipe behind /dev/stdout has no other that could be opened.
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as device:
                device.writelines(pieces)
        else:
            _replaced(target, written, pieces, rights)
    except OSError as error:
        # A file that could not be read for it keeps its own name.
        if error.filename in {None, written}:
            error.filename = path
        raise


def _replaced(path: str, written: str, pieces: Iterable[bytes], rights: int) -> None:
    with open(os.open(written, _NEW, 0o600), "wb") as file:
        try:
            kept = os.stat(path).st_mode & 0o777 if os.path.exists(path) else rights
            os.fchmod(file.fileno(), kept)
            file.writelines(pieces)
            file.flush()
            os.replace(written, path)
        except BaseException:
            os.unlink(written)
            raise
