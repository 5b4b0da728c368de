"""The log goes to a file or to syslog, may be rotated at any time, and never fails a mail."""

import syslog
from pathlib import Path

import pytest

from helpdeskctl.adapters.log import written
from helpdeskctl.domain.settings import Log

Said = list[tuple[int, str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What syslog was told."""
    heard: Said = []
    monkeypatch.setattr(syslog, "syslog", lambda priority, text: heard.append((priority, text)))
    return heard


def test_lines_are_added_to_the_file(tmp_path: Path, said: Said) -> None:
    file = tmp_path / "mail.log"
    written("T one", Log(str(file)))
    written("T two", Log(str(file)))
    assert file.read_text() == "T one\nT two\n"
    assert not file.stat().st_mode & 0o007
    assert said == []


def test_a_rotated_file_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "mail.log"
    written("T one", Log(str(file)))
    file.rename(tmp_path / "mail.log.1")
    written("T two", Log(str(file)))
    assert file.read_text() == "T two\n"


def test_a_failure_is_told_to_syslog_in_any_case(tmp_path: Path, said: Said) -> None:
    file = tmp_path / "mail.log"
    written("T failed it\u20ac", Log(str(file)), failure=True)
    assert file.read_text() == "T failed it?\n"
    assert said == [(syslog.LOG_ERR, "failed it?")]


def test_without_a_place_nothing_is_written(said: Said) -> None:
    written("T one", Log())
    assert said == []


def test_syslog_gets_each_line_without_its_time(said: Said) -> None:
    written("T mail key=1", Log("", syslog=True))
    assert said == [(syslog.LOG_INFO, "mail key=1")]


@pytest.mark.parametrize("name", ["missing/mail.log", "directory", "link"])
def test_a_file_that_cannot_be_written_is_no_trouble(name: str, tmp_path: Path, said: Said) -> None:
    (tmp_path / "directory").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    written("T one", Log(str(tmp_path / name)))
    assert said == [(syslog.LOG_INFO, "one")]
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_is_no_trouble(said: Said) -> None:
    written("T one", Log("/dev/full"))
    assert said == [(syslog.LOG_INFO, "one")]
