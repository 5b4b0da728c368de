"""The registry: what an import would make of it, what that changes, and the import itself."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from helpdeskctl.application.ports import CaseStore
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import NoSuchCaseError, RefusedError
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.registry import Contract, Customer, Registry


class Differences(NamedTuple):
    """What an import adds, changes and takes away: names of customers, or numbers of contracts, each
    that changes with the facts that do."""

    added: tuple[str, ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class Plan(NamedTuple):
    """The registry as an import would leave it, and how it differs from the one there is."""

    registry: Registry
    customers: Differences
    contracts: Differences


def plan_customers(before: Registry, customers: Sequence[Customer]) -> Plan:
    """These customers instead of those there are; contracts stay."""
    return _plan(before, before._replace(customers=tuple(customers)))


def plan_contracts(before: Registry, imported: Registry) -> Plan:
    """These contracts instead of those there are; of the customers, those named take what the file says
    of them, and the others stay.

    Raises `RefusedError` where an address would then be two customers'.
    """
    known = {one.name: one for one in before.customers}
    for one in imported.customers:
        # A sheet of contracts alone says nothing about how a customer is known.
        silent = not (one.addresses or one.domains) and one.name in known
        known[one.name] = known[one.name] if silent else one
    owners: dict[str, str] = {}
    for one in known.values():
        for value in (*one.addresses, *one.domains):
            if owners.setdefault(value, one.name) != one.name:
                said = "{value} would belong to two customers, {one} and {other}: nothing was imported."
                raise RefusedError(said, value=value, one=owners[value], other=one.name)
    return _plan(before, Registry(tuple(known.values()), imported.contracts))


def carry_out(store: CaseStore, plan: Plan) -> None:
    """The registry as planned."""
    store.replace_registry(plan.registry)


def customer_named(store: CaseStore, name: str) -> Customer:
    """The customer of that name, whatever its capitals and accents."""
    for one in store.registry().customers:
        if fold(one.name) == fold(name):
            return one
    raise NoSuchCaseError("There is no customer {name}: `helpdeskctl customers list` shows all.", name=name)


def contract_numbered(store: CaseStore, number: str) -> Contract:
    """The contract of that number, whatever its capitals."""
    found = store.snapshot().contract(number)
    if found is None:
        said = "There is no contract {number}: `helpdeskctl contracts list` shows all."
        raise NoSuchCaseError(said, number=number)
    return found


def cases_of(store: CaseStore, contract: Contract) -> list[Case]:
    """The cases tied to the contract, oldest first."""
    snapshot = store.snapshot()
    found = (snapshot.case(number) for number in snapshot.numbers("contract", contract.number))
    return [case for case in found if case]


def standing(contract: Contract, today: date) -> str:
    """Whether a contract is valid on that day, or not yet (`future`), or no more (`expired`)."""
    if contract.valid_from and today < contract.valid_from:
        return "future"
    return "expired" if contract.valid_until and contract.valid_until < today else "valid"


def _plan(before: Registry, after: Registry) -> Plan:
    return Plan(
        after,
        _differences({c.name: c for c in before.customers}, {c.name: c for c in after.customers}),
        _differences(
            {c.number.casefold(): c for c in before.contracts},
            {c.number.casefold(): c for c in after.contracts},
        ),
    )


def _differences(
    before: dict[str, Customer] | dict[str, Contract], after: dict[str, Customer] | dict[str, Contract]
) -> Differences:
    return Differences(
        tuple(one[0] for key, one in after.items() if key not in before),
        tuple(
            (one[0], tuple(_facts(before[key], one)))
            for key, one in after.items()
            if key in before and one != before[key]
        ),
        tuple(one[0] for key, one in before.items() if key not in after),
    )


def _facts(before: Customer | Contract, after: Customer | Contract) -> Iterable[str]:
    """The facts that differ: name, former and new value."""
    for name, old, new in zip(before._fields, before, after, strict=True):
        if old != new:
            yield f"{name}: {_written(old)} → {_written(new)}"


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_written, value)) or "-"
    return str(value) if value else "-"
