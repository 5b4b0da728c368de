"""A desk of whole processes for the tests that break things: where it lies, what it holds, its books."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from helpdeskctl.adapters.tinydb_store import TinyDbStore
from helpdeskctl.application.ports import Waiting
from helpdeskctl.domain.case import Case
from tests.cli.conftest import CONFIG, mail
from tests.system.chain import SENDMAIL, parsed

_ZONE = ZoneInfo("Europe/Rome")


class Desk(NamedTuple):
    """A desk in a directory of its own, which a scenario finds and a point leaves."""

    home: Path

    def command(self, *argv: str) -> list[str]:
        """The command line of the program."""
        return [sys.executable, "-m", "helpdeskctl", *argv]

    def run(self, command: list[str], content: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """A process of the desk's, run to its end."""
        return subprocess.run(
            command, input=content, capture_output=True, check=False, timeout=120, env=self._environment()
        )

    def start(self, *argv: str) -> subprocess.Popen[bytes]:
        """The program, started."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.command(*argv), stdin=pipe, stdout=pipe, stderr=pipe, env=self._environment()
        )

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "HOME": str(self.home),
            "HELPDESKCTL_CONFIG": str(self.home / "config.toml"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    @property
    def store(self) -> TinyDbStore:
        """What the program has written."""
        return TinyDbStore(str(self.home / "store"), _ZONE)

    def names(self, pattern: str) -> list[str]:
        """The base names of the mails in those directories of the Maildir."""
        return [file.name.partition(":2,")[0] for file in (self.home / "Maildir").glob(f"{pattern}/*")]

    def sent(self) -> Counter[tuple[str, str]]:
        """How often each mail went out, by recipient and Message-ID."""
        mails = map(parsed, (self.home / "sent").iterdir())
        return Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in mails)


def begin(desk: Desk) -> None:
    """An empty desk."""
    for part in ("tmp", "new", "cur"):
        (desk.home / "Maildir" / part).mkdir(parents=True)
    (desk.home / "sent").mkdir()
    settle(desk)


def settle(desk: Desk) -> None:
    """The files that name the directory they lie in."""
    (desk.home / "config.toml").write_text(CONFIG.format(home=desk.home))
    (desk.home / "sendmail").write_text(SENDMAIL.format(home=desk.home))
    (desk.home / "sendmail").chmod(0o755)


def wrong_books(desk: Desk) -> str:
    """Where the index does not say what shards and ledger say; "" when it does."""
    before = _indexed(desk.store)
    desk.store.reindex()
    after = _indexed(desk.store)
    return "" if before == after else f"index {before} {after}"


def _indexed(store: TinyDbStore) -> tuple[list[Case], list[Waiting]]:
    return store.open_cases(), store.waiting()


def letter(n: int, subject: str = "") -> bytes:
    """The n-th customer's mail; the same mail each time."""
    customer = f"cliente{n}@cliente{n}.example"
    subject = subject or f"Stampante {n} guasta in ufficio"
    return mail(
        subject, f"Non stampa la fattura numero {n} da stamattina.", From=customer,
        Message_ID=f"<lettera.{n}.{len(subject)}@cliente{n}.example>",
    )  # fmt: skip
