"""Which case a mail speaks of: numbers as people write them, Message-IDs of ours."""

from time import process_time

import pytest

from helpdeskctl.domain import reference
from tests.builders import SECRET


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("[Caso #123] Stampante", (123,)),
        ("R: [Caso #123] Stampante", (123,)),
        ("Ancora sulla stampante [Caso #123]", (123,)),
        ("[ caso # 123 ]", (123,)),
        ("[Case #9] Printer", (9,)),
        ("caso 123", (123,)),
        ("Caso n. 123", (123,)),
        ("caso n° 123", (123,)),
        ("CASO N.123 chiuso", (123,)),
        ("caso nr. 123", (123,)),
        ("caso numero 123", (123,)),
        ("caso nº 123", (123,)),
        ("caso N.ro 123", (123,)),
        ("caso nro. 123", (123,)),
        ("caso num. 123", (123,)),
        ("caso N.° 123", (123,)),
        ("caso n 123", (123,)),
        ("Caso\u00a0n.\u00a0123", (123,)),
        ("caso #123: stampante", (123,)),
        ("caso 123, grazie", (123,)),
        ("caso 123.", (123,)),
        ("caso 123- chiudere", (123,)),
        ("(caso 123)", (123,)),
        ("caso 0123", (123,)),
        ("RE:caso 123", (123,)),
        ("[Caso n. 123]", (123,)),
        ("case #123", (123,)),
        ("Il caso 123 è ancora aperto", (123,)),
        ("ticket 123", (123,)),
        ("Re: ticket #123", (123,)),
        ("#123 stampante", (123,)),
        ("chiudere caso 7 e caso 8", (7, 8)),
        ("chiudere i casi 7, 8 e 9", (7, 8, 9)),
        ("casi #7 #8", (7, 8)),
        ("casi n. 7 e n. 8", (7, 8)),
        ("casi nn", ()),
        ("cases 7 and 8 & 9", (7, 8, 9)),
        ("casi 7,8", (7, 8)),
        ("casi 12/11", ()),
        ("casi 1.234", ()),
        ("ticket n. 5, ticket 6", (5,)),
        ("[Caso #8] caso 7", (8, 7)),
        ("[Caso #7] caso 7", (7,)),
        # and what is none
        ("errore 123", ()),
        ("Windows 11", ()),
        ("Ordine #7", ()),
        ("[Ticket 1042] altro sistema", ()),
        ("Il vostro ticket 1042", ()),
        ("in caso 2 utenti escano", ()),
        ("nel caso 3 persone", ()),
        ("caso 12/11", ()),
        ("caso 1.234", ()),
        ("caso 12-A", ()),
        ("caso 12345678901", ()),
        ("casa 12", ()),
        ("occaso 5", ()),
        ("caso 12:30", (12,)),
        ("caso n123", ()),
        ("caso 123a", ()),
        ("Sistema #7", ()),
        ("#7a", ()),
        ("#7/2026", ()),
        ("# stampante", ()),
        ("biglietto 7", ()),
        ("caso ordine 7", ()),
        ("caso nuovo 7", ()),
        ("caso 0", ()),
        ("", ()),
    ],
)
def test_numbers_as_people_write_them(subject: str, numbers: tuple[int, ...]) -> None:
    assert reference.cited_numbers(subject) == numbers


@pytest.mark.parametrize(
    "prefix",
    [
        "R: ", "Re: ", "RE: ", "I: ", "Rif: ", "Fwd: ", "FW: ", "Inoltra: ", "AW: ", "WG: ", "SV: ", "TR: ", "RV: ",
        "R: R: I: ", "RE[2]: ", "Re(3): ", "Re^2: ", "re:", "R : ", "RE\uff1a ", "Antw: ", "VS: ", "Odp: ", "Rép : ",
        "  R: ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("token", ["", "[Caso #7] "])
def test_prefixes_and_token_are_not_the_subject(prefix: str, token: str) -> None:
    assert reference.bare_subject(f"{prefix}{token}Stampante guasta") == "Stampante guasta"
    assert reference.bare_subject(f"{token}{prefix}Stampante guasta") == "Stampante guasta"


@pytest.mark.parametrize(
    "subject", ["Rete: ferma", "Riga 3", "Info: stampante", "Fattura: errata", "TRE: due"]
)
def test_a_word_that_begins_like_a_prefix_is_none(subject: str) -> None:
    assert reference.bare_subject(subject) == subject


@pytest.mark.parametrize(
    ("subject", "rest"),
    [
        ("[Caso #7] chiudere", "chiudere"),
        ("caso n. 7 chiuso, grazie", "chiuso, grazie"),
        ("R: #7 chiudere", "chiudere"),
        ("chiudere casi 7, 8 e 9", "chiudere"),
    ],
)
def test_what_a_subject_says_besides_numbers(subject: str, rest: str) -> None:
    assert reference.without_numbers(subject) == rest


@pytest.mark.parametrize(
    ("subject", "oldest"),
    [
        ("[Caso #2] Re: Sono in ferie: [Caso #1] Sono in ferie", "Sono in ferie"),
        ("[Caso #2] R: Stampante", "Stampante"),
        ("Stampante", "Stampante"),
        ("Stampante [Caso #2]", ""),
    ],
)
def test_the_subject_before_machines_answered_each_other(subject: str, oldest: str) -> None:
    assert reference.oldest_subject(subject) == oldest


@pytest.mark.parametrize(
    "unit",
    ["caso ", "R: ", "[Caso #7] ", "casi 7 e ", "caso n. ", "[caso # ", "Re[2]:", "\t", "caso" + " " * 50, "casi 7" + " " * 50],
)  # fmt: skip
def test_a_subject_of_a_megabyte_is_read_in_proportion(unit: str) -> None:
    def seconds(size: int) -> float:
        subject = f"caso{unit * (size // len(unit))}ticket{unit}"
        begun = process_time()
        reference.cited_numbers(subject)
        reference.without_numbers(subject)
        reference.oldest_subject(subject)
        return process_time() - begun

    seconds(10_000)
    assert seconds(1_000_000) < max(seconds(10_000), 0.001) * 1000


def test_our_message_ids_carry_the_case_and_cannot_be_made_up() -> None:
    ours = reference.message_id(7, "abc123", SECRET, "projectpp.it")
    assert reference.number_of(ours, SECRET) == 7
    # A relay may have changed the case of the letters, or the domain.
    assert reference.number_of(ours.upper(), SECRET) == 7
    assert reference.number_of(ours.replace("projectpp.it", "relay.example"), SECRET) == 7
    assert reference.number_of(ours.replace("caso.7.", "caso.8."), SECRET) is None
    assert reference.number_of(ours.replace("abc123", "abc124"), SECRET) is None
    assert reference.number_of(ours, b"another key") is None
    assert reference.number_of("caso.7@projectpp.it", SECRET) is None
    assert reference.number_of("", SECRET) is None


def test_the_bounce_address_tells_its_case() -> None:
    tagged = reference.bounce_address("rimbalzi@projectpp.it", 7, SECRET)
    assert tagged.startswith("rimbalzi+7-") and tagged.endswith("@projectpp.it")
    assert reference.bounced_number(tagged, SECRET) == 7
    assert reference.bounced_number(tagged.replace("+7-", "+8-"), SECRET) is None
    assert reference.bounced_number("rimbalzi@projectpp.it", SECRET) is None


def test_installations_do_not_take_each_others_marks() -> None:
    assert reference.loop_mark(SECRET) != reference.loop_mark(b"another key")


def test_the_token_speaks_the_desks_language_and_both_are_understood() -> None:
    assert reference.token(7, "it") == "[Caso #7]"
    assert reference.token(7, "en") == "[Case #7]"
    for language in ("it", "en"):
        assert reference.cited_numbers(reference.token(7, language)) == (7,)
