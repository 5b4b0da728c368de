"""What README shows is what the program prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def _comparable(text: str) -> list[str]:
    """The lines without what depends on the hour, on ids, and on how much fits beside them."""
    text = re.sub(
        r"\d\d/\d\d/\d{4} \d\d:\d\d(, ore \d\d:\d\d)?|(?:oggi|domani|ieri|lun|mar|mer|gio|ven|sab|dom)( \d\d/\d\d)? \d\d:\d\d",
        "ORA",
        text,
    )
    text = re.sub(
        r"(?:lun|mar|mercol|giov|ven)edì \d+ \w+ \d{4}|(?:sabato|domenica) \d+ \w+ \d{4}", "GIORNO", text
    )
    text = re.sub(r"ore \d\d:\d\d", "ORA", text)
    text = re.sub(r"\b[0-9a-f]{16,20}\b", "ID", text)
    text = re.sub(r"\d+ min\b", "N min", text)
    lines = [" ".join(re.sub("─+", "", line).split()) for line in text.splitlines()]
    # Of a table's row what comes before the columns that are cut to fit.
    rows = [
        re.sub(r"^(\d+ (?:normale|urgente|critico) .*?(?:tecnico|gestionale)\b).*", r"\1", line)
        for line in lines
    ]
    return [row for row in rows if row]


def test_the_first_lines_are_the_two_commands() -> None:
    assert re.findall(r"^make (\w+)", README, re.MULTILINE)[:2] == ["demo", "test"]


def test_the_demo_prints_what_stands_there(tmp_path: Path) -> None:
    shown = README.split("```\n$ helpdeskctl ingest", 1)[1].split("\n```", 1)[0]
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DEMO_DIRECTORY": str(tmp_path / "demo"),
        "COLUMNS": "100",
    }
    done = subprocess.run(
        ["sh", str(ROOT / "examples/demo.sh")], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stderr.count("\n") <= 1
    printed = done.stdout.split("$ helpdeskctl ingest", 1)[1] + done.stderr
    assert sorted(_comparable(shown)) == sorted(_comparable(printed))


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_what_is_linked_is_there(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_command_stands_in_it() -> None:
    from helpdeskctl.cli.main import COMMANDS

    assert [name for name in COMMANDS if f"`{name}" not in README] == []
