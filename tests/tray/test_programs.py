"""Starting mail programs: one that fails is left for the next, one that stays is the one."""

import os
import sys
from pathlib import Path

import pytest

from helpdeskctl.tray import programs
from helpdeskctl.tray.programs import environment_of_children, first_that_opens
from helpdeskctl.tray.ways import Open, Run, Way
from helpdeskctl.tray.words import BY_EML


def _way(name: str, *steps: Run | Open) -> Way:
    return Way(name, steps, BY_EML)


def _python(code: str) -> Run:
    return Run((sys.executable, "-c", code))


WORKS, FAILS, LACKS = _python("pass"), _python("raise SystemExit(3)"), Run(("/nowhere/thunderbird",))


def test_the_first_that_works_is_the_one_and_no_other_is_started(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    last = _python(f"open({str(touched)!r}, 'w')")
    tried = (_way("eml", LACKS), _way("xdg-email", FAILS), _way("thunderbird", WORKS), _way("mailto", last))
    found = first_that_opens(tried)
    assert found is not None
    assert found.name == "thunderbird"
    assert not touched.exists()


def test_a_way_works_only_if_all_its_steps_do() -> None:
    assert first_that_opens((_way("mailto", WORKS, FAILS),)) is None
    assert first_that_opens(()) is None


def test_a_program_that_stays_is_one_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_SOON", 0.2)
    assert first_that_opens((_way("thunderbird", _python("import time; time.sleep(3)")),)) is not None


def test_a_file_or_link_goes_to_xdg_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = tmp_path / "xdg-open"
    stand_in.write_text(f'#!/bin/sh\nprintf %s "$1" >{tmp_path}/opened\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert first_that_opens((_way("eml", Open("/d/segnalazione.eml")),)) is not None
    assert (tmp_path / "opened").read_text() == "/d/segnalazione.eml"


def test_what_this_computer_has_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("xdg-mime", "echo Posta.desktop"), ("thunderbird", "exit 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = programs.programs()
    assert (found.for_mail, found.for_eml) == ("posta.desktop", "posta.desktop")
    assert found.found == {"thunderbird": str(tmp_path / "thunderbird")}
    (tmp_path / "xdg-mime").unlink()
    assert programs.programs().for_mail == ""


def test_a_frozen_programs_libraries_are_not_forced_on_others(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {"PATH": "/bin", "LD_LIBRARY_PATH": "/opt/lib"}
    assert environment_of_children(plain) == plain
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert environment_of_children(plain) == {"PATH": "/bin"}
    assert environment_of_children(plain | {"LD_LIBRARY_PATH_ORIG": "/usr/x"}) == {
        "PATH": "/bin",
        "LD_LIBRARY_PATH": "/usr/x",
    }
