"""The archive of a store: written once from its beginning to its end, and verified when it is read.

In it, in this order: `backup.json` (what this is), the files that cannot be derived, the raw mails, and
`SHA256SUMS`, which sha256sum(1) can check as well. It knows tar, not what the files are for.
"""

import gzip
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from typing import IO, Any

from helpdeskctl.adapters.tinydb_store import files
from helpdeskctl.adapters.tinydb_store.files import Root
from helpdeskctl.adapters.tinydb_store.store import VERSION
from helpdeskctl.application.backup import Archive
from helpdeskctl.domain.errors import RefusedError, StoreDamagedError

SMALL_FILES = ("format", "secret", "backlog", "registry.json")
FOLDERS = ("cases", "ledger")
RAW_MAILS = "mail"
_ABOUT, _SUMS = "backup.json", "SHA256SUMS"
_PIECE = 1 << 20


def write(target: str, sources: Iterator[tuple[str, str]], highest: int, now: datetime) -> Archive:
    """A new archive of the files given, each by its name and where it lies; what it holds.

    A file that has gone meanwhile is left out.
    """
    about = {"format": VERSION, "made_at": now.isoformat(timespec="seconds"), "highest": highest}
    sums: list[str] = []
    with _new_file(target) as file, _tar(file) as tar:
        _add(tar, _ABOUT, io.BytesIO(json.dumps(about).encode() + b"\n"), now.timestamp(), sums)
        for name, path in sources:
            with suppress(FileNotFoundError), open(path, "rb") as content:
                _add(tar, name, content, os.fstat(content.fileno()).st_mtime, sums)
        _add(tar, _SUMS, io.BytesIO(_listed(sums)), now.timestamp(), [])
    return Archive(target, highest, len(sums) - 1, now, os.stat(target).st_size)


def read(target: str, root: Root | None = None) -> Archive:
    """What an archive holds, its files written below `root`, if that is given.

    `StoreDamagedError` unless every file in it is what it was.
    """
    with _opened(target) as tar:
        return _read(tar, target, root)


def _tar(file: IO[bytes]) -> tarfile.TarFile:
    return tarfile.open(fileobj=file, mode="w:gz", compresslevel=6, format=tarfile.PAX_FORMAT)


def _listed(sums: list[str]) -> bytes:
    return "".join(sums).encode("utf-8", "surrogateescape")


@contextmanager
def _new_file(target: str) -> Iterator[IO[bytes]]:
    """A file that appears under its name when it is whole; one that is there is never replaced."""
    if os.path.lexists(target):
        raise RefusedError("{path} exists already: nothing was changed.", path=target)
    fresh = f"{target}.new"
    with suppress(FileNotFoundError):
        os.unlink(fresh)
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, target)
        except FileExistsError as error:
            raise RefusedError("{path} exists already: nothing was changed.", path=target) from error
        except OSError:
            # A disk for backups may know no hard links.
            os.rename(fresh, target)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(fresh)


class _Digesting:
    """A file that is read once, of which the digest is wanted as well."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.digest = sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self._content.read(size)
        self.digest.update(piece)
        return piece


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], at: float, sums: list[str]) -> None:
    """One file more, private whoever unpacks it; its line for the list of digests."""
    told = tarfile.TarInfo(name)
    told.size, told.mtime, told.mode = content.seek(0, os.SEEK_END), int(at), 0o600
    content.seek(0)
    reading: Any = _Digesting(content)
    tar.addfile(told, reading)
    sums.append(_sum(name, reading.digest.hexdigest()))


def _sum(name: str, digest: str) -> str:
    """A line as sha256sum(1) writes it, which escapes a name with a backslash or a line break."""
    plain = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if plain != name else ""
    return f"{mark}{digest}  {plain}\n"


@contextmanager
def _opened(target: str) -> Iterator[tarfile.TarFile]:
    """The archive, to be read once from its beginning; what is none is damage."""
    try:
        with tarfile.open(target, "r|gz") as tar:
            yield tar
    except (
        tarfile.TarError,
        EOFError,
        zlib.error,
        gzip.BadGzipFile,
        UnicodeError,
        ValueError,
        KeyError,
    ) as error:
        said = "{file} is no whole backup: nothing was changed. Take another one."
        raise StoreDamagedError(said, file=target) from error


def _read(tar: tarfile.TarFile, target: str, root: Root | None) -> Archive:
    """What the archive holds, its files written below `root`; ValueError unless it is whole."""
    sums: list[str] = []
    last = b""
    about: dict[str, Any] = {}
    for member in tar:
        content = tar.extractfile(member) if member.isreg() else None
        if content is None or not _is_ours(member.name):
            raise ValueError(f"it holds {member.name!r}")
        if member.name == _SUMS:
            last = content.read()
            continue
        reading = _Digesting(content)
        if member.name == _ABOUT:
            about = json.loads(reading.read())
            _check_version(about["format"], target)
        else:
            _unpack(reading, member, root)
        sums.append(_sum(member.name, reading.digest.hexdigest()))
    if last != _listed(sums):
        raise ValueError("the digests do not fit")
    made_at = datetime.fromisoformat(about["made_at"])
    return Archive(target, int(about["highest"]), len(sums) - 1, made_at, os.stat(target).st_size)


def _unpack(reading: _Digesting, member: tarfile.TarInfo, root: Root | None) -> None:
    """One file, in the store's group and mode; without `root` it is only read."""
    if root is None:
        while reading.read(_PIECE):
            pass
        return
    rights = 0o660 if member.name == "secret" else 0o666
    fd = files.opened(root, member.name, os.O_WRONLY | os.O_EXCL, rights)
    try:
        while piece := reading.read(_PIECE):
            files.write(fd, piece)
        os.utime(fd, (member.mtime, member.mtime))
    finally:
        os.close(fd)


def _is_ours(name: str) -> bool:
    """Whether an archive of ours may hold a file of that name: it never leads out of the store."""
    first, *inner = name.split("/")
    if not inner:
        return first in {*SMALL_FILES, _ABOUT, _SUMS}
    return first in {*FOLDERS, RAW_MAILS} and not any(part in {"", ".", ".."} for part in inner)


def _check_version(found: int, target: str) -> None:
    if found != VERSION:
        raise StoreDamagedError(
            "{path} says {found}, but this helpdeskctl reads version {version}: use a newer one.",
            path=target,
            found=found,
            version=VERSION,
        )
