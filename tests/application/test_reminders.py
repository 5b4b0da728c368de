"""What technicians are told because time has passed; each once."""

from datetime import datetime, timedelta

import pytest

from helpdeskctl.application.reminders import remind
from helpdeskctl.domain.case import Case, Status, Suspension
from helpdeskctl.domain.settings import Policy
from tests.builders import NOW, case, entry, policy
from tests.fakes import FakeTexts, MemoryStore, SetClock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def notified(**changes: object) -> Policy:
    plain = policy(**changes)
    return plain._replace(
        sectors=tuple(s._replace(notify=(f"turno.{s.key}@projectpp.it",)) for s in plain.sectors)
    )


def told(store: MemoryStore, now: datetime = NOW, rules: Policy | None = None) -> list[tuple[str, str]]:
    """To whom what was queued by one run."""
    rules = rules or notified()
    zoned = now.astimezone(rules.zone)
    before = {m.id for c in store.cases.values() for m in c.outgoing} | {
        m.id for e in store.ledger.values() for m in e.outgoing
    }
    count = remind(store, FakeTexts(), rules, SetClock(zoned))
    mails = [m for c in store.cases.values() for m in c.outgoing]
    mails += [m for e in store.ledger.values() for m in e.outgoing]
    fresh = [m for m in mails if m.id not in before]
    assert len(fresh) == count
    return [(m.to.address, m.subject.split()[0]) for m in fresh]


def with_cases(*cases: Case) -> MemoryStore:
    store = MemoryStore()
    store.cases = {one.number: one for one in cases}
    return store


def test_a_case_is_told_once_before_and_once_when_it_is_late() -> None:
    store = with_cases(case(7, due_at=NOW + 30 * timedelta(minutes=1), owner="rossi"))
    both = [("turno.tecnico@projectpp.it", "notice"), ("mario.rossi@projectpp.it", "notice")]
    assert told(store, NOW - HOUR) == []
    assert told(store) == both
    assert told(store) == []
    assert store.cases[7].told == ("due_soon",)
    assert told(store, NOW + HOUR) == both
    assert told(store, NOW + 2 * HOUR) == []
    assert "late=" in store.cases[7].outgoing[-1].body
    assert "due_soon=" in store.cases[7].outgoing[0].body


def test_a_case_that_is_late_already_is_not_told_to_be_due_soon() -> None:
    store = with_cases(case(7, due_at=NOW - HOUR))
    assert len(told(store)) == 1
    assert store.cases[7].told == ("late",)


@pytest.mark.parametrize(
    "quiet",
    [
        {"due_at": None},
        {"due_at": NOW - HOUR, "responded_at": NOW - 2 * HOUR},
        {"due_at": NOW - HOUR, "status": Status.suspended, "suspensions": (Suspension(NOW - HOUR, None),)},
        {"due_at": NOW - HOUR, "status": Status.closed},
    ],
)
def test_what_presses_nobody_is_not_told(quiet: dict[str, object]) -> None:
    assert told(with_cases(case(7, **quiet))) == []


def test_nobody_to_tell_writes_nothing() -> None:
    store = with_cases(case(7, due_at=NOW - HOUR))
    assert told(store, rules=policy()) == []
    assert store.commits == 0


def test_once_a_day_the_default_sector_hears_what_is_held_and_what_was_ignored_as_personal() -> None:
    store = with_cases()
    store.ledger = {
        "h": entry("h", outcome="held", read_at=NOW - DAY),
        "p": entry("p", reason="personal address", read_at=NOW - DAY),
        "q": entry("q", reason="bounce", read_at=NOW - DAY),
        "old": entry("old", reason="personal address", read_at=NOW - 3 * DAY),
        "today": entry("today", outcome="held", read_at=NOW),
    }
    assert told(store) == [("turno.tecnico@projectpp.it", "notice_daily")]
    [daily] = [e for e in store.ledger.values() if e.outcome == "daily"]
    body = daily.outgoing[0].body
    assert "'h " in body and "'p " in body
    assert "'q " not in body and "'old " not in body and "'today " not in body
    assert told(store, NOW + HOUR) == []
    assert told(store, NOW + DAY) == [("turno.tecnico@projectpp.it", "notice_daily")]


def test_what_was_told_is_not_told_again_though_a_week_end_lies_between() -> None:
    store = with_cases()
    store.ledger = {"p": entry("p", reason="personal address", read_at=NOW + 3 * DAY)}
    # Tuesday (nothing to tell), Monday (Friday's mail), Tuesday again.
    assert told(store) == []
    assert told(store, NOW + 6 * DAY) == [("turno.tecnico@projectpp.it", "notice_daily")]
    assert told(store, NOW + 7 * DAY) == []


def test_a_day_without_anything_to_tell_writes_no_mail_and_is_done_all_the_same() -> None:
    store = with_cases()
    assert told(store) == []
    assert store.commits == 1
    assert told(store) == []
    assert store.commits == 1


@pytest.mark.parametrize("now", [NOW - 2 * HOUR, NOW + 4 * DAY])
def test_nobody_is_told_before_work_or_on_a_sunday(now: datetime) -> None:
    store = with_cases()
    store.ledger = {"h": entry("h", outcome="held", read_at=NOW - 9 * DAY)}
    assert told(store, now) == []
