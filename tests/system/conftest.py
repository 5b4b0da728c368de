"""An installed `helpdeskctl`, and an account of its own for every test of the mail chain."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.chain import ROOT, Account, settle


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    """That of a system's own scripts, whatever a command run in this process has left."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def _place() -> Path:
    """A directory that every account may enter; pytest's own are closed to others."""
    path = Path(tempfile.mkdtemp(prefix="helpdeskctl-"))
    path.chmod(0o755)
    return path


@pytest.fixture(scope="session")
def installed() -> Iterator[Path]:
    """The program, installed by the system's Python as a firm would do it."""
    place = _place()
    subprocess.run(["/usr/bin/python3", "-m", "venv", place], check=True)
    subprocess.run([place / "bin/pip", "install", "--quiet", ROOT], check=True, capture_output=True)
    yield place / "bin/helpdeskctl"
    shutil.rmtree(place)


@pytest.fixture
def account(installed: Path) -> Iterator[Account]:
    """The account `helpdesk` with an empty Maildir, and the configuration of examples/."""
    home = _place()
    account = Account(home, home / "helpdeskctl")
    account.owns(home)
    settle(account, installed)
    yield account
    shutil.rmtree(home)
