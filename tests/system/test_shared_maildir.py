"""Persons with mutt and with an IMAP program at work in the Maildir that pipes, batches and `--watch` read.

In the end every mail stands in one case, once; the store has it once; nothing is left in the inbox; each
customer got one acknowledgement; and one more run does nothing.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.message import EmailMessage
from email.utils import formatdate
from imaplib import IMAP4_SSL
from pathlib import Path
from random import Random
from threading import Event
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.adapters.tinydb_store import TinyDbStore
from tests.cli.conftest import mail
from tests.system.chain import Account, parsed
from tests.system.mutt import mutt
from tests.system.servers import Dovecot, dovecot

pytestmark = pytest.mark.system

SEED = 7
ZONE = ZoneInfo("Europe/Rome")
# Of the mails, so many come by pipes; the others are put into the inbox over IMAP.
MAILS, PIPED, PIPES = 100, 50, 4
FLAGS = ["", r"(\Seen)", r"(\Flagged)", r"(\Answered \Seen)"]
# What takes no mail out of the inbox; so many mails are taken out, and put back in the end.
HARMLESS = ["read", "unread", "flag", "unflag", "answered", "delete and undelete"]
TAKEN = 8
# What persons must have done at least, or nothing is shown.
DONE = [*(f"mutt: {act}" for act in HARMLESS), "taken", "STORE", "COPY", "MOVE", "EXPUNGE"]


class Storm(NamedTuple):
    """The desk, its IMAP server, whether all mail has come, and what was done how often."""

    account: Account
    server: Dovecot
    over: Event
    done: Counter[str]

    def ingests(self, *argv: str, content: bytes = b"") -> None:
        """A run to its end; it must succeed, and in silence."""
        ended = self.account.run(self.account.program, "ingest", *argv, content=content)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
        self.done[f"ingest {' '.join(argv)}"] += 1

    def pipe(self, first: int) -> None:
        """A mail system that hands over its mails, one after the other."""
        for number in range(first, PIPED, PIPES):
            self.ingests("-", content=_letter(number))

    def mail_program(self) -> None:
        """An IMAP program that puts mails into the inbox, some of them flagged already."""
        random = Random(SEED)
        for number in range(PIPED, MAILS):
            self.server.receives(_letter(number), random.choice(FLAGS))

    def cron(self) -> None:
        """Batches, one after the other."""
        while not self.over.is_set():
            self.ingests()

    def reader(self) -> None:
        """A person who looks at the inbox in mutt again and again."""
        random = Random(SEED + 1)
        while not self.over.is_set():
            mutt(self.account.home, self._acts(random, 12))

    def archivist(self) -> None:
        """A person who reads in mutt what was filed."""
        random = Random(SEED + 2)
        while not self.over.is_set():
            if self.names(_folder()):
                mutt(self.account.home, self._acts(random, 6), folder=_folder())

    def taker(self) -> None:
        """A person who saves mails of the inbox elsewhere."""
        while not self.over.is_set() and self.done["taken"] < TAKEN:
            mutt(self.account.home, ["save one"], deletes=True)
            self.done["taken"] = len(self.names(".Salvate"))

    def _acts(self, random: Random, most: int) -> Iterator[str]:
        """What is typed into mutt until it is left."""
        for _ in range(random.randrange(1, most)):
            if self.over.is_set():
                return
            act = random.choice(HARMLESS)
            yield act
            self.done[f"mutt: {act}"] += 1

    def clearer(self) -> None:
        """A person with an IMAP program, who flags here and there, and clears up what was filed."""
        random = Random(SEED + 3)
        with self.server.session() as imap:
            imap.create("Archivio")
            while not self.over.is_set():
                imap.select()
                self._asks(imap, random, "STORE", "FLAGS", random.choice(FLAGS) or "()")
                if imap.select(_folder()[1:])[0] == "OK":
                    self._asks(imap, random, "STORE", "+FLAGS", r"(\Seen)")
                    self._asks(imap, random, "COPY", "Archivio")
                    self._asks(imap, random, "MOVE", "Archivio")
                    if self._asks(imap, random, "STORE", "+FLAGS", r"(\Deleted)"):
                        self.done["EXPUNGE"] += imap.expunge()[0] == "OK"

    def _asks(self, imap: IMAP4_SSL, random: Random, command: str, *what: str) -> bool:
        """Whether something was done with one mail of the folder."""
        found = imap.uid("SEARCH", "ALL")[1][0].split()
        done = bool(found) and imap.uid(command, random.choice(found).decode(), *what)[0] == "OK"
        self.done[command] += done
        return done

    def names(self, folder: str) -> list[str]:
        """The names in that folder of the Maildir."""
        maildir = self.account.home / "Maildir"
        return [file.name for part in ("new", "cur") for file in maildir.glob(f"{folder}/{part}/*")]

    def everything(self) -> tuple[list[Path], bytes, int]:
        """The Maildir, the cases, and how many mails were sent."""
        files = sorted((self.account.home / "Maildir").rglob("*:2,*"))
        listed = self.account.helpdeskctl("list", "--all", "--json")
        return files, listed, len([*(self.account.home / "sent").iterdir()])


def _customer(number: int) -> str:
    return f"persona{number}@cliente{number}.example"


def _letter(number: int) -> bytes:
    """A customer's mail of today, for mutt gives what it saves the time that stands there."""
    return mail(
        f"Stampante {number} guasta", f"Non stampa la fattura numero {number} da stamattina.",
        From=_customer(number), Date=formatdate(), Message_ID=f"<{number}@cliente.example>",
    )  # fmt: skip


def _folder() -> str:
    """Where the mail of today is filed."""
    return f".Cases.{datetime.now(ZONE):%Y-%m}"


@pytest.fixture
def storm(account: Account) -> Iterator[Storm]:
    with dovecot(account, "Maildir") as server:
        yield Storm(account, server, Event(), Counter())


def test_what_persons_do_to_the_maildir_meanwhile_loses_and_doubles_nothing(
    storm: Storm, capsys: pytest.CaptureFixture[str]
) -> None:
    storm.ingests()
    watch = storm.account.start(storm.account.program, "ingest", "--watch")
    try:
        _all_at_once(storm)
    finally:
        watch.terminate()
    assert watch.communicate(timeout=30) == (b"", b"")
    assert watch.returncode == 0
    mutt(storm.account.home, ["put all back"], folder=".Salvate", deletes=True)
    storm.ingests()
    with capsys.disabled():
        sys.stdout.write(f"\nshared Maildir: {MAILS} mails, {dict(sorted(storm.done.items()))}\n")
    assert [act for act in DONE if not storm.done[act]] == []
    _check(storm)


def _all_at_once(storm: Storm) -> None:
    """Everybody, until all mail has come."""
    with ThreadPoolExecutor(20) as pool:
        coming = [pool.submit(storm.mail_program)]
        coming += [pool.submit(storm.pipe, first) for first in range(PIPES)]
        persons = (storm.cron, storm.reader, storm.archivist, storm.taker, storm.clearer)
        beside = [pool.submit(person) for person in persons]
        try:
            for one in coming:
                one.result()
        finally:
            storm.over.set()
        for one in beside:
            one.result()


def _check(storm: Storm) -> None:
    """Every promise at the top of this page."""
    home = storm.account.home
    store = TinyDbStore(str(home / ".local/state/helpdeskctl"), ZONE)
    mails = sorted(f"{number}@cliente.example" for number in range(MAILS))
    cases = sorted(store.all_cases(), key=lambda case: case.number)
    assert [case.number for case in cases] == list(range(1, MAILS + 1))
    assert sorted(record.message_id for case in cases for record in case.messages) == mails
    # A mail that was taken out when it was a case already, and put back, is a duplicate.
    again = [entry.message_id for entry in store.entries("duplicate")]
    assert len(again) <= TAKEN
    assert store.entries("held") == store.entries("ignored") == []
    kept = [
        _ident(parsed(file)) for file in (home / ".local/state/helpdeskctl/mail").rglob("*") if file.is_file()
    ]
    assert Counter(kept) == Counter(mails + again)
    assert storm.account.inbox() == 0
    filed = Counter(_ident(parsed(file)) for file in (home / "Maildir").glob(".Cases.*/*/*"))
    assert max(filed.values()) == 1
    sent = [parsed(file) for file in (home / "sent").iterdir()]
    acknowledged = Counter(str(one["To"]) for one in sent if "cliente" in one["To"])
    assert acknowledged == Counter(map(_customer, range(MAILS)))
    assert len({one["Message-ID"] for one in sent}) == len(sent)
    looked = storm.account.run(storm.account.program, "doctor", "--deep")
    assert looked.returncode == 0, looked.stdout
    before = storm.everything()
    storm.ingests()
    assert storm.everything() == before


def _ident(kept: EmailMessage) -> str:
    return str(kept["Message-ID"]).strip("<>")
