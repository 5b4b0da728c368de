"""What docs/contracts.md shows is what the program prints."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Desk

ROOT = Path(__file__).parents[2]
SHOWN = re.findall(
    r"```\n\$ helpdeskctl (.*?)\n(.*?)```", (ROOT / "docs/contracts.md").read_text(), flags=re.DOTALL
)


@pytest.mark.parametrize(("line", "printed"), SHOWN, ids=[line for line, _ in SHOWN])
def test_an_import_says_what_stands_there(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch, line: str, printed: str
) -> None:
    monkeypatch.chdir(ROOT / "examples/contracts")
    assert call(*line.split(), "--yes").err.removeprefix("helpdeskctl: ") == printed


def test_both_imports_are_shown() -> None:
    assert len(SHOWN) == 2
