"""Small values for tests, with sensible Italian defaults."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from helpdeskctl.adapters.config import load
from helpdeskctl.application.ports import LedgerEntry
from helpdeskctl.domain.case import Case, MailRecord, OutgoingMail, Work
from helpdeskctl.domain.context import Context
from helpdeskctl.domain.events import Event, Finding
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.settings import Policy, Technician
from helpdeskctl.domain.transitions import new_case

# A Tuesday, ten o'clock in Rome.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECRET = b"chiave di prova"
INTAKE = "nuovocaso@projectpp.it"
ANNA = Address("Anna Verdi", "anna.verdi@cliente.example")
STRANGER = Address("Ladro", "ladro@altro.example")
ROSSI = Technician("rossi", "Mario Rossi", "mario.rossi@projectpp.it", ("gestionale",))


def policy(**changes: Any) -> Policy:
    """The published policy, with one technician and a staff pattern."""
    base = load(None).policy
    desk = base.desk._replace(staff=("*@projectpp.it",))
    return base._replace(desk=desk, technicians=(ROSSI,))._replace(**changes)


def message(subject: str = "Stampante guasta al secondo piano", **changes: Any) -> Message:
    """A mail of Anna Verdi's to the intake address; its digest follows from what it says."""
    plain = Message(
        message_id="1@cliente.example",
        sender=ANNA,
        reply_to=(),
        envelope_recipients=(),
        recipients=(INTAKE,),
        subject=subject,
        date="2026-11-24T09:58:00+01:00",
        arrived_at=NOW,
        text="Non riesco a stampare la fattura 12.",
        new_text="Non riesco a stampare la fattura 12.",
        attachments=(),
        references=(),
        headers={},
        digest="",
    )._replace(**changes)
    if "text" in changes and "new_text" not in changes:
        plain = plain._replace(new_text=plain.text)
    said = f"{plain.sender}{plain.date}{plain.subject}{plain.text}"
    return plain._replace(digest=plain.digest or sha256(said.encode("utf-8", "replace")).hexdigest())


def headers(**values: str) -> dict[str, tuple[str, ...]]:
    """Deciding headers, by their names with underscores."""
    return {name.replace("_", "-"): (value,) for name, value in values.items()}


def context(**changes: Any) -> Context:
    """Nothing known of the mail."""
    return Context(now=NOW, secret=SECRET)._replace(**changes)


def record(mail: Message, key: str = "1", **changes: Any) -> MailRecord:
    """What a case keeps of that mail."""
    return MailRecord(
        key=key,
        path=f"mail/2026-11-24/{key}",
        message_id=mail.message_id,
        digest=mail.digest,
        sender=mail.sender,
        subject=mail.subject,
        date=mail.date,
        arrived_at=mail.arrived_at,
        kind="request",
        outcome="opened",
        attachments=mail.attachments,
    )._replace(**changes)


def case(number: int = 7, **changes: Any) -> Case:
    """An open case of Anna Verdi's with the mail that opened it."""
    opening = message(changes.get("subject", "Stampante guasta al secondo piano"))
    made = new_case(number, opening.subject, ANNA, "tecnico", NOW - timedelta(hours=1))
    made = made._replace(
        messages=(record(opening, f"apertura-{number}"),),
        history=(Event(made.opened_at, ANNA.address, "opened", (Finding("default sector", "", "", ""),)),),
    )
    if minutes := changes.pop("minutes", 0):
        changes["work"] = (Work(NOW, "rossi", minutes),)
    return made._replace(**changes)


def outgoing(ident: str = "a1", **changes: Any) -> OutgoingMail:
    """An acknowledgement that waits."""
    return OutgoingMail(
        id=ident,
        kind="acknowledgement",
        sender=Address("Assistenza", "supporto.tecnico@projectpp.it"),
        to=ANNA,
        envelope="",
        subject="[Caso #7] Stampante guasta",
        body="Gentile Cliente,\n",
        message_id="caso.7.a1@projectpp.it",
        headers=(("Auto-Submitted", "auto-replied"),),
        queued_at=NOW,
        attempts=0,
        next_at=NOW,
    )._replace(**changes)


def entry(ident: str = "0123456789", **changes: Any) -> LedgerEntry:
    """A mail that was ignored."""
    return LedgerEntry(
        id=ident,
        key=f"key-{ident}",
        path=f"mail/2026-11-24/key-{ident}",
        message_id="n@cliente.example",
        digest="d" * 64,
        sender=STRANGER,
        subject="Novità",
        arrived_at=NOW,
        read_at=NOW,
        outcome="ignored",
        reason="bounce",
    )._replace(**changes)


def numbers(cases: Sequence[Case]) -> list[int]:
    """Their numbers."""
    return [one.number for one in cases]
