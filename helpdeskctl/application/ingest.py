"""One mail from the inbox to its case: kept, parsed, decided, committed, filed (architecture: the table).

The pipe and the batch are the same path; a dry run is the path stopped before anything is written.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import NamedTuple, TypeVar

from helpdeskctl.application.correspondence import written
from helpdeskctl.application.inbox import refuse_lost_store
from helpdeskctl.application.looking_up import Asked, look_up
from helpdeskctl.application.ports import (
    Arrived,
    Beside,
    CaseStore,
    Clock,
    LedgerEntry,
    Mailbox,
    ParseMail,
    PeekAtMail,
    Snapshot,
    Texts,
)
from helpdeskctl.domain import answers, effects
from helpdeskctl.domain.answers import Postmark
from helpdeskctl.domain.decision import decide
from helpdeskctl.domain.errors import HelpdeskError, UnreadableMailError
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.outcomes import Decision, unreadable
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.transitions import with_outgoing

# The folder of mail that a person has to look at.
HELD = "Held"
# So many mails share one commit in a batch: one replacement of a shard serves them all.
GROUP = 50

T = TypeVar("T")

# The full path of a mail, and when it arrived.
Located = tuple[str, datetime]
# What begins the parsing of those mails, and gives what waits for it.
BeginParsing = Callable[[list[Located]], Callable[[], list[Message | Decision]]]


class Ports(NamedTuple):
    """What reading mail needs from outside, and the firm's policy."""

    mailbox: Mailbox
    store: CaseStore
    parse: ParseMail
    peek: PeekAtMail
    texts: Texts
    policy: Policy
    clock: Clock
    beside: Beside


class Report(NamedTuple):
    """What became of one mail; `message` is None for one that could not be read."""

    arrived: Arrived
    message: Message | None
    decision: Decision


class Read(NamedTuple):
    """A mail taken from the inbox: where the store keeps it (`path` relative to it, `raw` in full), and
    what parsing it gave. In a dry run nothing is kept, and `raw` is the mail in the inbox."""

    arrived: Arrived
    path: str
    raw: str
    parsed: Message | Decision


def ingest_one(arrived: Arrived, ports: Ports) -> Report | None:
    """One mail alone, as a pipe does; None when somebody else took it meanwhile."""
    refuse_lost_store(ports.mailbox, ports.store)
    path = _kept(arrived, ports)
    if path is None:
        return None
    raw = ports.store.raw(path)
    read = Read(arrived, path, raw, _parsed(raw, arrived.at, ports))
    with ports.store.transaction() as store:
        report = _settle(read, store, ports)
    _file(report, ports)
    return report


def ingest_inbox(ports: Ports, arrivals: list[Arrived]) -> Iterator[Report]:
    """Every mail given, in that order, in groups that share a commit; each is reported once filed."""
    groups = [arrivals[start : start + GROUP] for start in range(0, len(arrivals), GROUP)]
    parse = partial(_parsed_all, ports)
    # One group is parsed while the one before it is settled; a single one has nothing to be parsed beside.
    # Not begun under the store's lock, which another process would go on holding.
    with ports.beside(parse) if len(groups) > 1 else nullcontext(partial(partial, parse)) as begin:
        begun: deque[Callable[[], list[Read]]] = deque()
        for group in groups:
            begun.append(_begun(group, ports, begin))
            if len(begun) > 1:
                yield from _settled(begun.popleft()(), ports)
        for wait in begun:
            yield from _settled(wait(), ports)


def rehearse(ports: Ports, arrivals: list[Arrived]) -> Iterator[Report]:
    """What `ingest_inbox` would do, writing nothing anywhere (`--dry-run`)."""
    store = ports.store.snapshot()

    def rehearsed(arrived: Arrived, raw: str) -> Report:
        return _settle(Read(arrived, "", raw, _parsed(raw, arrived.at, ports)), store, ports)

    for arrived in arrivals:
        if report := _taken(arrived, ports, partial(rehearsed, arrived)):
            yield report


def folder(decision: Decision, at: datetime) -> str:
    """The Maildir++ folder, without its leading dot, where a mail that arrived then is filed."""
    if decision.outcome == "held":
        return HELD
    kind = "Ignored" if decision.outcome in {"ignored", "duplicate"} else "Cases"
    return f"{kind}.{at:%Y-%m}"


def entry_id(key: str) -> str:
    """The ledger's name for a mail: short enough to type, the same at every run."""
    return sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:10]


def _guarded(step: Callable[[], T]) -> T | Decision:
    """The boundary around one mail: whatever it does to us, it is held, and the next one goes on.

    The store's and the disk's own trouble passes: it is no fault of the mail, which stays in the inbox.
    """
    try:
        return step()
    except UnreadableMailError as error:
        return unreadable(error.sentence, error.facts)
    except (OSError, HelpdeskError):
        raise
    except Exception as error:
        return unreadable("It could not be read ({error}).", {"error": f"{type(error).__name__}: {error}"})


def _begun(arrivals: list[Arrived], ports: Ports, begin: BeginParsing) -> Callable[[], list[Read]]:
    """The mails kept in the store, those that have gone left out; what waits until they are parsed."""
    kept = [(arrived, path) for arrived in arrivals if (path := _kept(arrived, ports))]
    located = [(ports.store.raw(path), arrived.at) for arrived, path in kept]
    parsed = begin(located)

    def wait() -> list[Read]:
        return [Read(*one, raw, found) for one, (raw, _), found in zip(kept, located, parsed(), strict=True)]

    return wait


def _parsed_all(ports: Ports, located: list[Located]) -> list[Message | Decision]:
    return [_parsed(raw, at, ports) for raw, at in located]


def _settled(group: list[Read], ports: Ports) -> Iterator[Report]:
    """One commit for all of the group; each is filed after it."""
    if not group:
        return
    with ports.store.transaction() as store:
        reports = [_settle(read, store, ports) for read in group]
    for report in reports:
        _file(report, ports)
        yield report


def _kept(arrived: Arrived, ports: Ports) -> str | None:
    """Where the store keeps the mail; None when it has gone from the inbox."""
    return _taken(arrived, ports, lambda path: ports.store.keep(path, arrived.key, arrived.at))


def _taken(arrived: Arrived, ports: Ports, take: Callable[[str], T]) -> T | None:
    """What `take` makes of the mail at its path; None when it has gone from the inbox."""
    # A mail program may rename it, for other flags, just after it was found.
    for _ in range(5):
        path = ports.mailbox.locate(arrived.key)
        if path is None:
            break
        with suppress(FileNotFoundError):
            return take(path)
    return None


def _parsed(raw: str, at: datetime, ports: Ports) -> Message | Decision:
    return _guarded(lambda: ports.parse(raw, at))


def _settle(read: Read, store: Snapshot, ports: Ports) -> Report:
    """Decide and put; a mail that upsets either is held instead."""
    parsed = read.parsed
    if isinstance(parsed, Message):
        message = parsed
        settled = _guarded(lambda: _decided(message, read, store, ports))
        if settled.line != "unreadable":
            return Report(read.arrived, message, settled)
        parsed = settled
    _record(read, None, parsed, store, ports)
    return Report(read.arrived, None, parsed)


def _decided(message: Message, read: Read, store: Snapshot, ports: Ports) -> Decision:
    """Look up, decide, carry out; the last step puts, so that nothing is left half done."""
    policy, mark = ports.policy, Postmark(ports.policy, store.secret(), ports.clock())
    context = look_up(Asked(message, read.arrived.key), policy, store, mark.secret, mark.now)
    decision = decide(message, policy, context)
    if decision.line == "known" and decision.outcome != "duplicate":
        # A crash may have come between its case and the ledger.
        store.forget(entry_id(read.arrived.key))
        return decision
    if decision.outcome in {"ignored", "duplicate", "held"}:
        _record(read, message, decision, store, ports)
        return decision
    record = effects.record_of(message, decision, read.arrived.key, read.path)
    before = store.case(decision.case) if decision.case is not None else None
    if before is None:
        happened = effects.opened(decision, record, store.next_number(), policy)
    else:
        happened = effects.about(decision, record, before, policy, mark.now)
    letters = answers.due(decision, record, happened, policy, context.registry_empty)
    about = (happened.case.number, happened.case.sector)
    mails = written(letters, about, mark, read.arrived.key, ports.texts)
    store.put(with_outgoing(happened.case, mails))
    store.forget(entry_id(read.arrived.key))
    return decision._replace(case=happened.case.number)


def _record(read: Read, message: Message | None, decision: Decision, store: Snapshot, ports: Ports) -> None:
    """The ledger's entry for a mail of no case; a held one is told to the default sector, once."""
    mark = Postmark(ports.policy, store.secret(), ports.clock())
    ident = entry_id(read.arrived.key)
    sender, subject = (decision.sender, message.subject) if message else ports.peek(read.raw)
    before = store.entry(ident)
    outgoing = before.outgoing if before else ()
    if decision.outcome == "held" and not (before and before.outcome == "held"):
        letters = answers.held_notices(
            ident, (sender, subject), spam=message is not None, policy=ports.policy
        )
        about = (0, ports.policy.default_sector.key)
        outgoing += written(letters, about, mark, read.arrived.key, ports.texts)
    if message and decision.answer == "personal" and not before:
        letter = answers.personal_notice(decision.sender, message.message_id, ports.policy)
        about = (0, ports.policy.default_sector.key)
        outgoing += written([letter], about, mark, read.arrived.key, ports.texts)
    entry = LedgerEntry(
        id=ident,
        key=read.arrived.key,
        path=read.path,
        message_id=message.message_id if message else "",
        digest=message.digest if message else "",
        sender=sender,
        subject=subject,
        arrived_at=read.arrived.at.astimezone(ports.policy.zone),
        read_at=mark.now,
        outcome=decision.outcome,
        reason=decision.reason,
        because=decision.because,
        outgoing=outgoing,
        facts=decision.facts,
    )
    store.record(entry)


def _file(report: Report, ports: Ports) -> None:
    at = report.arrived.at.astimezone(ports.policy.zone)
    ports.mailbox.file(report.arrived.key, folder(report.decision, at))
