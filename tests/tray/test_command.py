"""The command line: what it takes, what it says, and what it comes to, without any screen."""

import os
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path

import pytest

import helpdeskctl
from helpdeskctl.tray.command import Options, options
from helpdeskctl.tray.errors import CONFIGURATION, DONE, FAILED, USAGE, TrayError


def _run(home: Path, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The program as a whole, where no screen is; `thunderbird` and `xdg-…` are what `home/bin` holds."""
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    env |= {
        "HOME": str(home),
        "XDG_CONFIG_HOME": "",
        "XDG_CACHE_HOME": "",
        "PATH": f"{home}/bin:/usr/bin:/bin",
    }
    env |= {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "C.UTF-8"} | environ
    return subprocess.run(
        [sys.executable, "-m", "helpdeskctl.tray", *argv],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )


def _stand_in(home: Path, name: str, text: str) -> None:
    (home / "bin").mkdir(exist_ok=True)
    (home / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
    (home / "bin" / name).chmod(0o755)


def test_the_options_are_read() -> None:
    assert options([]) == Options()
    assert options(["--once", "--picture", "window", "--config=x.toml"]) == Options(
        True, "window", "", "x.toml"
    )
    assert options(["--out", "b.eml"]) == Options(once=True, out="b.eml")
    assert options(["-h"]).asked == options(["--help", "--version"]).asked == "help"
    assert options(["--version"]).asked == "version"


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--twice"], "Wrong option: --twice"),
        (["-x"], "Wrong option: -x"),
        (["--out"], "Wrong option: --out"),
        (["--out="], "Wrong option: --out"),
        (["--once", "file"], "Wrong option: file"),
        (
            ["--once", "--picture", "half"],
            "There is no --picture half: choose one of pointer, all, window, none",
        ),
        (["--picture", "all"], "--picture goes with --once"),
    ],
)
def test_wrong_usage_is_told(argv: list[str], told: str) -> None:
    with pytest.raises(TrayError) as caught:
        options(argv)
    assert caught.value.code == USAGE
    assert caught.value.told("en").startswith(told)


@pytest.mark.parametrize(("language", "first"), [("it_IT.UTF-8", "Uso: "), ("en_GB.UTF-8", "Usage: ")])
def test_the_help_has_an_example_in_its_language(tmp_path: Path, language: str, first: str) -> None:
    done = _run(tmp_path, "--help", LANG=language)
    assert (done.returncode, done.stderr) == (DONE, "")
    assert done.stdout.startswith(first)
    assert "helpdeskctl-tray --once --picture window" in done.stdout
    assert _run(tmp_path, "--version").stdout == helpdeskctl.__version__ + "\n"


def test_a_draft_without_a_picture_needs_no_screen_and_nothing_graphical(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('contract = "AB/12"\n')
    out = tmp_path / "b.eml"
    done = _run(tmp_path, "--out", str(out), "--picture", "none", "--config", str(tmp_path / "p.toml"))
    assert (done.returncode, done.stdout) == (DONE, "")
    assert done.stderr == f"La bozza è stata scritta in {out}.\n"
    assert "Contratto: AB/12" in message_from_bytes(out.read_bytes()).get_payload()
    code = (
        "import sys; sys.argv = ['t', '--out', sys.argv[1], '--picture', 'none']\n"
        "from helpdeskctl.tray.command import main\n"
        "main(); print([m for m in sys.modules if m.startswith(('PySide6', 'click', 'helpdeskctl.d'))])"
    )
    quiet = subprocess.run([sys.executable, "-c", code, str(out)], capture_output=True, text=True, check=True)
    assert quiet.stdout == "[]\n"


def test_no_picture_is_taken_where_there_is_no_screen(tmp_path: Path) -> None:
    out = tmp_path / "b.eml"
    for argv in (["--out", str(out)], []):
        done = _run(tmp_path, *argv)
        assert done.returncode == FAILED
        assert done.stderr.startswith("Non c'è uno schermo")
    assert not out.exists()


@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        ("raise ModuleNotFoundError", "pip install 'helpdeskctl[tray]'"),
        (
            "raise ImportError('libEGL.so.1: cannot open shared object file')",
            "manca libEGL.so.1, da installare",
        ),
    ],
)
def test_without_its_libraries_it_says_what_to_install(tmp_path: Path, lacks: str, told: str) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text(lacks)
    for argv in (["--once", "--picture", "all"], []):
        done = _run(tmp_path, *argv, PYTHONPATH=str(tmp_path), QT_QPA_PLATFORM="offscreen")
        assert done.returncode == FAILED
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_told_in_italian_or_english(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("keep_hours = 0\n")
    italian = _run(tmp_path, "--once", "--config", str(tmp_path / "p.toml"))
    english = _run(tmp_path, "--once", "--config", str(tmp_path / "p.toml"), LC_MESSAGES="en_US.UTF-8")
    assert italian.returncode == english.returncode == CONFIGURATION
    assert "è ammesso un numero intero da 1 a 168" in italian.stderr
    assert "allowed is a whole number from 1 to 168" in english.stderr


def test_the_draft_goes_to_the_program_at_hand_and_the_way_is_told(tmp_path: Path) -> None:
    _stand_in(tmp_path, "xdg-mime", "echo thunderbird.desktop")
    _stand_in(tmp_path, "xdg-email", "exit 4")
    _stand_in(tmp_path, "thunderbird", f'printf "%s\\n" "$@" >{tmp_path}/told')
    done = _run(tmp_path, "--once", "--picture", "none")
    assert (done.returncode, done.stderr) == (
        DONE,
        "La bozza è stata aperta con Thunderbird. Compili l'oggetto e la invii.\n",
    )
    assert (
        (tmp_path / "told").read_text().startswith("-compose\nto='nuovocaso@projectpp.it',body='Buongiorno,")
    )


def test_where_nothing_opens_it_the_draft_is_kept_and_its_place_told(tmp_path: Path) -> None:
    for name in ("xdg-mime", "xdg-email", "thunderbird", "xdg-open"):
        _stand_in(tmp_path, name, "exit 3")
    done = _run(tmp_path, "--once", "--picture", "none")
    assert done.returncode == FAILED
    (kept,) = (tmp_path / ".cache/helpdeskctl-tray").glob("*/segnalazione.eml")
    assert done.stderr == f"Nessun programma di posta ha aperto la bozza: la apra a mano da {kept}.\n"


def test_a_reader_that_goes_away_gets_no_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "helpdeskctl.tray", "--help"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
