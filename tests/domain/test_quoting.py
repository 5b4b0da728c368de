"""What a mail adds, without its history and signature."""

from time import process_time

import pytest

from helpdeskctl.domain.quoting import new_text

NEW = "Confermo, da stamattina funziona.\nGrazie"


@pytest.mark.parametrize(
    "history",
    [
        "> Buongiorno,\n> come va?",
        "Il giorno mar 24 nov 2026 alle ore 10:02 Assistenza <a@projectpp.it> ha scritto:\n> Gentile Cliente,",
        "Il giorno mar 24 nov 2026 alle ore 10:02 Project++ Assistenza <supporto@projectpp.it> ha\nscritto:\n\n> ciao",
        "Il 24/11/2026 10:02, Assistenza ha scritto:\n> Gentile Cliente,",
        "In data 24 novembre 2026 alle 10:02:11, Assistenza (a@projectpp.it) ha scritto:\n\nGentile Cliente,",
        "On Tue, Nov 24, 2026 at 10:02 AM Desk <a@projectpp.it> wrote:\n> Dear Customer",
        "On 24 Nov 2026, at 10:02, Desk <a@projectpp.it> wrote:\n\nDear Customer",
        "-----Messaggio originale-----\nDa: Assistenza\nInviato: martedì 24 novembre 2026 10:02\nA: Anna\nOggetto: x",
        "-----Original Message-----\nFrom: Desk\nSent: Tuesday\nTo: Anna\nSubject: x\n\nDear",
        "Da: Assistenza <a@projectpp.it>\nInviato: martedì 24 novembre 2026 10:02\nA: Anna\nOggetto: [Caso #7] x\n\nx",
        "________________________________\nDa: Assistenza\nInviato: martedì\nA: Anna\nOggetto: x\n\nGentile",
        "________________________________\n\nFrom: Desk\nSent: Tuesday\nTo: Anna\nSubject: x\n\nDear",
        "*Da:* Assistenza\n*Inviato:* martedì\n*A:* Anna\n*Oggetto:* x",
        "---------- Forwarded message ---------\nDa: Assistenza\nDate: mar 24 nov",
        "-- \nAnna Verdi\nUfficio acquisti",
        "--\nAnna Verdi",
        "Inviato da iPhone",
        "Inviato dal mio smartphone Samsung Galaxy.",
        "Sent from my iPad",
        "Scarica Outlook per Android<https://aka.example/x>",
        "Ottieni Outlook per iOS",
    ],
)
def test_history_and_signature_are_not_new(history: str) -> None:
    assert new_text(f"{NEW}\n\n{history}\n") == NEW


def test_what_is_answered_below_and_between_the_quote_is_new() -> None:
    text = (
        "Il giorno mar 24 nov 2026 alle 10:02 Assistenza ha scritto:\n> Da quando succede?\n\nDa lunedì.\n\n"
        "> Su tutte le postazioni?\nSolo sulla mia.\n"
    )
    assert new_text(text) == "Da lunedì.\n\nSolo sulla mia."


def test_a_forward_that_adds_nothing_says_nothing_new() -> None:
    assert (
        new_text("\n-----Messaggio originale-----\nDa: Anna\nInviato: ieri\nA: b\nOggetto: c\n\nciao") == ""
    )


@pytest.mark.parametrize(
    "text",
    [
        "Il server è fermo.\nIl collega ha scritto una nota:\nriavviare tutto.",
        "Da: ieri non stampa",
        "A: primo piano, B: secondo piano",
        "Oggetto: la stampante\nè quella grande",
        "Totale\n-----\n1.250,00",
        "Errore:\n\n----------------------------\nCodice 5\n----------------------------",
        "",
        "Nel log:\nFrom: 10.0.0.1\nTo: 10.0.0.2",
    ],
)
def test_what_only_looks_like_history_stays(text: str) -> None:
    assert new_text(text) == text.strip()


@pytest.mark.parametrize(
    "line", ["> x\n", "Il giorno x\n", "Da: x\n", "-- x\n", "_" * 30 + "\n", "Il " * 30, "\n"]
)
def test_time_grows_with_the_text_and_no_faster(line: str) -> None:
    def seconds(size: int) -> float:
        text = line * (size // len(line))
        begun = process_time()
        new_text(text)
        return process_time() - begun

    seconds(10_000)
    assert seconds(1_000_000) < max(seconds(10_000), 0.0005) * 1000
