"""A technician's answer by mail, and a case for a telephone call; with fakes."""

from datetime import datetime

import pytest

from helpdeskctl.application import answering, calling
from helpdeskctl.application.answering import Answer, Post
from helpdeskctl.application.calling import Call
from helpdeskctl.application.desk import Desk, Effort
from helpdeskctl.domain.answers import reply_address
from helpdeskctl.domain.case import Case, OutgoingMail, Status, Urgency
from helpdeskctl.domain.errors import NoSuchCaseError, OvertakenError, RefusedError
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.registry import Customer, Registry
from tests.builders import ANNA, INTAKE, NOW, STRANGER, case, message, policy, record
from tests.fakes import FakeTexts, MemoryMailbox, MemoryStore, SetClock


def compose(mail: OutgoingMail, now: datetime) -> bytes:
    return f"{now.isoformat()} {mail.sender.address} {mail.to.address} {mail.subject}\n\n{mail.body}".encode()


def at_work(*cases: Case) -> tuple[MemoryStore, Desk, Post, MemoryMailbox]:
    store, mailbox = MemoryStore(), MemoryMailbox()
    store.cases = {one.number: one for one in cases}
    return store, Desk(store, FakeTexts(), policy(), SetClock(NOW), "rossi"), Post(mailbox, compose), mailbox


def test_an_answer_is_sent_kept_and_meets_the_due_time() -> None:
    store, desk, post, mailbox = at_work(case(7, marks=("news",), waiting_since=NOW))
    done = answering.reply(7, desk, post, Answer("Provi ora.", ANNA, 1, Effort(20)))
    assert store.cases[7] == done
    assert (done.responded_at, done.waiting_since, done.marks, done.minutes) == (NOW, None, (), 20)
    [mail] = done.outgoing
    assert (mail.kind, mail.to, mail.state) == ("reply", ANNA, "waiting")
    assert "note=Provi ora." in mail.body and "technician=Mario Rossi" in mail.body
    assert ("In-Reply-To", "<1@cliente.example>") in mail.headers
    assert "Auto-Submitted" not in dict(mail.headers)
    kept = done.messages[-1]
    assert (kept.kind, kept.message_id, kept.sender) == ("reply", mail.message_id, mail.sender)
    assert store.raw(kept.path) == f"tmp/{kept.key}"
    assert mailbox.folders == {"Cases.2026-11": [kept.key]}
    assert b"Provi ora." in mailbox.prepared[kept.key]
    assert [(e.by, e.event) for e in done.history[1:]] == [("rossi", "replied")]


def test_two_answers_in_one_second_are_two_mails() -> None:
    _, desk, post, _ = at_work(case(7))
    answering.reply(7, desk, post, Answer("Uno", ANNA, None))
    done = answering.reply(7, desk, post, Answer("Due", ANNA, None))
    assert len({mail.message_id for mail in done.outgoing}) == 2


def test_nothing_is_sent_when_mail_came_in_meanwhile() -> None:
    later = record(message("Lasci stare", sender=STRANGER), "2")
    store, desk, post, mailbox = at_work(case(7, messages=(*case(7).messages, later)))
    with pytest.raises(OvertakenError, match=STRANGER.address):
        answering.reply(7, desk, post, Answer("Provi ora.", ANNA, 1))
    assert (store.commits, mailbox.prepared) == (0, {})
    assert answering.reply(7, desk, post, Answer("Provi ora.", ANNA, 2)).responded_at == NOW


def test_the_others_see_that_somebody_is_writing_until_it_is_sent_or_given_up() -> None:
    store, desk, post, _ = at_work(case(7))
    begun = answering.begin(7, desk)
    assert begun.drafting is not None and begun.drafting.by == "rossi"
    answering.abandon(7, desk)
    assert store.cases[7] == case(7)
    answering.abandon(7, desk)
    answering.begin(7, desk)
    assert answering.reply(7, desk, post, Answer("x", ANNA, 1)).drafting is None


def test_a_case_without_an_address_or_that_was_merged_is_not_answered() -> None:
    _, desk, post, _ = at_work(case(7, requester=Address("", "")), case(8, merged_into=7))
    for number, words in ((7, "no address"), (8, "merged into #7")):
        with pytest.raises(RefusedError, match=words):
            answering.reply(number, desk, post, Answer("x", ANNA, None))
    with pytest.raises(NoSuchCaseError):
        answering.begin(9, desk)


def test_a_rehearsed_answer_leaves_nothing_behind() -> None:
    store, desk, post, mailbox = at_work(case(7))
    done = answering.reply(7, desk._replace(rehearsal=True), post, Answer("x", ANNA, 1))
    assert done.responded_at == NOW
    assert (store.commits, mailbox.prepared, store.kept) == (0, {}, {})


def test_answering_a_suspended_or_closed_case_leaves_it_so() -> None:
    for status in (Status.suspended, Status.closed):
        _, desk, post, _ = at_work(case(7, status=status))
        assert answering.reply(7, desk, post, Answer("x", ANNA, 1)).status is status


def test_an_answer_goes_where_the_latest_mail_wants_it() -> None:
    first = case(7).messages[0]
    assert reply_address(case(7)) == ANNA
    wanted = case(7, messages=(first._replace(reply_to="ordini@cliente.example"),))
    assert reply_address(wanted) == Address(ANNA.name, "ordini@cliente.example")
    later = record(message("Di nuovo", message_id="9@x"), "2")
    assert reply_address(wanted._replace(messages=(*wanted.messages, later))) == ANNA
    stranger = record(message("x", sender=STRANGER, message_id="8@x"), "3", reply_to="esca@altro.example")
    assert reply_address(case(7, messages=(first, stranger))) == ANNA


# --- telephone calls ---


def heard(**changes: object) -> Message:
    return message(
        str(changes.pop("subject", "Il server non risponde")), text="Da stamattina. Contratto: 12", **changes
    )


def opened(call: Call, desk: Desk, post: Post, mail: Message | None = None) -> Case:
    said = mail or heard()
    return calling.opened(call, desk, post, lambda _path, at: said._replace(arrived_at=at))


def test_a_call_becomes_a_case_like_any_other() -> None:
    store, desk, post, mailbox = at_work(case(7))
    store.registered = Registry((Customer("Officine Rossi", (ANNA.address,), ()),))
    call = Call(ANNA, "Il server non risponde", "Da stamattina. Contratto: 12")
    done = opened(call, desk, post)
    assert store.cases[8] == done
    assert (done.number, done.sector, done.customer, done.requester) == (8, "tecnico", "Officine Rossi", ANNA)
    assert done.contract is not None and done.contract.number == "12"
    assert (done.history[0].by, done.history[0].event) == ("rossi", "opened")
    assert (done.messages[0].kind, done.messages[0].key) == ("request", "ours-0")
    assert mailbox.folders == {"Cases.2026-11": ["ours-0"]}
    assert f"{ANNA.address} {INTAKE} Il server".encode() in mailbox.prepared["ours-0"]
    assert [mail.kind for mail in done.outgoing] == ["acknowledgement"]
    assert done.responded_at is None and done.due_at is not None


def test_what_the_technician_says_outranks_the_rules() -> None:
    _, desk, post, _ = at_work()
    call = Call(ANNA, "URGENTE mago", "x", sector="tecnico", urgency=Urgency.critico)
    done = opened(call, desk, post, heard(subject="URGENTE mago"))
    assert (done.sector, done.urgency) == ("tecnico", Urgency.critico)
    effects = [finding.effect for finding in done.history[0].because]
    assert not any(effect.startswith(("sector=", "urgency=")) for effect in effects)
    by_rule = opened(Call(ANNA, "URGENTE mago", "x"), desk, post, heard(subject="URGENTE mago"))
    assert (by_rule.sector, by_rule.urgency) == ("gestionale", Urgency.urgente)
    assert Finding("mago", "subject", "mago", "sector=gestionale") in by_rule.history[0].because


@pytest.mark.parametrize("call", [Call(ANNA, "x", "y", tell=False), Call(Address("Anna", ""), "x", "y")])
def test_a_call_is_not_confirmed_where_that_is_not_wanted_or_not_possible(call: Call) -> None:
    _, desk, post, _ = at_work()
    assert opened(call, desk, post, heard(sender=call.caller)).outgoing == ()


def test_a_call_that_names_a_case_is_still_a_new_one() -> None:
    _, desk, post, _ = at_work(case(7))
    done = opened(Call(ANNA, "caso 7 chiudere", "x"), desk, post, heard(subject="caso 7 chiudere"))
    assert (done.number, done.related, done.status) == (8, (), Status.open)
