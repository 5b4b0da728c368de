"""Figures of a part of the desk, and the month of a customer or contract."""

from datetime import UTC, date, datetime, timedelta

import pytest

from helpdeskctl.application.figures import desk_figures, usual_period
from helpdeskctl.application.reporting import report_of_contract, report_of_customer
from helpdeskctl.domain.case import ContractCited
from helpdeskctl.domain.errors import NoSuchCaseError
from helpdeskctl.domain.figures import Period, month_of
from helpdeskctl.domain.registry import Contract, Customer, Registry
from tests.builders import case, policy
from tests.fakes import MemoryStore

NOW = datetime(2026, 6, 3, 9, 0, tzinfo=UTC).astimezone(policy().zone)
MAY = month_of(2026, 5)


def store() -> MemoryStore:
    found = MemoryStore()
    found.registered = Registry(
        (Customer("Officine Rossi", (), ("officinerossi.example",)), Customer("Edil Verdi", (), ())),
        (Contract("2026/117", "Officine Rossi", None, None),),
    )
    cited = ContractCited("2026/117", "valid")
    at = NOW - timedelta(days=10)
    cases = (
        case(1, opened_at=at, customer="Officine Rossi", contract=cited, sector="gestionale"),
        case(2, opened_at=at, customer="Officine Rossi"),
        case(3, opened_at=at, customer="Edil Verdi", contract=cited._replace(state="foreign")),
    )
    found.cases = {one.number: one for one in cases}
    return found


@pytest.mark.parametrize(
    ("part", "opened"),
    [({}, 3), ({"sector": "gestionale"}, 1), ({"customer": "OFFICINE"}, 2), ({"customer": "x"}, 0)],
)
def test_figures_are_of_the_part_asked_for(part: dict[str, str], opened: int) -> None:
    assert desk_figures(store(), MAY, NOW, **part).total.opened == opened


def test_without_days_the_figures_are_of_twelve_months() -> None:
    today = date(2026, 11, 24)
    assert usual_period(None, None, today) == Period(date(2025, 12, 1), today)
    assert usual_period(None, date(2026, 3, 31), today) == Period(date(2025, 4, 1), date(2026, 3, 31))
    assert usual_period(date(2020, 5, 5), None, today) == Period(date(2020, 5, 5), today)
    assert usual_period(None, date(1, 2, 3), today) == Period(date(1, 1, 1), date(1, 2, 3))


def test_no_period_goes_into_the_future() -> None:
    today = date(2026, 11, 24)
    assert usual_period(today, date(9999, 12, 31), today) == Period(today, today)


def test_a_customers_month_has_all_its_cases() -> None:
    made = report_of_customer(store(), "officine rossi", MAY, NOW)
    assert (made.customer, made.contract) == ("Officine Rossi", "")
    assert [one.case.number for one in made.monthly.told] == [1, 2]


def test_a_contracts_month_has_the_cases_of_its_own_customer_that_cite_it() -> None:
    made = report_of_contract(store(), "2026/117", MAY, NOW)
    assert (made.customer, made.contract) == ("Officine Rossi", "2026/117")
    assert [one.case.number for one in made.monthly.told] == [1]


def test_who_is_not_registered_has_no_month() -> None:
    with pytest.raises(NoSuchCaseError, match="no contract 99"):
        report_of_contract(store(), "99", MAY, NOW)
    with pytest.raises(NoSuchCaseError, match="no customer Nessuno"):
        report_of_customer(store(), "Nessuno", MAY, NOW)
