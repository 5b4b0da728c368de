"""What holds for every mail, whatever it says (behaviour.md §4, §5)."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from helpdeskctl.domain import answers, effects
from helpdeskctl.domain.case import Case, Status
from helpdeskctl.domain.context import Known
from helpdeskctl.domain.decision import TABLE, decide
from helpdeskctl.domain.message import Address, Attachment, Envelope, Message, Report
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.reference import loop_mark, message_id
from helpdeskctl.domain.registry import Contract, Customer
from tests.builders import (
    ANNA,
    INTAKE,
    NOW,
    ROSSI,
    SECRET,
    STRANGER,
    case,
    context,
    headers,
    message,
    policy,
    record,
)

# A stranger has written to the case once, and a mail system returned something.
JOINED = (
    record(message()),
    record(message(sender=STRANGER), kind="follow_up", stranger=True),
    record(message(sender=Address("", "mailer-daemon@mx.example")), kind="bounce"),
)
CASES = tuple(
    case(
        7,
        status=status,
        closed_at=NOW if status is Status.closed else None,
        messages=JOINED,
        waiting_since=None,
    )
    for status in Status
)
CUSTOMER = Customer("Officine Rossi", (), ("rossi.example",))
STAFF = Address("Mario Rossi", ROSSI.address)
OUTSIDERS = (
    STRANGER,
    Address("", ""),
    Address("Anna Verdi", "anna@altro.example"),
    Address("anna.verdi@cliente.example", "x@altro.example"),
    Address("", "mailer-daemon@mx.example"),
)
WORDS = (
    "chiudere chiuso CHIUDERE riaprire URGENTE critico mago non impossibile R: I: [Caso #7] caso 7 #7 8 9 è si "
    "grazie ticket Stampante guasta al secondo piano"
).split()
SUBJECTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=8).map(" ".join)
MACHINES = st.sampled_from(
    [
        headers(auto_submitted="auto-replied"),
        headers(auto_submitted="auto-generated"),
        headers(auto_submitted="auto-notified; owner-email=x"),
        headers(precedence="bulk"),
        headers(precedence="junk"),
        headers(list_id="<x.y.example>"),
        headers(return_path="<>"),
        headers(return_path="<>", list_id="<x.projectpp.it>"),
    ]
)


def contexts(before: Case) -> st.SearchStrategy[dict[str, Any]]:
    """What may have been found of that case."""
    return st.fixed_dictionaries(
        {},
        optional={
            "referenced": st.just(before),
            "returned": st.just(before),
            "repeated": st.just(before),
            "numbered": st.sampled_from([(before,), (before, case(8)), (case(8), before)]),
            "candidates": st.sampled_from([(before,), (before, case(8))]),
            "ours_referenced": st.booleans(),
        },
    )


SCENES = st.sampled_from(CASES).flatmap(lambda before: st.tuples(st.just(before), contexts(before)))


def after(told: Decision, mail: Message, before: Case) -> Case:
    """The case after the mail, whether or not it concerns it."""
    if told.case != before.number:
        return before
    return effects.about(told, effects.record_of(mail, told, "2", "mail/2"), before, policy(), NOW).case


@given(SUBJECTS, st.text(max_size=40), MACHINES, SCENES, st.sampled_from([ANNA, STAFF, *OUTSIDERS]))
@settings(max_examples=400, deadline=None)
def test_no_automatic_mail_ever_changes_a_case(
    subject: str,
    text: str,
    marks: dict[str, tuple[str, ...]],
    scene: tuple[Case, dict[str, Any]],
    sender: Address,
) -> None:
    before, known = scene
    mail = message(subject, text=text, headers=marks, sender=sender)
    told = decide(mail, policy(), context(**known))
    assert told.outcome in {"opened", "followed_up", "ignored"}
    assert (told.command, told.answer, told.acknowledge) == ("", "", False)
    done = after(told, mail, before)
    # A report that our mail did not arrive, and a stranger's name, are marked; nothing else is touched.
    assert set(done.marks) <= {"undelivered", "stranger"}
    kept = {"messages", "history", "updated_at", "marks"}
    assert {k: v for k, v in done._asdict().items() if k not in kept} == {
        k: v for k, v in before._asdict().items() if k not in kept
    }


@given(SUBJECTS, st.text(max_size=40), SCENES, st.sampled_from(OUTSIDERS), st.sampled_from([None, CUSTOMER]))
@settings(max_examples=400, deadline=None)
def test_no_stranger_ever_changes_a_cases_state_whatever_the_text(
    subject: str, text: str, scene: tuple[Case, dict[str, Any]], sender: Address, customer: Customer | None
) -> None:
    before, known = scene
    mail = message(subject, text=text, sender=sender, message_id="x@altro.example")
    told = decide(mail, policy(), context(customer=customer, **known))
    assert told.outcome in {"opened", "followed_up", "ignored"}
    assert (told.command, told.answer) == ("", "")
    done = after(told, mail, before)
    assert (done.status, done.urgency, done.contract, done.due_at) == (
        before.status, before.urgency, before.contract, before.due_at,
    )  # fmt: skip
    # And having written gives no rights to write again.
    if done is not before:
        again = decide(message("chiudere caso 7", sender=sender), policy(), context(numbered=(done,)))
        assert again.outcome == "opened"


# Anything at all, also what no parser should let through.
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=30)
HOSTILE = ANYTHING | st.sampled_from(
    [
        "",
        INTAKE,
        ROSSI.address,
        ANNA.address,
        "@",
        "root@server.local",
        "<>",
        "all",
        "yes",
        "list",
        "auto-replied",
        "=?",
        "contratto: n. 1.",
        "pass",
        "mx.projectpp.it; dmarc=pass header.from=cliente.example",
        "<mailto:@",
        message_id(7, "0", SECRET, "projectpp.it"),
        loop_mark(SECRET),
    ]
)
ADDRESSES = st.builds(Address, HOSTILE, HOSTILE)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "authentication-results",
            "auto-submitted",
            "list-id",
            "list-post",
            "precedence",
            "return-path",
            "x-auto-response-suppress",
            "x-autoreply",
            "x-cron-env",
            "x-helpdeskctl-loop",
            "x-original-from",
            "x-spam-flag",
        ]
    ),
    st.lists(HOSTILE, min_size=1, max_size=2).map(tuple),
    max_size=3,
)
TEXTS = SUBJECTS | HOSTILE
MAILS = st.builds(
    Message,
    message_id=HOSTILE,
    sender=ADDRESSES,
    reply_to=st.lists(ADDRESSES, max_size=2).map(tuple),
    envelope_recipients=st.lists(HOSTILE, max_size=2).map(tuple),
    recipients=st.lists(HOSTILE, max_size=3).map(tuple),
    subject=TEXTS,
    date=HOSTILE,
    arrived_at=st.just(NOW),
    text=TEXTS,
    new_text=TEXTS,
    attachments=st.lists(st.builds(Attachment, HOSTILE, HOSTILE, st.just(3), HOSTILE), max_size=2).map(tuple),
    references=st.lists(HOSTILE, max_size=2).map(tuple),
    headers=HEADERS,
    digest=HOSTILE,
    report=st.none()
    | st.builds(Report, st.sampled_from(["failed", "delayed", "displayed"]), HOSTILE, HOSTILE, HOSTILE),
    envelope=st.none()
    | st.builds(Envelope, st.sampled_from(["posta-certificata", "errore"]), HOSTILE, ADDRESSES),
    encrypted=st.booleans(),
)
KNOWN = st.none() | st.builds(
    Known, st.just(CASES[0]), st.just(JOINED[0]._replace(outcome="followed_up")), st.booleans()
)


@given(
    MAILS,
    SCENES,
    KNOWN,
    st.booleans(),
    st.sampled_from(["", "mx.projectpp.it"]),
    st.sampled_from([b"", SECRET]),
)
@settings(max_examples=500, deadline=None)
def test_there_is_a_decision_on_every_mail_and_it_can_be_carried_out(
    mail: Message,
    scene: tuple[Case, dict[str, Any]],
    known: Known | None,
    empty: bool,
    server: str,
    secret: bytes,
) -> None:
    before, found = scene
    rules = policy(
        authserv_id=server, bounces="rimbalzi@projectpp.it", personal_reply=True, trusted=(ANNA.address,)
    )
    contracts = {"1": Contract("1", "Officine Rossi", None, None)}
    world = context(known=known, secret=secret, contracts=contracts, registry_empty=empty, **found)
    told = decide(mail, rules, world)
    assert told.line in {row.name for row in TABLE}
    assert told.outcome in {
        "opened", "followed_up", "closed", "reopened", "ignored", "duplicate", "held",
    }  # fmt: skip
    # A case is named where there is one, and only there.
    assert (told.case is None) == (told.outcome in {"opened", "held"} or (told.outcome == "ignored"))
    if told.outcome in {"ignored", "duplicate", "held"}:
        return
    kept = effects.record_of(mail, told, "2", "mail/2")
    happened = (
        effects.opened(told, kept, 9, rules)
        if told.case is None
        else effects.about(told, kept, before if told.case == 7 else case(8), rules, NOW)
    )
    assert happened.case.messages[-1] == kept
    assert happened.events
    for letter in answers.due(told, kept, happened, rules, empty):
        mark = answers.Postmark(rules, secret, NOW)
        assert answers.outgoing(letter, ("s", "b"), (happened.case.number, "tecnico"), mark, "k").id


@given(MAILS)
@settings(max_examples=200, deadline=None)
def test_a_mail_is_decided_the_same_way_each_time(mail: Message) -> None:
    assert decide(mail, policy(), context()) == decide(mail, policy(), context())
