"""The units, the crontab and the logrotate file of examples/, read by the programs they are for."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from helpdeskctl.adapters.log import written
from helpdeskctl.cli.main import COMMANDS
from helpdeskctl.domain.settings import Log

pytestmark = pytest.mark.system

EXAMPLES = Path(__file__).parents[2] / "examples"
UNITS = sorted((EXAMPLES / "systemd").iterdir())


def commands() -> list[str]:
    """Every command line of ours in units and crontab."""
    text = "\n".join(path.read_text() for path in (*UNITS, EXAMPLES / "crontab"))
    return re.findall(r"/usr/local/bin/helpdeskctl ([a-z]+)", text)


def test_units_and_crontab_call_commands_that_exist() -> None:
    assert set(commands()) == {"ingest", "outbox", "doctor", "backup"}
    assert set(commands()) <= set(COMMANDS)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_unit(unit: Path, tmp_path: Path) -> None:
    program = tmp_path / "helpdeskctl"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for other in UNITS:
        text = other.read_text().replace("/usr/local/bin/helpdeskctl", str(program))
        (tmp_path / other.name).write_text(re.sub(r"Documentation=.*\n", "", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit.name)], capture_output=True, text=True, check=False
    )
    assert unit.name not in done.stderr


def test_the_service_is_as_exposed_as_the_documentation_says() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=17",
         str(EXAMPLES / "systemd/helpdeskctl-watch.service")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-200:]


def test_logrotate_rotates_the_log_while_it_is_written(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    text = (EXAMPLES / "logrotate").read_text().replace("/var/log/helpdeskctl/mail.log", str(log))
    text = re.sub(r" *su helpdesk helpdesk\n", "", text).replace(
        "create 0640 helpdesk helpdesk", "create 0640"
    )
    (tmp_path / "conf").write_text(text)
    os.chmod(tmp_path / "conf", 0o644)
    os.chmod(tmp_path, 0o700)
    written("T one", Log(str(log)))
    subprocess.run(
        ["logrotate", "--force", "--state", str(tmp_path / "state"), str(tmp_path / "conf")], check=True
    )
    written("T two", Log(str(log)))
    assert (tmp_path / "mail.log.1").read_text() == "T one\n"
    assert log.read_text() == "T two\n"
