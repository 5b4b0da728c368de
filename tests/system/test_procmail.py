"""A mail through real procmail, with both recipes of examples/ (Debian's package `procmail`)."""

from pathlib import Path

import pytest

from tests.cli.conftest import mail
from tests.system.chain import USUAL_PLACE, Account, Ended, example

pytestmark = pytest.mark.system

PRINTER = mail("Stampante guasta al secondo piano")
FROM_LINE = b"From anna.verdi@cliente.example  Mon Nov 23 09:12:00 2026\n"
SILENCE = (0, b"", b"")


@pytest.fixture(params=("procmailrc", "procmailrc.copy-first"))
def recipe(request: pytest.FixtureRequest, account: Account) -> Path:
    text = example(request.param, {USUAL_PLACE: str(account.program)})
    return account.write(".procmailrc", f"HOME={account.home}\n{text}")


def _procmail(account: Account, recipe: Path) -> tuple[str | Path, ...]:
    return ("procmail", f"DEFAULT={account.home}/default/", recipe)


def _delivered(account: Account, recipe: Path, content: bytes = PRINTER) -> tuple[int, bytes, bytes]:
    """One mail handed to procmail, as a mail system does."""
    done: Ended = account.run(*_procmail(account, recipe), content=FROM_LINE + content)
    return done.returncode, done.stdout, done.stderr


def test_a_mail_becomes_one_case_with_one_acknowledgement(account: Account, recipe: Path) -> None:
    assert _delivered(account, recipe) == SILENCE
    account.helpdeskctl("ingest")
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    assert len(account.acknowledged()) == 1
    assert account.inbox() == 0
    assert account.filed() == 1
    assert not (account.home / "default").exists()


def test_the_case_is_there_before_cron_comes(account: Account, recipe: Path) -> None:
    _delivered(account, recipe)
    assert len(account.cases()) == 1
    assert len(account.acknowledged()) == 1


def test_a_broken_configuration_costs_no_mail(account: Account, recipe: Path) -> None:
    before = account.break_configuration()
    assert _delivered(account, recipe) == SILENCE
    assert account.inbox() == 1
    account.config.write_text(before)
    account.helpdeskctl("ingest")
    assert len(account.cases()) == 1
    assert len(account.acknowledged()) == 1
    assert account.inbox() == 0


def test_a_missing_program_costs_no_mail(account: Account, recipe: Path) -> None:
    elsewhere = account.program.rename(account.home / "altrove")
    assert _delivered(account, recipe)[0] == 0
    assert account.inbox() == 1
    elsewhere.rename(account.program)
    account.helpdeskctl("ingest")
    assert len(account.cases()) == 1


def test_a_program_that_is_killed_costs_no_mail(account: Account, recipe: Path) -> None:
    before = account.program.read_text()
    account.program.write_text("#!/bin/sh\nkill -9 $$\n")
    assert _delivered(account, recipe)[0] == 0
    assert account.inbox() == 1
    account.program.write_text(before)
    account.helpdeskctl("ingest")
    assert len(account.cases()) == 1


def test_a_large_mail_is_stored_once(account: Account, recipe: Path) -> None:
    _delivered(account, recipe, mail("Stampante guasta al secondo piano", "parola " * 450_000))
    account.helpdeskctl("ingest")
    assert len(account.cases()) == 1
    assert account.filed() == 1
    assert len(account.acknowledged()) == 1


def test_twelve_mails_at_once_give_twelve_cases(account: Account, recipe: Path) -> None:
    waiting = []
    for n in range(12):
        customer = f"{n}.anna.verdi@cliente.example"
        pipe = account.start(*_procmail(account, recipe))
        assert pipe.stdin is not None
        pipe.stdin.write(mail(f"Stampante {n} guasta", f"Richiesta {n} con qualche parola", From=customer))
        pipe.stdin.close()
        waiting.append(pipe)
    assert [pipe.wait(60) for pipe in waiting] == [0] * 12
    for pipe in waiting:
        pipe.__exit__(None, None, None)
    account.helpdeskctl("ingest")
    assert [case["number"] for case in account.cases()] == list(range(1, 13))
    assert len(account.acknowledged()) == 12


def test_what_cannot_be_saved_goes_back_to_who_delivered_it(account: Account) -> None:
    text = example("procmailrc.requeue", {USUAL_PLACE: str(account.program)})
    recipe = account.write(".procmailrc", f"HOME={account.home}\n{text}")
    before = account.break_configuration()
    assert _delivered(account, recipe) == (75, b"", b"")
    assert account.inbox() == 0
    assert not (account.home / "default").exists()
    account.config.write_text(before)
    assert _delivered(account, recipe) == SILENCE
    assert len(account.cases()) == 1
    assert len(account.acknowledged()) == 1
