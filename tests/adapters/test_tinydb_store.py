"""The TinyDB store: the contract of every store, and what only this one promises."""

import json
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tinydb import TinyDB

from helpdeskctl.adapters.tinydb_store import TinyDbStore, commits, shelves
from helpdeskctl.adapters.tinydb_store.shards import Shard
from helpdeskctl.application.ports import CaseStore
from helpdeskctl.domain.case import Status
from helpdeskctl.domain.errors import StoreDamagedError, StoreLockedError
from tests.adapters.store_contract import StoreContract
from tests.builders import NOW, case, entry, message, numbers, outgoing, record

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(root: Path) -> TinyDbStore:
    return TinyDbStore(str(root), ROME)


class TestTinyDbStore(StoreContract):
    @pytest.fixture
    def store(self, root: Path) -> CaseStore:
        return TinyDbStore(str(root), ROME)


def put(store: TinyDbStore, *numbers_: int) -> None:
    with store.transaction() as writing:
        for number in numbers_:
            writing.put(case(number))


def shard(root: Path, number: int = 1) -> Path:
    return root / f"cases/0000/{(number - 1) // 50 * 50 + 1:08}.json"


def test_readers_make_nothing(store: TinyDbStore, root: Path) -> None:
    store.open_cases()
    store.snapshot().case(1)
    list(store.all_cases())
    assert store.snapshot().secret() == b""
    assert not root.exists()


def test_a_shard_is_an_ordinary_tinydb_file(store: TinyDbStore, root: Path) -> None:
    put(store, 7, 8)
    with TinyDB(shard(root)) as db:
        found = db.table("cases").get(doc_id=7)
        assert isinstance(found, dict)
        assert found["requester"] == {"name": "Anna Verdi", "address": "anna.verdi@cliente.example"}
        assert len(db.table("cases")) == 2
    assert json.loads(shard(root).read_text())["cases"]["8"]["number"] == 8


def test_fifty_cases_share_a_shard(store: TinyDbStore, root: Path) -> None:
    put(store, 50, 51, 100, 101)
    assert [shard(root, n).exists() for n in (1, 51, 101)] == [True] * 3
    assert [one.number for one in store.all_cases()] == [50, 51, 100, 101]


def test_a_far_number_lies_in_a_directory_of_its_own(store: TinyDbStore, root: Path) -> None:
    put(store, 1, 5000, 5001, 10_001)
    assert sorted(p.name for p in (root / "cases").iterdir()) == ["0000", "0001", "0002"]
    with store.transaction() as writing:
        assert writing.next_number() == 10_002


def test_a_ledger_file_holds_two_hundred_entries(store: TinyDbStore, root: Path) -> None:
    with store.transaction() as writing:
        for n in range(450):
            writing.record(entry(f"{n:010x}"))
    names = sorted(p.name for p in (root / "ledger/2026-11-24").iterdir())
    assert names == ["001.json", "002.json", "003.json"]
    assert len(store.entries("ignored")) == 450
    with store.transaction() as writing:
        writing.record(entry(f"{0:010x}", outcome="held"))
    assert len(store.entries("held")) == 1
    assert len(store.entries("ignored")) == 449


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-40],
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content.replace(b"tecnico", b"tecnica", 1),
        lambda content: content.replace(b'"open"', b'"OPEN"', 1),
        lambda content: b"\0" * len(content),
        lambda content: b"{}",
    ],
)
def test_damage_is_noticed_named_and_nothing_is_started_anew(
    store: TinyDbStore, root: Path, damage: object
) -> None:
    put(store, 1)
    put(store, 2)
    assert callable(damage)
    broken = damage(shard(root).read_bytes())
    shard(root).write_bytes(broken)
    with pytest.raises(StoreDamagedError) as told:
        store.snapshot().case(1)
    assert str(shard(root)) in str(told.value)
    with pytest.raises(StoreDamagedError), store.transaction() as writing:
        writing.put(case(writing.next_number()))
    assert shard(root).read_bytes() == broken
    assert b'"1"' in Path(f"{shard(root)}.previous").read_bytes()


def test_a_shard_that_is_missing_is_noticed(store: TinyDbStore, root: Path) -> None:
    put(store, 1)
    put(store, 2)
    shard(root).unlink()
    with pytest.raises(StoreDamagedError):
        store.snapshot().case(1)


def test_a_store_of_a_newer_format_is_refused(store: TinyDbStore, root: Path) -> None:
    put(store, 1)
    (root / "format").write_text('{"version": 2}\n')
    for reading in (store.open_cases, store.snapshot, lambda: store.entries("held")):
        with pytest.raises(StoreDamagedError, match="format"):
            reading()
    with pytest.raises(StoreDamagedError), store.transaction():
        pass


def test_cases_without_a_format_are_no_store(store: TinyDbStore, root: Path) -> None:
    put(store, 1)
    (root / "format").unlink()
    with pytest.raises(StoreDamagedError), store.transaction() as writing:
        writing.put(case(2))


def test_the_index_can_be_made_anew_from_the_rest(store: TinyDbStore, root: Path) -> None:
    with store.transaction() as writing:
        writing.put(case(1, outgoing=(outgoing(),)))
        writing.put(case(2, status=Status.closed, waiting_since=None))
        writing.record(entry("aaaaaaaaaa", outcome="held"))
    before = (store.open_cases(), store.waiting(), store.entries("held"))
    shutil.rmtree(root / "index")
    # A reader without an index reads everything.
    assert [c.number for c in store.open_cases()] == [1]
    assert store.entries("held") == before[2]
    store.reindex()
    assert (store.open_cases(), store.waiting(), store.entries("held")) == before
    assert store.snapshot().numbers("key", "apertura-2") == (2,)
    assert store.snapshot().entry("aaaaaaaaaa") is not None


def test_a_lost_index_is_rebuilt_by_the_next_writer(store: TinyDbStore, root: Path) -> None:
    put(store, 1, 2)
    shutil.rmtree(root / "index")
    put(store, 3)
    assert numbers(store.open_cases()) == [1, 2, 3]
    assert store.snapshot().numbers("key", "apertura-1") == (1,)


def test_a_torn_index_line_spoils_no_other(store: TinyDbStore, root: Path) -> None:
    put(store, 1)
    with (root / "index/open").open("ab") as file:
        file.write(b'2\t{"number": 2, "stat')
    assert numbers(store.open_cases()) == [1]
    put(store, 2)
    assert numbers(store.open_cases()) == [1, 2]


def test_logs_do_not_grow_without_end(store: TinyDbStore, root: Path) -> None:
    for n in range(120):
        with store.transaction() as writing:
            writing.put(case(1, outgoing=(outgoing(f"a{n}", next_at=NOW.replace(minute=n % 60)),), minutes=n))
    assert os.stat(root / "index/open").st_size < 64 * 1024
    assert store.open_cases()[0].minutes == 119
    assert [w.holder for w in store.waiting()] == [1]


def test_what_one_mail_costs_does_not_grow_with_the_store(
    store: TinyDbStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(number: int) -> tuple[int, int]:
        opened: list[str] = []
        written: list[int] = []
        real_open, real_write = os.open, os.write

        def opening(*args: Any, **more: Any) -> int:
            opened.append(str(args[0]))
            return real_open(*args, **more)

        def writing_(fd: int, content: bytes) -> int:
            written.append(len(content))
            return real_write(fd, content)

        monkeypatch.setattr(os, "open", opening)
        monkeypatch.setattr(os, "write", writing_)
        with store.transaction() as writing:
            mail = message(message_id=f"{number}@costo.example", text=f"{number} " * 300)
            writing.put(case(number, messages=(record(mail, f"k{number}"),), outgoing=(outgoing(),)))
        monkeypatch.undo()
        return len(opened), sum(written)

    put(store, *range(1, 50))
    few = cost(50)
    put(store, *range(51, 5050))
    many = cost(5050 - 1 + 1)
    assert many[0] <= few[0]
    assert many[1] <= few[1] * 1.2
    assert many[1] < 100_000


def test_eight_processes_give_eighty_numbers(root: Path) -> None:
    program = (
        "import sys\n"
        "from zoneinfo import ZoneInfo\n"
        "from helpdeskctl.adapters.tinydb_store import TinyDbStore\n"
        "from tests.builders import case\n"
        "store = TinyDbStore(sys.argv[1], ZoneInfo('Europe/Rome'))\n"
        "for _ in range(10):\n"
        "    with store.transaction() as writing:\n"
        "        writing.put(case(writing.next_number()))\n"
        "    store.open_cases()\n"
    )
    with ThreadPoolExecutor(8) as pool:
        codes = pool.map(lambda _: subprocess.call([sys.executable, "-c", program, str(root)]), range(8))
        assert list(codes) == [0] * 8
    store = TinyDbStore(str(root), ROME)
    assert [c.number for c in store.all_cases()] == list(range(1, 81))
    assert numbers(store.open_cases()) == list(range(1, 81))


def test_a_writer_waits_only_so_long(store: TinyDbStore, root: Path) -> None:
    put(store, 1)
    hasty = TinyDbStore(str(root), ROME, patience=0.05)
    with store.transaction(), pytest.raises(StoreLockedError, match="try again"), hasty.transaction():
        pass


def test_the_senders_lock_is_not_waited_for(store: TinyDbStore, root: Path) -> None:
    put(store, 1)
    other = TinyDbStore(str(root), ROME)
    with store.sending() as ours, other.sending() as theirs:
        assert (ours, theirs) == (True, False)
    with other.sending() as theirs:
        assert theirs


def test_the_store_is_private_by_default(store: TinyDbStore, root: Path) -> None:
    umask = os.umask(0o000)
    try:
        with store.transaction() as writing:
            writing.secret()
            writing.record(entry())
        put(store, 1)
    finally:
        os.umask(umask)
    for path in (root, *root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_team_shares_the_store_by_its_group_whatever_the_umask(store: TinyDbStore, root: Path) -> None:
    root.mkdir()
    root.chmod(0o2770)
    umask = os.umask(0o077)
    try:
        put(store, 1)
        put(store, 2)
    finally:
        os.umask(umask)
    for path in root.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o777 == (0o770 if path.is_dir() else 0o660), path
        assert path.stat().st_gid == root.stat().st_gid


def test_a_case_that_waits_for_us_is_listed_though_it_is_closed(store: TinyDbStore) -> None:
    with store.transaction() as writing:
        writing.put(case(1, status=Status.closed, waiting_since=NOW))
        writing.put(case(2, status=Status.closed, waiting_since=None))
    assert numbers(store.open_cases()) == [1]


def test_the_next_to_be_sent_comes_first(store: TinyDbStore) -> None:
    with store.transaction() as writing:
        for number in (1, 2, 3):
            writing.put(case(number, outgoing=(outgoing(next_at=NOW.replace(minute=30 - number)),)))
    assert [waiting.holder for waiting in store.waiting()] == [3, 2, 1]


def test_a_put_that_changes_nothing_writes_nothing(store: TinyDbStore, root: Path) -> None:
    with store.transaction() as writing:
        writing.put(case(1))
        writing.record(entry())
    files = {path: path.stat().st_ino for path in root.rglob("*")}
    intent = (root / "intent").read_bytes()
    with store.transaction() as writing:
        writing.put(case(1))
        writing.record(entry())
        writing.forget("never seen")
    assert {path: path.stat().st_ino for path in root.rglob("*")} == files
    assert (root / "intent").read_bytes() == intent


def test_jq_and_a_person_can_read_a_shard(store: TinyDbStore, root: Path) -> None:
    put(store, 1, 2)
    lines = shard(root).read_text().splitlines()
    assert [line[:12] for line in lines] == [
        '{"cases":{',
        '"1":{"number',
        '"2":{"number',
        "},",
        lines[4][:12],
    ]
    if shutil.which("jq"):
        asked = ["jq", "-r", '.cases["2"].requester.address', str(shard(root))]
        assert subprocess.check_output(asked, text=True).strip() == "anna.verdi@cliente.example"


def test_a_ledger_file_that_has_grown_large_takes_no_more(store: TinyDbStore, root: Path) -> None:
    for n in range(3):
        with store.transaction() as writing:
            writing.record(entry(f"{n:010x}", reason="x" * 40_000))
    assert sorted(p.name for p in (root / "ledger/2026-11-24").glob("*.json")) == ["001.json", "002.json"]


def test_a_list_does_not_load_tinydb(store: TinyDbStore, root: Path) -> None:
    put(store, 1)
    program = (
        "import sys\n"
        "from zoneinfo import ZoneInfo\n"
        "from helpdeskctl.adapters.tinydb_store import TinyDbStore\n"
        "store = TinyDbStore(sys.argv[1], ZoneInfo('Europe/Rome'))\n"
        "assert len(store.open_cases()) == 1 and store.waiting() == [] and store.backlog() is None\n"
        "print(*sys.modules)\n"
    )
    loaded = subprocess.check_output([sys.executable, "-c", program, str(root)], text=True).split()
    unwanted = {"tinydb", "dataclasses", "logging", "inspect", "secrets", "shutil"}
    assert not unwanted & set(loaded)


def test_a_long_dry_run_keeps_few_files_in_memory(
    store: TinyDbStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, *range(1, 600, 50))
    monkeypatch.setattr(shelves, "_IN_MEMORY", 5)
    trying = store.snapshot()
    for number in range(1, 600, 50):
        assert trying.case(number) == case(number)
        trying.put(case(number, minutes=1))
    assert [trying.case(number) for number in (1, 551)] == [case(1, minutes=1), case(551, minutes=1)]
    with store.transaction() as writing:
        for number in range(1, 600, 50):
            writing.put(case(number, minutes=2))
            assert writing.case(1) is not None
    assert {one.minutes for one in store.all_cases()} == {2}


def test_an_index_is_made_anew_in_several_goes(store: TinyDbStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, *range(1, 152))
    monkeypatch.setattr(commits, "_AT_ONCE", 100)
    store.reindex()
    assert numbers(store.open_cases()) == list(range(1, 152))
    assert store.snapshot().numbers("requester", "anna.verdi@cliente.example") == tuple(range(1, 152))


def test_a_document_that_is_none_of_ours_is_named(store: TinyDbStore, root: Path) -> None:
    put(store, 1)
    other = Shard(str(shard(root)), "cases")
    other.put(2, {"number": 2})
    shard(root).write_bytes(other.content())
    with pytest.raises(StoreDamagedError, match=r"00000001\.json, document 2,"):
        store.snapshot().case(2)
    with pytest.raises(StoreDamagedError, match=r"00000001\.json, document 2,"):
        list(store.all_cases())
    with pytest.raises(StoreDamagedError, match=r"00000001\.json, document 2,"):
        store.reindex()


def test_gaps_are_filled_so_that_a_missing_shard_can_be_told(store: TinyDbStore, root: Path) -> None:
    put(store, 1)
    put(store, 201)
    assert [shard(root, n).exists() for n in (51, 101, 151)] == [True] * 3
    assert store.snapshot().case(51) is None
    # An empty highest shard stands for all the numbers below it, as `backup restore` leaves it.
    shard(root, 251).write_bytes(Shard(str(shard(root, 251)), "cases").content())
    assert store.snapshot().next_number() == 251


@pytest.mark.parametrize("mode", [0o770, 0o2770])
def test_a_team_of_another_group_shares_the_store(mode: int, store: TinyDbStore, root: Path) -> None:
    if os.getuid():
        pytest.skip("only root may give a directory to a group that is not its own")
    root.mkdir()
    os.chown(root, -1, 12345)
    root.chmod(mode)
    with store.transaction() as writing:
        writing.put(case(1))
        writing.secret()
    for path in root.rglob("*"):
        assert path.stat().st_gid == 12345, path
        assert stat.S_IMODE(path.stat().st_mode) == (mode if path.is_dir() else 0o660), path


def test_the_secret_is_never_for_everybody(store: TinyDbStore, root: Path) -> None:
    root.mkdir(0o755)
    root.chmod(0o755)
    with store.transaction() as writing:
        writing.secret()
    assert stat.S_IMODE((root / "secret").stat().st_mode) & 0o007 == 0


def test_a_planted_link_is_not_written_through(store: TinyDbStore, root: Path, tmp_path: Path) -> None:
    put(store, 1)
    (root / "index/open").rename(tmp_path / "outside")
    (root / "index/open").symlink_to(tmp_path / "outside")
    before = (tmp_path / "outside").read_bytes()
    with pytest.raises(OSError, match="symbolic"), store.transaction() as writing:
        writing.put(case(2))
    assert (tmp_path / "outside").read_bytes() == before
