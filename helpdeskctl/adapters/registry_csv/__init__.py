"""Customers and contracts as an Italian Excel writes them (behaviour.md §7): all or nothing."""

from helpdeskctl.adapters.registry_csv.contracts import contracts
from helpdeskctl.adapters.registry_csv.customers import customers

__all__ = ["contracts", "customers"]
