"""Customers, contracts, and what a contract number in a mail is worth."""

from datetime import date
from time import process_time

import pytest

from helpdeskctl.domain.case import ContractCited
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.registry import Contract, Customer, cited_contracts, contract_cited, is_of, is_public

ROSSI = Customer("Officine Rossi", ("capo@libero.it",), ("rossi.example", "libero.it"))
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Contratto: 2026/0117", ("2026/0117",)),
        ("contratto:ABC-1", ("ABC-1",)),
        ("CONTRATTO : n. 12/B", ("12/B",)),
        ("Contratto:\u00a0 77.", ("77",)),
        ("*Contratto:* 77", ("77",)),
        ("Contratto: nr. 5, grazie", ("5",)),
        ("Contratto: n° 5/A-", ("5/A",)),
        ("Contract: X_9", ("X_9",)),
        ("Contratto: 2024/15-A", ("2024/15-A",)),
        ("Contratto:\u00a0 ABC-1.", ("ABC-1",)),
        ("Contratto\u00a0: ABC-1)", ("ABC-1",)),
        ("**Contratto**: 77", ("77",)),
        ("_Contratto:_ 77", ("77",)),
        ("Contratto:\u200b77", ("77",)),
        ("Contratto: n.ro 12", ("12",)),
        ("Contratto: n 12", ("12",)),
        ("Contratto: N.°12", ("12",)),
        ("Contratto: nº 12", ("12",)),
        ("Contratto: num. 12", ("12",)),
        ("Contratto: numero 12", ("12",)),
        ("Contratto: n", ("n",)),
        ("Contratto: novanta", ("novanta",)),
        ("> Contratto: 77", ("77",)),
        ("Contratto:\n77", ("77",)),
        # A form whose field was left empty.
        ("Contratto:\nAzienda: Rossi\nContratto: 5", ("5",)),
        ("Contratto: 5./", ("5",)),
        ("Contratto: à1", ()),
        ("Contratto: 1\nContratto: 2", ("1", "2")),
        ("Contratto: a1 e poi contratto: A1", ("a1",)),
        ("Contratto 77", ()),
        ("il contratto: ", ()),
        ("subcontratto: 5", ()),
        ("Contratto: -5", ()),
    ],
)
def test_contract_numbers_as_people_write_them(text: str, numbers: tuple[str, ...]) -> None:
    assert cited_contracts("", text) == numbers


def test_new_text_comes_before_quoted_and_all_are_recorded_once() -> None:
    assert cited_contracts("Contratto: 9", "Contratto: 8\nContratto: 9") == ("9", "8")


def test_a_text_of_a_megabyte_is_read_in_proportion() -> None:
    def seconds(unit: str, size: int) -> float:
        text = "Contratto" + unit * (size // len(unit))
        begun = process_time()
        cited_contracts("", text)
        return process_time() - begun

    for unit in (" ", "*", "contratto: n. ", "Contratto: 5 ", "contratto: a.-/_", "contratto" + " " * 20):
        seconds(unit, 10_000)
        assert seconds(unit, 1_000_000) < max(seconds(unit, 10_000), 0.001) * 1000


@pytest.mark.parametrize(
    ("cited", "sender", "expected"),
    [
        (("1",), "", ContractCited("1", "valid")),
        (("1",), "Officine Rossi", ContractCited("1", "valid")),
        (("1",), "Altri", ContractCited("1", "foreign")),
        (("2",), "", ContractCited("2", "expired")),
        (("3",), "", ContractCited("3", "expired")),
        (("4",), "", ContractCited("4", "valid")),
        (("9",), "", ContractCited("9", "unknown")),
        (("9", "1"), "", ContractCited("1", "valid")),
        (("scaduto", "9"), "", ContractCited("9", "unknown")),
        (("scaduto",), "", ContractCited("scaduto", "unknown")),
        ((), "", None),
    ],
)
def test_the_contract_of_a_case(cited: tuple[str, ...], sender: str, expected: ContractCited | None) -> None:
    known = {
        "1": Contract("1", "Officine Rossi", None, TODAY),
        "2": Contract("2", "Officine Rossi", None, date(2026, 11, 23)),
        "3": Contract("3", "Officine Rossi", date(2026, 11, 25), None),
        "4": Contract("4", "Officine Rossi", TODAY, date(2026, 11, 25)),
    }
    assert contract_cited(cited, known, sender, TODAY) == expected


@pytest.mark.parametrize(
    ("address", "belongs"),
    [
        ("CAPO@libero.it", True),
        ("chiunque@rossi.example", True),
        ("altro@libero.it", False),
        ("chiunque@sub.rossi.example", False),
        ("", False),
    ],
)
def test_a_public_domain_makes_no_colleagues(address: str, belongs: bool) -> None:
    assert is_of(ROSSI, Address("", address)) is belongs
    assert is_of(None, Address("", address)) is False


@pytest.mark.parametrize(
    ("domain", "public"),
    [
        ("gmail.com", True),
        ("pec.comune.example", True),
        ("gestore.example", True),
        ("rossi.example", False),
        ("", True),
    ],
)
def test_public_domains(domain: str, public: bool) -> None:
    assert is_public(domain, ("gestore.example",)) is public
