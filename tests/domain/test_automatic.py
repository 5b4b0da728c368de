"""Mail that no person wrote: what it is, and whether it may be answered (behaviour.md §4)."""

import pytest

from helpdeskctl.domain.automatic import automatic_answer, automatic_mail, by_machine, unanswerable
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.message import Address, Report
from helpdeskctl.domain.registry import Customer
from tests.builders import ANNA, STRANGER, headers, message

CUSTOMER = Customer("Cliente", (), ("cliente.example",))
OURS = frozenset({"projectpp.it"})


def answer(subject: str = "Stampante guasta", **said: str) -> Finding | None:
    return automatic_answer(message(subject, headers=headers(**said)))


@pytest.mark.parametrize("kind", ["delayed", "delivered", "displayed", "accepted"])
def test_a_report_that_is_no_failure_is_an_automatic_answer(kind: str) -> None:
    found = automatic_answer(message(report=Report(kind, "", "", "")))
    assert found is not None and found.matched == kind


def test_a_failure_is_no_automatic_answer_but_a_bounce() -> None:
    assert automatic_answer(message(report=Report("failed", "", "", ""))) is None


@pytest.mark.parametrize(
    ("name", "value", "automatic"),
    [
        ("auto_submitted", "auto-replied", True),
        ("auto_submitted", " Auto-Replied; owner-email=anna@cliente.example", True),
        ("auto_submitted", "auto-replied (vacation)", True),
        ("auto_submitted", "auto-generated", False),
        ("auto_submitted", "no", False),
        ("precedence", "auto_reply", True),
        ("precedence", "bulk", False),
        ("x_autoreply", "yes", True),
        ("x_autoreply", "no", False),
        ("x_autoreply", "", False),
        ("x_autorespond", "1", True),
    ],
)
def test_headers_of_an_automatic_answer(name: str, value: str, automatic: bool) -> None:
    found = answer(**{name: value})
    assert (found is not None) is automatic
    assert found is None or (found.field, found.effect) == (name.replace("_", "-"), "automatic answer")


@pytest.mark.parametrize(
    "subject",
    [
        "Risposta automatica: [Caso #7] Stampante", "RISPOSTA AUTOMATICA: x", "Risposta automatica", "Fuori sede: x",
        "Fuori ufficio: x", "Fuori sede", "Assente: x", "Automatic reply: x", "Automatic reply: Re: x",
        "Automatic response: x", "Auto-Reply: x", "Autoreply: x", "Out of Office: x", "Out of office",
        "Out of Office AutoReply: x", "Automatische Antwort: x", "Abwesenheitsnotiz: x", "Réponse automatique : x",
        "Respuesta automática: x", "Letto: x", "Letta: x", "Non letto: x", "Read: x", "Not read: x", "Delivered: x",
        "Recapitato: x", "Conferma di lettura: x", "Letto\uff1a x", "Fuori  sede\u00a0: x",
    ],
)  # fmt: skip
def test_subjects_of_an_automatic_answer(subject: str) -> None:
    assert answer(subject) is not None


@pytest.mark.parametrize(
    "subject",
    [
        "", "Stampante", "letto", "Assente", "Read", "Delivered", "Autoreply", "Re: Out of office",
        "R: Fuori sede: ora sono tornato", "La risposta automatica non parte: come mai?", "Lettore: guasto",
        "Fuori sede Milano: router spento", "Out of office rules: how?", "Ho letto: va bene", "[Caso #7] letto",
    ],
)  # fmt: skip
def test_subjects_that_a_person_writes(subject: str) -> None:
    assert answer(subject) is None


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("auto_submitted", "auto-generated", "auto-submitted"),
        ("auto_submitted", "auto-notified; x", "auto-submitted"),
        ("return_path", "<>", "null return path"),
        ("return_path", " < > ", "null return path"),
        ("precedence", "Bulk", "precedence"),
        ("precedence", "junk", "precedence"),
        ("precedence", "list", "precedence"),
        ("list_id", "<novita.negozio.example>", "mailing list"),
        ("list_post", "<mailto:novita@negozio.example>", "mailing list"),
        ("list_unsubscribe", "<https://negozio.example/via>", "mailing list"),
        ("list_help", "<mailto:aiuto@negozio.example>", "mailing list"),
        ("auto_submitted", "no", ""),
        ("auto_submitted", "No (a person)", ""),
        ("return_path", "<anna@cliente.example>", ""),
        ("precedence", "first-class", ""),
        ("x_auto_response_suppress", "All", ""),
    ],
)
def test_headers_of_automatic_mail(name: str, value: str, rule: str) -> None:
    found = automatic_mail(message(headers=headers(**{name: value})))
    assert (found.rule if found else "") == rule


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ({"list_id": "Acquisti <acquisti.projectpp.it>"}, True),
        ({"list_id": "<acquisti.liste.projectpp.it>"}, True),
        ({"list_post": "<mailto:acquisti@projectpp.it>"}, True),
        ({"list_post": "<mailto:acquisti@PROJECTPP.it?subject=x>"}, True),
        ({"list_id": "<acquisti.projectpp.it>", "precedence": "list"}, True),
        ({"list_id": "<x.altro.example>"}, False),
        ({"list_id": "<x.nonprojectpp.it>"}, False),
        ({"list_id": "projectpp.it"}, False),
        ({"list_unsubscribe": "<https://projectpp.it/via>"}, False),
        # A machine behind a group address is one all the same.
        ({"list_id": "<acquisti.projectpp.it>", "precedence": "bulk"}, False),
        ({"list_id": "<acquisti.projectpp.it>", "return_path": "<>"}, False),
        ({"list_id": "<acquisti.projectpp.it>", "auto_submitted": "auto-generated"}, False),
        ({}, True),
    ],
)
def test_a_list_of_ours_is_only_a_group_address_in_between(said: dict[str, str], person: bool) -> None:
    mail = message(sender=STRANGER, headers=headers(**said))
    assert (by_machine(mail, STRANGER, None, OURS) is None) is person


def test_a_registered_customer_who_writes_through_any_list_is_a_person() -> None:
    mail = message(headers=headers(list_id="<utenti.associazione.example>", precedence="list"))
    assert by_machine(mail, ANNA, CUSTOMER, OURS) is None
    assert by_machine(mail, ANNA, None, OURS) is not None
    assert by_machine(message(headers=headers(precedence="bulk")), ANNA, CUSTOMER, OURS) is not None


def test_a_list_of_the_customers_own_is_a_group_address_in_between() -> None:
    mail = message(sender=STRANGER, headers=headers(list_post="<mailto:acquisti@liste.cliente.example>"))
    assert by_machine(mail, STRANGER, CUSTOMER, OURS) is None


@pytest.mark.parametrize(
    "local",
    [
        "noreply", "no-reply", "NO_REPLY", "no.reply", "noreply+7", "donotreply", "do-not-reply", "do_not_reply",
        "non-rispondere", "nonrispondere", "mailer-daemon", "MAILER-DAEMON", "postmaster", "nobody",
    ],
)  # fmt: skip
def test_an_address_that_nobody_reads_is_not_answered(local: str) -> None:
    found = unanswerable(message(), Address("", f"{local}@cliente.example"))
    assert found is not None and found.effect == "no answer"


@pytest.mark.parametrize(
    "local", ["anna", "noreply.anna", "reply", "postmasters", "norepl", "", "rispondere"]
)
def test_an_address_that_somebody_reads_is_answered(local: str) -> None:
    assert unanswerable(message(), Address("", f"{local}@noreply.example")) is None


@pytest.mark.parametrize(
    ("value", "suppressed"),
    [
        ("All", "all"),
        ("OOF, AutoReply", "autoreply oof"),
        ("DR, RN, NRN, OOF", "oof"),
        ("autoreply", "autoreply"),
        ("DR, RN, NRN", ""),
        ("None", ""),
        ("", ""),
    ],
)
def test_exchange_withholds_an_answer_only_where_it_names_it(value: str, suppressed: str) -> None:
    found = unanswerable(message(headers=headers(x_auto_response_suppress=value)), ANNA)
    assert (found.matched if found else "") == suppressed
