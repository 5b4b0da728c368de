"""A short soak; `make soak` takes a minute."""

import sys

import pytest

from tests.system.soak import soaked

pytestmark = pytest.mark.system


def test_the_books_balance_after_a_storm(capsys: pytest.CaptureFixture[str]) -> None:
    told, wrong = soaked(10)
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")
    assert wrong == []
