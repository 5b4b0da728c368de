"""A mail through real procmail, with both recipes of examples/ (Debian's package `procmail`)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import CONFIG, SENDMAIL, mail

pytestmark = pytest.mark.system

EXAMPLES = Path(__file__).parents[2] / "examples"
RECIPES = ("procmailrc", "procmailrc.copy-first")


class Account(NamedTuple):
    """The account `helpdesk`, with its recipe."""

    home: Path
    recipe: Path

    def deliver(self, content: bytes) -> subprocess.CompletedProcess[bytes]:
        """One mail handed to procmail, as a mail system does."""
        return subprocess.run(
            ["procmail", f"DEFAULT={self.home}/default/", str(self.recipe)],
            input=b"From anna.verdi@cliente.example  Mon Nov 23 09:12:00 2026\n" + content,
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip

    def run(self, *argv: str) -> str:
        """A command of the account's."""
        done = subprocess.run(
            [sys.executable, "-m", "helpdeskctl", *argv], capture_output=True, text=True, check=True,
            env=os.environ | {"HOME": str(self.home), "HELPDESKCTL_CONFIG": ""},
        )  # fmt: skip
        return done.stdout

    def cases(self) -> list[dict[str, object]]:
        """What `list` tells."""
        listed: list[dict[str, object]] = json.loads(self.run("list", "--all", "--json"))
        return listed

    def acknowledgements(self) -> int:
        """How many the customer got."""
        sent = (f.read_text() for f in (self.home / "sent").glob("mail.*"))
        return sum("anna.verdi@cliente.example" in text.partition("Subject:")[0] for text in sent)

    def inbox(self) -> int:
        """How many mails wait in the Maildir's inbox."""
        return sum(1 for part in ("new", "cur") for _ in (self.home / "Maildir" / part).iterdir())

    def filed(self) -> int:
        """How many mails lie in the folders of cases."""
        return sum(1 for _ in (self.home / "Maildir").glob(".Cases.*/cur/*"))

    def break_configuration(self) -> str:
        """A configuration that says nothing; what it said before."""
        before = self.config.read_text()
        self.config.write_text("[maildir\n")
        return before

    @property
    def config(self) -> Path:
        """Where the account's configuration lies."""
        return self.home / ".config/helpdeskctl/config.toml"


@pytest.fixture(params=RECIPES)
def account(request: pytest.FixtureRequest, tmp_path: Path) -> Account:
    home = tmp_path
    for part in ("tmp", "new", "cur"):
        (home / "Maildir" / part).mkdir(parents=True)
    (home / "sent").mkdir()
    account = Account(home, home / ".procmailrc")
    account.config.parent.mkdir(parents=True)
    account.config.write_text(CONFIG.format(home=home))
    (home / "sendmail").write_text(SENDMAIL.format(home=home))
    (home / "sendmail").chmod(0o755)
    program = home / "helpdeskctl"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m helpdeskctl "$@"\n')
    program.chmod(0o755)
    recipe = (EXAMPLES / request.param).read_text()
    assert "HELPDESKCTL=/usr/local/bin/helpdeskctl\n" in recipe
    recipe = recipe.replace("HELPDESKCTL=/usr/local/bin/helpdeskctl", f"HELPDESKCTL={program}")
    account.recipe.write_text(f"HOME={home}\n{recipe}")
    account.recipe.chmod(0o600)
    return account


def test_a_mail_becomes_one_case_with_one_acknowledgement(account: Account) -> None:
    done = account.deliver(mail("Stampante guasta al secondo piano"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    account.run("ingest")
    assert [case["subject"] for case in account.cases()] == ["Stampante guasta al secondo piano"]
    assert account.acknowledgements() == 1
    assert account.inbox() == 0
    assert account.filed() == 1
    assert not (account.home / "default").exists()


def test_the_case_is_there_before_cron_comes(account: Account) -> None:
    account.deliver(mail("Stampante guasta al secondo piano"))
    assert len(account.cases()) == 1
    assert account.acknowledgements() == 1


def test_a_broken_configuration_costs_no_mail(account: Account) -> None:
    before = account.break_configuration()
    done = account.deliver(mail("Stampante guasta al secondo piano"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert account.inbox() == 1
    account.config.write_text(before)
    account.run("ingest")
    assert len(account.cases()) == 1
    assert account.acknowledgements() == 1
    assert account.inbox() == 0


def test_a_missing_program_costs_no_mail(account: Account) -> None:
    (account.home / "helpdeskctl").rename(account.home / "altrove")
    assert account.deliver(mail("Stampante guasta al secondo piano")).returncode == 0
    assert account.inbox() == 1
    account.run("ingest")
    assert len(account.cases()) == 1


def test_a_program_that_is_killed_costs_no_mail(account: Account) -> None:
    (account.home / "helpdeskctl").write_text("#!/bin/sh\nkill -9 $$\n")
    assert account.deliver(mail("Stampante guasta al secondo piano")).returncode == 0
    assert account.inbox() == 1
    account.run("ingest")
    assert len(account.cases()) == 1


def test_a_large_mail_is_stored_once(account: Account) -> None:
    account.deliver(mail("Stampante guasta al secondo piano", "parola " * 450_000))
    account.run("ingest")
    assert len(account.cases()) == 1
    assert account.filed() == 1
    assert account.acknowledgements() == 1


def test_twelve_mails_at_once_give_twelve_cases(account: Account) -> None:
    waiting = []
    for n in range(12):
        pipe = subprocess.Popen(
            ["procmail", f"DEFAULT={account.home}/default/", str(account.recipe)], stdin=subprocess.PIPE
        )
        assert pipe.stdin is not None
        pipe.stdin.write(
            mail(
                f"Stampante {n} guasta",
                f"Richiesta {n} con qualche parola",
                From=f"{n}.anna.verdi@cliente.example",
            )
        )
        pipe.stdin.close()
        waiting.append(pipe)
    assert [pipe.wait(60) for pipe in waiting] == [0] * 12
    account.run("ingest")
    numbers = [case["number"] for case in account.cases()]
    assert sorted(map(str, numbers), key=int) == [str(n) for n in range(1, 13)]
    assert account.acknowledgements() == 12
