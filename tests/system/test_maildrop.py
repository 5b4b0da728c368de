"""A mail through real maildrop (Debian's package `maildrop`)."""

from pathlib import Path

import pytest

from tests.cli.conftest import mail
from tests.system.chain import USUAL_PLACE, Account, example

pytestmark = pytest.mark.system

PRINTER = mail("Stampante guasta al secondo piano")


@pytest.fixture
def recipe(account: Account) -> Path:
    text = example("maildroprc", {USUAL_PLACE: str(account.program), "$HOME": str(account.home)})
    return account.write(".mailfilter", text)


def _delivered(account: Account, recipe: Path) -> tuple[int, bytes]:
    """One mail handed to maildrop, as a mail system does: the exit code, and what the customer would read."""
    done = account.run("maildrop", recipe, content=PRINTER)
    return done.returncode, done.stdout + done.stderr


def test_a_mail_becomes_one_case_with_one_acknowledgement(account: Account, recipe: Path) -> None:
    assert _delivered(account, recipe) == (0, b"")
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    assert len(account.acknowledged()) == 1
    assert account.inbox() == 0


@pytest.mark.parametrize("program", ["exit 75", "exit 1", "kill -9 $$", "cat >/dev/null; exit 64"])
def test_a_program_that_fails_costs_no_mail(account: Account, recipe: Path, program: str) -> None:
    before = account.program.read_text()
    account.program.write_text(f"#!/bin/sh\n{program}\n")
    assert _delivered(account, recipe)[0] == 0
    assert account.inbox() == 1
    account.program.write_text(before)
    account.helpdeskctl("ingest")
    assert len(account.cases()) == 1
    assert len(account.acknowledged()) == 1
