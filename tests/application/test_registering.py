"""The registry of customers: what an import changes, and the import itself."""

import pytest

from helpdeskctl.application.registering import Differences, customer_named, differences, import_customers
from helpdeskctl.domain.errors import NoSuchCaseError
from helpdeskctl.domain.registry import Contract, Customer, Registry
from tests.fakes import MemoryStore

ROSSI, BIANCHI = Customer("Rossi", (), ("rossi.example",)), Customer("Bianchi", (), ("bianchi.example",))
CONTRACT = Contract("12", "Rossi", None, None)


def store() -> MemoryStore:
    made = MemoryStore()
    made.registered = Registry((ROSSI, BIANCHI), (CONTRACT,))
    return made


def test_the_differences_are_told_by_name() -> None:
    moved = BIANCHI._replace(domains=("bianchi.it.example",))
    added = Customer("Neri", ("neri@libero.it",), ())
    assert differences(store(), [moved, added]) == Differences(("Neri",), ("Bianchi",), ("Rossi",))
    assert differences(store(), [BIANCHI, ROSSI]) == Differences((), (), ())


def test_an_import_takes_the_place_of_the_customers_and_leaves_the_contracts() -> None:
    made = store()
    import_customers(made, [BIANCHI])
    assert made.registry() == Registry((BIANCHI,), (CONTRACT,))


def test_a_customer_is_found_whatever_its_capitals_and_accents() -> None:
    assert customer_named(store(), "RÒSSI") == ROSSI
    with pytest.raises(NoSuchCaseError, match="Neri"):
        customer_named(store(), "Neri")
