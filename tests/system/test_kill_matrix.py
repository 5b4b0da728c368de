"""A sample of the kill matrix; `make kill-matrix` tries every point."""

import sys

import pytest

from tests.system.kill_matrix import run, told

pytestmark = pytest.mark.system

# Every so many points of some three thousand: a prime, so that calls and faults of all kinds get their turn.
EVERY = 41


def test_no_fault_at_any_instant_costs_a_mail(capsys: pytest.CaptureFixture[str]) -> None:
    tried, found, wrong = run(EVERY)
    with capsys.disabled():
        sys.stdout.write(f"\n{told(tried, found, wrong)}\n")
    assert tried > 50
    assert wrong == []
