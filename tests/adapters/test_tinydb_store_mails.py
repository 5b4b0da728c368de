"""The raw mails of the store: kept once, under hostile names, by many at a time."""

import errno
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.adapters.tinydb_store import TinyDbStore
from tests.builders import case

AT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
DAY = "store/mail/2026-11-25"


@pytest.fixture
def store(tmp_path: Path) -> TinyDbStore:
    return TinyDbStore(str(tmp_path / "store"), ZoneInfo("Europe/Rome"))


@pytest.fixture(params=["link", "copy", "copy without links"])
def way(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether mails can be linked, or only copied, with and without links inside the store."""
    real = os.link

    def refusing(source: str, target: str, **more: Any) -> None:
        if source.startswith(str(tmp_path / "store")):
            if request.param == "copy without links":
                raise OSError(errno.EPERM, "Operation not permitted")
        elif request.param != "link":
            # What the kernel looks at first.
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, "File exists")
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target, **more)

    monkeypatch.setattr(os, "link", refusing)
    return str(request.param)


def mail(path: Path, content: bytes = b"Subject: x\n\n") -> str:
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    return str(path)


def test_mails_lie_by_the_day_of_the_desk(store: TinyDbStore, tmp_path: Path, way: str) -> None:
    source = mail(tmp_path / "m", b"testo" * 100_000)
    os.utime(source, (1, 2))
    kept = store.keep(source, "1.M2P3.host", AT)
    assert kept == "mail/2026-11-25/1.M2P3.host"
    assert Path(store.raw(kept)).read_bytes() == b"testo" * 100_000
    assert os.stat(store.raw(kept)).st_mtime == 2
    assert os.path.samefile(store.raw(kept), source) == (way == "link")


def test_keeping_a_mail_again_gives_the_same(store: TinyDbStore, tmp_path: Path, way: str) -> None:
    source = mail(tmp_path / "m")
    assert len({store.keep(source, "k", AT) for _ in range(3)}) == 1
    # A rerun after a restore of the Maildir finds the same mail in another file.
    assert store.keep(mail(tmp_path / "again"), "k", AT) == "mail/2026-11-25/k"
    assert os.listdir(tmp_path / DAY) == ["k"]
    assert os.listdir(tmp_path / "store/tmp") == [] if way != "link" else True


def test_another_mail_of_the_same_name_is_kept_beside_it(
    store: TinyDbStore, tmp_path: Path, way: str
) -> None:
    for content, name in ((b"uno", "k"), (b"due", "k.2"), (b"tre!", "k.3"), (b"uno", "k"), (b"due", "k.2")):
        kept = store.keep(mail(tmp_path / "m", content), "k", AT)
        assert kept == f"mail/2026-11-25/{name}"
        assert Path(store.raw(kept)).read_bytes() == content


HOSTILE = (
    "..",
    ".",
    "",
    ".hidden",
    "../../x",
    "/etc/passwd",
    "a/b",
    "a\0b",
    "x" * 250,
    "x" * 250 + "y",
    "è" * 125,
    "\udcff",
    "a\nb",
)


def test_no_name_leads_out_of_the_day_or_takes_anothers_place(store: TinyDbStore, tmp_path: Path) -> None:
    seen = set()
    for number, key in enumerate(HOSTILE):
        kept = store.keep(mail(tmp_path / "m", b"%d" % number), key, AT)
        assert Path(store.raw(kept)).resolve().parent == (tmp_path / DAY).resolve()
        assert Path(store.raw(kept)).read_bytes() == b"%d" % number
        assert store.keep(mail(tmp_path / "m", b"%d" % number), key, AT) == kept
        seen.add(kept)
    assert len(seen) == len(HOSTILE)
    assert [p.name for p in (tmp_path / "store").iterdir()] == ["mail"]


def test_a_mail_that_has_gone_is_told(store: TinyDbStore, tmp_path: Path, way: str) -> None:
    with pytest.raises(FileNotFoundError):
        store.keep(str(tmp_path / "gone"), "k", AT)
    assert os.listdir(tmp_path / DAY) == []


@pytest.mark.parametrize("kind", ["link", "pipe", "directory"])
def test_what_is_no_file_is_no_mail(kind: str, store: TinyDbStore, tmp_path: Path, way: str) -> None:
    source = tmp_path / "m"
    if kind == "link":
        source.symlink_to(mail(tmp_path / "secret"))
    elif kind == "pipe":
        os.mkfifo(source)
    else:
        source.mkdir()
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            store.keep(str(source), "k", AT)
    assert os.listdir(tmp_path / DAY) == []


@pytest.mark.parametrize("other", [b"uno", b"due"])
def test_a_copy_finished_by_another_process_meanwhile_counts(
    other: bytes, store: TinyDbStore, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.utime

    def meanwhile(fd: int, ns: tuple[int, int]) -> None:
        real(fd, ns=ns)
        (tmp_path / DAY / "k").write_bytes(other)
        monkeypatch.setattr(os, "utime", real)

    monkeypatch.setattr(os, "utime", meanwhile)
    kept = store.keep(mail(tmp_path / "m", b"uno"), "k", AT)
    assert Path(store.raw(kept)).read_bytes() == b"uno"
    assert kept.endswith("k") == (other == b"uno" or way == "link")
    assert way == "link" or (tmp_path / DAY / "k").read_bytes() == other


def test_a_disk_that_is_full_leaves_no_half_of_a_mail(
    store: TinyDbStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    for name in ("link", "write"):
        monkeypatch.setattr(os, name, full)
    with pytest.raises(OSError, match="No space"):
        store.keep(mail(tmp_path / "m"), "k", AT)
    assert os.listdir(tmp_path / DAY) == os.listdir(tmp_path / "store/tmp") == []


def test_the_day_is_durable_before_a_commit_refers_to_it(
    store: TinyDbStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real_fsync, real_rename = os.fsync, os.rename

    def fsync(fd: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{fd}"))
        real_fsync(fd)

    def rename(source: str, target: str) -> None:
        synced.append(target)
        real_rename(source, target)

    with store.transaction() as t:
        t.put(case(1))
    kept = store.keep(mail(tmp_path / "m"), "k", AT)
    store.keep(mail(tmp_path / "m"), "k2", AT)
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    with store.transaction() as t:
        t.put(case(2))
    day, shard = os.path.dirname(store.raw(kept)), str(tmp_path / "store/cases/0000/00000001.json")
    assert synced.count(day) == 1
    assert synced.index(day) < synced.index(shard)
    synced.clear()
    with store.transaction() as t:
        t.put(case(3))
    assert day not in synced


def test_copies_that_a_crash_left_are_cleared_away_but_not_those_under_way(
    store: TinyDbStore, tmp_path: Path
) -> None:
    (tmp_path / "store/tmp").mkdir(parents=True)
    left, under_way = tmp_path / "store/tmp/1.1", tmp_path / "store/tmp/2.1"
    for path, age in ((left, 7200), (under_way, 60)):
        path.write_bytes(b"x")
        os.utime(path, (time.time() - age,) * 2)
    with store.transaction():
        pass
    assert not left.exists()
    assert under_way.exists()


def test_many_processes_keep_the_same_mail_at_once(store: TinyDbStore, tmp_path: Path, way: str) -> None:
    sources = [mail(tmp_path / f"m{n}", b"%d" % (n % 2) * 100_000) for n in range(4)]
    children = []
    for n in range(8):
        child = os.fork()
        if child == 0:
            store.keep(sources[n % 4], "k", AT)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
    contents = sorted(path.read_bytes() for path in (tmp_path / DAY).iterdir())
    if way != "copy without links":
        assert contents == [b"0" * 100_000, b"1" * 100_000]
    # Without links the same mail may come to lie there twice, but none is ever lost.
    assert set(contents) - {b""} == {b"0" * 100_000, b"1" * 100_000}
