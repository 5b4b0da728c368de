"""The commands on a real terminal (tmux), at the widths that technicians have."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).parent / "helpdeskctl"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
# Bold and dim are no colours; 39 and 49 take colours back.
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7])(?:;\d+)*m")
Shown = Callable[..., str]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A desk that has read the example mail."""
    home = tmp_path_factory.mktemp("desk")
    subprocess.run(["cp", "-R", ROOT / "examples/maildir", home / "Maildir"], check=True)
    text = (ROOT / "examples/config.toml").read_text().replace("~/", f"{home}/")
    (home / "config.toml").write_text(re.sub(r"(?m)^transport = .*", 'transport = "none"', text))
    found = {
        "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "HELPDESKCTL_CONFIG": str(home / "config.toml"),
        "LC_ALL": "C.UTF-8",
    }
    subprocess.run([PROGRAM, "ingest", "--backlog", "open"], env=found, check=True, capture_output=True)
    return found


@pytest.fixture
def terminal(environment: dict[str, str], tmp_path: Path) -> Iterator[Shown]:
    """Runs a command line in a terminal of that width and gives what stands there when it has ended."""
    socket = str(tmp_path / "tmux")

    def tmux(*argv: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", socket, *argv], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def shown(line: str, width: int, keys: tuple[str, ...] = (), **variables: str) -> str:
        ended = tmp_path / "ended"
        ended.unlink(missing_ok=True)
        sets = " ".join(f"{name}={value!r}" for name, value in variables.items())
        script = f"env {sets} sh -c '{line}'; touch {ended}; exec sleep 60"
        tmux("new-session", "-d", "-s", "s", "-x", str(width), "-y", "60", script)
        for key in keys:
            time.sleep(1)
            tmux("send-keys", "-t", "s", key)
        for _ in range(200):
            if ended.exists():
                break
            time.sleep(0.05)
        assert ended.exists(), tmux("capture-pane", "-t", "s", "-p")
        # Wrapped lines are joined: one that is longer than the terminal shows.
        text = tmux("capture-pane", "-t", "s", "-p", "-J", "-e")
        tmux("kill-session", "-t", "s")
        return text

    # The server would end with its last session, while the next one begins.
    tmux("new-session", "-d", "-s", "keep", "sleep 600")
    yield shown
    subprocess.run(["tmux", "-S", socket, "kill-server"], capture_output=True, check=False)


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize(
    "line",
    [
        "helpdeskctl",
        "helpdeskctl list",
        "helpdeskctl show 1",
        "helpdeskctl show 4 --due",
        "helpdeskctl held list",
    ],
)
def test_every_page_fits_the_terminal(terminal: Shown, line: str, width: int) -> None:
    lines = [ESCAPE.sub("", each).rstrip() for each in terminal(line, width).splitlines()]
    assert any(lines)
    assert max(map(len, lines)) <= width
    assert not any("Traceback" in each or "Errore interno" in each for each in lines)


@pytest.mark.parametrize(("width", "headings"), [(60, 6), (80, 6), (200, 9)])
def test_a_wide_terminal_shows_more_and_never_half_a_number(
    terminal: Shown, width: int, headings: int
) -> None:
    text = ESCAPE.sub("", terminal("helpdeskctl list", width))
    heading = next(line for line in text.splitlines() if "Urgenza" in line)
    assert len(heading.split()) >= headings - 1
    rows = [line for line in text.splitlines() if re.match(r" ?\d+ +(normale|urgente|critico) ", line)]
    assert len(rows) == 13
    assert re.match(r" ?4 +critico ", rows[0])


@pytest.mark.parametrize(
    ("variables", "colored"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colours_as_the_person_wants_them(terminal: Shown, variables: dict[str, str], colored: bool) -> None:
    assert bool(COLOUR.search(terminal("helpdeskctl list", 100, **variables))) == colored
    assert not COLOUR.search(terminal("helpdeskctl --color never list", 100, **variables))


def test_an_answer_is_written_in_the_editor(terminal: Shown, environment: dict[str, str]) -> None:
    shown = terminal("helpdeskctl reply 3 --as rossi", 100, EDITOR="sed -i 1iArriviamo")
    assert "Risposto a" in shown
    listed = subprocess.run(
        [PROGRAM, "outbox", "list", "--json"], env=environment, capture_output=True, text=True, check=True
    )
    assert '"kind": "reply"' in listed.stdout


def test_an_import_is_asked_for(terminal: Shown, environment: dict[str, str]) -> None:
    sheet = Path(environment["HOME"]) / "contratti.csv"
    sheet.write_text("numero;cliente\n2026/0117;Officine Rossi\n")
    refused = terminal(f"helpdeskctl contracts import {sheet}", 100, keys=("n", "Enter"))
    assert "+ 2026/0117" in refused and "Non è stato importato nulla." in refused
    taken = terminal(f"helpdeskctl contracts import {sheet}", 100, keys=("y", "Enter"))
    assert "Il registro ha 1 clienti e 1 contratti." in taken
