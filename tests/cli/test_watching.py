"""`ingest --watch` as a process of its own: quick, quiet, hard to kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from helpdeskctl.__main__ import is_watch
from helpdeskctl.adapters.tinydb_store import TinyDbStore
from tests.cli.conftest import Call, Desk, mail

pytestmark = pytest.mark.system

Watching = subprocess.Popen[str]


@contextmanager
def watching(*more: str) -> Iterator[Watching]:
    """A process that watches; ended when the block is left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "helpdeskctl", "ingest", "--watch", *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def eventually(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def ended(process: Watching, number: int = signal.SIGTERM) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def acknowledged(desk: Desk) -> list[str]:
    """The subjects of what the customers got; a mail that is being written has no header yet."""
    files = (desk.home / "sent").glob("mail.*")
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return sorted(str(m["Subject"]) for m in mails if m["Subject"] and "anna.verdi" in str(m["To"]))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_arrives_is_answered_and_a_signal_ends_it_with_0(desk: Desk, number: int) -> None:
    with watching() as process:
        desk.deliver(mail("Stampante guasta al secondo piano"), "1")
        eventually(lambda: len(acknowledged(desk)) == 1)
        assert ended(process, number) == (0, "", "")
    assert desk.folder(".Cases.*") == ["1"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_it_starts_ends_it_with_0_as_well(desk: Desk, number: int) -> None:
    slow = desk.home / "slow.toml"
    os.mkfifo(slow)
    held: list[int] = []

    def reads_a_configuration_that_does_not_come() -> bool:
        # No one reads yet: ENXIO.
        with suppress(OSError):
            held.append(os.open(slow, os.O_WRONLY | os.O_NONBLOCK))
        return bool(held)

    with watching("--config", str(slow)) as process:
        eventually(reads_a_configuration_that_does_not_come)
        process.send_signal(number)
        # Python tells a signal that came just before a read only after it.
        os.close(held[0])
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_while_nothing_arrives_it_does_next_to_nothing(desk: Desk) -> None:
    with watching() as process:
        desk.deliver(mail("Stampante guasta al secondo piano"), "1")
        eventually(lambda: desk.folder(".Cases.*") == ["1"])
        time.sleep(3)
        before = spent(process)
        time.sleep(5)
        # Of the processor, not of the day: less than a hundredth.
        assert spent(process) - before <= 0.05


def spent(process: Watching) -> float:
    """The processor's time that it has used, in seconds."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_killed_again_and_again_every_mail_counts_once(call: Call, desk: Desk) -> None:
    delivered = 0
    for turn in range(12):
        with watching() as process:
            for _ in range(3):
                delivered += 1
                text = f"Richiesta {delivered} con qualche parola"
                sender = f"anna.verdi{delivered}@cliente.example"
                desk.deliver(mail(f"Guasto numero {delivered}", text, From=sender), f"{delivered}")
            # Somewhere between its start and the last acknowledgement.
            time.sleep(0.15 + 0.05 * turn)
            process.send_signal(signal.SIGKILL)
            process.wait(30)
    with watching() as process:
        # The last one shows that it is at work: a signal before that just ends it.
        delivered += 1
        desk.deliver(
            mail("Guasto, l'ultimo", "Un'ultima richiesta di oggi", From="anna.verdi0@cliente.example"), "0"
        )
        eventually(lambda: not list(desk.maildir.glob("new/*")))
        eventually(lambda: json.loads(call("outbox", "list", "--json").out) == [], 90)
        assert ended(process)[0] == 0
    cases = json.loads(call("list", "--json").out)
    assert sorted(case["number"] for case in cases) == list(range(1, delivered + 1))
    assert len({case["subject"] for case in cases}) == delivered
    assert len(desk.folder(".Cases.*")) == delivered
    found = acknowledged(desk)
    assert len(set(found)) == delivered
    assert all(found.count(subject) <= 2 for subject in found)


def test_a_maildir_that_goes_and_returns_is_survived(desk: Desk) -> None:
    with watching() as process:
        desk.deliver(mail("Prima che sparisca"), "1")
        eventually(lambda: len(acknowledged(desk)) == 1)
        desk.maildir.rename(desk.home / "altrove")
        assert process.stderr is not None
        assert "Maildir" in process.stderr.readline()
        (desk.home / "altrove").rename(desk.maildir)
        desk.deliver(mail("Dopo che è tornata"), "2")
        eventually(lambda: len(acknowledged(desk)) == 2)
        code, out, err = ended(process)
    assert (code, out, err) == (0, "", "")


def test_it_may_start_before_its_maildir_is_there(desk: Desk) -> None:
    desk.maildir.rename(desk.home / "altrove")
    with watching() as process:
        assert process.stderr is not None
        process.stderr.readline()
        (desk.home / "altrove").rename(desk.maildir)
        desk.deliver(mail("Stampante guasta"), "1")
        eventually(lambda: len(acknowledged(desk)) == 1)


def test_a_store_that_somebody_holds_is_waited_for(desk: Desk) -> None:
    from zoneinfo import ZoneInfo

    with watching():
        with TinyDbStore(str(desk.home / "store"), ZoneInfo("Europe/Rome")).transaction():
            desk.deliver(mail("Stampante guasta"), "1")
            time.sleep(2)
            assert desk.folder(".Cases.*") == []
        eventually(lambda: len(acknowledged(desk)) == 1)


def test_a_mail_that_cannot_be_sent_is_tried_again_without_anybody_s_help(call: Call, desk: Desk) -> None:
    (desk.home / "exit").write_text("75")
    with watching():
        desk.deliver(mail("Stampante guasta"), "1")
        eventually(lambda: desk.folder(".Cases.*") == ["1"])
        eventually(
            lambda: [w["attempts"] for w in json.loads(call("outbox", "list", "--json").out)] == [1, 1]
        )
        (desk.home / "exit").unlink()
        # The first pause is two minutes.
        eventually(lambda: len(acknowledged(desk)) == 1, 150)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["ingest", "--watch"], True),
        (["--config", "x", "ingest", "Maildir", "--watch"], True),
        (["ingest"], False),
        (["--watch"], False),
        (["list"], False),
    ],
)
def test_a_watch_is_told_by_its_arguments_alone(argv: list[str], expected: bool) -> None:
    assert is_watch(argv) is expected


def test_an_old_maildir_has_to_be_decided_about_first(desk: Desk) -> None:
    desk.deliver(mail("vecchia"), "1", age=3 * 86400)
    with watching("--lang", "en") as process:
        _out, err = process.communicate(timeout=30)
    assert process.returncode == 78
    assert "--backlog open" in err
