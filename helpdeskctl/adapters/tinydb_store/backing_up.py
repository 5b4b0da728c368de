"""A store written into an archive, consistent while mail keeps arriving, and brought back from one.

The index is left out: it is made anew. What an archive looks like is the business of `archives`.
"""

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo

from helpdeskctl.adapters.tinydb_store import archives, commits, files
from helpdeskctl.adapters.tinydb_store.archives import FOLDERS, RAW_MAILS, SMALL_FILES
from helpdeskctl.adapters.tinydb_store.files import Root
from helpdeskctl.adapters.tinydb_store.locks import lock, lock_directory
from helpdeskctl.adapters.tinydb_store.shards import Shard
from helpdeskctl.adapters.tinydb_store.shelves import SHARD, Shelves, shard_file
from helpdeskctl.adapters.tinydb_store.store import PATIENCE, TinyDbStore
from helpdeskctl.application.backup import Archive
from helpdeskctl.domain.errors import RefusedError

# Where second names are while the archive is written, and files while they are verified.
_HERE, _RESTORING = "backup", "restoring"
# So far above the highest number that was seen does a restored store go on.
WELL_ABOVE = 1000
# A case stands on a line of its own, behind its number (see `shards`).
_CASE = re.compile(rb'^"([1-9][0-9]{0,8})":\{', re.MULTILINE)


def back_up(path: str, zone: tzinfo, target: str, now: datetime) -> Archive:
    """Write the store into the new file `target`; what it holds.

    The lock is held only while the files that are replaced get second names; raw mails never change.
    """
    if files.read(f"{path}/format") is None:
        raise RefusedError("There is no store at {path}: there is nothing to back up.", path=path)
    with _pinned(files.root(path), zone) as pinned:
        small = ((name, f"{pinned}/{name}") for name in _names(pinned, ""))
        mails = ((name, f"{path}/{name}") for name in _names(path, RAW_MAILS))
        sources = (source for some in (small, mails) for source in some)
        return archives.write(target, sources, Shelves(pinned, zone).highest(), now)


def restore(path: str, target: str, zone: tzinfo, seen: Callable[[bytes, int], int]) -> Archive:
    """The archive as the store at `path`, where there must be none yet.

    `seen` is told the secret and the highest number known, and tells the highest seen anywhere: the next
    case gets one well above that. Nothing is there before everything was verified.
    """
    left = [name for name in files.names(path) if name != _RESTORING]
    if left:
        raise RefusedError(
            "{path} is not empty: move what is there away first (mv {path} {path}.old); its case numbers are "
            "then taken into account.",
            path=path,
        )
    # The store takes the directory's mode: mail is nothing for everybody's eyes.
    os.chmod(path, files.root(path).mode & ~0o007)
    root = files.root(path)
    shutil.rmtree(f"{path}/{_RESTORING}", ignore_errors=True)
    files.make_directory(root, _RESTORING)
    beside = Root(f"{path}/{_RESTORING}", root.mode, root.gid)
    try:
        archive = archives.read(target, beside)
        known = max([archive.highest, *map(highest_anywhere, old_stores(path))])
        secret = (files.read(f"{beside.path}/secret") or b"").strip()
        _continue_above(beside, zone, max(known, seen(secret, known)))
        os.sync()
        # Without `format` what is there is no store: it comes last.
        for name in sorted(os.listdir(beside.path), key=lambda name: name == "format"):
            os.rename(f"{beside.path}/{name}", f"{path}/{name}")
    finally:
        shutil.rmtree(beside.path, ignore_errors=True)
    files.sync_directory(root, "")
    TinyDbStore(path, zone).reindex()
    return archive


@contextmanager
def _pinned(root: Root, zone: tzinfo) -> Iterator[str]:
    """A directory with second names for every file that may be replaced, as they are at one instant."""
    files.make_directory(root, _HERE)
    pinned = f"{root.path}/{_HERE}"
    with lock_directory(pinned):
        _empty(pinned)
        try:
            with lock(root, PATIENCE):
                commits.mend(root, Shelves(root.path, zone))
                for name in [*SMALL_FILES, *(n for folder in FOLDERS for n in _names(root.path, folder))]:
                    _link(root, name)
            yield pinned
        finally:
            _empty(pinned)


def _link(root: Root, name: str) -> None:
    """A second name, or a copy where there are no hard links."""
    source, target = f"{root.path}/{name}", f"{root.path}/{_HERE}/{name}"
    if not os.path.exists(source):
        return
    os.makedirs(os.path.dirname(target), 0o700, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _empty(directory: str) -> None:
    for name in files.names(directory):
        path = f"{directory}/{name}"
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)


def _names(path: str, folder: str) -> Iterator[str]:
    """The files below a folder, relative to `path`, in order; no former selves, nothing half-written."""
    directory = f"{path}/{folder}" if folder else path
    for name in files.names(directory):
        inner = f"{folder}/{name}" if folder else name
        mode = os.lstat(f"{path}/{inner}").st_mode
        if stat.S_ISDIR(mode):
            yield from _names(path, inner)
        elif stat.S_ISREG(mode) and (folder.startswith(f"{RAW_MAILS}/") or _is_kept(name)):
            yield inner


def _is_kept(name: str) -> bool:
    return name in SMALL_FILES or name.endswith(".json")


def _continue_above(root: Root, zone: tzinfo, highest: int) -> None:
    """Empty shards up to well above the highest number: they stand for all the numbers below them.

    Cases opened after the backup are lost, but their numbers stand in the customers' mail.
    """
    if not highest:
        return
    shelves = Shelves(root.path, zone)
    begin = shelves.last() + SHARD if shelves.last() else 1
    for first in range(begin, highest + WELL_ABOVE + SHARD + 1, SHARD):
        file = shard_file(first)
        files.replace(root, file, Shard(f"{root.path}/{file}", "cases").content(), durable=False)


def highest_anywhere(directory: str) -> int:
    """The highest case number that any file of an old store speaks of, be it ever so damaged; 0 for none."""
    highest = 0
    for folder, _folders, names in os.walk(f"{directory}/cases"):
        for name in names:
            if name[:8].isdigit():
                highest = max(highest, int(name[:8]) - 1)
            found = _CASE.findall(files.read(f"{folder}/{name}") or b"")
            highest = max([highest, *map(int, found)])
    last = files.read(f"{directory}/index/last") or b""
    return max(highest, int(last) - 1 if last.isdigit() else 0)


def old_stores(path: str) -> list[str]:
    """What may be former stores: directories beside it whose names begin with its own."""
    above, name = os.path.split(os.path.abspath(path))
    beside = (f"{above}/{other}" for other in files.names(above) if other.startswith(name) and other != name)
    return [directory for directory in beside if os.path.isdir(f"{directory}/cases")]
