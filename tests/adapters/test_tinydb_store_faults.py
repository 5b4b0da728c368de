"""The TinyDB store when it is stopped: killed at any call, a full disk, a power failure, files lost."""

import errno
import os
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.adapters.tinydb_store import TinyDbStore, intents
from helpdeskctl.adapters.tinydb_store.inspecting import damages
from helpdeskctl.domain.case import Status
from helpdeskctl.domain.errors import StoreDamagedError
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.registry import Contract, Customer, Registry
from tests.builders import ANNA, NOW, case, entry, numbers, outgoing

ROME = ZoneInfo("Europe/Rome")
# Every call by which the store changes a file or makes it durable.
CALLS = ("open", "write", "fsync", "sync", "rename", "link", "unlink", "mkdir", "truncate", "ftruncate")
BRUNO = Address("Bruno Neri", "bruno@rossi.example")

Act = Callable[[TinyDbStore], object]


def at(root: Path) -> TinyDbStore:
    return TinyDbStore(str(root), ROME)


def first(store: TinyDbStore) -> None:
    """The first case there ever was."""
    with store.transaction() as t:
        t.secret()
        t.put(case(1, outgoing=(outgoing(),)))


def batch(store: TinyDbStore) -> None:
    """A commit of two shards, one of them new, and two ledger files, one of them new."""
    with store.transaction() as t:
        t.put(case(1, requester=BRUNO, status=Status.closed, waiting_since=None))
        t.put(case(51, outgoing=(outgoing(),)))
        t.forget("aaaaaaaaaa")
        t.record(entry("cccccccccc", outcome="held", read_at=NOW + timedelta(days=1), outgoing=(outgoing(),)))


def some(root: Path) -> Path:
    """A store with fifty cases and two entries."""
    with at(root).transaction() as t:
        t.secret()
        for number in range(1, 51):
            t.put(case(number, outgoing=(outgoing(),) if number == 1 else ()))
        t.record(entry("aaaaaaaaaa", outcome="held", outgoing=(outgoing(),)))
        t.record(entry("bbbbbbbbbb"))
    return root


def state(store: TinyDbStore) -> dict[str, object]:
    """Everything a store tells, from shards and ledger as well as from the index."""
    snapshot = store.snapshot()
    return {
        "cases": list(store.all_cases()),
        "open": store.open_cases(),
        "waiting": sorted(map(str, store.waiting())),
        "entries": [store.entries(outcome) for outcome in ("held", "ignored")],
        "entry": [snapshot.entry(ident * 10) for ident in "abc"],
        "next": snapshot.next_number(),
        "people": [snapshot.numbers("requester", a.address) for a in (ANNA, BRUNO)],
        "mails": [snapshot.numbers("key", f"apertura-{n}") for n in (1, 2, 51)],
    }


def after(act: Act, prepared: Path, path: Path) -> dict[str, object]:
    """The state when nothing goes wrong."""
    if prepared.exists():
        shutil.copytree(prepared, path)
    act(at(path))
    return state(at(path))


def killed(act: Act, path: Path, call: int) -> bool:
    """Whether a process that does it there was stopped at its `call`-th call."""
    child = os.fork()
    if child == 0:
        left = call

        def counted(real: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*args: object, **more: object) -> object:
                nonlocal left
                left -= 1
                if left == 0:
                    os._exit(9)
                return real(*args, **more)

            return counting

        for name in CALLS:
            setattr(os, name, counted(getattr(os, name)))
        act(at(path))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def mend(store: TinyDbStore) -> None:
    with store.transaction():
        pass


@pytest.mark.parametrize(("act", "prepare"), [(first, None), (batch, some)])
def test_killed_at_any_call_all_of_it_happened_or_nothing(
    act: Act, prepare: Callable[[Path], Path] | None, tmp_path: Path
) -> None:
    prepared = tmp_path / "prepared"
    if prepare:
        prepare(prepared)
    before = state(at(prepared))
    undisturbed = after(act, prepared, tmp_path / "undisturbed")
    assert before != undisturbed
    seen = [0, 0]
    for call in range(1, 500):
        path = tmp_path / f"{call}"
        if prepare:
            shutil.copytree(prepared, path)
        stopped = killed(act, path, call)
        at(path).open_cases()
        mend(at(path))
        mended = state(at(path))
        assert mended in (before, undisturbed), call
        seen[mended == undisturbed] += 1
        act(at(path))
        assert state(at(path)) == undisturbed, call
        assert not list(path.rglob("*.new")), call
        at(path).reindex()
        assert state(at(path)) == undisturbed, call
        if not stopped:
            break
    assert not stopped
    # Both were met: stopped before the commit stood, and after.
    assert min(seen) > 5


@pytest.mark.parametrize("first_stop", ["link", "rename"])
def test_killed_again_while_mending_it_is_mended_all_the_same(first_stop: str, tmp_path: Path) -> None:
    prepared = some(tmp_path / "prepared")
    undisturbed = after(batch, prepared, tmp_path / "undisturbed")
    stop = _calls(batch, prepared, tmp_path / "counted").index(first_stop) + 2
    half = tmp_path / "half"
    shutil.copytree(prepared, half)
    assert killed(batch, half, stop)
    for call in range(1, 200):
        path = tmp_path / f"{call}"
        shutil.copytree(half, path)
        stopped = killed(mend, path, call)
        mend(at(path))
        assert state(at(path)) == undisturbed, call
        if not stopped:
            break
    assert not stopped
    assert call > 20


def _calls(act: Act, prepared: Path, path: Path) -> list[str]:
    """The names of the calls that it makes, in order."""
    shutil.copytree(prepared, path)
    made: list[str] = []

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*args: object, **more: object) -> object:
            made.append(name)
            return real(*args, **more)

        return noting

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, noted(name, getattr(os, name)))
        act(at(path))
    return made


@pytest.mark.parametrize("name", ["write", "fsync", "link", "rename", "open"])
def test_an_error_at_any_call_leaves_nothing_half_done(name: str, tmp_path: Path) -> None:
    prepared = some(tmp_path / "prepared")
    before = state(at(prepared))
    undisturbed = after(batch, prepared, tmp_path / "undisturbed")
    real = getattr(os, name)
    for call in range(1, 200):
        path = tmp_path / f"{call}"
        shutil.copytree(prepared, path)
        left = call

        def full(*args: Any, **more: Any) -> Any:
            nonlocal left
            left -= 1
            # Once a disk is full it stays full.
            if left <= 0 and (name != "open" or (left == 0 and args[1] & os.O_CREAT)):
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, name, full)
            try:
                batch(at(path))
            except OSError as error:
                assert error.errno == errno.ENOSPC
        failed = left <= 0
        mend(at(path))
        assert state(at(path)) in (before, undisturbed), call
        batch(at(path))
        assert state(at(path)) == undisturbed, call
        assert not list(path.rglob("*.new")), call
        if not failed:
            break
    assert not failed


def test_a_full_disk_is_left_as_full_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = some(tmp_path / "store")
    files = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    real, left = os.write, 3

    def full(fd: int, content: bytes) -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, content)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        batch(at(root))
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == files


def test_half_a_write_is_written_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    undisturbed = after(batch, some(tmp_path / "prepared"), tmp_path / "undisturbed")
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, content: real(fd, content[:1000]))
    batch(at(some(tmp_path / "store")))
    assert state(at(tmp_path / "store")) == undisturbed


def other_boot(monkeypatch: pytest.MonkeyPatch, path: Path, name: str) -> None:
    path.write_text(name)
    monkeypatch.setattr(intents, "_BOOT", str(path))
    intents._begin.cache_clear()


@pytest.fixture
def boot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Starts the machine anew, under the name given."""
    yield lambda name: other_boot(monkeypatch, tmp_path / "boot", name)
    monkeypatch.undo()
    intents._begin.cache_clear()


def test_after_a_power_failure_the_index_learns_what_it_lost(tmp_path: Path, boot: Any) -> None:
    boot("first\n")
    root = some(tmp_path / "store")
    shutil.copytree(root / "index", tmp_path / "index")
    batch(at(root))
    with at(root).transaction() as t:
        t.put(case(2, status=Status.closed, waiting_since=None))
    whole = state(at(root))
    # The index was never synced: what the disk has of it is older.
    shutil.rmtree(root / "index")
    shutil.copytree(tmp_path / "index", root / "index")
    assert state(at(root)) != whole
    boot("second\n")
    mend(at(root))
    assert state(at(root)) == whole
    assert (root / "intent").read_bytes() == b"second\n"


def test_mail_that_waits_is_not_forgotten_by_a_power_failure(tmp_path: Path, boot: Any) -> None:
    boot("first\n")
    root = some(tmp_path / "store")
    shutil.copytree(root / "index", tmp_path / "index")
    with at(root).transaction() as t:
        t.put(case(51, outgoing=(outgoing(),)))
    shutil.rmtree(root / "index")
    shutil.copytree(tmp_path / "index", root / "index")
    boot("second\n")
    assert 51 in [waiting.holder for waiting in at(root).waiting()]


def test_mail_that_waits_is_not_forgotten_by_a_commit_cut_short(tmp_path: Path) -> None:
    prepared = some(tmp_path / "prepared")
    calls = _calls(batch, prepared, tmp_path / "counted")
    # The last rename that a commit makes puts the last file in its place; then comes the index.
    assert killed(batch, prepared, len(calls) - calls[::-1].index("rename") + 1)
    assert 51 in [waiting.holder for waiting in at(prepared).waiting()]


def test_where_a_new_boot_cannot_be_told_the_index_is_synced(
    tmp_path: Path, boot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def synced() -> int:
        root, count, real = tmp_path / "store", 0, os.fsync
        shutil.rmtree(root, ignore_errors=True)
        some(root)

        def counting(fd: int) -> None:
            nonlocal count
            count += 1
            real(fd)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", counting)
            with at(root).transaction() as t:
                t.put(case(51))
        return count

    boot("told\n")
    told = synced()
    boot("")
    # Key, digest, requester, list; the Message-ID is known already for another case of the builders.
    assert synced() >= told + 4


@pytest.mark.parametrize("content", [b"", b"\0" * 300, b"boot\nwhat is this\n", b"boot\ndoes {\n", None])
def test_an_intent_log_that_cannot_be_read_makes_the_index_anew(
    content: bytes | None, tmp_path: Path
) -> None:
    root = some(tmp_path / "store")
    whole = state(at(root))
    if content is None:
        (root / "intent").unlink()
    else:
        (root / "intent").write_bytes(content)
    (root / "index/open").write_bytes(b"")
    mend(at(root))
    assert state(at(root)) == whole


def test_the_intent_log_begins_anew_once_it_is_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "_LONG", 20_000)
    store = at(some(tmp_path / "store"))
    sizes = []
    for minutes in range(60):
        with store.transaction() as t:
            t.put(case(1, minutes=minutes))
        sizes.append((tmp_path / "store/intent").stat().st_size)
    assert max(sizes) < 22_000
    assert min(sizes) < 100


@pytest.mark.parametrize("lost", ["open", "waiting", "held"])
def test_an_index_that_lacks_a_list_is_made_anew(lost: str, tmp_path: Path) -> None:
    root = some(tmp_path / "store")
    whole = state(at(root))
    (root / "index" / lost).unlink()
    assert at(root).open_cases() == whole["open"]
    assert at(root).snapshot().numbers("key", "apertura-2") == (2,)
    assert at(root).snapshot().entry("aaaaaaaaaa") is not None
    assert at(root).entries("held") == [at(root).snapshot().entry("aaaaaaaaaa")]
    batch(at(root))
    assert state(at(root)) == after(batch, some(tmp_path / "other"), tmp_path / "undisturbed")


def test_a_damaged_list_is_named_and_made_again_once_removed(tmp_path: Path) -> None:
    store = at(some(tmp_path / "store"))
    whole = state(store)
    path = tmp_path / "store/index/open"
    path.write_bytes(path.read_bytes().replace(b'":"', b'";"', 1))
    with pytest.raises(StoreDamagedError, match="index/open"):
        store.open_cases()
    path.unlink()
    mend(store)
    assert state(store) == whole


@pytest.mark.parametrize(
    "content",
    [b"", b'{"address:capo@ros', b"[]", b"\xff", b'{"address:capo@rossi.example": {"name": "Rossi"}}'],
)
def test_a_damaged_part_of_the_registry_is_named_and_made_again(content: bytes, tmp_path: Path) -> None:
    store = at(some(tmp_path / "store"))
    rossi = Customer("Rossi", ("capo@rossi.example",), ())
    store.replace_registry(Registry((rossi,), ()))
    (part,) = (tmp_path / "store/index").glob("registry.*/*")
    part.write_bytes(content)
    with pytest.raises(StoreDamagedError) as raised:
        store.snapshot().customer("address", "capo@rossi.example")
    assert f"{part} is damaged: run `helpdeskctl doctor --reindex`" in str(raised.value)
    assert [str(error) for error in damages(str(tmp_path / "store"), ROME, deep=False)] == [str(raised.value)]
    store.reindex()
    assert store.snapshot().customer("address", "capo@rossi.example") == rossi
    assert not list(damages(str(tmp_path / "store"), ROME, deep=False))


def test_a_registry_that_is_none_of_ours_is_named(tmp_path: Path) -> None:
    store = at(some(tmp_path / "store"))
    contract = Contract("2026/A", "Rossi", date(2026, 1, 1), None, (), ())
    store.replace_registry(Registry((), (contract,)))
    path = tmp_path / "store/registry.json"
    path.write_text(path.read_text().replace("2026-01-01", "dal 2026"))
    for reading in (store.registry, lambda: store.snapshot().contract("2026/a")):
        with pytest.raises(StoreDamagedError, match=r"registry\.json cannot be read"):
            reading()


def test_a_missing_shard_is_named_and_nothing_takes_its_place(tmp_path: Path) -> None:
    store = at(some(tmp_path / "store"))
    with store.transaction() as t:
        t.put(case(51))
        t.put(case(101))
    lost = tmp_path / "store/cases/0000/00000051.json"
    lost.unlink()
    for reading in (lambda: store.snapshot().case(60), lambda: list(store.all_cases())):
        with pytest.raises(StoreDamagedError, match=r"00000051\.json is missing"):
            reading()
    with pytest.raises(StoreDamagedError), store.transaction() as t:
        t.put(case(51))
    assert not lost.exists()
    assert store.snapshot().case(101) == case(101)


@pytest.mark.parametrize("previous", [True, False])
def test_no_number_is_given_twice_when_the_highest_shard_is_lost(previous: bool, tmp_path: Path) -> None:
    store = at(some(tmp_path / "store"))
    for minutes in range(2):
        with store.transaction() as t:
            t.put(case(51, minutes=minutes))
    lost = tmp_path / "store/cases/0000/00000051.json"
    lost.unlink()
    if not previous:
        Path(f"{lost}.previous").unlink()
    with pytest.raises(StoreDamagedError, match=r"00000051\.json is missing"), store.transaction() as t:
        t.put(case(t.next_number()))
    assert not lost.exists()


def test_a_ledger_file_that_is_missing_is_named(tmp_path: Path) -> None:
    store = at(some(tmp_path / "store"))
    (tmp_path / "store/ledger/2026-11-24/001.json").unlink()
    with pytest.raises(StoreDamagedError, match=r"001\.json is missing"):
        store.snapshot().entry("aaaaaaaaaa")
    with pytest.raises(StoreDamagedError, match=r"001\.json is missing"):
        store.entries("held")


@pytest.mark.parametrize("content", ["", "{", '{"version": 0}\n', '{"version": "1"}\n', "[]"])
def test_a_format_that_cannot_be_read_is_refused(content: str, tmp_path: Path) -> None:
    store = at(some(tmp_path / "store"))
    (tmp_path / "store/format").write_text(content)
    for reading in (store.open_cases, store.snapshot, store.waiting, store.all_cases):
        with pytest.raises(StoreDamagedError, match="format cannot be read"):
            reading()
    with pytest.raises(StoreDamagedError, match="format cannot be read"):
        batch(store)
    assert (tmp_path / "store/format").read_text() == content


@pytest.mark.parametrize("content", [b"", b"abc", b"g" * 64 + b"\n"])
def test_a_damaged_secret_is_never_replaced(content: bytes, tmp_path: Path) -> None:
    store = at(some(tmp_path / "store"))
    (tmp_path / "store/secret").write_bytes(content)
    with pytest.raises(StoreDamagedError, match="secret"):
        store.snapshot().secret()
    with pytest.raises(StoreDamagedError, match="secret"), store.transaction() as t:
        t.secret()
    assert (tmp_path / "store/secret").read_bytes() == content


def test_any_bit_that_flips_in_a_shard_is_noticed(tmp_path: Path) -> None:
    first(at(tmp_path / "store"))
    path = tmp_path / "store/cases/0000/00000001.json"
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(StoreDamagedError, match=r"00000001\.json"):
            at(tmp_path / "store").snapshot().case(1)


def test_a_torn_line_of_any_length_spoils_no_other(tmp_path: Path) -> None:
    root = some(tmp_path / "store")
    whole = state(at(root))
    for file in ("open", "waiting", "held", "keys", "people"):
        path = root / "index" / file
        path = path if path.is_file() else min(path.iterdir())
        content = path.read_bytes()
        last = content.rstrip(b"\n").rsplit(b"\n", 1)[-1]
        for length in range(len(last)):
            path.write_bytes(content + last[:length])
            assert state(at(root)) == whole
        path.write_bytes(content)


def test_readers_never_fail_beside_writers(tmp_path: Path) -> None:
    root = some(tmp_path / "store")
    children = []
    for writer in range(2):
        child = os.fork()
        if child == 0:
            for turn in range(40):
                with at(root).transaction() as t:
                    t.put(case(t.next_number(), outgoing=(outgoing(f"{writer}.{turn}"),)))
                    t.record(entry(f"{writer:05}{turn:05}", outcome="held"))
                if turn == 20:
                    at(root).reindex()
            os._exit(0)
        children.append(child)
    before = 50
    while children:
        found = list(at(root).all_cases())
        assert numbers(found) == list(range(1, len(found) + 1))
        assert len(found) >= before
        before = len(found)
        assert len(at(root).open_cases()) <= at(root).snapshot().next_number()
        assert len(at(root).entries("held")) <= 81
        done, status = os.waitpid(children[0], os.WNOHANG)
        if done:
            assert status == 0
            children.pop(0)
    assert numbers(at(root).open_cases()) == list(range(1, 131))
    assert len(at(root).entries("held")) == 81
