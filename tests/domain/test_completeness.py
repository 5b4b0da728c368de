"""Minimum requirements: a subject that names the problem, a text that tells it (behaviour.md §7)."""

import pytest

from helpdeskctl.domain import completeness
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.message import Attachment, Message
from tests.builders import message, policy

SCREENSHOT = (Attachment("schermata.png", "image/png", 3, "f" * 64),)
TEXT = "Alla stampa della fattura 12 compare un errore"
MINIMUM = policy().minimum


def incomplete(mail: Message, **changes: object) -> Finding | None:
    return completeness.incomplete(mail, MINIMUM._replace(**changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "subject",
    [
        "Siamo bloccati", "aiuto", "problema", "urgente", "", "   ", "AIUTO!!!", "Problemi...", "URGENTE!! urgente",
        "Re: ", "R: [Caso #7]", "[Caso #7]", "12", "?!", "\U0001f198", "C'è un problema", "C\u2019è un problema",
        "Abbiamo un problema", "Non funziona niente", "NON VA", "Errore", "errore grave", "Richiesta di assistenza",
        "Richiesta intervento urgente", "Buongiorno, siamo fermi", "tutto bloccato", "Critico: aiutateci subito",
        "(nessun oggetto)", "(no subject)", "Help", "We have a problem", "It doesn't work", "Support request",
        "Problema 3", "PRO\u200bBLEMA", "\uff41\uff49\uff55\uff54\uff4f",
    ],
)  # fmt: skip
def test_a_subject_that_says_nothing(subject: str) -> None:
    found = incomplete(message(subject, text=TEXT, attachments=SCREENSHOT))
    assert found is not None
    assert (found.field, found.effect) == ("subject", "incomplete")
    assert found.matched == subject[:60]


@pytest.mark.parametrize(
    "subject",
    [
        "Problema emissione fatture", "Stampante", "Siamo bloccati con Mago4", "Errore 1603 in installazione",
        "VPN", "Non funziona il router", "SQL", "Il server non risponde", "We are stuck with the printer", "印刷できない",
    ],
)  # fmt: skip
def test_a_subject_that_names_the_problem(subject: str) -> None:
    assert incomplete(message(subject, text=TEXT)) is None


@pytest.mark.parametrize("text", ["", "  \n ", "chiamateci", "mi potete chiamare", "> " * 3])
def test_a_text_of_almost_nothing_needs_an_attachment(text: str) -> None:
    found = incomplete(message("Problema emissione fatture", text=text))
    assert found is not None and (found.field, found.matched) == ("body", text.strip())
    # What the tray icon sends: a telling subject and a screenshot.
    assert incomplete(message("Problema emissione fatture", text=text, attachments=SCREENSHOT)) is None


def test_four_words_are_a_text() -> None:
    assert incomplete(message("Problema emissione fatture", text="si blocca al salvataggio")) is None


def test_a_text_that_only_forwards_is_a_text() -> None:
    forwarded = message("I: Errore fatture", text=f"-- Messaggio originale --\n{TEXT}", new_text="")
    assert incomplete(forwarded) is None


def test_what_is_new_counts_not_what_is_quoted() -> None:
    quoting = message("R: Errore fatture", text=f"ecco\n> {TEXT}", new_text="ecco")
    assert incomplete(quoting) is not None


def test_a_finding_shows_no_more_than_its_beginning() -> None:
    found = incomplete(message("aiuto " * 100, text=TEXT))
    assert found is not None and len(found.matched) == 60
    text = incomplete(message("Errore fatture", text="x" * 500))
    assert text is not None and len(text.matched) == 60


def test_the_firm_says_which_words_name_no_problem() -> None:
    printer = message("Stampante", text=TEXT)
    assert incomplete(printer) is None
    assert incomplete(printer, vague_words=frozenset({"stampante"})) is not None
    # Those given are all there are.
    assert incomplete(message("aiuto", text=TEXT), vague_words=frozenset({"stampante"})) is None
    assert incomplete(message("", text=TEXT), vague_words=frozenset()) is not None


def test_the_firm_says_how_many_words_make_a_text() -> None:
    two = message("Problema emissione fatture", text="si blocca")
    assert incomplete(two) is not None
    assert incomplete(two, text_words=2) is None
    assert incomplete(message("Problema emissione fatture", text=""), text_words=0) is None
    assert incomplete(message("Problema emissione fatture", text=TEXT), text_words=30) is not None
