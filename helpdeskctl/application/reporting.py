"""The month of one customer, or of one contract of theirs (behaviour.md §9)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from helpdeskctl.application.ports import CaseStore
from helpdeskctl.application.registering import contract_numbered, customer_named
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.figures import Period
from helpdeskctl.domain.monthly import Monthly, monthly


class Report(NamedTuple):
    """Whose month it is; `contract` is "" where it is about all that the customer wrote."""

    customer: str
    contract: str
    monthly: Monthly


def report_of_customer(store: CaseStore, name: str, month: Period, now: datetime) -> Report:
    """The month of the customer of that name."""
    customer = customer_named(store, name).name
    return Report(customer, "", _monthly(_cases(store, "customer", customer), month, now))


def report_of_contract(store: CaseStore, number: str, month: Period, now: datetime) -> Report:
    """The month of that contract: the cases of its customer that cite it."""
    contract = contract_numbered(store, number)
    citing = _cases(store, "contract", contract.number)
    cases = (case for case in citing if case.customer == contract.customer)
    return Report(contract.customer, contract.number, _monthly(cases, month, now))


def _monthly(cases: Iterable[Case], month: Period, now: datetime) -> Monthly:
    assert now.tzinfo
    return monthly(cases, month, now.tzinfo, now)


def _cases(store: CaseStore, kind: str, value: str) -> Iterable[Case]:
    """The cases of a customer, or that cite a contract, by number, one after the other."""
    snapshot = store.snapshot()
    return filter(None, map(snapshot.case, snapshot.numbers(kind, value)))
