"""`ingest --watch` with fakes: a step of the world for every pause."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from helpdeskctl.application.inbox import remember_backlog
from helpdeskctl.application.ingest import Ports, Report
from helpdeskctl.application.outbox import Outbox
from helpdeskctl.application.ports import Receipt
from helpdeskctl.application.watching import Met, Watch, watched
from helpdeskctl.domain.case import Status
from helpdeskctl.domain.errors import HelpdeskError, MailboxError, StoreLockedError, UndecidedError
from tests.builders import NOW, case, message, outgoing, policy
from tests.fakes import FakeTexts, MemoryMailbox, MemoryStore, Parser, Recorder, SetClock, at_once

TICK = timedelta(seconds=0.25)
Act = Callable[[], object]


class World:
    """A desk of fakes in which time passes at each pause; `acts` happen one by one, then it stops."""

    def __init__(self, *acts: Act, sender: Recorder | None = None) -> None:
        self.box, self.store, self.clock = MemoryMailbox(), MemoryStore(), SetClock(NOW)
        self.parser = Parser()
        self.sender = sender or Recorder()
        self.acts = list(acts)
        self.stopped = False
        self.news = True
        self.lines: list[str] = []
        self.listings = 0
        rules = policy()
        self.ports = Ports(
            self.box, self.store, self.parser, self.parser.peek, FakeTexts(), rules, self.clock, at_once
        )
        remember_backlog(self.ports.store, self.ports.clock(), None)
        listed = self.box.inbox

        def counted() -> list[Any]:
            self.listings += 1
            return listed()

        self.box.inbox = counted  # type: ignore[method-assign]

    def arrives(self, key: str) -> None:
        self.box.arrived[key] = self.clock()
        self.parser.mails[key] = message(subject=f"Guasto {key}", digest=key, message_id=f"{key}@a.example")
        self.news = True

    def changed(self) -> bool:
        news, self.news = self.news, False
        return news

    def pause(self) -> None:
        self.clock.now += TICK
        if self.acts:
            self.acts.pop(0)()
        else:
            self.stopped = True

    def waits(self, span: timedelta) -> list[Act]:
        return [lambda: None] * round(span / TICK)

    def watch(self, backlog: str | None = None) -> Iterator[Met]:
        return watched(
            Watch(
                self.ports,
                Outbox(self.store, self.sender, self.ports.texts, self.ports.policy, self.clock),
                self.changed,
                lambda: self.stopped,
                self.pause,
                lambda line, _failed: self.lines.append(line),
            ),
            backlog,
        )


def test_what_arrives_is_read_answered_and_logged_before_the_next_pause() -> None:
    world = World()
    world.acts = [lambda: world.arrives("a"), lambda: world.arrives("b")]
    met = list(world.watch())
    assert [one.arrived.key for one in met if isinstance(one, Report)] == ["a", "b"]
    assert sorted(world.store.cases) == [1, 2]
    assert len([mail for mail in world.sender.sent if mail.kind == "acknowledgement"]) == 2
    assert [line.split(" ")[2] for line in world.lines] == ["key=a", "key=b"]


def test_without_news_the_inbox_is_read_once_a_minute() -> None:
    world = World()
    world.acts = world.waits(timedelta(minutes=10))
    assert list(world.watch()) == []
    assert 10 <= world.listings <= 12


def test_a_mail_that_nobody_noticed_is_found_within_a_minute() -> None:
    world = World()

    def unnoticed() -> None:
        world.arrives("a")
        world.news = False

    world.acts = [unnoticed, *world.waits(timedelta(seconds=61))]
    assert len(list(world.watch())) == 1


def test_mail_that_waits_is_tried_again_when_it_is_due() -> None:
    world = World(sender=Recorder(Receipt("retry", "451 later")))
    world.store.cases[1] = case(1, outgoing=(outgoing(queued_at=NOW, next_at=NOW),))
    world.acts = world.waits(timedelta(minutes=3))
    list(world.watch())
    assert len(world.sender.sent) == 1


def test_a_stop_ends_it_after_the_mails_in_hand() -> None:
    world = World()
    for key in "ab":
        world.arrives(key)
    watching = world.watch()
    next(watching)
    world.stopped = True
    assert [one.arrived.key for one in watching if isinstance(one, Report)] == ["b"]
    assert world.box.arrived == {}


def test_after_a_stop_no_more_mail_is_sent() -> None:
    world = World()

    class Stopping(Recorder):
        def send(self, mail: Any, now: Any) -> Receipt:
            world.stopped = True
            return super().send(mail, now)

    world.sender = Stopping()
    world.store.cases[1] = case(1, outgoing=(outgoing("a"), outgoing("b")))
    assert list(world.watch()) == []
    assert len(world.sender.sent) == 1


def test_a_slow_mail_system_does_not_keep_new_mail_waiting() -> None:
    world = World()

    class Slow(Recorder):
        def send(self, mail: Any, now: Any) -> Receipt:
            world.clock.now += timedelta(seconds=30)
            if not world.store.kept:
                world.arrives("a")
            return super().send(mail, now)

    world.sender = Slow()
    world.store.cases[1] = case(1, outgoing=tuple(outgoing(f"m{n}", kind="notice") for n in range(9)))
    (met,) = world.watch()
    assert isinstance(met, Report)
    # Seen after the first of the nine, and all the others went out as well.
    assert [mail.id for mail in world.sender.sent][:1] == ["m0"]
    assert len(world.sender.sent) >= 10


def test_new_mail_is_read_while_many_wait_and_the_queue_is_read_once() -> None:
    world = World()
    looks = 0
    waiting = world.store.waiting

    def counted() -> list[Any]:
        nonlocal looks
        looks += 1
        return waiting()

    class Steady(Recorder):
        def send(self, mail: Any, now: Any) -> Receipt:
            world.clock.now += timedelta(seconds=0.1)
            if len(self.sent) % 100 == 50:
                world.arrives(f"k{len(self.sent)}")
                arrived.append(world.clock())
            return super().send(mail, now)

    arrived: list[Any] = []
    world.sender = Steady()
    world.store.waiting = counted  # type: ignore[method-assign]
    world.store.cases[1] = case(1, outgoing=tuple(outgoing(f"m{n}", kind="notice") for n in range(500)))
    read = [world.clock() for met in world.watch() if isinstance(met, Report)]
    assert [mail.id for mail in world.sender.sent if mail.kind == "notice"] == [f"m{n}" for n in range(500)]
    assert len(read) == 5
    assert max(seen - at for seen, at in zip(read, arrived, strict=True)) <= timedelta(seconds=0.5)
    assert looks <= 12


def test_a_change_that_brings_no_mail_costs_one_look_a_pause() -> None:
    world = World()
    world.acts = world.waits(timedelta(seconds=20))
    list(world.watch())
    quiet = world.listings
    world = World()
    world.acts = world.waits(timedelta(seconds=20))
    world.changed = lambda: True  # type: ignore[method-assign]
    list(world.watch())
    assert world.listings <= quiet + len(world.waits(timedelta(seconds=20))) + 1


def test_in_trouble_the_senders_lock_is_given_up() -> None:
    world = World()
    held: list[bool] = []

    @contextmanager
    def sending() -> Iterator[bool]:
        held.append(True)
        try:
            yield True
        finally:
            held.pop()

    class Slow(Recorder):
        def send(self, mail: Any, now: Any) -> Receipt:
            world.clock.now += timedelta(seconds=30)
            world.box.inbox = trouble  # type: ignore[method-assign]
            return super().send(mail, now)

    def trouble() -> list[Any]:
        raise OSError(5, "Input/output error")

    world.store.sending = sending  # type: ignore[method-assign]
    world.sender = Slow()
    world.store.cases[1] = case(1, outgoing=(outgoing("a"), outgoing("b")))
    met = next(world.watch())
    assert isinstance(met, OSError)
    assert held == []


@pytest.mark.parametrize(
    "trouble",
    [
        MailboxError("There is no Maildir at {path}.", path="x"),
        StoreLockedError("x"),
        OSError(28, "No space left on device"),
    ],
    ids=repr,
)
def test_trouble_is_told_and_it_goes_on(trouble: Exception) -> None:
    world = World()
    real = world.box.locate

    def broken(key: str) -> str | None:
        raise trouble

    def mended() -> None:
        world.box.locate = real  # type: ignore[method-assign]

    world.box.locate = broken  # type: ignore[method-assign]
    world.arrives("a")
    world.acts = [*world.waits(timedelta(seconds=11)), mended, *world.waits(timedelta(seconds=6))]
    met = list(world.watch())
    assert [one for one in met if one is trouble] == [trouble] * 3
    assert isinstance(met[-1], Report)
    assert sorted(world.store.cases) == [1]


def test_a_clock_that_is_put_back_does_not_make_it_wait() -> None:
    world = World()

    def put_back() -> None:
        world.clock.now -= timedelta(days=1)

    def unnoticed() -> None:
        world.arrives("a")
        world.news = False

    world.acts = [put_back, unnoticed, *world.waits(timedelta(seconds=61))]
    assert len(list(world.watch())) == 1


def test_what_an_administrator_has_to_decide_ends_it() -> None:
    world = World()
    world.store = MemoryStore()
    world.ports = world.ports._replace(store=world.store)
    world.arrives("a")
    world.box.arrived["a"] -= timedelta(days=3)
    with pytest.raises(UndecidedError):
        list(world.watch())
    (met,) = world.watch("open")
    assert isinstance(met, Report)


def test_books_that_do_not_balance_are_told() -> None:
    world = World()
    world.box.file = lambda key, folder: None  # type: ignore[method-assign]
    world.arrives("a")
    met = list(world.watch())
    assert isinstance(met[0], Report)
    assert isinstance(met[1], HelpdeskError)
    assert "do not balance" in str(met[1])


def test_reminders_are_sent_when_they_are_due() -> None:
    world = World()
    world.store.cases[1] = case(
        1, due_at=NOW + timedelta(minutes=1, seconds=30), status=Status.open, owner=""
    )
    sector = world.ports.policy.default_sector
    changed = world.ports.policy._replace(sectors=(sector._replace(notify=("turno@projectpp.it",)),))
    world.store.cases[1] = world.store.cases[1]._replace(sector=sector.key)
    world.ports = world.ports._replace(policy=changed)
    world.acts = world.waits(timedelta(minutes=4))
    list(world.watch())
    assert "turno@projectpp.it" in {mail.to.address for mail in world.sender.sent}
