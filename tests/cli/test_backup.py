"""`helpdeskctl backup`: made while mail arrives, verified, restored."""

import json
import os
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.adapters.tinydb_store import TinyDbStore, backing_up
from helpdeskctl.domain.reference import message_id
from tests.builders import case
from tests.cli.conftest import Call, Desk, mail

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture
def working(call: Call, desk: Desk) -> Desk:
    (desk.home / "clienti.csv").write_text("nome;indirizzi;domini\nOfficine Rossi;;rossi.example\n")
    call("customers", "import", str(desk.home / "clienti.csv"))
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    desk.deliver(mail("Mago4 non stampa il DDT"), "2")
    desk.deliver(mail("Vinci subito", X_Spam_Flag="YES"), "3")
    assert call("ingest").code == 0
    return desk


def everything(store: Path) -> dict[str, object]:
    """What a store tells, without its index."""
    opened = TinyDbStore(str(store), ROME)
    return {
        "cases": list(opened.all_cases()),
        "entries": list(opened.all_entries()),
        "registry": opened.registry(),
        "secret": opened.snapshot().secret(),
        "backlog": opened.backlog(),
        "mails": {p.relative_to(store): p.read_bytes() for p in store.glob("mail/*/*")},
    }


def backed_up(call: Call, desk: Desk) -> Path:
    file = desk.home / "b.tar.gz"
    assert call("backup", str(file)).code == 0
    return file


def test_a_restored_store_is_the_one_that_was_saved(call: Call, working: Desk) -> None:
    file, store = backed_up(call, working), working.home / "store"
    before = everything(store)
    store.rename(working.home / "perso")
    store.mkdir(0o700)
    told = call("--lang", "en", "backup", "restore", str(file))
    assert told.code == 0, told.err
    assert everything(store) == before
    assert len(call("list").out.splitlines()) == 2
    assert len(call("held", "list").out.splitlines()) == 1
    for path in (store, *store.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_backup_is_private_and_sha256sum_can_check_it(call: Call, working: Desk) -> None:
    file = backed_up(call, working)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as tar:
        tar.extractall(working.home / "aperto", filter="data")
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=working.home / "aperto",
        check=False,
    )
    assert done.returncode == 0
    names = {str(p.relative_to(working.home / "aperto")) for p in (working.home / "aperto").rglob("*")}
    assert {"backup.json", "secret", "registry.json", "backlog", "format"} <= names
    assert not any(
        name.startswith(("index", "lock", "intent")) or name.endswith(".previous") for name in names
    )


def test_in_a_directory_it_gets_a_name_of_its_own(call: Call, working: Desk) -> None:
    told = call("backup", str(working.home), "--json")
    about = json.loads(told.out)
    assert set(about) == {"path", "highest", "files", "made_at", "size"}
    assert Path(about["path"]).parent == working.home
    assert about["highest"] == 2
    assert json.loads(call("backup", "check", about["path"], "--json").out)["files"] == about["files"]


def test_what_exists_is_never_overwritten(call: Call, working: Desk) -> None:
    file = backed_up(call, working)
    content = file.read_bytes()
    assert call("backup", str(file)).code == 1
    assert file.read_bytes() == content
    assert call("backup", "restore", str(file)).code == 1
    assert not list(working.home.glob("*.new"))


def test_it_may_come_into_an_empty_directory_only(call: Call, working: Desk) -> None:
    file, store = backed_up(call, working), working.home / "store"
    before = {p: p.read_bytes() for p in store.rglob("*") if p.is_file()}
    told = call("--lang", "en", "backup", "restore", str(file))
    assert told.code == 1 and "not empty" in told.err
    assert {p: p.read_bytes() for p in store.rglob("*") if p.is_file()} == before


def damaged_at(file: Path, place: float) -> None:
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 16
    file.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: damaged_at(file, 0.3),
        lambda file: damaged_at(file, 0.7),
        lambda file: file.write_bytes(file.read_bytes()[:-1000]),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"no archive"),
    ],
)
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    call: Call, working: Desk, damage: Callable[[Path], None]
) -> None:
    file, store = backed_up(call, working), working.home / "store"
    damage(file)
    assert call("backup", "check", str(file)).code == 1
    store.rename(working.home / "perso")
    store.mkdir(0o700)
    told = call("--lang", "en", "backup", "restore", str(file))
    assert told.code == 1 and "no whole backup" in told.err
    assert list(store.iterdir()) == []


def rewritten(file: Path, name: str, content: bytes | None, link: str = "") -> None:
    """The archive with one more member, or with another content of one that it has."""
    with tarfile.open(file) as old, tarfile.open(f"{file}.evil", "w:gz") as new:
        for member in old:
            read = old.extractfile(member)
            assert read is not None
            if member.name != name:
                new.addfile(member, read)
        more = tarfile.TarInfo(name)
        if link:
            more.type, more.linkname = tarfile.SYMTYPE, link
            new.addfile(more)
        elif content is not None:
            import io

            more.size = len(content)
            new.addfile(more, io.BytesIO(content))
    os.replace(f"{file}.evil", file)


@pytest.mark.parametrize(
    ("name", "content", "link"),
    [
        ("../fuori", b"x", ""),
        ("/tmp/fuori", b"x", ""),
        ("mail/../../fuori", b"x", ""),
        ("mail/fuori", None, "/etc/passwd"),
        ("index/open", b"x", ""),
        ("secret", b"0" * 64 + b"\n", ""),
        ("secret", None, ""),
    ],
)
def test_an_archive_that_somebody_has_changed_is_refused(
    call: Call, working: Desk, name: str, content: bytes | None, link: str
) -> None:
    file, store = backed_up(call, working), working.home / "store"
    rewritten(file, name, content, link)
    store.rename(working.home / "perso")
    store.mkdir(0o700)
    before = sorted(str(p) for p in working.home.rglob("*"))
    assert call("backup", "restore", str(file)).code == 1
    assert sorted(str(p) for p in working.home.rglob("*")) == before


def next_number(call: Call, desk: Desk, file: Path) -> int:
    """The next case's number after a restore into an empty directory."""
    store = desk.home / "store"
    if store.exists():
        shutil.rmtree(store)
    store.mkdir(0o700)
    assert call("backup", "restore", str(file)).code == 0
    desk.deliver(mail("Dopo il ripristino", "Una richiesta nuova di oggi"), "nuova")
    call("ingest")
    newest: int = max(c["number"] for c in json.loads(call("list", "--json").out))
    return newest


def test_numbers_go_on_well_above_those_of_the_backup(call: Call, working: Desk) -> None:
    assert next_number(call, working, backed_up(call, working)) == 1051


def test_numbers_go_on_above_those_in_the_maildir(call: Call, working: Desk) -> None:
    file = backed_up(call, working)
    secret = TinyDbStore(str(working.home / "store"), ROME).snapshot().secret()
    ours = message_id(4321, "abc", secret, "projectpp.it")
    folder = next(working.maildir.glob(".Cases.*"))
    (folder / "cur/9:2,S").write_bytes(mail("R: qualcosa", References=f"<x@y.example> <{ours}>"))
    assert next_number(call, working, file) > 4321 + 1000


def test_a_number_that_somebody_made_up_does_not_count(call: Call, working: Desk) -> None:
    file = backed_up(call, working)
    forged = message_id(999_999, "abc", b"another key", "projectpp.it")
    subject = "[Caso #888888888] e caso 777777"
    (working.maildir / "cur/9:2,S").write_bytes(mail(subject, References=f"<{forged}>"))
    (next(working.maildir.glob(".Cases.*")) / "cur/8:2,S").write_bytes(mail("[Caso #57] stampante"))
    assert next_number(call, working, file) in range(1057, 1200)


@pytest.mark.parametrize("damage", [lambda p: None, lambda p: p.write_bytes(p.read_bytes()[:-300])])
def test_numbers_go_on_above_those_of_a_damaged_store_beside_it(
    call: Call, working: Desk, damage: Callable[[Path], None]
) -> None:
    file = backed_up(call, working)
    with TinyDbStore(str(working.home / "store"), ROME).transaction() as writing:
        for number in range(3, 2345):
            writing.put(case(number, messages=()))
    damage(working.home / "store/cases/0000/00002301.json")
    (working.home / "store").rename(working.home / "store.guasto")
    assert next_number(call, working, file) > 2344 + 1000


def test_a_backup_of_nothing_is_refused(call: Call, desk: Desk) -> None:
    assert call("backup", str(desk.home / "b.tar.gz")).code == 1
    assert not (desk.home / "b.tar.gz").exists()


def test_a_newer_backup_is_refused(call: Call, working: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from helpdeskctl.adapters.tinydb_store import archives

    with monkeypatch.context() as patch:
        patch.setattr(archives, "VERSION", 2)
        file = backed_up(call, working)
    told = call("--lang", "en", "backup", "check", str(file))
    assert told.code == 1 and "newer one" in told.err


def test_it_is_consistent_while_cases_are_written(working: Desk) -> None:
    """Two cases are always changed in one commit: no backup sees the one without the other."""
    store = working.home / "store"
    child = os.fork()
    if child == 0:
        for turn in range(1, 10_000):
            with TinyDbStore(str(store), ROME).transaction() as writing:
                writing.put(case(3, messages=(), owner=f"{turn}"))
                writing.put(case(60, messages=(), owner=f"{turn}"))
        os._exit(0)
    from datetime import datetime

    try:
        for number in range(8):
            file = str(working.home / f"{number}.tar.gz")
            backing_up.back_up(str(store), ROME, file, datetime.now(ROME))
            restored = working.home / f"restored{number}"
            backing_up.restore(str(restored), file, ROME, lambda _secret, known: known)
            found = TinyDbStore(str(restored), ROME).snapshot()
            three, sixty = found.case(3), found.case(60)
            assert (three and three.owner) == (sixty and sixty.owner)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert list((store / "backup").iterdir()) == []


def test_only_one_backup_is_made_at_a_time(call: Call, working: Desk) -> None:
    from helpdeskctl.adapters.tinydb_store.locks import lock_directory

    (working.home / "store/backup").mkdir()
    with lock_directory(str(working.home / "store/backup")):
        assert call("backup", str(working.home / "b.tar.gz")).code == 75
    assert not (working.home / "b.tar.gz").exists()


def test_what_a_killed_backup_left_does_no_harm(call: Call, working: Desk) -> None:
    left = working.home / "store/backup/cases/0000"
    left.mkdir(parents=True)
    (left / "00000009.json").write_text("rest of a backup")
    (working.home / "b.tar.gz.new").write_text("rest of a backup")
    assert call("ingest").code == 0
    file = backed_up(call, working)
    assert json.loads(call("backup", "check", str(file), "--json").out)["highest"] == 2


def test_where_there_are_no_hard_links_it_copies(
    call: Call, working: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_names: object, **_more: object) -> None:
        raise PermissionError(1, "no hard links here")

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", no_links)
        file = backed_up(call, working)
    assert call("backup", "check", str(file)).code == 0
