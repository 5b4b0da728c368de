"""What can be seen around the desk."""

import fcntl
import os
from pathlib import Path

import pytest

from helpdeskctl.adapters.surroundings import Surroundings
from helpdeskctl.domain.health import Directory, Quota

AROUND = Surroundings()


def test_a_directory_is_told_with_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    assert AROUND.directory(str(tmp_path)) == Directory(str(tmp_path), True, True, 0o750)
    assert not AROUND.directory(f"{tmp_path}/none").there


def test_our_folders_are_told_and_no_others(tmp_path: Path) -> None:
    for name in (".Cases.2026-11", ".Ignored.2026-10", ".Held", ".Posta", ".Cases", ".Cases.x", "cur"):
        (tmp_path / name).mkdir()
    assert AROUND.folders(str(tmp_path)) == ["Cases.2026-11", "Held", "Ignored.2026-10"]
    assert AROUND.folders(f"{tmp_path}/none") == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, None),
        ("", []),
        ("Held\nCases.2026-11\n", ["Held", "Cases.2026-11"]),
        ("V\t2\n\nCases\t2026-11\n", ["V.2", "Cases.2026-11"]),
    ],
)
def test_subscriptions_of_both_formats_are_read(
    tmp_path: Path, content: str | None, expected: list[str] | None
) -> None:
    if content is not None:
        (tmp_path / "subscriptions").write_text(content)
    assert AROUND.subscribed(str(tmp_path)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("1000S,10C\n100 1\n50 2\n-20 -1\n", Quota(1000, 10, 130, 2)),
        ("1000S\n           900            3\n", Quota(1000, 0, 900, 3)),
        ("0S\n1 1\n", None),
        ("rubbish", None),
        ("1000S\nrubbish\n7 1\n", Quota(1000, 0, 7, 1)),
    ],
)
def test_the_quota_file_is_read(tmp_path: Path, content: str, expected: Quota | None) -> None:
    (tmp_path / "maildirsize").write_text(content)
    assert AROUND.quota(str(tmp_path)) == expected


def test_without_a_quota_file_there_is_no_quota(tmp_path: Path) -> None:
    assert AROUND.quota(str(tmp_path)) is None


def test_filed_mails_are_told_by_their_base_names(tmp_path: Path) -> None:
    (tmp_path / ".Held/cur").mkdir(parents=True)
    (tmp_path / ".Held/cur/2:2,S").touch()
    (tmp_path / ".Held/cur/1:2,").touch()
    assert AROUND.filed(str(tmp_path), "Held") == ["1", "2"]


def test_the_holder_of_a_lock_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert AROUND.lock_holder(str(lock), 0) is None
    lock.touch()
    assert AROUND.lock_holder(str(lock), 0) is None
    with lock.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert AROUND.lock_holder(str(lock), 0.1) in {os.getpid(), 0}
    assert AROUND.lock_holder(str(lock), 0) is None


def test_recipes_are_read_from_the_home_and_from_beside_the_maildir(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home/.procmailrc").write_text("one")
    (tmp_path / ".procmailrc").write_text("two")
    found = AROUND.recipes(str(tmp_path / "Maildir"))
    assert [text for _path, text in found][:2] == ["one", "two"]


def test_a_log_can_be_written_or_made(tmp_path: Path) -> None:
    assert AROUND.can_append(f"{tmp_path}/mail.log")
    assert not AROUND.can_append(str(tmp_path))
    assert not AROUND.can_append(f"{tmp_path}/none/mail.log")


def test_a_program_is_a_file_that_may_be_run(tmp_path: Path) -> None:
    assert AROUND.can_run("/bin/sh")
    assert not AROUND.can_run(str(tmp_path))
    assert not AROUND.can_run("/etc/passwd")


def test_free_space_is_told(tmp_path: Path) -> None:
    free, files = AROUND.free(str(tmp_path))
    assert free > 0
    assert files is None or files > 0


def test_links_planted_in_a_maildir_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "subscriptions").symlink_to("/etc/passwd")
    (tmp_path / "maildirsize").symlink_to("/dev/zero")
    assert AROUND.subscribed(str(tmp_path)) is None
    assert AROUND.quota(str(tmp_path)) is None
