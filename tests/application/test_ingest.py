"""One mail from the inbox to its case, with fakes: order, boundaries, exactly once."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from helpdeskctl.application import ingest
from helpdeskctl.application.inbox import arrivals, remember_backlog
from helpdeskctl.application.ingest import (
    Ports,
    entry_id,
    folder,
    ingest_inbox,
    ingest_one,
    rehearse,
)
from helpdeskctl.application.outbox import Outbox, send_waiting
from helpdeskctl.application.ports import Arrived, Snapshot
from helpdeskctl.application.reckoning import imbalance, reconciled
from helpdeskctl.domain.case import Status
from helpdeskctl.domain.errors import StoreLockedError, UndecidedError
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.outcomes import Decision
from tests.builders import NOW, case, entry, headers, message, policy, record
from tests.fakes import TOO_LARGE, FakeTexts, MemoryMailbox, MemoryStore, Parser, Recorder, SetClock, at_once

MINUTE = timedelta(minutes=1)


class Bench(NamedTuple):
    """A desk of fakes."""

    box: MemoryMailbox
    store: MemoryStore
    parser: Parser
    sender: Recorder
    clock: SetClock
    ports: Ports

    def run(self) -> list[ingest.Report]:
        """One batch, as the command line does it."""
        reports = list(
            ingest_inbox(self.ports, arrivals(self.ports.mailbox, self.ports.store, self.ports.clock(), None))
        )
        for _ in send_waiting(
            Outbox(self.store, self.sender, self.ports.texts, self.ports.policy, self.clock)
        ):
            pass
        return reports


def bench(**mails: Message | BaseException) -> Bench:
    """The mails in the inbox, each a minute after the one before, and the desk that reads them."""
    box = MemoryMailbox(**{key: NOW - MINUTE * (len(mails) - n) for n, key in enumerate(mails)})
    store, parser, clock = MemoryStore(), Parser(**mails), SetClock(NOW)
    rules = policy()
    ports = Ports(box, store, parser, parser.peek, FakeTexts(), rules, clock, at_once)
    return Bench(box, store, parser, Recorder(), clock, ports)


def unlike(number: int, **changes: Any) -> Message:
    """A mail unlike the others."""
    return message(f"Stampante numero {number} guasta", message_id=f"{number}@cliente.example", **changes)


def test_mails_become_cases_in_order_of_arrival() -> None:
    desk = bench(c=unlike(1), a=unlike(2), b=unlike(3))
    assert [(r.arrived.key, r.decision.case) for r in desk.run()] == [("c", 1), ("a", 2), ("b", 3)]
    assert desk.box.arrived == {}
    assert desk.box.folders == {"Cases.2026-11": ["c", "a", "b"]}
    assert [mail.to.address for mail in desk.sender.sent] == ["anna.verdi@cliente.example"] * 3


def test_a_group_of_mails_shares_a_commit() -> None:
    desk = bench(**{f"k{n}": unlike(n) for n in range(120)})
    assert (
        len(
            list(
                ingest_inbox(
                    desk.ports, arrivals(desk.ports.mailbox, desk.ports.store, desk.ports.clock(), None)
                )
            )
        )
        == 120
    )
    assert desk.store.commits == 3


def test_a_mail_of_the_same_group_can_follow_up_the_one_before() -> None:
    desk = bench(a=unlike(1), b=unlike(2, references=("1@cliente.example",)))
    assert [r.decision.outcome for r in desk.run()] == ["opened", "followed_up"]
    assert len(desk.store.cases[1].messages) == 2


@pytest.mark.parametrize(
    "trouble",
    [TOO_LARGE, RecursionError("deep"), ValueError("bad"), MemoryError(), KeyError("x"), AssertionError()],
    ids=lambda error: type(error).__name__,
)
def test_one_bad_mail_never_stops_the_others(trouble: BaseException) -> None:
    desk = bench(a=unlike(1), bad=trouble, b=unlike(2))
    reports = desk.run()
    assert [r.decision.outcome for r in reports] == ["opened", "held", "opened"]
    assert desk.box.folders["Held"] == ["bad"]
    (held,) = desk.store.entries("held")
    assert held.key == "bad"
    assert held.sender.address == "ignoto@cliente.example"
    assert held.subject == "bad"
    assert held.reason


def test_a_mail_that_upsets_the_decision_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    def upset(*_args: object) -> Decision:
        raise ZeroDivisionError

    monkeypatch.setattr(ingest, "decide", upset)
    desk = bench(a=unlike(1))
    assert [r.decision.outcome for r in desk.run()] == ["held"]
    assert desk.store.cases == {}


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), StoreLockedError("Locked.")])
def test_the_disks_own_trouble_is_no_fault_of_the_mail(trouble: Exception) -> None:
    desk = bench(a=trouble)
    with pytest.raises(type(trouble)):
        desk.run()
    assert list(desk.box.arrived) == ["a"]
    assert desk.store.ledger == {}


def test_the_reason_keeps_its_facts_apart_so_that_it_can_be_translated() -> None:
    desk = bench(a=TOO_LARGE)
    (report,) = desk.run()
    assert report.decision.reason == "The mail has {size} MB, more than the {limit} of [limits] mail_mb."
    assert dict(report.decision.facts) == {"size": "60", "limit": "50"}


def test_a_held_mail_is_told_to_the_default_sector_once() -> None:
    desk = bench(a=message(headers=headers(x_spam_flag="YES")))
    sectors = tuple(s._replace(notify=("turno@projectpp.it",)) for s in desk.ports.policy.sectors)
    ports = desk.ports._replace(policy=desk.ports.policy._replace(sectors=sectors))
    desk = desk._replace(ports=ports)
    desk.run()
    assert [mail.to.address for mail in desk.sender.sent] == ["turno@projectpp.it"]
    desk.box.put_back("a", "Held", "")
    desk.run()
    assert len(desk.sender.sent) == 1


def test_a_held_mail_found_in_the_inbox_again_is_decided_anew() -> None:
    desk = bench(a=TOO_LARGE)
    desk.run()
    desk.parser.mails["a"] = unlike(1)
    desk.box.put_back("a", "Held", "")
    assert [r.decision.outcome for r in desk.run()] == ["opened"]
    assert desk.store.ledger == {}


def test_a_second_delivery_is_a_duplicate_and_opens_nothing() -> None:
    desk = bench(a=unlike(1), b=unlike(1))
    assert [r.decision.outcome for r in desk.run()] == ["opened", "duplicate"]
    assert list(desk.store.cases) == [1]
    assert desk.box.folders["Ignored.2026-11"] == ["b"]
    assert len(desk.sender.sent) == 1


def test_the_same_message_id_on_another_mail_is_another_mail() -> None:
    desk = bench(
        a=message("Pacco in consegna"), b=message("Pacco consegnato", date="2026-11-25T10:00:00+01:00")
    )
    assert [r.decision.outcome for r in desk.run()] == ["opened", "opened"]


def test_the_same_mail_with_a_lists_footer_is_recorded_and_not_answered() -> None:
    desk = bench(
        a=unlike(1), b=unlike(1, text="Non riesco a stampare la fattura 12.\n--\nlista@gruppi.example")
    )
    assert [r.decision.outcome for r in desk.run()] == ["opened", "followed_up"]
    assert len(desk.sender.sent) == 1


def test_a_mail_that_somebody_else_has_taken_is_passed_over() -> None:
    desk = bench(a=unlike(1))
    assert ingest_one(Arrived("gone", NOW), desk.ports) is None
    assert [r.arrived.key for r in ingest_inbox(desk.ports, [Arrived("gone", NOW), Arrived("a", NOW)])] == [
        "a"
    ]


def test_a_mail_that_vanishes_while_it_is_kept_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def vanished(*_args: object) -> str:
        raise FileNotFoundError

    desk = bench(a=unlike(1))
    monkeypatch.setattr(desk.store, "keep", vanished)
    assert desk.run() == []


def test_a_mail_that_is_renamed_just_before_it_is_taken_is_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def renamed_twice() -> Callable[[str], str | None]:
        """What finds the mail, and twice under a name that it has no more."""
        names = iter(["old", "older", "inbox/a"])
        return lambda key: next(names, "inbox/a") if key in desk.box.arrived else None

    def taken(path: str) -> None:
        if path != "inbox/a":
            raise FileNotFoundError

    def keep(path: str, key: str, at: datetime) -> str:
        taken(path)
        return kept(path, key, at)

    def parse(path: str, arrived_at: datetime) -> Message:
        taken(desk.store.raw(path))
        return desk.parser(path, arrived_at)

    desk = bench(a=unlike(1))
    kept = desk.store.keep
    monkeypatch.setattr(desk.store, "keep", keep)
    ports, arrived = desk.ports._replace(parse=parse), desk.box.inbox()
    monkeypatch.setattr(desk.box, "locate", renamed_twice())
    assert [r.decision.outcome for r in rehearse(ports, arrived)] == ["opened"]
    monkeypatch.setattr(desk.box, "locate", renamed_twice())
    reports = list(ingest_inbox(ports, arrived))
    assert [r.decision.outcome for r in reports] == ["opened"]
    assert reconciled(ports, arrived, reports) is None


def test_a_dry_run_writes_nothing_and_sees_what_it_would_have_done() -> None:
    desk = bench(a=unlike(1), b=unlike(2, references=("1@cliente.example",)), c=TOO_LARGE)
    reports = list(
        rehearse(desk.ports, arrivals(desk.ports.mailbox, desk.ports.store, desk.ports.clock(), None))
    )
    assert [(r.decision.outcome, r.decision.case) for r in reports] == [
        ("opened", 1),
        ("followed_up", 1),
        ("held", None),
    ]
    assert (desk.store.commits, desk.store.kept, desk.store.cases) == (0, {}, {})
    assert list(desk.box.arrived) == ["a", "b", "c"]


def test_old_mail_on_a_first_run_is_not_touched_until_somebody_decides() -> None:
    desk = bench(a=unlike(1), b=unlike(2))
    desk.box.arrived["a"] = NOW - timedelta(days=2)
    with pytest.raises(UndecidedError):
        arrivals(desk.ports.mailbox, desk.ports.store, desk.ports.clock(), None)
    assert [
        one.key for one in arrivals(desk.ports.mailbox, desk.ports.store, desk.ports.clock(), "open")
    ] == ["a", "b"]
    assert [
        one.key for one in arrivals(desk.ports.mailbox, desk.ports.store, desk.ports.clock(), "leave")
    ] == ["b"]
    remember_backlog(desk.ports.store, desk.ports.clock(), "leave")
    assert [one.key for one in arrivals(desk.ports.mailbox, desk.ports.store, desk.ports.clock(), None)] == [
        "b"
    ]
    # Days later, what was left is still left, and nothing else is.
    desk.clock.now = NOW + timedelta(days=10)
    assert [one.key for one in arrivals(desk.ports.mailbox, desk.ports.store, desk.ports.clock(), None)] == [
        "b"
    ]


def test_a_desk_that_has_read_mail_before_asks_no_more() -> None:
    desk = bench(a=unlike(1))
    remember_backlog(desk.ports.store, desk.ports.clock(), None)
    desk.box.arrived["a"] = NOW - timedelta(days=30)
    assert [one.key for one in arrivals(desk.ports.mailbox, desk.ports.store, desk.ports.clock(), None)] == [
        "a"
    ]
    remember_backlog(desk.ports.store, desk.ports.clock(), None)
    assert desk.store.backlog() == "open"


@pytest.mark.parametrize(
    ("read", "outcomes", "left", "said"),
    [
        (0, {}, [], ""),
        (3, {"opened": 2, "held": 1}, [], ""),
        (3, {"opened": 2}, [], "3 mails read, 2 with an outcome"),
        (1, {"opened": 1}, ["k"], "1 mails have an outcome but are still in the inbox, the first is k."),
    ],
)
def test_the_books_balance_or_it_is_said(
    read: int, outcomes: dict[str, int], left: list[str], said: str
) -> None:
    wrong = imbalance(read, Counter(outcomes), left)
    assert (said in str(wrong)) if said else (wrong is None)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("opened", "Cases.2026-11"),
        ("closed", "Cases.2026-11"),
        ("followed_up", "Cases.2026-11"),
        ("ignored", "Ignored.2026-11"),
        ("duplicate", "Ignored.2026-11"),
        ("held", "Held"),
    ],
)
def test_a_mail_is_filed_by_its_outcome_and_its_month(outcome: str, expected: str) -> None:
    assert folder(Decision(outcome), NOW) == expected


def test_an_entry_is_named_by_its_mail_whatever_bytes_that_holds() -> None:
    assert len(entry_id("1.M2P3.host")) == 10
    assert entry_id("\udce8") != entry_id("e")


class KilledError(BaseException):
    """The process ends here."""


class Stopping:
    """Wraps a port: the `left`-th call of all of its methods together ends the process, before it acts
    (`early`) or after."""

    def __init__(self, left: int, early: bool) -> None:
        self.left = left
        self.early = early

    def wrap(self, port: Any, names: str) -> None:
        """The port with its methods counted."""
        for name in names.split():
            setattr(port, name, self._counted(getattr(port, name)))

    def within(self, store: MemoryStore, names: str) -> None:
        """The store with the methods of what its transactions yield counted, too."""
        real = store.transaction

        @contextmanager
        def transaction() -> Iterator[Snapshot]:
            with real() as snapshot:
                self.wrap(snapshot, names)
                yield snapshot

        store.transaction = transaction  # type: ignore[method-assign]

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            self.left -= 1
            if self.left == 0 and self.early:
                raise KilledError
            result = real(*args, **more)
            if self.left == 0:
                raise KilledError
            return result

        return call


def _stopped_at(step: int, early: bool, run: Callable[[Bench], object], desk: Bench) -> bool:
    """Run until the step; whether it was reached."""
    stopping = Stopping(step, early)
    box, store, sender = desk.box, desk.store, desk.sender
    whole = (vars(box).copy(), vars(store).copy(), vars(sender).copy())
    stopping.wrap(box, "inbox locate file")
    stopping.wrap(store, "transaction keep raw sending waiting snapshot")
    stopping.wrap(sender, "send")
    texts = FakeTexts()
    stopping.wrap(texts, "render")
    stopping.within(store, "case put record forget")
    try:
        run(desk._replace(ports=desk.ports._replace(texts=texts)))
    except KilledError:
        return True
    finally:
        # What was done stays done; only the traps are taken away.
        for port, before in zip((box, store, sender), whole, strict=True):
            for name in list(vars(port)):
                if name not in before:
                    delattr(port, name)
    return False


def _pipe(desk: Bench) -> None:
    ingest_one(Arrived("a", desk.box.arrived.get("a", NOW)), desk.ports)
    for _ in send_waiting(Outbox(desk.store, desk.sender, desk.ports.texts, desk.ports.policy, desk.clock)):
        pass


def _result(desk: Bench) -> tuple[object, ...]:
    return (
        sorted((n, c.subject, len(c.messages), c.status) for n, c in desk.store.cases.items()),
        sorted((e.key, e.outcome) for e in desk.store.ledger.values()),
        desk.box.arrived,
        {name: sorted(keys) for name, keys in desk.box.folders.items()},
    )


@pytest.mark.parametrize("early", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("run", [_pipe, Bench.run], ids=["pipe", "batch"])
def test_stopped_after_any_step_and_run_again_all_is_as_if_nothing_had_happened(
    run: Callable[[Bench], object], early: bool
) -> None:
    def fresh() -> Bench:
        mails: dict[str, Message | BaseException] = {
            "a": unlike(1),
            "b": unlike(2, references=("1@cliente.example",)),
            "c": unlike(3),
            "d": unlike(1),
            "e": TOO_LARGE,
        }
        return bench(**mails)

    undisturbed = fresh()
    undisturbed.run()
    stopped = 0
    for step in range(1, 500):
        desk = fresh()
        if not _stopped_at(step, early, run, desk):
            break
        stopped += 1
        desk.clock.now += MINUTE
        desk.run()
        desk.clock.now += timedelta(hours=2)
        desk.run()
        assert _result(desk) == _result(undisturbed), step
        sent = Counter(m.subject for m in desk.sender.sent if m.kind == "acknowledgement")
        assert set(sent) == {"acknowledgement [Caso #1]", "acknowledgement [Caso #2]"}, step
        assert max(sent.values()) <= 2
        assert all(c.outgoing[0].state == "sent" for c in desk.store.cases.values())
    # Every step was one to stop at: keeping, looking up, putting, filing, sending, marking.
    assert stopped > 15


def test_a_closed_case_is_reopened_by_its_requester() -> None:
    desk = bench(
        a=message("R: [Caso #7] Stampante guasta al secondo piano - riaprire", message_id="r@x.example")
    )
    desk.store.cases[7] = case(7, status=Status.closed, closed_at=NOW, waiting_since=None)
    (report,) = desk.run()
    assert (report.decision.outcome, report.decision.case) == ("reopened", 7)
    assert desk.store.cases[7].status is Status.open
    assert desk.store.cases[7].waiting_since == NOW


def test_a_mail_that_a_case_holds_is_filed_and_its_ledger_entry_forgotten() -> None:
    desk = bench(a=unlike(1))
    desk.store.cases[7] = case(7, messages=(record(unlike(1), "a", outcome="followed_up"),))
    ident = entry_id("a")
    desk.store.ledger[ident] = entry(ident, key="a", outcome="held")
    (report,) = desk.run()
    assert (report.decision.outcome, report.decision.case) == ("followed_up", 7)
    assert desk.store.cases[7].history == case(7).history
    assert (desk.store.ledger, desk.sender.sent) == ({}, [])
    assert desk.box.folders == {"Cases.2026-11": ["a"]}


def test_who_writes_to_a_person_is_told_once_a_week_how_to_open_a_case() -> None:
    to_rossi = {"recipients": ("mario.rossi@projectpp.it",)}
    desk = bench(a=unlike(0, **to_rossi))
    desk = desk._replace(ports=desk.ports._replace(policy=desk.ports.policy._replace(personal_reply=True)))
    assert [r.decision.outcome for r in desk.run()] == ["ignored"]
    assert [(m.kind, m.to.address) for m in desk.sender.sent] == [("personal", "anna.verdi@cliente.example")]
    for key, days in (("b", 1), ("c", 8)):
        desk.clock.now = NOW + timedelta(days=days)
        desk.box.arrived[key] = desk.clock.now
        desk.parser.mails[key] = unlike(days, **to_rossi)
        desk.run()
    assert len(desk.sender.sent) == 2
    # The same file, found in the inbox again, is told nothing new.
    desk.box.put_back("c", "Ignored.2026-12", "")
    desk.clock.now = NOW + timedelta(days=16)
    desk.box.arrived["c"] = desk.clock.now
    list(ingest_inbox(desk.ports, desk.box.inbox()))
    assert desk.store.waiting() == []
    assert len(desk.sender.sent) == 2


def test_several_mails_to_a_person_in_one_batch_get_one_notice() -> None:
    mails = {key: unlike(n, recipients=("mario.rossi@projectpp.it",)) for n, key in enumerate("abc")}
    desk = bench(**mails)
    desk = desk._replace(ports=desk.ports._replace(policy=desk.ports.policy._replace(personal_reply=True)))
    desk.run()
    assert [mail.kind for mail in desk.sender.sent] == ["personal"]
    assert desk.store.waiting() == []


def test_a_dry_run_passes_over_what_has_gone_meanwhile() -> None:
    desk = bench(a=unlike(1))
    assert list(rehearse(desk.ports, [Arrived("gone", NOW)])) == []


def test_a_whole_group_that_has_gone_takes_no_turn() -> None:
    desk = bench()
    assert list(ingest_inbox(desk.ports, [Arrived("gone", NOW)])) == []
    assert desk.store.commits == 0


def test_files_are_named_by_the_day_of_the_desk() -> None:
    desk = bench(a=unlike(1))
    desk.box.arrived["a"] = datetime.fromisoformat("2026-11-30T23:30:00+00:00")
    desk.clock.now = desk.box.arrived["a"]
    desk.run()
    assert list(desk.box.folders) == ["Cases.2026-12"]
