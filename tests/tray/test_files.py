"""Files: private while they are needed, gone afterwards, and nobody else's touched."""

import os
import stat
import time
from pathlib import Path

import pytest

from helpdeskctl.tray import files, loading
from helpdeskctl.tray.errors import CONFIGURATION, FAILED, NO_PERMISSION, TrayError
from helpdeskctl.tray.settings import Settings

CONTENTS = (("segnalazione.eml", b"X-Unsent: 1\r\n"), ("schermata.png", b"\x89PNG\n"))
needs_a_person = pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")


def _mode(path: str | Path) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def _older(path: str, hours: float) -> None:
    at = time.time() - hours * 3600
    os.utime(path, (at, at))


def test_a_draft_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        eml, picture = files.kept(str(tmp_path / "d"), CONTENTS)
    finally:
        os.umask(before)
    assert [_mode(p) for p in (tmp_path / "d", Path(eml).parent, eml, picture)] == [
        0o700,
        0o700,
        0o600,
        0o600,
    ]
    assert Path(picture).read_bytes() == b"\x89PNG\n"


def test_two_drafts_of_the_same_second_do_not_meet(tmp_path: Path) -> None:
    assert files.kept(str(tmp_path), CONTENTS) != files.kept(str(tmp_path), CONTENTS)


def test_old_drafts_are_removed_and_younger_ones_stay(tmp_path: Path) -> None:
    old, young = (Path(files.kept(str(tmp_path), CONTENTS)[0]).parent for _ in range(2))
    _older(str(old), 25)
    _older(str(young), 23)
    files.remove_older(str(tmp_path), 24)
    assert sorted(tmp_path.iterdir()) == [young]


def test_nothing_else_is_removed_and_no_link_followed(tmp_path: Path) -> None:
    elsewhere, drafts = tmp_path / "elsewhere", tmp_path / "drafts"
    (elsewhere / "sub").mkdir(parents=True)
    drafts.mkdir()
    (elsewhere / "kept").write_text("x")
    (drafts / "notes").mkdir()
    (drafts / "helpdeskctl-link").symlink_to(elsewhere)
    (drafts / "helpdeskctl-full").mkdir()
    (drafts / "helpdeskctl-full" / "sub").mkdir()
    for entry in drafts.iterdir():
        if not entry.is_symlink():
            _older(str(entry), 1000)
    _older(str(elsewhere), 1000)
    files.remove_older(str(drafts), 1)
    assert (elsewhere / "kept").exists()
    assert len(list(drafts.iterdir())) == 3
    files.remove_older(str(tmp_path / "never made"), 1)


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "b.eml"
    path.write_text("before")
    files.replace(str(path), b"after")
    assert path.read_bytes() == b"after"
    assert _mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    (tmp_path / "full").mkdir()
    with pytest.raises(TrayError) as caught:
        files.replace(str(tmp_path / "full"), b"after")
    assert caught.value.code == FAILED
    assert "cannot be written: the system refuses (error 21)" in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.eml", "full"]


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrayError, match="cannot be written: it is not there"):
        files.replace(str(tmp_path / "no" / "b.eml"), b"")
    (tmp_path / "file").write_text("")
    with pytest.raises(TrayError, match="cannot be written"):
        files.kept(str(tmp_path / "file"), CONTENTS)


def test_a_file_that_need_not_be_there_is_nothing_and_one_that_was_named_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "tray.toml"
    assert files.text_of(str(path), required=False) is None
    with pytest.raises(TrayError, match="cannot be read: it is not there") as caught:
        files.text_of(str(path), required=True)
    assert caught.value.code == CONFIGURATION
    path.write_bytes(b'contract = "\xe8"')
    with pytest.raises(TrayError, match="it is no UTF-8 text"):
        files.text_of(str(path), required=False)
    path.write_text('contract = "è"')
    assert files.text_of(str(path), required=False) == 'contract = "è"'


@needs_a_person
def test_what_may_not_be_read_or_written_has_a_code_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "tray.toml"
    path.write_text("")
    path.chmod(0)
    with pytest.raises(TrayError, match="permission is lacking") as caught:
        files.text_of(str(path), required=False)
    assert caught.value.code == NO_PERMISSION
    tmp_path.chmod(0o500)
    with pytest.raises(TrayError, match="permission is lacking") as caught:
        files.replace(str(tmp_path / "new"), b"")
    assert caught.value.code == NO_PERMISSION


def test_a_choice_is_saved_over_the_administrators_and_only_where_it_differs(tmp_path: Path) -> None:
    administrator, personal = tmp_path / "a.toml", tmp_path / "new" / "p.toml"
    administrator.write_text('language = "it"\nto = "supporto.tecnico@projectpp.it"\n')
    sources = loading.Sources(str(administrator), str(personal), False)
    before = loading.load(sources)
    assert before.to == "supporto.tecnico@projectpp.it"
    loading.save(sources, before._replace(contract="AB/12"))
    assert personal.read_text() == '# helpdeskctl-tray\ncontract = "AB/12"\n'
    assert loading.load(sources) == before._replace(contract="AB/12")


def test_a_named_file_counts_alone_and_nothing_wrong_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text('language = "en"\n')
    sources = loading.sources(str(path))
    assert sources == loading.Sources("", str(path), True)
    with pytest.raises(TrayError, match="contract"):
        loading.save(sources, Settings(contract="due parole"))
    assert path.read_text() == 'language = "en"\n'
