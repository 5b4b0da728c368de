"""The table of behaviour.md §4, line by line, and who may do what (§5, §6)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from helpdeskctl.domain import answers, effects
from helpdeskctl.domain.case import Case, ContractCited, Related, Status, Urgency
from helpdeskctl.domain.context import Known
from helpdeskctl.domain.decision import TABLE, decide
from helpdeskctl.domain.message import Address, Attachment, Envelope, Message, Report
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.reference import bounce_address, loop_mark, message_id
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

CASE = case(7)
CLOSED = case(7, status=Status.closed, closed_at=NOW - timedelta(days=1), waiting_since=None)
CUSTOMER = Customer("Officine Rossi", (), ("cliente.example",))
COLLEAGUE = Address("Luca", "luca@cliente.example")
STAFF = Address("Mario Rossi", ROSSI.address)
AUTHENTIC = headers(authentication_results="mx.projectpp.it; dmarc=pass header.from=cliente.example")


def decided(mail: Message, **known: Any) -> Decision:
    return decide(mail, policy(), context(**known))


def about(subject: str, **changes: Any) -> Message:
    return message(f"R: [Caso #7] {subject}", message_id="2@cliente.example", **changes)


# --- the lines ---


def test_the_table_has_the_lines_of_the_specification_in_their_order() -> None:
    assert [row.name for row in TABLE] == [
        "known", "repeated", "own mail", "spam", "bounce", "automatic answer", "personal", "cron", "names a case", "new",
    ]  # fmt: skip


@pytest.mark.parametrize(("same", "outcome"), [(True, "opened"), (False, "duplicate")])
def test_a_known_mail_keeps_its_outcome_or_is_a_duplicate(same: bool, outcome: str) -> None:
    known = Known(CASE, record(message()), same_delivery=same)
    told = decided(message(headers=headers(x_spam_flag="YES")), known=known)
    assert (told.line, told.outcome, told.case) == ("known", outcome, 7)


def test_the_same_mail_with_another_body_is_recorded_unanswered() -> None:
    told = decided(message(), repeated=CASE)
    assert (told.line, told.outcome, told.case, told.answer) == ("repeated", "followed_up", 7, "")


def test_our_own_mail_come_back_is_ignored() -> None:
    assert decided(message(), ours_itself=True).line == "own mail"
    told = decided(message(headers=headers(x_helpdeskctl_loop=loop_mark(SECRET))), referenced=CASE)
    assert (told.line, told.outcome) == ("own mail", "ignored")


@pytest.mark.parametrize(
    "mail",
    [
        message(headers=headers(x_helpdeskctl_loop="0" * 20)),
        message(headers=headers(x_helpdeskctl_loop=loop_mark(b"another desk"))),
        message(sender=Address("", INTAKE), reply_to=(ANNA,)),
        message(sender=Address("", INTAKE)),
    ],
)
def test_what_only_looks_like_our_own_mail_is_somebodys(mail: Message) -> None:
    assert decided(mail).outcome == "opened"


def test_spam_is_held_but_never_a_customers_or_a_reply() -> None:
    mail = message(headers=headers(x_spam_flag="YES"))
    assert (decided(mail).line, decided(mail).outcome) == ("spam", "held")
    assert decided(mail, customer=CUSTOMER).outcome == "opened"
    assert decided(mail, referenced=CASE).outcome == "followed_up"
    assert decided(message(headers=headers(x_spam_flag="NO"))).outcome == "opened"


FAILED = Report("failed", "anna@cliente.example", "x", "550 no such user")


def test_a_bounce_is_recorded_on_the_case_whose_mail_came_back() -> None:
    told = decided(message(sender=Address("", "mailer-daemon@mx.example"), report=FAILED), returned=CASE)
    assert (told.line, told.outcome, told.case, told.kind) == ("bounce", "followed_up", 7, "bounce")
    assert told.marks == ("undelivered",)
    assert told.answer == ""
    assert decided(message(report=FAILED)).outcome == "ignored"


def test_mail_to_the_bounce_address_is_a_bounce() -> None:
    rules = policy(bounces="rimbalzi@projectpp.it")
    tagged = bounce_address("rimbalzi@projectpp.it", 7, SECRET)
    null = headers(return_path="<>")
    for recipient in (tagged, "rimbalzi@projectpp.it"):
        told = decide(message(recipients=(recipient,), headers=null), rules, context(returned=CASE))
        assert (told.line, told.case) == ("bounce", 7)
    # A person who writes there has written to us.
    assert decide(message(recipients=("rimbalzi@projectpp.it",)), rules, context()).outcome == "opened"


AUTOMATIC_ANSWERS: Mapping[str, Message] = {
    "auto-replied": message(headers=headers(auto_submitted="auto-replied (vacation)")),
    "x-autoreply": message(headers=headers(x_autoreply="yes")),
    "delayed": message(report=Report("delayed", "", "", "")),
    "delivered": message(report=Report("delivered", "", "", "")),
    "read receipt": message(report=Report("displayed", "", "", "")),
    "risposta automatica": message("Risposta automatica: Stampante"),
    "fuori sede": message("Fuori sede: Stampante"),
    "in ferie": message("In ferie: Stampante"),
    "messaggio di assenza": message("Messaggio di assenza Re: Stampante"),
    "ooo": message("OOO: Stampante"),
    "automatic reply": message("Automatic reply: Printer"),
    "out of office": message("Out of office"),
    "letto": message("Letto: Stampante"),
    "re automatic": message("Automatic reply: Re: Printer"),
}


@pytest.mark.parametrize("mail", AUTOMATIC_ANSWERS.values(), ids=AUTOMATIC_ANSWERS)
def test_an_automatic_answer_changes_nothing(mail: Message) -> None:
    alone = decided(mail)
    assert (alone.line, alone.outcome, alone.answer) == ("automatic answer", "ignored", "")
    on_case = decided(mail, referenced=CLOSED, ours_referenced=True)
    assert (on_case.outcome, on_case.case, on_case.kind) == ("followed_up", 7, "automatic")
    assert on_case.marks == () and not on_case.acknowledge and on_case.answer == ""


@pytest.mark.parametrize(
    "subject",
    [
        "La risposta automatica non parte",
        "Letto e approvato il preventivo",
        "Fuori servizio la stampante",
        "letto",
    ],
)
def test_a_customer_who_writes_about_such_things_is_no_machine(subject: str) -> None:
    assert decided(message(subject)).outcome == "opened"


def test_automatic_mail_that_answers_ours_is_an_automatic_answer() -> None:
    mail = message(headers=headers(auto_submitted="auto-generated"))
    assert decided(mail, referenced=CASE, ours_referenced=True).kind == "automatic"
    assert decided(mail, referenced=CASE, ours_referenced=True).line == "automatic answer"


def test_a_trusted_sender_is_a_person_whatever_the_headers_say() -> None:
    rules = policy(trusted=(ANNA.address,))
    mail = message(headers=headers(auto_submitted="auto-replied", precedence="bulk"))
    told = decide(mail, rules, context())
    assert (told.outcome, told.acknowledge) == ("opened", True)


def test_mail_only_to_personal_addresses_is_not_considered() -> None:
    told = decided(message(recipients=("mario.rossi@projectpp.it",)))
    assert (told.line, told.outcome) == ("personal", "ignored")
    assert decided(message(recipients=("chiunque@projectpp.it",))).line == "personal"
    both = message(recipients=("mario.rossi@projectpp.it", INTAKE))
    assert decided(both).outcome == "opened"
    delivered = message(recipients=("mario.rossi@projectpp.it",), envelope_recipients=(INTAKE,))
    assert decided(delivered).outcome == "opened"


def test_who_was_addressed_by_bcc_has_written_to_the_intake_address() -> None:
    assert decided(message(recipients=())).outcome == "opened"
    assert decided(message(recipients=("cliente@altro.example",))).outcome == "opened"


def test_crons_own_mail_is_ignored() -> None:
    mail = message(sender=Address("Cron", "root@server.local"), headers=headers(x_cron_env="<SHELL=/bin/sh>"))
    assert (decided(mail).line, decided(mail).outcome) == ("cron", "ignored")
    assert decided(message(headers=headers(x_cron_env="x"))).outcome == "opened"


# --- a new case ---


@pytest.mark.parametrize(
    ("mail", "sector"),
    [
        (message(), "tecnico"),
        (message("Mago4 non parte"), "gestionale"),
        (message(text="nel MAGO.NET"), "gestionale"),
        (message("Mago4", recipients=("supporto.tecnico@projectpp.it",)), "tecnico"),
        (message(recipients=("supporto.gestionale@projectpp.it",)), "gestionale"),
        (message("Mago4", recipients=("supporto.gestionale@projectpp.it", "supporto.tecnico@projectpp.it")), "gestionale"),
        (message(recipients=("supporto.gestionale@projectpp.it", "supporto.tecnico@projectpp.it")), "tecnico"),
        (message(recipients=(INTAKE, "supporto.gestionale@projectpp.it")), "gestionale"),
        (message(recipients=("supporto.gestionale@projectpp.it",), envelope_recipients=("supporto.tecnico@projectpp.it",)), "tecnico"),
    ],
)  # fmt: skip
def test_the_sector_by_address_by_rule_by_default(mail: Message, sector: str) -> None:
    told = decided(mail)
    assert told.sector == sector
    assert any(f.effect == f"sector={sector}" for f in told.because)


@pytest.mark.parametrize(
    ("subject", "urgency"),
    [
        ("Stampante", Urgency.normale),
        ("URGENTE stampante", Urgency.urgente),
        ("critico e urgente", Urgency.critico),
        ("Urgentissimo", Urgency.normale),
    ],
)
def test_the_highest_urgency_in_the_subject_counts(subject: str, urgency: Urgency) -> None:
    assert decided(message(subject, text="urgente critico")).urgency is urgency


def test_a_contract_is_judged_and_gives_a_customer_but_no_rights() -> None:
    contracts = {"12": Contract("12", "Officine Rossi", None, None)}
    told = decided(message(text="Contratto: 12"), contracts=contracts, registry_empty=False)
    assert told.contract == ContractCited("12", "valid")
    assert (told.customer, told.customer_by_contract) == ("Officine Rossi", True)
    known = decided(
        message(text="Contratto: 12"), contracts=contracts, customer=CUSTOMER, registry_empty=False
    )
    assert (known.customer, known.customer_by_contract) == ("Officine Rossi", False)
    other = Customer("Altri", (), ("cliente.example",))
    foreign = decided(
        message(text="Contratto: 12"), contracts=contracts, customer=other, registry_empty=False
    )
    assert foreign.contract == ContractCited("12", "foreign")
    assert foreign.customer == "Altri"


@pytest.mark.parametrize(
    ("subject", "text", "attached", "incomplete"),
    [
        ("Siamo bloccati", "Non parte il programma delle fatture da ieri", 0, True),
        ("aiuto", "", 0, True),
        ("", "testo con abbastanza parole dentro", 0, True),
        ("URGENTE!!", "testo con abbastanza parole dentro", 0, True),
        ("Problema emissione fatture", "chiamateci", 0, True),
        ("Problema emissione fatture", "", 1, False),
        ("Problema emissione fatture", "si blocca al numero 12", 0, False),
    ],
)
def test_minimum_requirements(subject: str, text: str, attached: int, incomplete: bool) -> None:
    files = (Attachment("a.png", "image/png", 3, "f"),) * attached
    assert ("incomplete" in decided(message(subject, text=text, attachments=files)).marks) is incomplete


UNANSWERED: Mapping[str, Message] = {
    "alarm": message(headers=headers(auto_submitted="auto-generated")),
    "bulk": message(headers=headers(precedence="bulk")),
    "list": message(headers=headers(list_id="<novita.saloni.example>")),
    "null return path": message(headers=headers(return_path="<>")),
    "no reply": message(sender=Address("", "noreply@cliente.example")),
    "suppress all": message(headers=headers(x_auto_response_suppress="All")),
    "suppress some": message(headers=headers(x_auto_response_suppress="DR, OOF, AutoReply")),
    "desk": message(sender=Address("", INTAKE)),
    "no address": message(sender=Address("Anna", "")),
    "old": message(arrived_at=NOW - timedelta(days=6)),
}


@pytest.mark.parametrize("mail", UNANSWERED.values(), ids=UNANSWERED)
def test_automatic_mail_opens_a_case_and_is_never_answered(mail: Message) -> None:
    told = decided(mail)
    assert (told.outcome, told.acknowledge) == ("opened", False)
    assert told.reason


ANSWERED: Mapping[str, Message] = {
    "person": message(),
    "auto-submitted no": message(headers=headers(auto_submitted="no")),
    "suppress some": message(headers=headers(x_auto_response_suppress="DR, RN, NRN")),
    "our list": message(headers=headers(list_id="Acquisti <acquisti.projectpp.it>", precedence="list")),
}


@pytest.mark.parametrize("mail", ANSWERED.values(), ids=ANSWERED)
def test_a_person_is_answered(mail: Message) -> None:
    assert decided(mail).acknowledge


def test_a_customers_own_list_is_a_person_in_between() -> None:
    mail = message(sender=STRANGER, headers=headers(list_post="<mailto:acquisti@cliente.example>"))
    assert not decided(mail).acknowledge
    assert decided(mail, customer=CUSTOMER).acknowledge


# --- which case, and who may ---


@pytest.mark.parametrize(
    ("sender", "known", "line"),
    [
        (ANNA, {}, "names a case"),
        (Address("", "ANNA.Verdi@cliente.example"), {}, "names a case"),
        (COLLEAGUE, {"customer": CUSTOMER}, "names a case"),
        (STAFF, {}, "names a case"),
        (COLLEAGUE, {}, "new"),
        (STRANGER, {}, "new"),
    ],
)
def test_a_number_alone_is_for_those_who_belong(sender: Address, known: dict[str, Any], line: str) -> None:
    theirs = case(7, customer="Officine Rossi")
    assert decided(about("novità", sender=sender), numbered=(theirs,), **known).line == line


def test_a_customer_known_by_contract_alone_makes_no_colleagues() -> None:
    theirs = case(7, customer="Officine Rossi", customer_by_contract=True)
    told = decided(about("novità", sender=COLLEAGUE), numbered=(theirs,), customer=CUSTOMER)
    assert told.line == "new"


def test_who_took_part_as_a_stranger_does_not_belong_for_that() -> None:
    joined = case(7, messages=(record(message(sender=STRANGER), stranger=True),))
    assert decided(about("chiudere", sender=STRANGER), numbered=(joined,)).outcome == "opened"
    invited = case(7, messages=(record(message(sender=STRANGER)),))
    assert decided(about("chiudere", sender=STRANGER), numbered=(invited,)).outcome == "closed"


def test_a_stranger_learns_nothing_of_whether_a_case_exists() -> None:
    existing = decided(about("chiudere", sender=STRANGER), numbered=(CASE,))
    missing = decided(about("chiudere", sender=STRANGER))
    assert existing == missing
    assert existing.related == (Related(7, "cited"),)
    told = [
        answers.acknowledgement(one, record(about("chiudere", sender=STRANGER)), case(8), policy(), True)
        for one in (existing, missing)
    ]
    assert told[0] == told[1]


def test_a_stranger_who_replies_is_recorded_and_changes_nothing() -> None:
    told = decided(about("chiudere", sender=STRANGER), referenced=CASE, ours_referenced=True)
    assert (told.outcome, told.case, told.command, told.answer) == ("followed_up", 7, "", "")
    assert set(told.marks) == {"stranger", "news"}
    kept = effects.about(told, record(message(sender=STRANGER), stranger=True), CASE, policy(), NOW).case
    assert kept.status is Status.open


def test_a_number_alone_does_not_wake_a_case_closed_long_ago() -> None:
    old = case(7, status=Status.closed, closed_at=NOW - timedelta(days=31))
    told = decided(about("ancora lo stesso"), numbered=(old,))
    assert (told.line, told.related) == ("new", (Related(7, "earlier"),))
    assert decided(about("riaprire"), numbered=(old,)).outcome == "reopened"
    assert decided(about("ancora"), referenced=old).line == "names a case"


# --- commands ---


@pytest.mark.parametrize(
    ("subject", "known", "outcome"),
    [
        ("Stampante guasta al secondo piano - chiudere", CASE, "closed"),
        ("chiuso", CASE, "closed"),
        ("Caso chiuso, grazie", CASE, "closed"),
        ("CHIUDERE", CASE, "closed"),
        ("riaprire", CLOSED, "reopened"),
        ("riaprire il caso chiuso 7", CLOSED, "reopened"),
        ("non chiudere ancora", CASE, "followed_up"),
        ("grazie!", CASE, "followed_up"),
    ],
)
def test_a_command_in_what_the_subject_adds(subject: str, known: Case, outcome: str) -> None:
    assert decided(about(subject), numbered=(known,)).outcome == outcome


@pytest.mark.parametrize(
    ("subject", "outcome"),
    [
        ("R: [Caso #7] Impossibile chiudere la fattura", "followed_up"),
        ("R: [Caso #7] Impossibile chiudere la fatt…", "followed_up"),
        ("R: [Caso #7] Impossibile chiudere la fattura - chiudere", "closed"),
        ("[Caso #7] chiudere", "closed"),
    ],
)
def test_the_cases_own_words_are_no_command(subject: str, outcome: str) -> None:
    own = case(7, subject="Impossibile chiudere la fattura")
    plain = case(7, subject="Da chiudere il portone")
    assert decided(message(subject), numbered=(own,)).outcome == outcome
    assert decided(message("R: [Caso #7] Da chiudere il portone"), numbered=(plain,)).outcome == "followed_up"
    assert (
        decided(message("R: [Caso #7] Da chiudere il portone, chiudere"), numbered=(plain,)).outcome
        == "closed"
    )


def test_already_so_is_recorded_and_told() -> None:
    told = decided(about("chiudere"), numbered=(CLOSED,))
    assert (told.outcome, told.command, told.noted, told.answer) == (
        "followed_up", "", "already so", "already_closed",
    )  # fmt: skip
    assert decided(about("riaprire"), numbered=(CASE,)).answer == "already_reopened"


def test_a_number_that_does_not_exist_counts_as_one_of_several() -> None:
    assert decided(message("chiudere caso 7 e caso 99"), numbered=(CASE,)).answer == "several_numbers"


def test_a_mail_system_that_returned_something_does_not_belong_for_that() -> None:
    daemon = Address("", "mailer-daemon@mx.example")
    returned = case(7, messages=(record(message(sender=daemon), kind="bounce"),))
    assert decided(about("chiudere", sender=daemon), numbered=(returned,)).outcome == "opened"


def test_several_numbers_carry_out_nothing() -> None:
    told = decided(message("chiudere caso 7 e caso 8"), numbered=(CASE, case(8)))
    assert (told.outcome, told.case, told.answer) == ("followed_up", 7, "several_numbers")
    assert told.noted


@pytest.mark.parametrize(
    ("subject", "cases", "expected"),
    [
        ("chiudere", (CASE,), ("closed", 7)),
        ("Caso chiuso, grazie", (CASE,), ("closed", 7)),
        ("chiudere", (CASE, case(8)), ("opened", None)),
        ("chiudere", (CLOSED,), ("opened", None)),
        ("riaprire", (CLOSED, case(8)), ("reopened", 7)),
        ("Stampante guasta al secondo piano: chiudere", (CASE, case(8, subject="Altro")), ("closed", 7)),
        ("Impossibile chiudere il bilancio", (CASE,), ("opened", None)),
        ("Chiudere la porta 8080 sul firewall", (CASE,), ("opened", None)),
        ("chiudere", (), ("opened", None)),
    ],
)
def test_a_command_without_a_number_means_the_only_case_it_can_mean(
    subject: str, cases: tuple[Case, ...], expected: tuple[str, int | None]
) -> None:
    told = decided(message(subject, message_id="2@cliente.example"), candidates=cases)
    assert (told.outcome, told.case) == expected


def test_a_bare_command_that_could_mean_several_lists_them() -> None:
    told = decided(message("chiudere"), candidates=(CASE, case(8), CLOSED))
    assert [c.number for c in told.choices] == [7, 8]
    assert decided(message("Chiudere la porta 8080"), candidates=(CASE, case(8))).choices == ()


REFUSED: Mapping[str, tuple[Message, dict[str, Any]]] = {
    "automatic": (about("chiudere", headers=headers(precedence="bulk")), {}),
    "group": (about("chiudere", sender=Address("", INTAKE), headers=headers(x_original_from="anna.verdi@cliente.example")), {}),
    "staff": (about("chiudere", sender=STAFF), {}),
    "faulty envelope": (about("chiudere", envelope=Envelope("errore", ANNA.address, Address("", "p@gestore.example"))), {}),
    "another in the envelope": (
        about("chiudere", envelope=Envelope("posta-certificata", "altro@cliente.example", Address("", "p@gestore.example"))), {},
    ),
    "unverified": (about("chiudere"), {"authserv_id": "mx.projectpp.it"}),
    "failed": (
        about("chiudere", headers=headers(authentication_results="mx.projectpp.it; dmarc=fail header.from=cliente.example")),
        {"authserv_id": "mx.projectpp.it"},
    ),
    "verified by another server": (about("chiudere", headers=AUTHENTIC), {"authserv_id": "mx.altro.example"}),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "rules"), REFUSED.values(), ids=REFUSED)
def test_a_command_is_noted_and_not_carried_out(mail: Message, rules: dict[str, Any]) -> None:
    told = decide(mail, policy(**rules), context(numbered=(CASE,), referenced=CASE))
    assert (told.outcome, told.command) == ("followed_up", "")
    assert told.noted
    done = effects.about(told, record(mail), CASE, policy(), NOW)
    assert done.case.status is Status.open
    assert "command_noted" in {event.event for event in done.events}


def test_a_verified_sender_is_obeyed() -> None:
    told = decide(
        about("chiudere", headers=AUTHENTIC), policy(authserv_id="mx.projectpp.it"), context(numbered=(CASE,))
    )
    assert told.outcome == "closed"
    trusted = headers(authentication_results="mx.projectpp.it; dmarc=pass header.from=projectpp.it")
    staff = about("chiudere", sender=STAFF, headers=trusted)
    assert decide(staff, policy(authserv_id="mx.projectpp.it"), context(numbered=(CASE,))).outcome == "closed"


def test_no_automatic_answer_goes_where_verification_failed() -> None:
    failed = headers(authentication_results="mx.projectpp.it; dmarc=fail header.from=cliente.example")
    told = decide(message(headers=failed), policy(authserv_id="mx.projectpp.it"), context())
    assert (told.outcome, told.acknowledge) == ("opened", False)


# --- follow-ups ---


def followed_up(mail: Message, before: Case, rules: Any = None) -> Case:
    rules = rules or policy()
    told = decide(mail, rules, context(referenced=before))
    return effects.about(told, effects.record_of(mail, told, "2", "mail/2"), before, rules, NOW).case


def test_a_suspended_case_is_open_again() -> None:
    assert followed_up(about("ecco"), case(7, status=Status.suspended)).status is Status.open


def test_thanks_do_not_reopen_a_closed_case_and_how_to_is_told_once() -> None:
    told = decided(about("grazie!"), referenced=CLOSED)
    assert (told.outcome, told.answer) == ("followed_up", "closed_follow_up")
    after = followed_up(about("grazie!"), CLOSED)
    assert (after.status, after.marks, after.waiting_since) == (Status.closed, ("news",), NOW)
    assert decided(about("grazie!"), referenced=after).answer != "closed_follow_up"


def test_urgency_is_raised_never_lowered_and_the_due_time_only_comes_nearer() -> None:
    before = effects.opened(decided(message()), record(message()), 7, policy()).case
    after = followed_up(about("ora è CRITICO"), before)
    assert after.urgency is Urgency.critico
    assert before.due_at is not None and after.due_at is not None and after.due_at < before.due_at
    assert "escalated" in {event.event for event in after.history}
    assert followed_up(about("urgente"), after).urgency is Urgency.critico
    late = followed_up(about("urgente", arrived_at=NOW + timedelta(days=2)), before)
    assert late.due_at == before.due_at


def test_a_contract_is_taken_where_there_was_none() -> None:
    assert followed_up(about("dati", text="Contratto: 12"), CASE).contract == ContractCited("12", "unknown")
    has = case(7, contract=ContractCited("1", "valid"))
    assert followed_up(about("dati", text="Contratto: 12"), has).contract == ContractCited("1", "valid")
    quoted = about("dati", text="> Contratto: 12", new_text="")
    assert followed_up(quoted, CASE).contract is None


def test_the_address_to_use_next_time_is_told_once() -> None:
    told = decided(about("ancora"), referenced=CASE)
    assert told.answer == "intake_hint"
    assert decided(about("ancora"), referenced=followed_up(about("ancora"), CASE)).answer == ""
    to_sector = about("ancora", recipients=("supporto.tecnico@projectpp.it",))
    assert decided(to_sector, referenced=CASE).answer == ""
    assert decided(about("chiudere"), referenced=CASE).answer == "closed"


def test_the_oldest_unanswered_mail_counts() -> None:
    first = followed_up(about("uno"), case(7, waiting_since=None))
    second = followed_up(about("due", arrived_at=NOW + timedelta(hours=3)), first)
    assert second.waiting_since == NOW


def test_staff_mail_is_an_answer_where_the_requester_reads_it_and_a_note_elsewhere() -> None:
    answer = followed_up(about("ecco", sender=STAFF, recipients=(ANNA.address,)), case(7, marks=("news",)))
    assert (answer.responded_at, answer.waiting_since, answer.marks) == (NOW, None, ())
    assert decided(about("nota", sender=STAFF), referenced=CASE).answer == "internal_note"
    assert decided(about("ecco", sender=STAFF, recipients=(ANNA.address,)), referenced=CASE).answer == ""
    note = followed_up(about("nota", sender=STAFF), case(7, status=Status.suspended))
    assert (note.status, note.responded_at) == (Status.suspended, None)
    assert "noted" in {event.event for event in note.history}


def test_a_made_up_message_id_of_ours_gives_nothing() -> None:
    ours = message_id(7, "0", b"guessed", "projectpp.it")
    assert decided(message("chiudere", references=(ours,), sender=STRANGER)).line == "new"
