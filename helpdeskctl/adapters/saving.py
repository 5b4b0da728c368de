"""Files from mails written out safely: never outside the directory, over a file, or through a link."""

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
