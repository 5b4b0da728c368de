"""What an administrator is handed: an example that says the defaults, and a start at login."""

import os
import subprocess
from pathlib import Path

import pytest

from helpdeskctl.tray.settings import Settings, settings

PACKAGING = Path(__file__).parents[2] / "packaging"
SCRIPT = PACKAGING / "autostart-linux.sh"


def _autostart(home: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"HOME": str(home), "XDG_CONFIG_HOME": "", "PATH": "/usr/bin:/bin"}
    return subprocess.run(["sh", str(SCRIPT), *argv], capture_output=True, text=True, check=False, env=env)


def test_the_example_names_every_key_with_its_default() -> None:
    text = (PACKAGING / "tray.toml").read_text()
    assert settings((("tray.toml", text),), "en") == Settings()
    for key in Settings._fields:
        assert f"\n{key} = " in text


def test_it_is_started_at_login_and_no_longer(tmp_path: Path) -> None:
    program = tmp_path / "my programs" / "helpdeskctl-tray"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    entry = tmp_path / ".config/autostart/helpdeskctl-tray.desktop"
    done = _autostart(tmp_path, "install", str(program))
    assert (done.returncode, done.stdout) == (0, f"{entry}\n")
    assert f'\nExec="{program}"\n' in entry.read_text()
    assert _autostart(tmp_path, "remove").returncode == 0
    assert not entry.exists()
    assert _autostart(tmp_path, "remove").returncode == 0


@pytest.mark.parametrize(
    ("argv", "code"), [((), 2), (("instal",), 2), (("install", "/no/program"), 1), (("install",), 1)]
)
def test_a_start_that_could_not_work_is_refused(tmp_path: Path, argv: tuple[str, ...], code: int) -> None:
    done = _autostart(tmp_path, *argv)
    assert done.returncode == code
    assert done.stderr
    assert not (tmp_path / ".config").exists()
