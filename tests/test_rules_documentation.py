"""What docs/rules.md shows is what the program prints."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from helpdeskctl.adapters import config

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/rules.md").read_text()
SHOWN = dict(re.findall(r"^```\n\$ helpdeskctl ([^\n]*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
# What each command of the page exits with.
EXITS = {"rules list": 0, "--config four.toml rules check": 1, "classify --replay --config other.toml": 0}


class Demo(NamedTuple):
    """The example Maildir, read."""

    folder: Path
    environment: dict[str, str]

    def run(self, command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "helpdeskctl", *command.split()],
            capture_output=True, text=True, check=False, env=self.environment, cwd=self.folder,
        )  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("regole") / "demo"
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DEMO_DIRECTORY": str(folder),
        "HELPDESKCTL_CONFIG": str(folder / "config.toml"),
        "HELPDESKCTL_FORCE_TTY": "1",
        "COLUMNS": "100",
    }
    subprocess.run(["sh", str(ROOT / "examples/demo.sh")], capture_output=True, check=True, env=environment)
    plain = (folder / "config.toml").read_text()
    [four] = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (folder / "four.toml").write_text(f"{plain}\n{four}")
    [(before, after)] = re.findall(r"^```diff\n-(.*)\n\+(.*)\n```$", PAGE, re.MULTILINE)
    published = re.search(r"^#\[\[rules\]\].*?(?=^\[mail\])", config.example({}), re.MULTILINE | re.DOTALL)
    assert published
    rules = re.sub(r"^#(?=\S| {4})", "", published[0], flags=re.MULTILINE)
    assert rules.count(before) == 1
    (folder / "other.toml").write_text(f"{plain}\n{rules.replace(before, after)}")
    return Demo(folder, environment)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_these_commands_are_shown() -> None:
    assert SHOWN.keys() == EXITS.keys()


@pytest.mark.parametrize("command", EXITS)
def test_a_command_prints_what_stands_there(demo: Demo, command: str) -> None:
    done = demo.run(command)
    assert done.returncode == EXITS[command]
    assert _lines(SHOWN[command]) == _lines(done.stdout + done.stderr)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)", PAGE))
def test_what_is_linked_is_there(link: str) -> None:
    assert (ROOT / "docs" / link).exists()
