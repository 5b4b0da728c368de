"""The line of examples/crontab, run as cron runs it."""

import fcntl

import pytest

from tests.cli.conftest import mail
from tests.system.chain import USUAL_PLACE, Account, example

pytestmark = pytest.mark.system


def _run(account: Account) -> tuple[int, bytes]:
    """One minute: the exit code, and what cron would mail."""
    lines = example("crontab", {USUAL_PLACE: str(account.program)}).splitlines()
    (line,) = [line for line in lines if line.startswith("* ")]
    done = account.run("/bin/sh", "-c", line.removeprefix("* * * * * "), PATH="/usr/bin:/bin")
    return done.returncode, done.stdout + done.stderr


def test_what_lies_in_the_inbox_is_read_in_silence(account: Account) -> None:
    account.write("Maildir/new/1.posta", mail("Stampante guasta al secondo piano").decode())
    assert _run(account) == (0, b"")
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    assert len(account.acknowledged()) == 1
    assert _run(account) == (0, b"")


def test_while_one_run_works_the_next_does_not_begin(account: Account) -> None:
    account.write("Maildir/new/1.posta", mail("Stampante guasta al secondo piano").decode())
    lock = account.write(".helpdeskctl-cron.lock", "")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert _run(account) == (0, b"")
        assert account.inbox() == 1
    assert _run(account) == (0, b"")
    assert account.inbox() == 0


def test_a_broken_configuration_is_said(account: Account) -> None:
    account.break_configuration()
    code, said = _run(account)
    assert code == 78
    assert b"config.toml" in said and b"Traceback" not in said
