"""Fakes of the ports: all in memory, with the promises that the real ones keep."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from typing import BinaryIO, TypeVar

from helpdeskctl.adapters.tinydb_store.codec import encoded
from helpdeskctl.adapters.tinydb_store.searching import sought_in
from helpdeskctl.application.ports import Arrived, Briefs, LedgerEntry, Prepared, Receipt, Snapshot, Waiting
from helpdeskctl.domain.answers import Fact
from helpdeskctl.domain.brief import brief
from helpdeskctl.domain.case import Case, OutgoingMail, Status
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.limits import LIMITED, SentBefore
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.registry import Contract, Customer, Registry
from tests.builders import SECRET

A = TypeVar("A")
T = TypeVar("T")


class MemorySnapshot:
    """What a transaction sees, with what it puts on top."""

    def __init__(self, cases: dict[int, Case], entries: dict[str, LedgerEntry], registry: Registry) -> None:
        self.registry = registry
        self.cases = dict(cases)
        self.entries = dict(entries)

    def secret(self) -> bytes:
        return SECRET

    def next_number(self) -> int:
        return max(self.cases, default=0) + 1

    def case(self, number: int) -> Case | None:
        return self.cases.get(number)

    def numbers(self, kind: str, value: str) -> tuple[int, ...]:
        value = (
            value.lower()
            if kind == "requester"
            else value.casefold()
            if kind in {"customer", "contract"}
            else value
        )
        return tuple(n for n, case in sorted(self.cases.items()) if value and (kind, value) in _keys(case))

    def entry(self, ident: str) -> LedgerEntry | None:
        return self.entries.get(ident)

    def lately_sent(self, since: datetime, address: str = "") -> tuple[SentBefore, ...]:
        mails = [m for case in self.cases.values() for m in case.outgoing]
        mails += [m for entry in self.entries.values() for m in entry.outgoing]
        sent = ((m.sent_at, m) for m in mails if m.sent_at and m.sent_at >= since and m.kind in LIMITED)
        found = sorted(SentBefore(at, m.to.address.lower(), m.kind, m.subject) for at, m in sent)
        return tuple(one for one in found if address in {"", one.address})

    def customer(self, kind: str, value: str) -> Customer | None:
        found = (
            c for c in self.registry.customers if value in (c.addresses if kind == "address" else c.domains)
        )
        return next(found, None)

    def contract(self, number: str) -> Contract | None:
        found = (c for c in self.registry.contracts if c.number.casefold() == number.casefold())
        return next(found, None)

    def has_registry(self) -> bool:
        return self.registry != Registry()

    def put(self, case: Case) -> None:
        self.cases[case.number] = case

    def record(self, entry: LedgerEntry) -> None:
        self.entries[entry.id] = entry

    def forget(self, ident: str) -> None:
        self.entries.pop(ident, None)


def _keys(case: Case) -> set[tuple[str, str]]:
    found = {("requester", case.requester.address.lower()), ("customer", case.customer.casefold())}
    if case.contract:
        found.add(("contract", case.contract.number.casefold()))
    for mail in case.messages:
        found |= {("key", mail.key), ("message_id", mail.message_id), ("digest", mail.digest)}
    return found


class MemoryStore:
    """Keeps the port `CaseStore`; `free` tells whether the sender's lock is."""

    def __init__(self) -> None:
        self.cases: dict[int, Case] = {}
        self.ledger: dict[str, LedgerEntry] = {}
        self.kept: dict[str, str] = {}
        self.registered = Registry()
        self.commits = 0
        self.free = True
        self.exists = False
        self._handed_over = ""
        self._backlog: str | None = None

    @contextmanager
    def transaction(self) -> Iterator[Snapshot]:
        snapshot = MemorySnapshot(self.cases, self.ledger, self.registered)
        yield snapshot
        if (snapshot.cases, snapshot.entries) != (self.cases, self.ledger):
            self.commits += 1
        self.cases, self.ledger = snapshot.cases, snapshot.entries

    def snapshot(self) -> Snapshot:
        return MemorySnapshot(self.cases, self.ledger, self.registered)

    def keep(self, path: str, key: str, at: datetime) -> str:
        self.kept[f"mail/{key}"] = path
        return f"mail/{key}"

    def raw(self, path: str) -> str:
        return self.kept.get(path, path)

    def open_cases(self) -> list[Case]:
        shown = (
            c for _, c in sorted(self.cases.items()) if c.status is not Status.closed or "news" in c.marks
        )
        return [case._replace(messages=(), history=()) for case in shown]

    def open_briefs(self) -> Briefs:
        found = {case.number: case for case in self.open_cases()}
        return Briefs([brief(case) for case in found.values()], lambda numbers: [found[n] for n in numbers])

    def searched(self, text: str) -> set[int]:
        return {case.number for case in self.cases.values() if text in sought_in(encoded(case))}

    def all_cases(self) -> Iterator[Case]:
        return iter([case for _, case in sorted(self.cases.items())])

    def entries(self, outcome: str, since: date | None = None) -> list[LedgerEntry]:
        of_outcome = (entry for entry in self.ledger.values() if entry.outcome == outcome)
        found = (entry for entry in of_outcome if since is None or entry.read_at.date() >= since)
        return sorted(found, key=lambda entry: (entry.arrived_at, entry.id))

    def registry(self) -> Registry:
        return self.registered

    def replace_registry(self, registry: Registry) -> None:
        self.registered = registry

    def waiting(self) -> list[Waiting]:
        holders: list[tuple[int | str, tuple[OutgoingMail, ...]]] = [
            *((case.number, case.outgoing) for case in self.cases.values()),
            *((entry.id, entry.outgoing) for entry in self.ledger.values()),
        ]
        return [
            Waiting(holder, min(mail.next_at for mail in mails if mail.state == "waiting"))
            for holder, mails in holders
            if any(mail.state == "waiting" for mail in mails)
        ]

    @contextmanager
    def sending(self) -> Iterator[bool]:
        yield self.free

    def handed_over(self) -> str:
        return self._handed_over

    def hand_over(self, ident: str) -> None:
        self._handed_over = ident

    def begun(self) -> bool:
        return self.exists or bool(self.cases or self.ledger)

    def backlog(self) -> str | None:
        return self._backlog

    def decide_backlog(self, value: str) -> None:
        self._backlog = value


class MemoryMailbox:
    """Keeps the port `Mailbox`: keys with their times; folders as lists of keys."""

    def __init__(self, **arrived: datetime) -> None:
        self.arrived = dict(arrived)
        self.folders: dict[str, list[str]] = {}
        self.prepared: dict[str, bytes] = {}

    def save(self, stream: BinaryIO, recipients: tuple[str, ...]) -> Arrived:
        raise NotImplementedError

    def holds_cases(self) -> bool:
        return any(folder.startswith("Cases.") for folder in self.folders)

    def inbox(self) -> list[Arrived]:
        return [Arrived(key, at) for key, at in sorted(self.arrived.items(), key=lambda pair: pair[::-1])]

    def locate(self, key: str) -> str | None:
        return f"inbox/{key}" if key in self.arrived else None

    def file(self, key: str, folder: str) -> None:
        if self.arrived.pop(key, None):
            self.folders.setdefault(folder, []).append(key)

    def prepare(self, content: bytes) -> Prepared:
        key = f"ours-{len(self.prepared)}"
        self.prepared[key] = content
        return Prepared(key, f"tmp/{key}")

    def file_prepared(self, prepared: Prepared, folder: str) -> None:
        self.folders.setdefault(folder, []).append(prepared.key)

    def put_back(self, key: str, folder: str, raw: str) -> Arrived:
        self.folders[folder].remove(key)
        self.arrived[key] = datetime.fromisoformat("2026-11-24T09:00:00+00:00")
        return Arrived(key, self.arrived[key])


class Parser:
    """Keeps the port `ParseMail`: what the mail of a key says, or what reading it raises."""

    def __init__(self, **mails: Message | BaseException) -> None:
        self.mails = dict(mails)

    def __call__(self, path: str, arrived_at: datetime) -> Message:
        found = self.mails[path.rpartition("/")[2]]
        if isinstance(found, BaseException):
            raise found
        return found._replace(arrived_at=arrived_at)

    def peek(self, path: str) -> tuple[Address, str]:
        """Keeps the port `PeekAtMail`."""
        return Address("", "ignoto@cliente.example"), path.rpartition("/")[2]


class FakeTexts:
    """Keeps the port `Texts`: the template's name and the facts."""

    def render(self, template: str, facts: Mapping[str, Fact]) -> tuple[str, str]:
        return f"{template} {facts.get('token', '')}", "\n".join(f"{k}={v}" for k, v in sorted(facts.items()))


class Recorder:
    """Keeps the port `MailSender`: remembers what went out; answers as `script` says, then `sent`."""

    def __init__(self, *script: Receipt) -> None:
        self.script = list(script)
        self.sent: list[OutgoingMail] = []

    def send(self, mail: OutgoingMail, now: datetime) -> Receipt:
        receipt = self.script.pop(0) if self.script else Receipt("sent", "250 ok")
        if receipt.result == "sent":
            self.sent.append(mail)
        return receipt


class SetClock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


Parsed = Callable[[str, datetime], Message]
TOO_LARGE = UnreadableMailError(
    "The mail has {size} MB, more than the {limit} of [limits] mail_mb.", size=60, limit=50
)


@contextmanager
def at_once(step: Callable[[A], T], /) -> Iterator[Callable[[A], Callable[[], T]]]:
    """The port `Beside` in this process: the step is done when its result is waited for."""
    yield partial(partial, step)
