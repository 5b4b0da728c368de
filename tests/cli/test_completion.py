"""What a shell is told when somebody presses TAB."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Desk, mail

PROGRAM = Path(sys.executable).parent / "helpdeskctl"


def completed(desk: Desk, shell: str, *words: str) -> list[str]:
    """The lines that the program tells the shell."""
    environment = os.environ | {
        "_HELPDESKCTL_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": " ".join(("helpdeskctl", *words)),
        "COMP_CWORD": str(len(words)),
        "HELPDESKCTL_CONFIG": str(desk.config),
    }
    done = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


@pytest.fixture
def cases(desk: Desk, call: Call) -> None:
    desk.deliver(mail("Stampante guasta \x1b[31m[red]"), "1", age=2)
    desk.deliver(mail("Server lento"), "2", age=1)
    call("ingest")


@pytest.mark.usefixtures("cases")
def test_case_numbers_come_with_their_subjects(desk: Desk) -> None:
    lines = completed(desk, "zsh", "show", "")
    assert lines == ["plain", "1", "Stampante guasta [31m[red]", "plain", "2", "Server lento"]
    assert completed(desk, "bash", "close", "") == ["plain,1", "plain,2"]
    assert completed(desk, "bash", "close", "1", "2") == ["plain,2"]


def test_commands_options_sectors_and_technicians(desk: Desk) -> None:
    assert completed(desk, "bash", "cl") == ["plain,close", "plain,classify"]
    assert completed(desk, "bash", "list", "--sec") == ["plain,--sector"]
    assert completed(desk, "bash", "list", "--sector", "") == ["plain,gestionale", "plain,tecnico"]
    assert completed(desk, "bash", "assign", "1", "--to", "r") == ["plain,rossi"]


def test_who_presses_tab_at_a_broken_desk_sees_no_error(desk: Desk) -> None:
    desk.config.write_text("language = 7")
    assert completed(desk, "bash", "show", "") == []
    assert completed(desk, "bash", "list", "--sector", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_its_script(call: Call, shell: str) -> None:
    assert f"_HELPDESKCTL_COMPLETE={shell}_complete" in call("completion", shell).out
    assert call("completion", "csh").code == 2


@pytest.mark.usefixtures("cases")
def test_bash_itself_completes(desk: Desk) -> None:
    script = (
        'source <(helpdeskctl completion bash); COMP_WORDS=(helpdeskctl show ""); COMP_CWORD=2; '
        '_helpdeskctl_completion helpdeskctl "" show; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = os.environ | {
        "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
        "HELPDESKCTL_CONFIG": str(desk.config),
    }
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "2"]


@pytest.mark.system
def test_zsh_takes_the_script(call: Call) -> None:
    done = subprocess.run(
        ["zsh", "-n"], input=call("completion", "zsh").out, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
