"""What a decision makes of a case."""

from datetime import timedelta
from typing import Any

import pytest

from helpdeskctl.domain import effects
from helpdeskctl.domain.case import (
    Case,
    ContractCited,
    Happened,
    Promise,
    Related,
    Status,
    Suspension,
    Urgency,
)
from helpdeskctl.domain.message import Attachment
from helpdeskctl.domain.outcomes import Decision
from tests.builders import ANNA, NOW, ROSSI, case, message, policy, record

LATER = NOW + timedelta(hours=1)


def about(before: Case, now: Any = LATER, **decision: Any) -> Happened:
    told = Decision("followed_up", case=7)._replace(**decision)
    kept = effects.record_of(message(), told._replace(sender=ANNA), "2", "mail/2")
    return effects.about(told, kept, before, policy(), now)


def names(happened: Happened) -> list[str]:
    return [event.event for event in happened.events]


def test_what_is_kept_of_a_mail() -> None:
    files = (Attachment("a.png", "image/png", 3, "f"),)
    mail = message(attachments=files)
    told = Decision("followed_up", sender=ANNA, kind="follow_up", marks=("stranger",))
    kept = effects.record_of(mail, told, "key", "mail/key")
    assert (kept.key, kept.path, kept.message_id, kept.digest) == (
        "key",
        "mail/key",
        mail.message_id,
        mail.digest,
    )
    assert (kept.kind, kept.outcome, kept.attachments, kept.stranger) == (
        "follow_up",
        "followed_up",
        files,
        True,
    )


def test_a_new_case_holds_what_was_decided() -> None:
    told = Decision(
        "opened",
        sender=ANNA,
        kind="request",
        sector="gestionale",
        urgency=Urgency.critico,
        contract=ContractCited("12", "valid"),
        customer="Officine Rossi",
        customer_by_contract=True,
        marks=("incomplete",),
        related=(Related(5, "cited"),),
        tags=("mago",),
    )
    kept = record(message())
    happened = effects.opened(told, kept, 9, policy())
    made = happened.case
    assert (made.number, made.requester, made.sector, made.urgency) == (
        9,
        ANNA,
        "gestionale",
        Urgency.critico,
    )
    assert (made.contract, made.customer, made.customer_by_contract) == (told.contract, told.customer, True)
    assert (made.marks, made.related, made.tags) == (told.marks, told.related, told.tags)
    assert made.messages == (kept,)
    assert names(happened) == ["opened"]
    # Two working hours from ten o'clock on a Tuesday.
    assert (made.opened_at, made.waiting_since, made.due_at) == (NOW, NOW, NOW + timedelta(hours=2))


def test_a_case_of_no_said_urgency_is_normal() -> None:
    made = effects.opened(
        Decision("opened", sender=ANNA, sector="tecnico"), record(message()), 9, policy()
    ).case
    assert made.urgency is Urgency.normale


def test_only_a_follow_up_of_the_customers_ends_a_suspension_and_the_clock_goes_on() -> None:
    hour = timedelta(hours=1)
    before = case(
        7,
        status=Status.suspended,
        suspensions=(Suspension(NOW - hour, None),),
        promises=(Promise(NOW - hour, 480),),
    )
    happened = about(before)
    assert names(happened) == ["followed_up", "resumed"]
    assert happened.case.suspensions == (Suspension(NOW - hour, LATER),)
    assert happened.case.due_at is not None
    for kind, marks in (
        ("automatic", ()),
        ("bounce", ()),
        ("note", ()),
        ("reply", ()),
        ("follow_up", ("stranger",)),
    ):
        assert about(before, kind=kind, marks=marks).case.status is Status.suspended


@pytest.mark.parametrize(
    ("kind", "events"),
    [
        ("follow_up", ["followed_up"]),
        ("automatic", ["followed_up"]),
        ("bounce", ["followed_up"]),
        ("reply", ["followed_up", "replied"]),
        ("note", ["followed_up", "noted"]),
    ],
)
def test_each_kind_of_mail_has_its_events(kind: str, events: list[str]) -> None:
    assert names(about(case(7), kind=kind)) == events


def test_marks_are_added_and_nothing_is_lost() -> None:
    happened = about(case(7, marks=("incomplete",)), kind="bounce", marks=("undelivered",))
    assert happened.case.marks == ("incomplete", "undelivered")
    assert about(case(7), answer="intake_hint").case.told == ("intake_hint",)
    assert about(case(7), answer="closed").case.told == ()


def test_the_urgency_is_never_lowered_and_a_contract_never_replaced() -> None:
    before = case(7, urgency=Urgency.critico, contract=ContractCited("1", "valid"))
    happened = about(before, urgency=Urgency.urgente, contract=ContractCited("2", "valid"))
    assert (happened.case.urgency, happened.case.contract) == (before.urgency, before.contract)
    assert names(happened) == ["followed_up"]


@pytest.mark.parametrize(
    ("before", "command", "status"),
    [(case(7), "close", Status.closed), (case(7, status=Status.closed), "reopen", Status.open)],
)
def test_a_command_is_carried_out_and_its_mail_kept(before: Case, command: str, status: Status) -> None:
    happened = about(before, outcome=f"{status}", command=command)
    assert happened.case.status is status
    assert len(happened.case.messages) == 2
    assert len(happened.events) == 1


def test_a_closing_reply_of_ours_answers_the_due_time() -> None:
    for kind, answered in (("follow_up", None), ("reply", LATER), ("note", LATER)):
        done = about(case(7), outcome="closed", command="close", kind=kind).case
        assert done.responded_at == answered
    before = case(7, status=Status.closed)
    assert about(before, outcome="reopened", command="reopen", kind="note").case.responded_at is None


def test_who_acted_and_why_is_in_the_history() -> None:
    happened = about(case(7), noted="already so")
    assert [(e.event, e.by, e.note) for e in happened.events] == [
        ("followed_up", ANNA.address, ""),
        ("command_noted", ANNA.address, "already so"),
    ]
    assert ROSSI.address not in {event.by for event in happened.events}
