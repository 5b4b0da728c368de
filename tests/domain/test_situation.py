"""Who speaks, to whom, about which case, with which words (behaviour.md §3, §5, §6)."""

import re
from typing import Any

import pytest

from helpdeskctl.domain.case import Case, Status, Urgency
from helpdeskctl.domain.context import Context
from helpdeskctl.domain.mail_commands import COMMANDS, MailCommand
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.registry import Customer
from helpdeskctl.domain.rules import Rule
from helpdeskctl.domain.situation import (
    Situation,
    added,
    candidates,
    content_words,
    excused,
    gives_command,
    is_staff,
    situation,
    speaker,
)
from tests.builders import (
    ANNA,
    INTAKE,
    ROSSI,
    STRANGER,
    case,
    context,
    headers,
    message,
    numbers,
    policy,
    record,
)

DESK = frozenset({INTAKE})
ROSSI_SPA = Customer("Officine Rossi", ("capo@libero.it",), ("rossi.example",))
REOPEN, CLOSE = COMMANDS


def here(mail: Message | None = None, known: Context | None = None, **rules: Any) -> Situation:
    return situation(mail or message(), policy(**rules), known or context())


@pytest.mark.parametrize(
    ("mail", "speaks", "indirect"),
    [
        (message(), ANNA, False),
        (message(reply_to=(STRANGER,)), ANNA, False),
        (message(sender=Address("", INTAKE), reply_to=(ANNA,)), ANNA, True),
        (message(sender=Address("", INTAKE.upper()), reply_to=(ANNA,)), ANNA, True),
        (message(sender=Address("", INTAKE), reply_to=(ANNA, STRANGER)), Address("", INTAKE), True),
        (message(sender=Address("", INTAKE), reply_to=(Address("", INTAKE),)), Address("", INTAKE), True),
    ],
)
def test_behind_a_desk_address_the_only_reply_to_speaks(
    mail: Message, speaks: Address, indirect: bool
) -> None:
    assert speaker(mail, DESK) == (speaks, indirect)


@pytest.mark.parametrize(
    ("header", "speaks"),
    [
        ("Anna Verdi <anna.verdi@Cliente.Example>", ANNA),
        ('"Anna Verdi" <anna.verdi@cliente.example>', ANNA),
        ("anna.verdi@cliente.example", Address("", ANNA.address)),
        ("<anna.verdi@cliente.example>", Address("", ANNA.address)),
        # never more than one address, whatever stands there
        ("anna.verdi@cliente.example, ladro@altro.example", Address("", ANNA.address)),
        ("anna.verdi@cliente.example ladro@altro.example", Address("", ANNA.address)),
        ("nobody at all", Address("", INTAKE)),
        ("@", Address("", INTAKE)),
        ("x" * 5000 + " anna.verdi@cliente.example", Address("", INTAKE)),
    ],
)
@pytest.mark.parametrize("name", ["x_original_from", "x_original_sender"])
def test_a_group_tells_who_wrote(name: str, header: str, speaks: Address) -> None:
    mail = message(sender=Address("", INTAKE), headers=headers(**{name: header}))
    assert speaker(mail, DESK) == (speaks, True)


@pytest.mark.parametrize(
    ("changes", "to_desk", "to_staff"),
    [
        ({}, (INTAKE,), ()),
        ({"recipients": ("NuovoCaso@projectpp.it",)}, (INTAKE,), ()),
        ({"recipients": (ROSSI.address,)}, (), (ROSSI.address,)),
        ({"recipients": (INTAKE,), "envelope_recipients": ("supporto.tecnico@projectpp.it",)}, ("supporto.tecnico@projectpp.it",), ()),
        ({"recipients": (INTAKE,), "envelope_recipients": ("altro@altro.example",)}, (INTAKE,), ()),
        ({"recipients": ("helpdesk@projectpp.it",)}, (), ()),
        ({"recipients": (), "envelope_recipients": ("Helpdesk@projectpp.it",)}, (), ()),
    ],
)  # fmt: skip
def test_what_the_delivery_agent_noted_outranks_what_was_written(
    changes: dict[str, Any], to_desk: tuple[str, ...], to_staff: tuple[str, ...]
) -> None:
    rules = policy()
    rules = rules._replace(desk=rules.desk._replace(mailbox=("helpdesk@projectpp.it",)))
    seen = situation(message(**changes), rules, context())
    assert (seen.to_desk, seen.to_staff) == (to_desk, to_staff)


def test_a_desk_address_is_never_staff() -> None:
    rules = policy()
    assert is_staff("chiunque@PROJECTPP.it", rules)
    assert not is_staff(INTAKE, rules)
    assert not is_staff("supporto.tecnico@projectpp.it", rules)
    assert not is_staff("chiunque@altro.example", rules)
    named = rules._replace(desk=rules.desk._replace(staff=()))
    assert is_staff(ROSSI.address.upper(), named)
    assert not is_staff("chiunque@projectpp.it", named)


@pytest.mark.parametrize(
    ("sender", "customer", "theirs", "belongs"),
    [
        (ANNA, None, case(), True),
        (Address("", "ANNA.VERDI@cliente.example"), None, case(), True),
        (STRANGER, None, case(), False),
        (Address("", ROSSI.address), None, case(), True),
        (STRANGER, ROSSI_SPA, case(customer="Officine Rossi"), True),
        (STRANGER, ROSSI_SPA, case(customer="Bianchi"), False),
        (STRANGER, ROSSI_SPA, case(), False),
        (STRANGER, ROSSI_SPA, case(customer="Officine Rossi", customer_by_contract=True), False),
        (STRANGER, None, case(messages=(record(message(sender=STRANGER), kind="follow_up"),)), True),
        (STRANGER, None, case(messages=(record(message(sender=STRANGER), kind="follow_up", stranger=True),)), False),
        (STRANGER, None, case(messages=(record(message(sender=STRANGER), kind="automatic"),)), False),
        (STRANGER, None, case(messages=(record(message(sender=STRANGER), kind="bounce"),)), False),
        # who has no address is nobody, also where nobody opened the case
        (Address("", ""), None, case(requester=Address("", "")), False),
        (Address("", ""), None, case(messages=(record(message(sender=Address("", ""))),)), False),
    ],
)  # fmt: skip
def test_who_belongs_to_a_case(
    sender: Address, customer: Customer | None, theirs: Case, belongs: bool
) -> None:
    assert here(message(sender=sender), context(customer=customer)).belongs(theirs) is belongs


LISTED = headers(list_id="Assistenza <nuovocaso.projectpp.it>", precedence="list")


@pytest.mark.parametrize(
    ("mail", "customer", "machine"),
    [
        (message(), None, False),
        (message(headers=LISTED), None, False),
        (message(headers=headers(list_id="<novita.saloni.example>")), None, True),
        (message(headers=headers(list_id="<novita.saloni.example>")), Customer("C", (), ("cliente.example",)), False),
        (message(headers=headers(list_post="<mailto:tutti@rossi.example>")), ROSSI_SPA, False),
        (message(headers=headers(precedence="list")), None, True),
        (message(headers=headers(precedence="bulk", list_id="<nuovocaso.projectpp.it>")), None, True),
        # a machine that writes to a group is one all the same
        (message(headers=LISTED | headers(auto_submitted="auto-generated")), None, True),
        (message(headers=LISTED | headers(return_path="<>")), None, True),
    ],
)  # fmt: skip
def test_a_list_in_between_makes_no_machine_of_a_person(
    mail: Message, customer: Customer | None, machine: bool
) -> None:
    assert (here(mail, context(customer=customer)).automatic is not None) is machine


def test_a_trusted_sender_is_no_machine() -> None:
    mail = message(headers=headers(auto_submitted="auto-generated"))
    assert here(mail).automatic is not None
    assert here(mail, trusted=(ANNA.address,)).automatic is None
    assert here(mail, trusted=(ANNA.address,)).trusted


@pytest.mark.parametrize(
    ("subject", "own", "command"),
    [
        ("chiudere", "", "close"),
        ("Caso chiuso", "", "close"),
        ("riaprire il caso chiuso 7", "", "reopen"),
        ("Stampante", "", ""),
        ("R: Da chiudere il portone", "Da chiudere il portone", ""),
        ("Da chiudere il portone: chiudere", "R: Da chiudere il portone", "close"),
        ("chiuso", "Da chiudere il portone", "close"),
        ("non chiudere", "", ""),
    ],
)
def test_a_command_is_what_the_subject_adds(subject: str, own: str, command: str) -> None:
    seen = here(message(subject)).command(own)
    assert (seen.command.name if seen else "") == command


def test_a_rule_about_other_fields_says_nothing_of_the_subject() -> None:
    rule = Rule("direzione", ("sender",), "contains", ("direzione",), urgency=Urgency.critico)
    assert added(rule, "Dalla direzione", "") is None
    assert added(rule._replace(fields=("subject", "sender")), "Dalla direzione", "") is not None


def test_the_finding_tells_the_word_that_was_added() -> None:
    rule = Rule("chiudere", ("subject",), "contains", ("chiud",), command="close")
    found = added(rule, "R: Chiudere il portone - CHIUDETE", "Chiudere il portone")
    assert found is not None
    assert (found.matched, found.effect) == ("CHIUDETE", "command=close")


@pytest.mark.parametrize(
    ("subject", "looked_up"),
    [
        ("chiudere", True),
        ("Stampante", False),
        ("chiudere caso 7", False),
        ("non chiudere", False),
        ("urgente", False),
    ],
)
def test_candidates_are_looked_up_for_a_command_without_number(subject: str, looked_up: bool) -> None:
    assert gives_command(message(subject), policy()) is looked_up


def test_what_was_understood_as_no_command_is_told() -> None:
    found = excused("Impossibile chiudere il bilancio", policy().rules)
    assert found is not None
    assert (found.matched, found.effect) == ("chiudere", "no command")
    assert excused("chiudere", policy().rules) is None
    assert excused("Stampante", policy().rules) is None


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Caso chiuso, grazie!", ()),
        ("R: [Caso #7] CHIUDERE per favore", ()),
        ("chiudere il caso n. 12 e 13", ()),
        ("Chiudere la porta 8080", ("porta",)),
        ("L'ufficio è chiuso", ("l", "ufficio")),
        ("", ()),
    ],
)
def test_what_a_subject_says_besides_commands_numbers_and_filler(
    subject: str, words: tuple[str, ...]
) -> None:
    assert content_words(subject, policy().rules) == words
    assert here(message(subject)).bare_command() == (words == ())


@pytest.mark.parametrize(
    ("command", "subject", "expected"),
    [
        (CLOSE, "chiudere", [1, 2]),
        (REOPEN, "riaprire", [3]),
        (CLOSE, "Stampante guasta: chiudere", [1]),
        (CLOSE, "Scanner: chiudere", []),
    ],
)
def test_a_command_means_cases_it_can_be_carried_out_on(
    command: MailCommand, subject: str, expected: list[int]
) -> None:
    cases = (
        case(1, subject="R: Stampante guasta"),
        case(2, subject="Monitor"),
        case(3, subject="Scanner", status=Status.closed),
    )
    assert numbers(candidates(cases, command, subject, policy().rules)) == expected


def test_each_expression_of_a_rule_is_counted_by_itself() -> None:
    rule = Rule("chiudere", ("subject",), "regex", ("chiu.*", "fatto"), command="close")
    rule = rule._replace(compiled=(re.compile("chiudere"), re.compile("fatto")))
    assert added(rule, "Chiudere il portone", "Chiudere il portone") is None
    found = added(rule, "Chiudere il portone: fatto", "Chiudere il portone")
    assert found is not None and found.matched == "fatto"
