"""Take, assign, note, seen, work recorded, corrections, merging; with a fake store."""

from datetime import date, timedelta

import pytest

from helpdeskctl.application import correcting, desk
from helpdeskctl.application.correcting import Corrections
from helpdeskctl.application.desk import Desk, Effort
from helpdeskctl.application.looking_up import Asked, look_up
from helpdeskctl.domain.case import Case, ContractCited, Promise, Related, Status, Suspension, Terms, Urgency
from helpdeskctl.domain.errors import NoSuchCaseError, RefusedError
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.reference import message_id
from helpdeskctl.domain.registry import Contract, Customer, Registry
from helpdeskctl.domain.settings import Technician
from helpdeskctl.domain.transitions import marks_at
from tests.builders import ANNA, NOW, ROSSI, SECRET, STRANGER, case, message, outgoing, policy, record
from tests.fakes import FakeTexts, MemoryStore, SetClock

BIANCHI = Technician("bianchi", "Carla Bianchi", "carla.bianchi@projectpp.it", ())
HOUR = timedelta(hours=1)
REGISTRY = Registry(
    (Customer("Officine Rossi", (ANNA.address,), ()), Customer("Altri", ("x@altro.example",), ())),
    (
        Contract("2026/15", "Officine Rossi", None, None, (), (("normale", 60),), "24x7"),
        Contract("2026/16", "Altri", None, None),
        Contract("2025/1", "Officine Rossi", None, date(2025, 12, 31)),
        Contract("2026/17", "Officine Rossi", None, None, ("gestionale",)),
    ),
)


def at_work(*cases: Case, by: str = "rossi") -> tuple[MemoryStore, Desk]:
    store = MemoryStore()
    store.cases = {one.number: one for one in cases}
    rules = policy(technicians=(ROSSI, BIANCHI))
    return store, Desk(store, FakeTexts(), rules, SetClock(NOW), by)


def events(one: Case) -> list[tuple[str, str, str]]:
    return [(e.by, e.event, e.note) for e in one.history[1:]]


def test_taking_a_case_makes_it_ones_own_and_answers_its_due_time() -> None:
    store, work = at_work(case(7, promises=(Promise(NOW, 480),)))
    done = desk.take(7, work)
    assert store.cases[7] == done
    assert (done.owner, done.responded_at) == ("rossi", NOW)
    assert events(done) == [("rossi", "taken", "")]
    with pytest.raises(RefusedError, match="yours already"):
        desk.take(7, work)


def test_taking_another_technicians_case_says_whose_it_was() -> None:
    _, work = at_work(case(7, owner="bianchi", responded_at=NOW - HOUR))
    done = desk.take(7, work)
    assert (done.owner, done.responded_at) == ("rossi", NOW - HOUR)
    assert events(done) == [("rossi", "taken", "bianchi → rossi")]


def test_who_is_given_a_case_is_told_and_the_due_time_still_runs() -> None:
    _, work = at_work(case(7))
    done = desk.assign(7, work, "bianchi", "Conosce il cliente")
    assert (done.owner, done.responded_at) == ("bianchi", None)
    assert events(done) == [("rossi", "assigned", "- → bianchi (Conosce il cliente)")]
    [mail] = done.outgoing
    assert (mail.kind, mail.to.address) == ("notice", BIANCHI.address)
    assert "assigned=Mario Rossi" in mail.body and "note=Conosce il cliente" in mail.body


def test_giving_oneself_a_case_or_taking_it_from_everybody_writes_to_nobody() -> None:
    _, work = at_work(case(7))
    assert desk.assign(7, work, "rossi").outgoing == ()
    nobody = desk.assign(7, work, "")
    assert (nobody.owner, nobody.outgoing) == ("", ())
    with pytest.raises(RefusedError, match="already"):
        desk.assign(7, work, "")


def test_only_known_technicians_are_given_cases() -> None:
    _, work = at_work(case(7))
    with pytest.raises(RefusedError, match=r"no technician neri.*rossi, bianchi"):
        desk.assign(7, work, "neri")
    free = work._replace(policy=policy(technicians=()))
    assert desk.assign(7, free, "neri").owner == "neri"


def test_a_closed_case_is_neither_taken_nor_given() -> None:
    _, work = at_work(case(7, status=Status.closed))
    with pytest.raises(RefusedError, match="reopen it first"):
        desk.take(7, work)
    with pytest.raises(RefusedError, match="reopen it first"):
        desk.assign(7, work, "bianchi")


def test_a_note_stays_inside_and_its_work_is_recorded() -> None:
    _, work = at_work(case(7, minutes=30))
    done = desk.note(7, work, "Richiamato", Effort(90, billable=False))
    assert events(done) == [("rossi", "noted", "Richiamato")]
    assert (done.minutes, done.outgoing, done.responded_at) == (120, (), None)
    assert (done.work[-1].by, done.work[-1].minutes, done.work[-1].billable) == ("rossi", 90, False)
    assert desk.note(7, work, "Senza tempo").minutes == 120


def test_what_was_seen_is_no_news_any_more() -> None:
    _, work = at_work(case(7, marks=("news", "incomplete"), waiting_since=NOW))
    done = desk.seen(7, work)
    assert (done.marks, done.waiting_since, done.history) == (("incomplete",), None, case(7).history)
    with pytest.raises(RefusedError, match="no news"):
        desk.seen(7, work)


def test_a_rehearsal_tells_all_and_writes_nothing() -> None:
    store, work = at_work(case(7))
    rehearsed = desk.close(7, work._replace(rehearsal=True), "Fatto", tell=True)
    assert rehearsed.status is Status.closed and len(rehearsed.outgoing) == 1
    assert store.cases[7] == case(7)
    assert store.commits == 0


def test_what_is_not_there_is_said_so() -> None:
    _, work = at_work()
    for act in (desk.take, desk.seen):
        with pytest.raises(NoSuchCaseError):
            act(7, work)


# --- corrections ---


def registered(one: Case) -> tuple[MemoryStore, Desk]:
    store, work = at_work(one)
    store.registered = REGISTRY
    return store, work


def test_a_correction_stands_in_the_history_with_its_reason() -> None:
    store, work = at_work(case(7))
    done = correcting.correct(
        7, work, Corrections(sector="gestionale", subject="Mago non parte"), "Ha chiamato"
    )
    assert store.cases[7] == done
    assert (done.sector, done.subject) == ("gestionale", "Mago non parte")
    assert events(done) == [
        ("rossi", "changed", "sector: tecnico → gestionale (Ha chiamato)"),
        ("rossi", "changed", "subject: Stampante guasta al secondo piano → Mago non parte (Ha chiamato)"),
    ]


def test_a_corrected_urgency_is_due_from_the_arrival_on_and_told_anew() -> None:
    _, work = at_work(case(7, promises=(Promise(NOW, 480),), told=("late", "intake_hint")))
    done = correcting.correct(7, work, Corrections(urgency=Urgency.critico), "")
    assert done.promises == (Promise(case(7).opened_at, 120),)
    assert done.due_at == case(7).opened_at + 2 * HOUR
    assert done.told == ("intake_hint",)
    lower = correcting.correct(7, work, Corrections(urgency=Urgency.normale), "")
    assert lower.promises == (Promise(case(7).opened_at, 480),)


def test_a_contract_brings_its_hours_and_its_calendar() -> None:
    store, work = registered(case(7, customer="Officine Rossi"))
    done = correcting.correct(7, work, Corrections(contract="2026/15"), "Dalla fattura")
    assert done.contract == ContractCited("2026/15", "valid")
    assert done.terms == Terms("2026/15", (("normale", 60),), "24x7")
    assert done.due_at == done.opened_at + HOUR
    assert store.cases[7].history[-1].note == "contract: - → 2026/15 valid (Dalla fattura)"
    without = correcting.correct(7, work, Corrections(contract=""), "")
    assert (without.contract, without.terms) == (None, Terms())
    assert without.promises == (Promise(without.opened_at, 480),)


@pytest.mark.parametrize(
    ("number", "state"),
    [("2026/16", "foreign"), ("2025/1", "expired"), ("9", "unknown"), ("2026/17", "valid")],
)
def test_only_a_valid_contract_of_its_sector_promises_anything(number: str, state: str) -> None:
    _, work = registered(case(7, customer="Officine Rossi"))
    done = correcting.correct(7, work, Corrections(contract=number), "")
    assert done.contract == ContractCited(number, state)
    assert done.terms == Terms()


def test_a_customer_set_by_a_technician_has_the_customers_rights() -> None:
    before = case(7, customer="Altri", customer_by_contract=True, contract=ContractCited("2026/16", "valid"))
    _, work = registered(before)
    done = correcting.correct(7, work, Corrections(customer="Officine Rossi"), "")
    assert (done.customer, done.customer_by_contract) == ("Officine Rossi", False)
    assert done.contract == ContractCited("2026/16", "foreign")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Corrections(sector="vendite"), "no sector vendite.*gestionale, tecnico"),
        (Corrections(customer="Ignoti"), "no customer Ignoti"),
        (Corrections(sector="tecnico"), "like that already"),
        (Corrections(), "like that already"),
    ],
)
def test_what_cannot_be_corrected_is_refused(wanted: Corrections, words: str) -> None:
    store, work = registered(case(7))
    with pytest.raises(RefusedError, match=words):
        correcting.correct(7, work, wanted, "")
    assert store.cases[7] == case(7)


def test_another_requester_is_answered_from_then_on() -> None:
    _, work = at_work(case(7, requester=Address("", "")))
    done = correcting.correct(7, work, Corrections(requester=ANNA), "")
    assert done.requester == ANNA
    assert desk.close(7, work, "", tell=True).outgoing[0].to == ANNA


# --- merging ---


def two() -> tuple[Case, Case]:
    later = record(message("Ancora la stampante", message_id="2@x.example", arrived_at=NOW + HOUR), "seconda")
    one = case(7, due_at=NOW, promises=(Promise(NOW, 60),), suspensions=(Suspension(NOW - HOUR, None),))
    first = one._replace(waiting_since=NOW - HOUR, marks=("news",), outgoing=(outgoing(),))
    return first, case(8, messages=(later,), waiting_since=NOW, related=(Related(3, "cited"),))


def test_two_cases_become_one_and_no_mail_is_lost() -> None:
    first, second = two()
    store, work = at_work(first, second)
    ended, goes_on = correcting.merge(7, 8, work)
    assert (store.cases[7], store.cases[8]) == (ended, goes_on)
    assert (ended.status, ended.messages, ended.merged_into, ended.marks) == (Status.closed, (), 8, ())
    assert ended.suspensions[0].until == NOW
    assert ended.outgoing == first.outgoing
    assert [m.key for m in goes_on.messages] == ["apertura-7", "seconda"]
    assert (goes_on.status, goes_on.marks, goes_on.waiting_since) == (Status.open, ("news",), NOW - HOUR)
    assert goes_on.related == (Related(3, "cited"), Related(7, "merged"))
    assert ended.related == (Related(8, "merged"),)
    assert events(ended)[-1] == ("rossi", "merged", "→ #8")
    assert events(goes_on)[-1] == ("rossi", "merged", "← #7")


def test_who_writes_about_the_merged_case_writes_about_the_one_that_goes_on() -> None:
    store, work = at_work(*two())
    correcting.merge(7, 8, work)
    ours = message_id(7, "a", SECRET, "projectpp.it")
    for mail in (
        message("[Caso #7] Stampante guasta"),
        message("R: Stampante", references=(ours,)),
        message("R: Stampante", references=("1@cliente.example",)),
    ):
        found = look_up(Asked(mail, "k"), work.policy, store.snapshot(), SECRET, NOW)
        case_found = found.referenced or found.numbered[0]
        assert case_found.number == 8, mail.subject


def test_cases_of_two_customers_are_not_merged() -> None:
    store, work = at_work(case(7, customer="Officine Rossi"), case(8, customer="Altri", requester=STRANGER))
    with pytest.raises(RefusedError, match="two customers"):
        correcting.merge(7, 8, work)
    assert store.commits == 0


def test_a_case_is_merged_once_and_not_into_itself() -> None:
    _, work = at_work(*two(), case(9))
    with pytest.raises(RefusedError, match="itself"):
        correcting.merge(7, 7, work)
    correcting.merge(7, 8, work)
    for pair in ((7, 9), (9, 7)):
        with pytest.raises(RefusedError, match="was merged into #8"):
            correcting.merge(*pair, work)
    with pytest.raises(RefusedError, match="was merged into #8"):
        desk.reopen(7, work, "", tell=True)


def test_a_mark_of_drafting_ends_by_itself() -> None:
    from helpdeskctl.domain.transitions import drafting

    writing = drafting(case(7), "rossi", NOW)
    assert "drafting" in marks_at(writing, NOW + 7 * HOUR)
    assert "drafting" not in marks_at(writing, NOW + 8 * HOUR)
