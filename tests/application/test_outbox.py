"""Mail that waits: sent once, in order, retried, given up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from helpdeskctl.application.outbox import Outbox, Sent, mails_of, next_attempt, send_waiting, waiting_mails
from helpdeskctl.application.overview import overview
from helpdeskctl.application.ports import Receipt, Snapshot
from helpdeskctl.domain.case import OutgoingMail
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.registry import Customer, Registry
from tests.builders import NOW, case, entry, outgoing, policy
from tests.fakes import FakeTexts, MemoryStore, Recorder, SetClock

LATER = Receipt("retry", "451 try later")
NEVER = Receipt("refused", "550 no such user")


def outbox(*script: Receipt) -> Outbox:
    return Outbox(MemoryStore(), Recorder(*script), FakeTexts(), policy(), SetClock(NOW))


def run(desk: Outbox, retry_now: bool = False) -> list[Sent]:
    return list(send_waiting(desk, retry_now))


def store_of(desk: Outbox) -> MemoryStore:
    assert isinstance(desk.store, MemoryStore)
    return desk.store


def sent_by(desk: Outbox) -> list[str]:
    assert isinstance(desk.sender, Recorder)
    return [mail.id for mail in desk.sender.sent]


def at(desk: Outbox, minutes: float) -> None:
    assert isinstance(desk.clock, SetClock)
    desk.clock.now = NOW + timedelta(minutes=minutes)


def test_the_oldest_goes_first_and_each_once() -> None:
    desk = outbox()
    store_of(desk).cases = {
        1: case(1, outgoing=(outgoing("b", queued_at=NOW - timedelta(minutes=1)), outgoing("c"))),
        2: case(2, outgoing=(outgoing("a", queued_at=NOW - timedelta(minutes=2)),)),
    }
    run(desk)
    run(desk)
    assert sent_by(desk) == ["a", "b", "c"]
    assert store_of(desk).waiting() == []


class FullStore(MemoryStore):
    """Takes nothing while its disk is full."""

    full = True

    @contextmanager
    def transaction(self) -> Iterator[Snapshot]:
        if self.full:
            raise OSError(28, "No space left on device")
        with super().transaction() as writing:
            yield writing


def test_what_cannot_be_written_down_as_sent_does_not_leave_at_every_run() -> None:
    store = FullStore()
    desk = outbox()._replace(store=store)
    store.cases = {7: case(7, outgoing=(outgoing("a"), outgoing("b")))}
    for _ in range(5):
        with pytest.raises(OSError, match="No space"):
            run(desk)
    assert sent_by(desk) == ["a"]
    store.full = False
    run(desk)
    assert sent_by(desk) == ["a", "a", "b"]
    first, _ = store.cases[7].outgoing
    assert (first.state, first.attempts, first.error) == ("sent", 2, "")
    assert [event.event for event in store.cases[7].history] == [
        "opened",
        "mail_delayed",
        "mail_sent",
        "mail_sent",
    ]
    assert store.handed_over() == ""


def test_what_was_sent_is_in_the_history_and_keeps_no_body() -> None:
    desk = outbox()
    store_of(desk).cases = {7: case(7, outgoing=(outgoing("a"),))}
    run(desk)
    done = store_of(desk).cases[7]
    (mail,) = done.outgoing
    assert (mail.state, mail.body, mail.sent_at, mail.error) == ("sent", "", NOW, "")
    assert [(e.event, e.by) for e in done.history[1:]] == [("mail_sent", "helpdeskctl")]
    assert "250 ok" in done.history[-1].note


def test_what_could_not_be_sent_waits_longer_each_time_up_to_an_hour() -> None:
    mail, waits = outgoing("a"), []
    for attempts in range(1, 9):
        mail = mail._replace(attempts=attempts - 1)
        waits.append((next_attempt(mail, NOW) - NOW) // timedelta(minutes=1))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_retry_comes_when_its_time_has_come() -> None:
    desk = outbox(LATER, LATER)
    store_of(desk).cases = {7: case(7, outgoing=(outgoing("a"),))}
    run(desk)
    run(desk)
    assert store_of(desk).cases[7].outgoing[0].attempts == 1
    at(desk, 1)
    run(desk)
    assert store_of(desk).cases[7].outgoing[0].attempts == 2
    at(desk, 2)
    assert run(desk) == []
    at(desk, 3)
    run(desk)
    assert sent_by(desk) == ["a"]
    events = [e.event for e in store_of(desk).cases[7].history[1:]]
    assert events == ["mail_delayed", "mail_sent"]


def test_mail_of_the_hour_that_comes_twice_does_not_wait_until_it_has_come_again() -> None:
    first = datetime(2026, 10, 25, 0, 59, tzinfo=UTC).astimezone(policy().zone)
    then = datetime(2026, 10, 25, 1, 1, tzinfo=UTC).astimezone(policy().zone)
    # On the clock, 02:59 and then 02:01.
    mail = outgoing("a", queued_at=first, next_at=first)
    desk = outbox(LATER)
    store_of(desk).cases = {7: case(7, outgoing=(mail,))}
    assert isinstance(desk.clock, SetClock)
    desk.clock.now = then
    assert [one.receipt for one in run(desk)] == [LATER]
    again = next_attempt(mail, first)
    assert (again.timestamp() - first.timestamp(), again.tzinfo) == (60, first.tzinfo)
    counted = overview(store_of(desk), policy(), "rossi", first.replace(minute=5, fold=1))
    assert (counted.waiting, counted.unsent) == (1, 1)


def test_what_was_sent_before_the_clock_went_on_an_hour_counts_until_an_hour_has_passed() -> None:
    # On the clock, 01:58 and then 03:01.
    zone = policy().zone
    before = datetime(2026, 3, 29, 0, 58, tzinfo=UTC).astimezone(zone)
    now = datetime(2026, 3, 29, 1, 1, tzinfo=UTC).astimezone(zone)
    gone = tuple(
        outgoing(f"s{n}", to=Address("", f"ferie{n}@altro.example"), state="sent", sent_at=before)
        for n in range(3)
    )
    desk = outbox()
    store_of(desk).cases = {7: case(7, outgoing=(*gone, outgoing("a", queued_at=now, next_at=now)))}
    assert isinstance(desk.clock, SetClock)
    desk.clock.now = now
    assert [one.receipt.result for one in run(desk)] == ["retry"]
    (waiting,) = store_of(desk).waiting()
    assert waiting.next_at - before.astimezone(UTC) == timedelta(hours=1)


def test_a_person_need_not_wait_for_the_next_attempt() -> None:
    desk = outbox(LATER)
    store_of(desk).cases = {7: case(7, outgoing=(outgoing("a"),))}
    run(desk)
    run(desk, retry_now=True)
    assert sent_by(desk) == ["a"]


def test_one_that_fails_does_not_hold_up_the_others() -> None:
    desk = outbox(LATER)
    store_of(desk).cases = {n: case(n, outgoing=(outgoing(f"m{n}"),)) for n in (1, 2, 3)}
    run(desk)
    assert sent_by(desk) == ["m2", "m3"]


def test_a_failure_is_tried_once_in_a_run() -> None:
    desk = outbox(*[LATER] * 10)
    store_of(desk).cases = {7: case(7, outgoing=(outgoing("a"),))}
    assert len(run(desk, retry_now=True)) == 1


def test_an_address_refused_for_good_is_marked_on_its_case() -> None:
    desk = outbox(NEVER)
    store_of(desk).cases = {7: case(7, outgoing=(outgoing("a"),))}
    run(desk)
    done = store_of(desk).cases[7]
    assert done.marks == ("undelivered",)
    assert (done.outgoing[0].state, done.outgoing[0].error) == ("refused", "550 no such user")
    # Its words are kept, to be sent again once the address is right.
    assert done.outgoing[0].body
    assert done.history[-1].event == "mail_refused"
    assert store_of(desk).waiting() == []


def test_after_five_days_it_is_given_up() -> None:
    desk = outbox(LATER)
    store_of(desk).cases = {7: case(7, outgoing=(outgoing("a", attempts=80),))}
    at(desk, 5 * 24 * 60 + 1)
    run(desk)
    assert store_of(desk).cases[7].outgoing[0].state == "refused"
    assert "undelivered" in store_of(desk).cases[7].marks


def test_who_does_not_get_the_senders_lock_leaves_the_mail_to_the_holder() -> None:
    desk = outbox()
    store_of(desk).cases = {7: case(7, outgoing=(outgoing("a"),))}
    store_of(desk).free = False
    assert run(desk) == []
    store_of(desk).free = True
    run(desk)
    assert sent_by(desk) == ["a"]


def test_the_holder_looks_again_for_what_came_in_meanwhile() -> None:
    desk = outbox()
    store = store_of(desk)
    store.cases = {7: case(7, outgoing=(outgoing("a"),))}
    sending = send_waiting(desk)
    next(sending)
    store.cases[8] = case(8, outgoing=(outgoing("b"),))
    list(sending)
    assert sent_by(desk) == ["a", "b"]


def test_what_another_sent_just_before_it_gave_up_the_lock_is_not_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = outbox()
    store, free = store_of(desk), store_of(desk).sending
    store.cases = {7: case(7, outgoing=(outgoing("a"), outgoing("b")))}

    @contextmanager
    def held_until_now() -> Iterator[bool]:
        with monkeypatch.context() as other:
            other.setattr(store, "sending", free)
            run(desk)
        with free() as ours:
            yield ours

    monkeypatch.setattr(store, "sending", held_until_now)
    run(desk)
    assert sent_by(desk) == ["a", "b"]


def test_a_mail_of_the_ledger_is_sent_too() -> None:
    desk = outbox(LATER)
    held = entry(
        "aaaaaaaaaa", outcome="held", outgoing=(outgoing("n", to=Address("", "turno@projectpp.it")),)
    )
    store_of(desk).ledger = {held.id: held}
    run(desk)
    run(desk, retry_now=True)
    assert sent_by(desk) == ["n"]
    assert store_of(desk).ledger[held.id].outgoing[0].state == "sent"


def test_what_waits_is_told_with_who_holds_it_oldest_first() -> None:
    desk = outbox()
    store = store_of(desk)
    store.cases = {
        7: case(7, outgoing=(outgoing("b"), outgoing("x", state="sent"))),
        8: case(8, outgoing=(outgoing("y", state="refused"),)),
    }
    held = entry("aaaaaaaaaa", outgoing=(outgoing("a", queued_at=NOW - timedelta(minutes=1)),))
    store.ledger = {held.id: held}
    assert [(holder, mail.id) for holder, mail in waiting_mails(store)] == [("aaaaaaaaaa", "a"), (7, "b")]


class Vanishing:
    """A mail system during whose talk somebody takes the holder away."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store

    def send(self, mail: OutgoingMail, now: datetime) -> Receipt:
        self.store.cases.clear()
        self.store.ledger.clear()
        return Receipt("sent", "250 ok")


def test_a_holder_that_goes_while_its_mail_is_sent_is_not_made_anew() -> None:
    desk = outbox()
    store = store_of(desk)
    desk = desk._replace(sender=Vanishing(store))
    store.cases = {7: case(7, outgoing=(outgoing("a"),))}
    run(desk)
    held = entry("aaaaaaaaaa", outgoing=(outgoing("a"),))
    store.ledger = {held.id: held}
    run(desk)
    assert (store.cases, store.ledger) == ({}, {})


@pytest.mark.parametrize("holder", [99, "bbbbbbbbbb"])
def test_a_holder_that_has_gone_holds_nothing(holder: int | str) -> None:
    assert mails_of(MemoryStore().snapshot(), holder) == ()


def many(desk: Outbox, count: int) -> None:
    """So many cases of one person's, each with its acknowledgement."""
    mails = {n: outgoing(f"m{n}", subject=f"[Caso #{n}] Problema numero {n}") for n in range(1, count + 1)}
    store_of(desk).cases = {n: case(n, outgoing=(mail,)) for n, mail in mails.items()}


def bodies(desk: Outbox) -> list[str]:
    assert isinstance(desk.sender, Recorder)
    return [mail.body for mail in desk.sender.sent]


def test_acknowledgements_over_the_limit_wait_and_become_one_mail_with_all_the_numbers() -> None:
    desk = outbox()
    many(desk, 25)
    run(desk)
    assert len(sent_by(desk)) == 10
    assert len(store_of(desk).waiting()) == 15
    assert all(w.next_at == NOW + timedelta(hours=1) for w in store_of(desk).waiting())
    at(desk, 59)
    run(desk)
    assert len(sent_by(desk)) == 10
    at(desk, 61)
    run(desk)
    assert len(sent_by(desk)) == 11
    assert all(f"[Caso #{n}]" in bodies(desk)[-1] for n in range(11, 26))
    assert store_of(desk).waiting() == []
    assert all(c.outgoing[0].state == "sent" for c in store_of(desk).cases.values())


def test_a_person_who_cannot_wait_does_not_outdo_the_limit() -> None:
    desk = outbox()
    many(desk, 12)
    run(desk, retry_now=True)
    run(desk, retry_now=True)
    assert len(sent_by(desk)) == 10


def test_a_registered_customer_may_get_more() -> None:
    desk = outbox()
    many(desk, 25)
    store_of(desk).registered = Registry((Customer("Rossi", (), ("cliente.example",)),))
    run(desk)
    assert len(sent_by(desk)) == 25


def test_what_technicians_write_has_no_limit() -> None:
    desk = outbox()
    store_of(desk).cases = {7: case(7, outgoing=tuple(outgoing(f"r{n}", kind="reply") for n in range(50)))}
    run(desk)
    assert len(sent_by(desk)) == 50


class CountingStore(MemoryStore):
    """Counts who is looked up in the registry."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up: list[str] = []

    def snapshot(self) -> Snapshot:
        found = super().snapshot()
        customer = found.customer

        def counted(kind: str, value: str) -> Customer | None:
            self.looked_up.append(value)
            return customer(kind, value)

        found.customer = counted  # type: ignore[method-assign]
        return found


@pytest.mark.parametrize("registered", [False, True])
@pytest.mark.parametrize("before", [0, 100])
def test_for_a_mail_its_own_address_is_looked_up_whoever_was_written_to_before(
    before: int, registered: bool
) -> None:
    store = CountingStore()
    desk = outbox()._replace(store=store)
    if registered:
        store.registered = Registry((Customer("Rossi", (), ("cliente.example",)),))
    for n in range(1, before + 1):
        sent = outgoing(f"s{n}", subject=f"[Caso #{n}] Problema {n}", to=Address("", f"p{n}@altro.example"))
        store.cases[n] = case(n, outgoing=(sent._replace(state="sent", sent_at=NOW - timedelta(minutes=1)),))
    for n in range(200, 210):
        mail = outgoing(f"m{n}", subject=f"[Caso #{n}] Guasto {n}", to=Address("", f"q{n}@cliente.example"))
        store.cases[n] = case(n, outgoing=(mail,))
    run(desk)
    assert len(sent_by(desk)) == 10
    # By its address, then by its domain; once in the run.
    assert sorted(store.looked_up) == sorted(
        [f"q{n}@cliente.example" for n in range(200, 210)] + ["cliente.example"] * 10
    )


def test_what_another_sender_had_in_hand_until_just_now_does_not_go_again() -> None:
    class Slow(MemoryStore):
        """Before it gives us the lock, its holder sends what we saw."""

        @contextmanager
        def sending(self) -> Iterator[bool]:
            (mail,) = self.cases[7].outgoing
            self.cases[7] = case(7, outgoing=(mail._replace(state="sent", sent_at=NOW),))
            yield True

    desk = outbox()._replace(store=Slow())
    store_of(desk).cases = {7: case(7, outgoing=(outgoing("a"),))}
    assert run(desk) == []
    assert sent_by(desk) == []


def test_what_failed_is_tried_again_in_a_run_that_lasts_longer_than_its_pause() -> None:
    desk = outbox(LATER)
    store = store_of(desk)
    store.cases = {7: case(7, outgoing=(outgoing("a"),))}
    sending = send_waiting(desk)
    next(sending)
    at(desk, 3)
    store.cases[8] = case(8, outgoing=(outgoing("b"),))
    list(sending)
    assert sorted(sent_by(desk)) == ["a", "b"]
