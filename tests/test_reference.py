"""docs/cli.md and the man pages are what the commands say of themselves."""

import os
import subprocess
from pathlib import Path

import pytest

from helpdeskctl.cli.main import COMMANDS
from tests import reference


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reference")
    reference.write(root)
    return root


def files(root: Path) -> dict[str, str]:
    found = [root / "docs/cli.md", *sorted((root / "man").rglob("*.1"))]
    return {str(path.relative_to(root)): path.read_text() for path in found}


def test_the_reference_is_current(written: Path) -> None:
    assert files(reference.ROOT) == files(written)


def test_every_command_has_its_page_in_both_languages() -> None:
    pages = files(reference.ROOT)
    for name in COMMANDS:
        assert f"man/man1/helpdeskctl-{name}.1" in pages
        assert "Esempio: " in pages[f"man/it/man1/helpdeskctl-{name}.1"]
        assert "Example: " in pages[f"man/man1/helpdeskctl-{name}.1"]
        assert f"## `helpdeskctl {name}`" in pages["docs/cli.md"]


@pytest.mark.system
def test_man_finds_nothing_wrong_with_them(written: Path) -> None:
    for page in (written / "man").rglob("*.1"):
        command = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(page)]
        # Wide enough for the longest word: that a line cannot be adjusted is no fault of the page.
        wide = os.environ | {"MANWIDTH": "200"}
        done = subprocess.run(command, capture_output=True, check=True, env=wide)
        assert done.stderr == b"", (page, done.stderr)


def test_they_are_installed() -> None:
    setup = (reference.ROOT / "setup.cfg").read_text()
    assert "share/man/man1 =\n    man/man1/*.1" in setup
    assert "share/man/it/man1 =\n    man/it/man1/*.1" in setup
