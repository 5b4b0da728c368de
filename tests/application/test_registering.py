"""The registry: what an import changes, and the import itself."""

from datetime import date

import pytest

from helpdeskctl.application.registering import (
    Differences,
    carry_out,
    cases_of,
    contract_numbered,
    customer_named,
    plan_contracts,
    plan_customers,
    standing,
)
from helpdeskctl.domain.case import ContractCited
from helpdeskctl.domain.errors import NoSuchCaseError, RefusedError
from helpdeskctl.domain.registry import Contract, Customer, Registry
from tests.builders import case, numbers
from tests.fakes import MemoryStore

ROSSI, BIANCHI = Customer("Rossi", (), ("rossi.example",)), Customer("Bianchi", (), ("bianchi.example",))
CONTRACT = Contract("12/A", "Rossi", None, None)
BEFORE = Registry((ROSSI, BIANCHI), (CONTRACT,))
NOTHING = Differences((), (), ())


def store() -> MemoryStore:
    made = MemoryStore()
    made.registered = BEFORE
    return made


def test_the_differences_are_told_by_name_and_fact() -> None:
    moved = BIANCHI._replace(domains=("bianchi.it.example",))
    added = Customer("Neri", ("neri@libero.it",), ())
    plan = plan_customers(BEFORE, [moved, added])
    facts = ("domains: bianchi.example → bianchi.it.example",)
    assert plan.customers == Differences(("Neri",), (("Bianchi", facts),), ("Rossi",))
    assert plan.contracts == NOTHING
    assert not plan_customers(BEFORE, [BIANCHI, ROSSI]).customers


def test_an_import_takes_the_place_of_the_customers_and_leaves_the_contracts() -> None:
    made = store()
    carry_out(made, plan_customers(BEFORE, [BIANCHI]))
    assert made.registry() == Registry((BIANCHI,), (CONTRACT,))


def test_contracts_take_the_place_of_those_there_are_and_their_customers_join_the_others() -> None:
    longer = CONTRACT._replace(valid_until=date(2027, 12, 31), respond=(("critico", 60),))
    new = Contract("13", "Neri", None, None)
    neri = Customer("Neri", ("neri@libero.it",), ())
    plan = plan_contracts(BEFORE, Registry((Customer("Rossi", (), ()), neri), (longer, new)))
    assert plan.registry == Registry((ROSSI, BIANCHI, neri), (longer, new))
    assert plan.customers == Differences(("Neri",), (), ())
    facts = ("valid_until: - → 2027-12-31", "respond: - → critico, 60")
    assert plan.contracts == Differences(("13",), (("12/A", facts),), ())
    assert plan_contracts(BEFORE, Registry((), ())).contracts.removed == ("12/A",)
    again = plan_contracts(plan.registry, Registry((neri,), (longer, new)))
    assert not again.contracts and not again.customers


def test_an_address_never_has_two_customers() -> None:
    thief = Customer("Neri", (), ("rossi.example",))
    with pytest.raises(RefusedError, match=r"rossi\.example would belong to two customers, Rossi and Neri"):
        plan_contracts(BEFORE, Registry((thief,), ()))


def test_a_customer_is_found_whatever_its_capitals_and_accents() -> None:
    assert customer_named(store(), "RÒSSI") == ROSSI
    with pytest.raises(NoSuchCaseError, match="Neri"):
        customer_named(store(), "Neri")


def test_a_contract_is_found_with_its_cases() -> None:
    made = store()
    tied = case(7, contract=ContractCited("12/a", "valid"))
    made.cases = {7: tied, 8: case(8), 9: case(9, contract=ContractCited("13", "unknown"))}
    assert contract_numbered(made, "12/a") == CONTRACT
    assert numbers(cases_of(made, CONTRACT)) == [7]
    with pytest.raises(NoSuchCaseError, match="99"):
        contract_numbered(made, "99")


@pytest.mark.parametrize(("day", "state"), [(1, "future"), (2, "valid"), (4, "valid"), (5, "expired")])
def test_the_first_and_the_last_day_are_within(day: int, state: str) -> None:
    contract = CONTRACT._replace(valid_from=date(2026, 1, 2), valid_until=date(2026, 1, 4))
    assert standing(contract, date(2026, 1, day)) == state
    assert standing(CONTRACT, date(2026, 1, day)) == "valid"
