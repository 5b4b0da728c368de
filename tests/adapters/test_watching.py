"""Whether an inbox has changed, and a word to systemd."""

import os
import socket
import time
from pathlib import Path

import pytest

from helpdeskctl.adapters.watching import changes, tell_supervisor


def quiet(maildir: Path) -> None:
    """As if nothing had happened for an hour."""
    for part in ("new", "cur"):
        at = time.time() - 3600
        os.utime(maildir / part, (at, at))


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for part in ("new", "cur", "tmp"):
        (tmp_path / part).mkdir()
    quiet(tmp_path)
    return tmp_path


def test_the_first_time_mail_may_have_come_and_then_not(maildir: Path) -> None:
    changed = changes(str(maildir))
    assert [changed(), changed(), changed()] == [True, False, False]


@pytest.mark.parametrize("part", ["new", "cur"])
def test_a_mail_that_comes_is_noticed(part: str, maildir: Path) -> None:
    changed = changes(str(maildir))
    changed()
    (maildir / part / "1").touch()
    assert changed()
    quiet(maildir)
    assert [changed(), changed()] == [True, False]


def test_what_comes_within_the_same_tick_of_the_file_system_is_not_missed(maildir: Path) -> None:
    changed = changes(str(maildir))
    (maildir / "new" / "1").touch()
    changed()
    # The directory's time may still be what it was: until it is older, it is looked at again.
    assert changed()


def test_a_time_in_the_future_is_no_news_for_ever(maildir: Path) -> None:
    os.utime(maildir / "new", (time.time() + 3600,) * 2)
    changed = changes(str(maildir))
    assert [changed(), changed()] == [True, False]


def test_a_maildir_that_goes_and_returns_is_noticed(maildir: Path) -> None:
    changed = changes(str(maildir))
    changed()
    (maildir / "new").rename(maildir / "gone")
    assert [changed(), changed()] == [True, False]
    (maildir / "gone").rename(maildir / "new")
    assert [changed(), changed()] == [True, False]


def test_systemd_is_told_where_it_asks(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        tell_supervisor("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert heard.recv(100) == b"READY=1"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind("\0" + str(tmp_path))
        tell_supervisor("READY=1", {"NOTIFY_SOCKET": "@" + str(tmp_path)})
        assert heard.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_told() -> None:
    tell_supervisor("READY=1", {})
