"""A damaged store made whole again: everything that can be known is there, the rest is named."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.adapters.tinydb_store import TinyDbStore
from helpdeskctl.adapters.tinydb_store.inspecting import damages
from helpdeskctl.adapters.tinydb_store.repairing import Upkeep
from helpdeskctl.application.ingest import Ports, entry_id, ingest_inbox
from helpdeskctl.application.ports import Arrived
from helpdeskctl.application.repairing import Mended, Repaired, repair
from helpdeskctl.domain.case import Status
from helpdeskctl.domain.errors import StoreDamagedError
from helpdeskctl.domain.registry import Customer, Registry
from tests.builders import NOW, message, outgoing, policy
from tests.fakes import FakeTexts, MemoryMailbox, Parser, SetClock, at_once

ROME = ZoneInfo("Europe/Rome")
SHARD = "cases/0000/00000001.json"


class Bench:
    """A real store, with fakes around it; every mail is a file that says its own key."""

    def __init__(self, path: Path) -> None:
        self.path = path / "store"
        self.inbox = path / "inbox"
        self.inbox.mkdir()
        self.store = TinyDbStore(str(self.path), ROME)
        self.box = MemoryMailbox()
        self.box.locate = self._locate  # type: ignore[method-assign]
        self.parser = Parser()
        self.ports = Ports(
            self.box, self.store, self.parser, self.parser.peek, FakeTexts(), policy(), SetClock(NOW), at_once
        )

    def _locate(self, key: str) -> str | None:
        found = self.inbox / key
        return str(found) if found.exists() and key in self.box.arrived else None

    def read(self, key: str, references: tuple[str, ...] = ()) -> None:
        """A mail arrives and is read."""
        (self.inbox / key).write_text(key)
        os.utime(self.inbox / key, (NOW.timestamp(), NOW.timestamp()))
        self.parser.mails[key] = message(
            f"Guasto {key}", message_id=f"{key}@rossi.example", digest=key, references=references
        )
        self.box.arrived[key] = NOW
        list(ingest_inbox(self.ports, [Arrived(key, NOW)]))

    def damaged(self, deep: bool = True) -> list[str]:
        return [str(error) for error in damages(str(self.path), ROME, deep)]

    def repair(self) -> Repaired:
        done = repair(Upkeep(str(self.path), ROME), self.ports)
        assert self.damaged() == []
        # Whatever was done, the store works, and nothing waits that did not wait before.
        with self.store.transaction() as writing:
            writing.secret()
        return done

    def file(self, name: str) -> Path:
        return self.path / name


@pytest.fixture
def desk(tmp_path: Path) -> Bench:
    """Three cases, the third with an answer; one mail ignored, one held."""
    bench = Bench(tmp_path)
    for key in ("uno", "due", "tre"):
        bench.read(key)
    bench.read("seguito", references=("tre@rossi.example",))
    bench.parser.mails["rotta"] = ValueError("rotta")
    (bench.inbox / "rotta").write_text("rotta")
    bench.box.arrived["rotta"] = NOW
    list(ingest_inbox(bench.ports, [Arrived("rotta", NOW)]))
    return bench


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def noise(path: Path) -> None:
    path.write_bytes(b"\xff\x00{[" * 100)


def flipped(path: Path) -> None:
    content = path.read_bytes()
    place = content.index(b"Guasto uno")
    path.write_bytes(content[:place] + b"K" + content[place + 1 :])


def missing(path: Path) -> None:
    path.unlink()


DAMAGES = (truncated, half, empty, noise, flipped, missing)
Damage = Callable[[Path], None]


def test_a_whole_store_has_nothing_to_repair(desk: Bench) -> None:
    assert desk.damaged() == []
    before = list(desk.store.all_cases())
    assert desk.repair() == Repaired((), (), 0, (), ())
    assert list(desk.store.all_cases()) == before


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_shard_is_named_and_repaired_with_every_mail(desk: Bench, damage: Damage) -> None:
    before = list(desk.store.all_cases())
    damage(desk.file(SHARD))
    assert any(SHARD in said and "doctor --repair" in said for said in desk.damaged(deep=False))
    with pytest.raises(StoreDamagedError):
        desk.read("quattro")
    done = desk.repair()
    assert [one.file for one in done.files] == [SHARD]
    assert (done.lost_cases, done.lost_mails) == ((), ())
    after = list(desk.store.all_cases())
    assert [c.number for c in after] == [1, 2, 3]
    for old, new in zip(before, after, strict=True):
        assert {m.key for m in new.messages} == {m.key for m in old.messages}
        assert new.subject == old.subject
        assert new.status is old.status
        waiting = {m.id for m in old.outgoing}
        # A mail queued by the last change may be lost: then the case is named.
        lost = waiting - {m.id for m in new.outgoing}
        assert not lost or old.number in done.files[0].behind


@pytest.mark.parametrize("damage", DAMAGES)
def test_without_a_former_self_the_raw_mails_and_the_index_bring_the_cases_back(
    desk: Bench, damage: Damage
) -> None:
    damage(desk.file(SHARD))
    desk.file(SHARD + ".previous").unlink()
    done = desk.repair()
    after = list(desk.store.all_cases())
    assert [c.number for c in after] == [1, 2, 3]
    assert [sorted(m.key for m in c.messages) for c in after] == [["uno"], ["due"], ["seguito", "tre"]]
    assert [c.subject for c in after][1:] == ["Guasto due", "Guasto tre"]
    assert all("news" in desk.store.snapshot().case(n).marks for n in done.cases)  # type: ignore[union-attr]
    assert done.lost_cases == ()


def test_the_damaged_file_stays_as_evidence(desk: Bench) -> None:
    noise(desk.file(SHARD))
    content = desk.file(SHARD).read_bytes()
    desk.repair()
    assert desk.file(SHARD + ".damaged").read_bytes() == content


def test_what_had_gone_is_not_sent_again(desk: Bench) -> None:
    with desk.store.transaction() as writing:
        case = writing.case(2)
        assert case is not None
        writing.put(case._replace(outgoing=(outgoing("a1"),)))
    with desk.store.transaction() as writing:
        case = writing.case(2)
        assert case is not None
        sent = case.outgoing[0]._replace(state="sent", sent_at=NOW, body="")
        writing.put(case._replace(outgoing=(sent,), updated_at=NOW + timedelta(minutes=1)))
    assert '"waiting"' in desk.file(SHARD + ".previous").read_text()
    empty(desk.file(SHARD))
    desk.repair()
    repaired = desk.store.snapshot().case(2)
    assert repaired is not None
    assert [mail.state for mail in repaired.outgoing] == ["sent"]
    assert 2 not in [waiting.holder for waiting in desk.store.waiting()]


def test_a_case_closed_since_its_former_self_stays_closed(desk: Bench) -> None:
    with desk.store.transaction() as writing:
        case = writing.case(2)
        assert case is not None
        writing.put(case._replace(status=Status.closed, closed_at=NOW, waiting_since=None))
    empty(desk.file(SHARD))
    done = desk.repair()
    repaired = desk.store.snapshot().case(2)
    assert repaired is not None and repaired.status is Status.closed
    assert 2 in done.files[0].behind


def test_a_truncated_shard_keeps_what_is_newer_than_its_former_self(desk: Bench) -> None:
    with desk.store.transaction() as writing:
        case = writing.case(1)
        assert case is not None
        writing.put(case._replace(owner="rossi", updated_at=NOW + timedelta(minutes=1)))
    truncated(desk.file(SHARD))
    shutil.rmtree(desk.file("index"))
    desk.repair()
    repaired = desk.store.snapshot().case(1)
    assert repaired is not None and repaired.owner == "rossi"


def test_a_file_of_which_nothing_is_left_is_named(desk: Bench) -> None:
    empty(desk.file(SHARD))
    desk.file(SHARD + ".previous").unlink()
    shutil.rmtree(desk.file("index"))
    shutil.rmtree(desk.file("mail"))
    done = repair(Upkeep(str(desk.path), ROME), desk.ports)
    assert done.files[0] == Mended(SHARD, "nothing")
    assert desk.store.snapshot().next_number() == 1
    assert done.cases == ()


def test_mail_that_belongs_nowhere_any_more_is_named(desk: Bench) -> None:
    desk.box.arrived.clear()
    empty(desk.file(SHARD))
    desk.file(SHARD + ".previous").unlink()
    shutil.rmtree(desk.file("index"))
    done = repair(Upkeep(str(desk.path), ROME), desk.ports)
    assert sorted(Path(path).name for path in done.lost_mails) == ["due", "seguito", "tre", "uno"]


@pytest.mark.parametrize("damage", [truncated, empty, noise, missing])
def test_a_damaged_ledger_file_gets_its_entries_back(desk: Bench, damage: Damage) -> None:
    (file,) = desk.path.glob("ledger/*/001.json")
    for former in desk.path.glob("ledger/*/*.previous"):
        former.unlink()
    damage(file)
    assert any("001.json" in said for said in desk.damaged(deep=False)) or damage is missing
    desk.repair()
    entry = desk.store.snapshot().entry(entry_id("rotta"))
    assert entry is not None
    assert entry.key == "rotta"


def test_a_registry_that_cannot_be_read_is_as_it_was_before_the_last_import(desk: Bench) -> None:
    first = Registry((Customer("Officine Rossi", ("anna@rossi.example",), ()),), ())
    desk.store.replace_registry(first)
    desk.store.replace_registry(Registry())
    desk.file("registry.json").write_text("{")
    assert any("registry.json" in said for said in desk.damaged(deep=False))
    assert desk.repair().files == (Mended("registry.json", "former self"),)
    assert desk.store.registry() == first


def test_a_registry_of_which_nothing_is_left_is_told(desk: Bench) -> None:
    desk.file("registry.json").write_text("{")
    assert desk.repair().files == (Mended("registry.json", "nothing"),)
    assert desk.store.registry() == Registry()


@pytest.mark.parametrize("content", [None, b"", b"xyz"])
def test_a_lost_secret_is_never_made_anew_in_silence(desk: Bench, content: bytes | None) -> None:
    desk.file("secret").unlink()
    if content is not None:
        desk.file("secret").write_bytes(content)
    with pytest.raises(StoreDamagedError, match="secret"):
        desk.read("quattro")
    assert any("secret" in said for said in desk.damaged(deep=False)) or content is None
    assert desk.repair().files == (Mended("secret", "made anew"),)
    assert len(desk.store.snapshot().secret()) == 64


@pytest.mark.parametrize("content", [None, b"", b"{"])
def test_a_lost_format_is_written_again(desk: Bench, content: bytes | None) -> None:
    desk.file("format").unlink()
    if content is not None:
        desk.file("format").write_bytes(content)
    assert any("format" in said for said in desk.damaged(deep=False))
    assert desk.repair().files == (Mended("format", "made anew"),)


@pytest.mark.parametrize("text", ['{"version": 2}\n', '{ "version": 17 }'])
def test_a_newer_store_is_left_alone(desk: Bench, text: str) -> None:
    desk.file("format").write_text(text)
    before = {p: p.read_bytes() for p in desk.path.rglob("*") if p.is_file() and p.name != "lock"}
    with pytest.raises(StoreDamagedError, match="newer one"):
        repair(Upkeep(str(desk.path), ROME), desk.ports)
    assert {p: p.read_bytes() for p in desk.path.rglob("*") if p.is_file() and p.name != "lock"} == before


def test_a_directory_without_a_store_is_not_made_one(tmp_path: Path) -> None:
    with pytest.raises(StoreDamagedError, match="backup restore"):
        Upkeep(str(tmp_path), ROME).mend_files()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_index_is_made_again(desk: Bench) -> None:
    shutil.rmtree(desk.file("index"))
    assert desk.repair() == Repaired((), (), 0, (), ())
    assert desk.store.snapshot().numbers("key", "seguito") == (3,)


def test_a_damaged_index_is_named_and_made_again(desk: Bench) -> None:
    with desk.file("index/open").open("a") as log:
        log.write("1\t{nonsense\t\n")
    (said,) = desk.damaged(deep=False)
    assert "doctor --reindex" in said
    Upkeep(str(desk.path), ROME).reindex()
    assert desk.damaged() == []
    assert [case.number for case in desk.store.open_cases()] == [1, 2, 3]


def test_only_a_deep_look_reads_every_file(desk: Bench) -> None:
    from tests.builders import case

    with desk.store.transaction() as writing:
        for number in (60, 120, 180):
            writing.put(case(number))
    flipped(desk.file(SHARD))
    assert desk.damaged(deep=False) == []
    assert any(SHARD in said for said in desk.damaged(deep=True))


def test_the_documents_of_a_repaired_file_are_still_plain_json(desk: Bench) -> None:
    flipped(desk.file(SHARD))
    desk.repair()
    assert set(json.loads(desk.file(SHARD).read_text())["cases"]) == {"1", "2", "3"}
