"""The registry of customers: what an import changes, and the import itself."""

from collections.abc import Sequence
from typing import NamedTuple

from helpdeskctl.application.ports import CaseStore
from helpdeskctl.domain.errors import NoSuchCaseError
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.registry import Customer


class Differences(NamedTuple):
    """The names of customers that an import adds, changes and takes away."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def differences(store: CaseStore, customers: Sequence[Customer]) -> Differences:
    """What importing these customers would change."""
    before = {one.name: one for one in store.registry().customers}
    after = {one.name: one for one in customers}
    return Differences(
        tuple(name for name in after if name not in before),
        tuple(name for name in after if name in before and after[name] != before[name]),
        tuple(name for name in before if name not in after),
    )


def import_customers(store: CaseStore, customers: Sequence[Customer]) -> None:
    """These customers instead of those there are; contracts stay."""
    store.replace_registry(store.registry()._replace(customers=tuple(customers)))


def customer_named(store: CaseStore, name: str) -> Customer:
    """The customer of that name, whatever its capitals and accents."""
    for one in store.registry().customers:
        if fold(one.name) == fold(name):
            return one
    raise NoSuchCaseError("There is no customer {name}: `helpdeskctl customers list` shows all.", name=name)
