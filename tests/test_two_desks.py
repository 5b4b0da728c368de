"""Two installations, and a vacation responder, really connected: what they send comes to rest by itself.

Every mail that one sends is composed to bytes, delivered into the other's Maildir, and read from there.
"""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from helpdeskctl.adapters import config
from helpdeskctl.adapters.mail_parser import parse, peek
from helpdeskctl.adapters.maildir import Maildir, make
from helpdeskctl.adapters.templates import FileTexts
from helpdeskctl.adapters.tinydb_store import TinyDbStore
from helpdeskctl.adapters.transport.compose import compose
from helpdeskctl.application.ingest import Ports, ingest_inbox
from helpdeskctl.application.outbox import Outbox, send_waiting
from helpdeskctl.application.ports import Receipt
from helpdeskctl.domain.case import OutgoingMail
from tests.fakes import at_once

OTHER = """
[desk]
name = "Altra Ditta"
intake = ["aiuto@altraditta.example"]
[sectors.unico]
name = "Unico"
address = "unico@altraditta.example"
"""


class Post:
    """Carries bytes from desk to desk; what is for nobody it knows goes to the responder."""

    def __init__(self) -> None:
        self.desks: dict[str, Station] = {}
        self.carried = 0
        self.now = datetime.fromisoformat("2026-11-24T10:00:00+01:00")

    def send(self, mail: OutgoingMail, now: datetime) -> Receipt:
        self.carried += 1
        content = compose(mail, now)
        if station := self.desks.get(mail.to.address):
            station.box.save(io.BytesIO(content), (mail.to.address,))
        else:
            self.nobody(content)
        return Receipt("sent", "")

    def nobody(self, content: bytes) -> None:
        """A person, who reads and does not answer."""

    def turn(self, stations: list["Station"]) -> None:
        """A minute passes, and everybody reads its mail."""
        self.now += timedelta(minutes=1)
        for station in stations:
            station.turn()


class Station:
    """One installation."""

    def __init__(self, folder: Path, text: str, post: Post) -> None:
        folder.mkdir()
        (folder / "c.toml").write_text(text)
        settings = config.load(str(folder / "c.toml"))
        make(str(folder / "Maildir"))
        self.box = Maildir(str(folder / "Maildir"))
        self.store = TinyDbStore(str(folder / "store"), settings.policy.zone)
        texts = FileTexts("it", settings.policy.zone, "")

        def clock() -> datetime:
            return post.now

        self.ports = Ports(
            self.box,
            self.store,
            lambda path, at: parse(path, post.now, settings.limits),
            peek,
            texts,
            settings.policy,
            clock,
            at_once,
        )
        self.outbox = Outbox(self.store, post, texts, settings.policy, clock)
        for address in (*settings.policy.desk.intake, *(s.address for s in settings.policy.sectors)):
            post.desks[address] = self

    def turn(self) -> None:
        list(ingest_inbox(self.ports, self.box.inbox()))
        list(send_waiting(self.outbox))

    def cases(self) -> int:
        return len(list(self.store.all_cases()))


@pytest.fixture
def post() -> Iterator[Post]:
    yield Post()


def first(sender: str, subject: str = "Stampante guasta al piano") -> io.BytesIO:
    return io.BytesIO(
        f"From: {sender}\nTo: x\nSubject: {subject}\nMessage-ID: <{sender}>\n\nNon stampa la fattura 12 da ieri.\n".encode()
    )


def test_two_desks_that_write_to_each_other_come_to_rest(tmp_path: Path, post: Post) -> None:
    ours, theirs = Station(tmp_path / "a", "", post), Station(tmp_path / "b", OTHER, post)
    # Somebody there writes in the other desk's name.
    ours.box.save(first("aiuto@altraditta.example"), ("nuovocaso@projectpp.it",))
    for _ in range(30):
        post.turn([ours, theirs])
    assert (ours.cases(), theirs.cases()) == (1, 0)
    assert post.carried == 1


def test_two_desks_whose_relay_strips_every_header_come_to_rest(
    tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = Station(tmp_path / "a", "", post), Station(tmp_path / "b", OTHER, post)
    real = Maildir.save

    def stripped(self: Maildir, stream: io.BytesIO, recipients: tuple[str, ...]) -> object:
        mail = message_from_bytes(stream.read(), policy=default)
        for name in set(mail.keys()) - {"From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding"}:
            del mail[name]
        mail["Message-ID"] = f"<{post.carried}@relay.example>"
        return real(self, io.BytesIO(mail.as_bytes()), recipients)

    monkeypatch.setattr(Maildir, "save", stripped)
    ours.box.save(first("aiuto@altraditta.example"), ("nuovocaso@projectpp.it",))
    for _ in range(180):
        post.turn([ours, theirs])
    # In three hours: what the limits let through, and no more.
    assert post.carried <= 2 * 3 * 4


def test_a_vacation_responder_with_changing_addresses_comes_to_rest(tmp_path: Path, post: Post) -> None:
    ours = Station(tmp_path / "a", "", post)

    def on_holiday(content: bytes) -> None:
        mail = message_from_bytes(content, policy=default)
        answer = first(f"ferie{post.carried}@assente.example", f"Sono in ferie: {mail['Subject']}")
        ours.box.save(answer, ("nuovocaso@projectpp.it",))

    post.nobody = on_holiday  # type: ignore[method-assign]
    ours.box.save(first("ferie@assente.example", "Sono in ferie"), ("nuovocaso@projectpp.it",))
    for _ in range(120):
        post.turn([ours])
    assert post.carried <= 12
