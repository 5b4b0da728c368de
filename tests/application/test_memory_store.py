"""The fake store keeps the promises of every store: what the other tests here build on."""

import pytest

from helpdeskctl.application.ports import CaseStore
from tests.adapters.store_contract import StoreContract
from tests.fakes import MemoryStore


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> CaseStore:
        return MemoryStore()
