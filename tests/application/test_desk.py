"""What technicians do at the terminal, with a fake store."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.application import desk
from helpdeskctl.application.desk import Desk
from helpdeskctl.application.explain import explain
from helpdeskctl.application.listing import Wanted, listed, whole_case
from helpdeskctl.domain.case import Case, Promise, Status, Suspension, Urgency
from helpdeskctl.domain.errors import NoSuchCaseError, RefusedError
from helpdeskctl.domain.message import Address
from tests.builders import NOW, case, message, numbers, policy, record
from tests.fakes import FakeTexts, MemoryStore, SetClock


def at_work(*cases: Case) -> tuple[MemoryStore, Desk]:
    store = MemoryStore()
    store.cases = {one.number: one for one in cases}
    return store, Desk(store, FakeTexts(), policy(), SetClock(NOW), "rossi")


def test_closing_answers_the_due_time_and_tells_the_requester() -> None:
    store, work = at_work(case(7, marks=("news",), promises=(Promise(NOW, 480),)))
    done = desk.close(7, work, "Sostituito il toner", tell=True)
    assert store.cases[7] == done
    assert (done.status, done.closed_at, done.responded_at) == (Status.closed, NOW, NOW)
    assert (done.marks, done.waiting_since) == ((), None)
    assert [(e.by, e.event, e.note) for e in done.history[1:]] == [("rossi", "closed", "Sostituito il toner")]
    (mail,) = done.outgoing
    assert (mail.kind, mail.to, mail.envelope) == (
        "closing",
        case().requester,
        "supporto.tecnico@projectpp.it",
    )
    assert not {"Auto-Submitted", "X-Helpdeskctl-Loop"} & {name for name, _ in mail.headers}
    assert ("In-Reply-To", "<1@cliente.example>") in mail.headers
    assert "note=Sostituito il toner" in mail.body


def test_reopening_starts_the_wait_anew_and_leaves_the_first_answer_alone() -> None:
    before = NOW - timedelta(days=1)
    closed = case(7, status=Status.closed, closed_at=before, responded_at=before, waiting_since=None)
    _, work = at_work(closed)
    done = desk.reopen(7, work, "", tell=True)
    assert (done.status, done.closed_at, done.waiting_since) == (Status.open, None, NOW)
    assert done.responded_at == before
    assert done.outgoing[0].kind == "reply"


def test_closing_ends_a_suspension() -> None:
    suspended = case(7, status=Status.suspended, suspensions=(Suspension(NOW - timedelta(hours=1), None),))
    _, work = at_work(suspended)
    assert desk.close(7, work, "", tell=False).suspensions[0].until == NOW


HOUR = timedelta(hours=1)


def test_a_question_suspends_the_case_and_stops_its_clock() -> None:
    store, work = at_work(case(7, marks=("news",), promises=(Promise(NOW, 480),), due_at=NOW + HOUR))
    asked = desk.hold(7, work, "Quale postazione?")
    assert store.cases[7] == asked
    assert (asked.status, asked.due_at, asked.waiting_since, asked.marks) == (
        Status.suspended,
        None,
        None,
        (),
    )
    assert asked.suspensions == (Suspension(NOW, None),)
    assert [(e.by, e.event, e.note) for e in asked.history[1:]] == [
        ("rossi", "suspended", "Quale postazione?")
    ]
    (mail,) = asked.outgoing
    assert (mail.kind, mail.to) == ("question", asked.requester)
    assert "note=Quale postazione?" in mail.body


def test_another_question_begins_another_suspension() -> None:
    before = case(7, status=Status.suspended, suspensions=(Suspension(NOW - HOUR, None),))
    _, work = at_work(before._replace(promises=(Promise(NOW - HOUR, 480),)))
    asked = desk.hold(7, work, "E quale stampante?")
    assert asked.suspensions == (Suspension(NOW - HOUR, NOW), Suspension(NOW, None))
    assert (asked.status, asked.due_at) == (Status.suspended, None)


def test_a_closed_case_is_asked_nothing() -> None:
    store, work = at_work(case(7, status=Status.closed))
    with pytest.raises(RefusedError, match="reopen it first"):
        desk.hold(7, work, "Quale postazione?")
    assert store.commits == 0


def test_reopening_a_case_brings_its_due_time_back() -> None:
    suspended = case(
        7, status=Status.suspended, promises=(Promise(NOW, 60),), suspensions=(Suspension(NOW, None),)
    )
    _, work = at_work(suspended._replace(status=Status.closed, closed_at=NOW))
    assert desk.reopen(7, work, "", tell=False).due_at == NOW + HOUR


def test_nobody_is_told_when_nobody_is_to_be_told() -> None:
    _, work = at_work(case(7), case(8, requester=Address("", "")))
    assert desk.close(7, work, "", tell=False).outgoing == ()
    assert desk.close(8, work, "", tell=True).outgoing == ()


def test_what_is_so_already_changes_nothing() -> None:
    store, work = at_work(case(7), case(8, status=Status.closed))
    with pytest.raises(RefusedError, match="not closed"):
        desk.reopen(7, work, "", tell=True)
    with pytest.raises(RefusedError, match="closed already"):
        desk.close(8, work, "", tell=True)
    assert store.commits == 0


def test_a_case_that_does_not_exist_is_said_so() -> None:
    store, work = at_work()
    with pytest.raises(NoSuchCaseError, match="#7"):
        desk.close(7, work, "", tell=True)
    with pytest.raises(NoSuchCaseError, match="#7"):
        whole_case(store, 7)


def test_a_case_is_shown_whole() -> None:
    store, _ = at_work(case(7))
    assert whole_case(store, 7) == case(7)
    assert listed(store, Wanted(), NOW)[0].messages == ()


def test_the_most_pressing_comes_first() -> None:
    store, _ = at_work(
        case(1, due_at=NOW + HOUR),
        case(2, due_at=NOW - HOUR),
        case(3, due_at=NOW + 2 * HOUR, urgency=Urgency.critico),
        case(4, due_at=NOW + 3 * HOUR, urgency=Urgency.critico),
        case(5, due_at=None, urgency=Urgency.critico),
        case(6, due_at=NOW - 2 * HOUR, responded_at=NOW),
        case(7, status=Status.closed, urgency=Urgency.critico, marks=("news",)),
    )
    assert numbers(listed(store, Wanted(), NOW)) == [2, 3, 4, 5, 6, 1, 7]


def test_the_hour_that_comes_twice_is_in_its_order() -> None:
    rome = ZoneInfo("Europe/Rome")
    first = datetime(2026, 10, 25, 2, 50, tzinfo=rome)
    second = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=rome)
    store, _ = at_work(case(1, due_at=second), case(2, due_at=first))
    assert numbers(listed(store, Wanted(), first - HOUR)) == [2, 1]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), [1, 2, 3]),
        (Wanted(everything=True), [1, 2, 3, 4]),
        (Wanted(status=Status.closed), [4]),
        (Wanted(status=Status.suspended), [3]),
        (Wanted(sector="gestionale"), [2]),
        (Wanted(urgency=Urgency.urgente), [2]),
        (Wanted(customer="ROSSÌ"), [1]),
        (Wanted(owner="rossi"), [1]),
        (Wanted(unassigned=True), [2, 3]),
        (Wanted(overdue=True), [2]),
        (Wanted(waiting=True), [1, 2]),
        (Wanted(search="più piano"), [3]),
        (Wanted(search="#2"), [2]),
        (Wanted(search="anna.verdi@"), [1, 2, 3]),
        (Wanted(search="nulla di simile"), []),
    ],
)
def test_only_what_is_wanted(wanted: Wanted, expected: list[int]) -> None:
    store, _ = at_work(
        case(1, customer="Officine Rossi", owner="rossi"),
        case(2, sector="gestionale", urgency=Urgency.urgente, due_at=NOW),
        case(3, status=Status.suspended, subject="Va PIU' piano, anzi più piano", waiting_since=None),
        case(4, status=Status.closed),
    )
    assert sorted(numbers(listed(store, wanted, NOW))) == expected


def test_explaining_skips_what_is_known_and_tells_it_beside() -> None:
    store, work = at_work(case(7, messages=(record(message(), "k"),)))
    told = explain(message(), work.policy, store.snapshot(), work.clock)
    assert (told.known, told.decision.outcome, told.decision.line) == (7, "opened", "new")
    assert [row.name for row in told.passed] == [
        "own mail", "spam", "bounce", "automatic answer", "personal", "cron", "names a case",
    ]  # fmt: skip
    fresh = explain(
        message("Altro problema alla posta", message_id="x@y.example"),
        work.policy,
        store.snapshot(),
        work.clock,
    )
    assert fresh.known is None
    assert store.commits == 0
