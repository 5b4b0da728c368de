"""How the lines of the table come to a decision: what lies beside the plain course (behaviour.md §5, §6)."""

from datetime import timedelta
from typing import Any

import pytest

from helpdeskctl.domain import effects
from helpdeskctl.domain.case import Case, ContractCited, Event, Status, Urgency
from helpdeskctl.domain.decision import decide
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.outcomes import Decision, unreadable
from helpdeskctl.domain.registry import Customer
from tests.builders import ANNA, INTAKE, NOW, ROSSI, STRANGER, case, context, headers, message, policy, record

CASE = case(7)
CLOSED = case(7, status=Status.closed, closed_at=NOW - timedelta(days=1), waiting_since=None)
SUSPENDED = case(7, status=Status.suspended, waiting_since=None)
STAFF = Address("Mario Rossi", ROSSI.address)
ROSSI_SPA = Customer("Officine Rossi", (), ("rossi.example",))
BULK = headers(precedence="bulk")
# The desk's own address is a group: every mail has a list's headers.
GROUP = headers(list_id="Assistenza <nuovocaso.projectpp.it>", precedence="list")


def decided(mail: Message, rules: dict[str, Any] | None = None, **known: Any) -> Decision:
    return decide(mail, policy(**(rules or {})), context(**known))


def about(subject: str, **changes: Any) -> Message:
    return message(f"R: [Caso #7] {subject}", message_id="2@cliente.example", **changes)


def done(mail: Message, before: Case, **known: Any) -> tuple[Decision, Case]:
    """The decision on a mail about the case, and the case after it."""
    told = decided(mail, **({"referenced": before} | known))
    kept = effects.record_of(mail, told, "2", "mail/2")
    return told, effects.about(told, kept, before, policy(), NOW).case


def events(before: Case, after: Case) -> list[str]:
    return [event.event for event in after.history[len(before.history) :]]


# --- the same mail again ---


def test_what_repeats_a_strangers_mail_is_a_strangers_and_gives_no_rights() -> None:
    joined = case(7, messages=(record(message(sender=STRANGER), kind="follow_up", stranger=True),))
    told, after = done(message(sender=STRANGER, text="altro"), joined, repeated=joined)
    assert (told.line, told.marks, told.answer) == ("repeated", ("stranger",), "")
    assert after.messages[-1].stranger
    later = message("chiudere caso 7", sender=STRANGER, message_id="9@altro.example")
    assert decided(later, numbered=(after,)).outcome == "opened"


def test_what_repeats_a_machines_mail_does_not_end_a_suspension() -> None:
    told, after = done(message(headers=BULK), SUSPENDED, repeated=SUSPENDED)
    assert (told.kind, after.status) == ("automatic", Status.suspended)
    assert events(SUSPENDED, after) == ["followed_up"]


def test_what_repeats_a_persons_mail_is_recorded_as_theirs() -> None:
    told, after = done(message(text="altro"), CASE, repeated=CASE)
    assert (told.kind, told.marks, told.answer) == ("follow_up", (), "")
    assert len(after.messages) == 2


# --- people behind a group address, and machines ---


def test_a_person_who_writes_through_our_group_is_seen_and_obeyed() -> None:
    told, after = done(about("ecco", headers=GROUP), SUSPENDED, ours_referenced=True)
    assert (told.line, told.kind, after.status) == ("names a case", "follow_up", Status.open)
    assert "news" in after.marks
    told, after = done(about("chiudere", headers=GROUP), CASE, ours_referenced=True)
    assert (told.outcome, told.answer, after.status) == ("closed", "closed", Status.closed)


def test_a_machine_that_writes_about_a_case_leaves_it_alone() -> None:
    for sender in (ANNA, STRANGER):
        for subject in ("stato del servizio", "chiudere", "URGENTE"):
            told, after = done(about(subject, headers=BULK, sender=sender), SUSPENDED)
            assert (told.kind, told.answer, told.urgency) == ("automatic", "", None)
            assert "news" not in after.marks
            assert (after.status, after.waiting_since) == (Status.suspended, None)


def test_an_automatic_answer_by_number_is_only_for_those_who_belong() -> None:
    mail = about("fuori", headers=headers(auto_submitted="auto-replied"))
    assert decided(mail, numbered=(CASE,)).case == 7
    assert decided(mail._replace(sender=STRANGER), numbered=(CASE,)).outcome == "ignored"


# --- several numbers ---


@pytest.mark.parametrize(
    ("subject", "own", "outcome"),
    [
        ("R: [Caso #7] chiudere", "Stampante", "closed"),
        ("chiudere caso 7", "Stampante", "closed"),
        ("chiudere", "Stampante", "closed"),
        ("[Caso #7] chiudere caso 7", "Stampante", "closed"),
        ("R: [Caso #7] Novità sul caso 5 - chiudere", "Novità sul caso 5", "closed"),
        # a reply with another case's number in its subject: which one is meant?
        ("chiudere caso 8", "Stampante", "followed_up"),
        ("R: [Caso #7] chiudere anche caso 8", "Stampante", "followed_up"),
        ("R: [Caso #7] Novità sul caso 5 - chiudere caso 6", "Novità sul caso 5", "followed_up"),
    ],
)
def test_a_command_that_names_another_case_as_well_is_not_carried_out(
    subject: str, own: str, outcome: str
) -> None:
    told = decided(message(subject, message_id="2@cliente.example"), referenced=case(7, subject=own))
    assert (told.case, told.outcome) == (7, outcome)
    assert told.answer == ("closed" if outcome == "closed" else "several_numbers")


# --- a command without a number ---


def test_a_case_known_by_contract_alone_is_nobody_elses_to_command() -> None:
    guessed = case(7, customer="Officine Rossi", customer_by_contract=True, requester=STRANGER, messages=())
    colleague = Address("Luca", "luca@rossi.example")
    told = decided(message("chiudere", sender=colleague), candidates=(guessed,), customer=ROSSI_SPA)
    assert (told.outcome, told.choices) == ("opened", ())
    own = case(8, customer="Officine Rossi")
    told = decided(message("chiudere", sender=colleague), candidates=(guessed, own), customer=ROSSI_SPA)
    assert (told.outcome, told.case) == ("closed", 8)


def test_a_command_that_may_not_be_given_finds_no_case_by_itself() -> None:
    assert decided(message("chiudere", headers=BULK), candidates=(CASE,)).outcome == "opened"


# --- what a mail adds to its case ---


def test_a_mail_that_reopens_may_raise_the_urgency_too() -> None:
    told, after = done(about("riaprire, ora è URGENTE"), CLOSED)
    assert (told.outcome, told.urgency) == ("reopened", Urgency.urgente)
    assert (after.status, after.urgency) == (Status.open, Urgency.urgente)
    assert events(CLOSED, after) == ["reopened", "escalated"]


def test_a_mail_that_closes_raises_nothing() -> None:
    told, after = done(about("chiudere, non è più URGENTE"), CASE)
    assert (told.urgency, after.urgency) == (None, Urgency.normale)
    assert events(CASE, after) == ["closed"]
    assert not any(finding.effect.startswith("urgency") for finding in told.because)


def test_a_contract_is_taken_from_a_command_too_and_its_finding_is_told() -> None:
    told, after = done(about("chiudere", text="Contratto: 12"), CASE)
    assert after.contract == ContractCited("12", "unknown")
    assert "contract=unknown" in [finding.effect for finding in told.because]


@pytest.mark.parametrize(("subject", "before"), [("riaprire", CASE), ("chiudere", CLOSED)])
def test_what_is_so_already_is_news_all_the_same(subject: str, before: Case) -> None:
    told, after = done(about(subject), before)
    assert told.noted == "already so"
    assert (after.marks, after.status) == (("news",), before.status)
    assert events(before, after) == ["followed_up", "command_noted"]


def test_a_technicians_follow_up_is_no_news_but_an_unheeded_command_is() -> None:
    assert done(about("nota", sender=STAFF), CASE)[1].marks == ()
    assert done(about("chiudere", sender=STAFF), CASE)[1].marks == ("news",)


def test_a_technician_who_opened_the_case_is_its_customer() -> None:
    own = case(7, requester=STAFF)
    told, after = done(about("ancora", sender=STAFF), own)
    assert (told.kind, after.marks) == ("follow_up", ("news",))


def test_a_verified_technician_who_closes_by_mail_has_answered() -> None:
    said = headers(authentication_results="mx.projectpp.it; dmarc=pass header.from=projectpp.it")
    mail = about("chiudere", sender=STAFF, headers=said)
    told = decided(mail, {"authserv_id": "mx.projectpp.it"}, referenced=CASE)
    after = effects.about(told, effects.record_of(mail, told, "2", "mail/2"), CASE, policy(), NOW).case
    assert (after.status, after.responded_at) == (Status.closed, NOW)
    assert done(about("chiudere"), CASE)[1].responded_at is None


def test_what_was_no_command_is_told_with_the_follow_up() -> None:
    told = decided(about("impossibile chiudere"), referenced=CASE)
    assert "no command" in [finding.effect for finding in told.because]


# --- answers ---


def test_the_reason_for_silence_is_told() -> None:
    told = decided(about("chiudere", arrived_at=NOW - timedelta(days=6)), referenced=CASE)
    assert (told.outcome, told.answer, told.reason) == ("closed", "", "older than five days")


@pytest.mark.parametrize(
    ("mail", "rules", "known", "answer"),
    [
        (message(recipients=(ROSSI.address,)), {}, {}, ""),
        (message(recipients=(ROSSI.address,)), {"personal_reply": True}, {}, "personal"),
        (message(recipients=(ROSSI.address,)), {"personal_reply": True}, {"noticed": True}, ""),
        (message(recipients=(ROSSI.address,), sender=STAFF), {"personal_reply": True}, {}, ""),
        (message(recipients=(ROSSI.address,), headers=BULK), {"personal_reply": True}, {}, ""),
        (message(recipients=(ROSSI.address,), sender=Address("", INTAKE)), {"personal_reply": True}, {}, ""),
    ],
)
def test_who_wrote_to_a_person_is_told_how_to_open_a_case_where_the_firm_wants_it(
    mail: Message, rules: dict[str, Any], known: dict[str, Any], answer: str
) -> None:
    told = decided(mail, rules, **known)
    assert (told.line, told.outcome, told.answer) == ("personal", "ignored", answer)


def test_an_unreadable_mail_keeps_its_reason_and_facts_apart() -> None:
    told = unreadable("The mail has {size} MB.", {"size": 60})
    assert (told.outcome, told.line, told.reason) == ("held", "unreadable", "The mail has {size} MB.")
    assert told.facts == (("size", "60"),)


def test_tags_of_all_rules_that_hit_are_kept_once() -> None:
    rules = policy().rules
    tagging = [rules[0]._replace(name=n, sector="", tag=tag) for n, tag in (("a", "mago"), ("b", "mago"))]
    told = decided(message("Mago4 e mago"), {"rules": (*rules, *tagging)})
    assert told.tags == ("mago",)
    assert [f.rule for f in told.because if f.effect == "tag=mago"] == ["a", "b"]


def test_an_encrypted_mail_is_marked_and_not_called_incomplete_for_it() -> None:
    told = decided(message("Problema emissione fatture", text="", encrypted=True))
    assert told.marks == ("encrypted",)


def test_every_event_tells_what_made_it() -> None:
    _, after = done(about("riaprire, ora è URGENTE"), CLOSED)
    told: tuple[Event, ...] = after.history[len(CLOSED.history) :]
    assert all(event.because and event.by == ANNA.address for event in told)
