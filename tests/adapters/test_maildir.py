"""The Maildir: what is saved, listed, filed; what others do to it meanwhile."""

import io
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpdeskctl.adapters.maildir import Maildir, make
from helpdeskctl.adapters.maildir.envelope import with_envelope
from helpdeskctl.domain.errors import MailboxError

MAIL = b"From: anna@cliente.example\nSubject: x\n\ntesto\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make(str(tmp_path / "Maildir"))
    return tmp_path / "Maildir"


@pytest.fixture
def box(root: Path) -> Maildir:
    return Maildir(str(root))


def save(box: Maildir, content: bytes, *recipients: str) -> str:
    return box.save(io.BytesIO(content), recipients).key


def test_a_mail_is_saved_as_it_came(box: Maildir, root: Path) -> None:
    arrived = box.save(io.BytesIO(MAIL), ())
    (path,) = (root / "new").iterdir()
    assert path.name == arrived.key
    assert path.read_bytes() == MAIL
    assert abs(arrived.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert list((root / "tmp").iterdir()) == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "recipients", "expected"),
    [
        (b"From a@b.example  Mon Nov 23 09:12:00 2026\nX: 1\n\nt", (), b"Return-Path: <a@b.example>\nX: 1\n\nt"),
        (b"From a@b.example Mon Nov 23\r\nX: 1\r\n\r\nt", (), b"Return-Path: <a@b.example>\r\nX: 1\r\n\r\nt"),
        (b"From   Mon Nov 23 09:12:00 2026\nX: 1\n\n", (), b"Return-Path: <>\nX: 1\n\n"),
        (b"From MAILER-DAEMON  Mon Nov 23\nX: 1\n\n", (), b"Return-Path: <>\nX: 1\n\n"),
        (b"From mailer-daemon@x.example Mon\nX: 1\n\n", (), b"Return-Path: <>\nX: 1\n\n"),
        (b"From a@b.example Mon\nreturn-path: <c@d.example>\n\n", (), b"return-path: <c@d.example>\n\n"),
        (b"From a@b.example Mon\nX: 1\n\nReturn-Path: <c>\n", (), b"Return-Path: <a@b.example>\nX: 1\n\nReturn-Path: <c>\n"),
        (b"X: 1\n\n", ("a@b.example", "c@d.example"), b"Delivered-To: a@b.example\nDelivered-To: c@d.example\nX: 1\n\n"),
        (b"X: 1\n\n", ("a@b.example\nBcc: x",), b"Delivered-To: a@b.exampleBcc: x\nX: 1\n\n"),
        (b"X: 1\n\n", ("\udce8", " "), b"X: 1\n\n"),
        (b"", ("a@b.example",), b""),
        (b'From "a b"@c.example Mon\nX: 1\n\n', (), b'Return-Path: <"a b"@c.example>\nX: 1\n\n'),
        (b"From: a@b.example\n\n", (), b"From: a@b.example\n\n"),
    ],
)  # fmt: skip
def test_what_is_known_of_the_envelope_is_kept_with_the_mail(
    content: bytes, recipients: tuple[str, ...], expected: bytes
) -> None:
    assert b"".join(with_envelope(content, recipients)) == expected


def test_a_large_mail_is_saved_in_pieces(box: Maildir, root: Path) -> None:
    class Pieces(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None and 0 < size <= 64 * 1024
            return super().read(min(size, 1000))

    content = MAIL + b"riga\n" * 100_000
    key = box.save(Pieces(content), ()).key
    assert (root / "new" / key).read_bytes() == content


def test_names_are_never_given_twice(root: Path) -> None:
    children = []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            own = Maildir(str(root))
            for n in range(20):
                save(own, b"%d %d\n\n" % (os.getpid(), n))
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    assert len(list((root / "new").iterdir())) == 120
    assert len({p.read_bytes() for p in (root / "new").iterdir()}) == 120


def test_it_is_durable_before_its_name_is_told(box: Maildir, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    real_fsync, real_link = os.fsync, os.link

    def fsync(fd: int) -> None:
        done.append("directory" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file")
        real_fsync(fd)

    def link(source: str, target: str) -> None:
        done.append("name")
        real_link(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "link", link)
    save(box, MAIL)
    assert done == ["file", "name", "directory"]


def test_a_full_disk_leaves_nothing(box: Maildir, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(box, MAIL)
    assert [p for p in root.rglob("*") if p.is_file()] == []


def test_a_file_system_without_links_will_do(
    box: Maildir, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: str, _target: str) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    key = save(box, MAIL)
    assert (root / "new" / key).read_bytes() == MAIL


def test_new_and_cur_are_the_queue_whatever_the_flags_but_drafts(box: Maildir, root: Path) -> None:
    for name in (
        "new/1.a",
        "cur/2.b:2,S",
        "cur/3.c:2,FRS",
        "cur/4.d:2,D",
        "cur/5.e:2,DS",
        "new/.hidden",
        "cur/6.f",
    ):
        (root / name).write_bytes(MAIL)
    (root / "new/dir").mkdir()
    (root / "new/link").symlink_to("/etc/hostname")
    os.mkfifo(root / "new/fifo")
    assert sorted(one.key for one in box.inbox()) == ["1.a", "2.b", "3.c", "6.f"]


def test_the_order_is_that_of_the_files_times_then_of_the_names(box: Maildir, root: Path) -> None:
    for name, at in (("new/3", 100), ("cur/1:2,S", 300), ("new/2", 200), ("new/0", 200)):
        (root / name).write_bytes(MAIL)
        os.utime(root / name, (at, at))
    assert [one.key for one in box.inbox()] == ["3", "0", "2", "1"]
    assert box.inbox()[0].at == datetime.fromtimestamp(100, UTC)


def test_a_time_beyond_all_dates_is_no_trouble(box: Maildir, root: Path) -> None:
    (root / "new/1").write_bytes(MAIL)
    os.utime(root / "new/1", (2**40, 2**40))
    assert box.inbox()[0].at.year == 2200


def test_names_of_odd_bytes_are_found_again(box: Maildir, root: Path) -> None:
    name = os.fsdecode(b"1.\xe8\xff\nx")
    (root / "new" / name).write_bytes(MAIL)
    (one,) = box.inbox()
    assert box.locate(one.key) is not None
    box.file(one.key, "Cases.2026-11")
    assert len(list((root / ".Cases.2026-11/cur").iterdir())) == 1


def test_filing_is_one_rename_and_keeps_the_flags(box: Maildir, root: Path) -> None:
    (root / "cur/1.a:2,FS").write_bytes(MAIL)
    number = (root / "cur/1.a:2,FS").stat().st_ino
    box.file("1.a", "Cases.2026-11")
    filed = root / ".Cases.2026-11/cur/1.a:2,FS"
    assert filed.stat().st_ino == number
    box.file("1.a", "Cases.2026-11")
    assert filed.exists()


def test_a_folder_has_what_a_maildir_folder_has(box: Maildir, root: Path) -> None:
    root.chmod(0o2750)
    umask = os.umask(0o077)
    save(box, MAIL)
    try:
        box.file(box.inbox()[0].key, "Held")
    finally:
        os.umask(umask)
    folder = root / ".Held"
    assert sorted(p.name for p in folder.iterdir()) == ["cur", "maildirfolder", "new", "tmp"]
    for path in (folder, folder / "cur", folder / "new", folder / "tmp"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o2750, path
        assert path.stat().st_gid == root.stat().st_gid


def test_two_mails_of_one_name_are_both_kept(box: Maildir, root: Path) -> None:
    for content in (b"uno\n", b"due\n"):
        (root / "new/1.a").write_bytes(content)
        box.file("1.a", "Held")
    assert sorted(p.read_bytes() for p in (root / ".Held/cur").iterdir()) == [b"due\n", b"uno\n"]


def test_a_mail_whose_flags_change_meanwhile_is_found(box: Maildir, root: Path) -> None:
    (root / "new/1.a").write_bytes(MAIL)
    box.inbox()
    (root / "new/1.a").rename(root / "cur/1.a:2,S")
    assert box.locate("1.a") == str(root / "cur/1.a:2,S")
    (root / "cur/1.a:2,S").rename(root / "cur/1.a:2,RS")
    box.file("1.a", "Held")
    assert (root / ".Held/cur/1.a:2,RS").exists()


def test_a_mail_that_has_gone_is_no_error(box: Maildir, root: Path) -> None:
    (root / "new/1.a").write_bytes(MAIL)
    box.inbox()
    (root / "new/1.a").unlink()
    assert box.locate("1.a") is None
    box.file("1.a", "Held")
    assert box.locate("../new/1.a") is None
    assert box.locate(".a") is None


def test_a_subscriptions_file_learns_the_new_folders(box: Maildir, root: Path) -> None:
    for head, line in ((b"Sent", b"Cases.2026-11"), (b"V\t2\n\nSent\n", b"Cases\t2026-11")):
        (root / "subscriptions").write_bytes(head)
        (root / "new/1").write_bytes(MAIL)
        box.file("1", "Cases.2026-11")
        assert (root / "subscriptions").read_bytes().split(b"\n").count(line) == 1
        for made in (root / ".Cases.2026-11").rglob("*"):
            if made.is_file():
                made.unlink()
        for name in ("cur", "new", "tmp"):
            (root / ".Cases.2026-11" / name).rmdir()


def test_a_held_mail_goes_back_into_the_inbox(box: Maildir, root: Path, tmp_path: Path) -> None:
    (root / "new/1.a").write_bytes(MAIL)
    os.utime(root / "new/1.a", (500, 500))
    box.file("1.a", "Held")
    back = box.put_back("1.a", "Held", "/nowhere")
    assert (back.key, back.at) == ("1.a", datetime.fromtimestamp(500, UTC))
    assert (root / "new/1.a").read_bytes() == MAIL
    assert list((root / ".Held/cur").iterdir()) == []
    # It is there already.
    assert box.put_back("1.a", "Held", "/nowhere").key == "1.a"
    # Somebody has deleted it from its folder: the store's copy comes back.
    (root / "new/1.a").unlink()
    (tmp_path / "kept").write_bytes(MAIL)
    assert box.put_back("1.a", "Held", str(tmp_path / "kept")).key == "1.a"
    assert (root / "new/1.a").read_bytes() == MAIL


@pytest.mark.parametrize("part", ["new", "cur", ".Held", ".Held/cur"])
def test_links_planted_in_the_maildir_are_not_followed(root: Path, tmp_path: Path, part: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "new/1").write_bytes(MAIL)
    if part.startswith(".Held/"):
        (root / ".Held").mkdir()
    if (root / part).exists():
        (root / part).rename(tmp_path / "away")
    (root / part).symlink_to(outside)
    box = Maildir(str(root))
    with pytest.raises(MailboxError, match="link or a file"):
        box.inbox()
        box.file("1", "Held")
    assert list(outside.iterdir()) == []


def test_what_is_no_maildir_is_said(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    box = Maildir(str(tmp_path))
    with pytest.raises(MailboxError, match="There is no Maildir"):
        box.inbox()
    with pytest.raises(MailboxError, match="There is no Maildir"):
        save(box, MAIL)
    assert [p.name for p in tmp_path.iterdir()] == ["tmp"]


def test_making_one_leaves_what_is_there(tmp_path: Path) -> None:
    make(str(tmp_path / "a/b"))
    assert sorted(p.name for p in (tmp_path / "a/b").iterdir()) == ["cur", "new", "tmp"]
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) == 0o700
    (tmp_path / "a/b/new/1").write_bytes(MAIL)
    make(str(tmp_path / "a/b"))
    assert (tmp_path / "a/b/new/1").exists()


def test_mails_that_vanish_from_an_inbox_of_thousands_cost_a_fixed_number_of_names_each(
    box: Maildir, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3000):
        (root / f"new/{n}").touch()
    seen = 0
    real = Maildir._listing

    def counted(self: Maildir) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
        nonlocal seen
        for pair in real(self):
            seen += 1
            yield pair

    monkeypatch.setattr(Maildir, "_listing", counted)
    for one in box.inbox():
        (root / f"new/{one.key}").unlink()
        box.locate(one.key)
    assert seen < 3000 * 1001 + 2 * 3000
