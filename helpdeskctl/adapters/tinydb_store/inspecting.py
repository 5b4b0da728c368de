"""What is wrong with a store, file by file: read only, without the lock."""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import tzinfo
from functools import partial
from itertools import chain

from helpdeskctl.adapters.tinydb_store import codec, index, registry
from helpdeskctl.adapters.tinydb_store.shelves import Shelves, understood
from helpdeskctl.adapters.tinydb_store.store import TinyDbStore
from helpdeskctl.domain.errors import StoreDamagedError

# So many of the latest files are read where not all are: they are the ones that are still written.
_LATEST = 2


def damages(path: str, zone: tzinfo, deep: bool) -> Iterator[StoreDamagedError]:
    """Everything that cannot be trusted, with what to do about it; all files are read only if `deep`.

    A format that is not ours is the only thing told: nothing else can be said of such a store.
    """
    store = TinyDbStore(path, zone)
    wrong = list(_damage(store.snapshot))
    if wrong:
        yield from wrong
        return
    yield from _damage(store.snapshot().secret)
    yield from _damage(store.registry)
    yield from _damage(partial(registry.check_derived, path))
    shelves = Shelves(path, zone)
    yield from _damage(partial(shelves.check_last, index.last_shard(path)))
    if shelves.last() and not index.exists(path):
        yield StoreDamagedError(
            "{file} is missing: run `helpdeskctl doctor --reindex`.", file=f"{path}/index"
        )
    files = shelves.shard_files(), shelves.ledger_files()
    for file in chain.from_iterable(files if deep else (deque(some, _LATEST) for some in files)):
        yield from _damage(partial(_read, shelves, file, path, zone))
    for log in index.LOGS if index.exists(path) else ():
        yield from _damage(partial(index.live, path, log))


def _damage(step: Callable[[], object]) -> Iterator[StoreDamagedError]:
    """What the step says is damaged."""
    try:
        step()
    except StoreDamagedError as error:
        yield error


def _read(shelves: Shelves, file: str, path: str, zone: tzinfo) -> None:
    """Every document of a file, as what it must be."""
    decode: Callable[..., object] = codec.case if file.startswith("cases/") else codec.entry
    at = codec.times(zone)
    for document in shelves.documents(file):
        understood(partial(decode, at=at), document, f"{path}/{file}")
