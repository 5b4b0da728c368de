"""The threat model names tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = [
    line
    for line in (ROOT / "docs/threats.md").read_text().splitlines()
    if line.startswith("| ") and "shown by |" not in line
]


@pytest.fixture(scope="module")
def written() -> set[str]:
    """The names of all tests."""
    tests = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    return {
        name for text in tests for name in re.findall(r"^(?:async )?def (test_\w+)\(", text, re.MULTILINE)
    }


@pytest.mark.parametrize("row", ROWS)
def test_every_line_is_shown_by_a_test_that_exists(row: str, written: set[str]) -> None:
    named = re.findall(r"`(test_\w+)`", row.rstrip("| ").rpartition("|")[2])
    assert named
    assert [name for name in named if name not in written] == []


def test_the_page_has_its_lines() -> None:
    assert len(ROWS) > 20
