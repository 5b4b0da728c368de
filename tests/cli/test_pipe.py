"""`ingest -`: the contract with mail systems (behaviour.md §2), driven as a whole process."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helpdeskctl.__main__ import is_pipe
from helpdeskctl.cli.pipe import PipeOptions, WrongUsageError, options
from tests.cli.conftest import Call, Desk, mail


def _pipe(content: bytes, *more: str, **environ: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "helpdeskctl", *(more or ("ingest", "-"))],
        input=content, capture_output=True, env=os.environ | environ, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


SAVED = (0, b"", b"")
NOT_SAVED = (75, b"", b"")


def test_a_mail_is_saved_answered_and_nothing_is_printed(call: Call, desk: Desk) -> None:
    assert _pipe(mail("Stampante guasta al secondo piano")) == SAVED
    assert len(call("list").out.splitlines()) == 1
    assert [m["Subject"] for m in desk.sent() if "anna.verdi" in m["To"]]
    assert len(desk.folder(".Cases.*")) == 1


def test_twenty_four_pipes_at_once_give_twenty_four_cases(call: Call, desk: Desk) -> None:
    mails = [
        mail(
            f"Stampante numero {n} guasta",
            f"Richiesta {n} con qualche parola",
            From=f"anna.verdi{n}@cliente.example",
        )
        for n in range(24)
    ]
    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(_pipe, mails)) == [SAVED] * 24
    listed = json.loads(call("list", "--json").out)
    assert sorted(case["number"] for case in listed) == list(range(1, 25))
    assert len({case["subject"] for case in listed}) == 24
    # Whoever did not get the sender's lock left its mail to the holder, or to the next run.
    call("outbox", "send", "--now")
    acknowledged = [m["Subject"] for m in desk.sent() if "anna.verdi" in m["To"]]
    assert len(acknowledged) == len(set(acknowledged)) == 24
    assert len(desk.folder(".Cases.*")) == 24
    assert not list((desk.maildir / "new").iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest", "-", "--json"),
        ("ingest", "--dry-run", "-"),
        ("ingest", "-", "--verbose"),
        ("ingest", "-", "--watch"),
        ("ingest", "-", "--recipient"),
        ("ingest", "-", "--config"),
        ("ingest", "-", "Maildir"),
        ("ingest", "-", "--nonsense"),
        ("--nonsense", "ingest", "-"),
        ("ingest", "-", "--config", "/nowhere/at/all.toml"),
        ("ingest", "-", "--config=/nowhere/at/all.toml"),
    ],
    ids=" ".join,
)
def test_whatever_is_wrong_with_the_command_line_is_75_and_silence(
    desk: Desk, arguments: tuple[str, ...]
) -> None:
    assert _pipe(mail("Stampante"), *arguments) == NOT_SAVED


def test_a_broken_configuration_is_75_and_silence(desk: Desk) -> None:
    desk.config.write_text("questo non è TOML [")
    assert _pipe(mail("Stampante")) == NOT_SAVED
    assert not list((desk.maildir / "new").iterdir())


def test_no_maildir_is_75_and_silence(desk: Desk) -> None:
    (desk.maildir).rename(desk.home / "altrove")
    assert _pipe(mail("Stampante")) == NOT_SAVED


def test_a_store_that_cannot_be_written_never_costs_a_mail(call: Call, desk: Desk) -> None:
    (desk.home / "store").write_text("a file where the directory should be")
    assert _pipe(mail("Stampante guasta al secondo piano")) == SAVED
    assert len(list((desk.maildir / "new").iterdir())) == 1
    (desk.home / "store").unlink()
    assert call("ingest").code == 0
    assert len(call("list").out.splitlines()) == 1


def test_a_mail_system_that_fails_does_not_matter_to_the_pipe(call: Call, desk: Desk) -> None:
    (desk.home / "sendmail").unlink()
    assert _pipe(mail("Stampante guasta al secondo piano")) == SAVED
    assert json.loads(call("outbox", "list", "--json").out)


def test_the_pipe_deals_with_its_own_mail_alone(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Un'altra che c'era già da prima"), "1")
    assert _pipe(mail("Stampante guasta al secondo piano")) == SAVED
    assert [line.split("\t")[6] for line in call("list").out.splitlines()] == [
        "Stampante guasta al secondo piano"
    ]


def test_from_line_and_recipients_are_kept_as_delivery_agents_do(desk: Desk) -> None:
    content = b"From anna.verdi@cliente.example  Mon Nov 23 09:12:00 2026\n" + mail("Stampante guasta qui")
    told = _pipe(
        content, "--lang", "it", "ingest", "--recipient", "supporto.gestionale@projectpp.it", "-",
        "--recipient=altro@projectpp.it",
    )  # fmt: skip
    assert told == SAVED
    (path,) = desk.maildir.glob(".Cases.*/cur/*")
    lines = path.read_bytes().split(b"\n")
    assert lines[:3] == [
        b"Return-Path: <anna.verdi@cliente.example>",
        b"Delivered-To: supporto.gestionale@projectpp.it",
        b"Delivered-To: altro@projectpp.it",
    ]
    assert b"From: Anna Verdi <anna.verdi@cliente.example>" in lines


def test_the_recipient_decides_the_sector(call: Call, desk: Desk) -> None:
    _pipe(mail("Stampante guasta qui"), "ingest", "-", "--recipient", "supporto.gestionale@projectpp.it")
    assert call("list").out.split("\t")[3] == "gestionale"


def test_a_mail_of_three_megabytes_is_read_to_its_end(call: Call, desk: Desk) -> None:
    assert _pipe(mail("Stampante guasta qui", "parola " * 450_000)) == SAVED
    assert len(call("list").out.splitlines()) == 1


def test_an_empty_mail_is_safe(call: Call, desk: Desk) -> None:
    assert _pipe(b"") == SAVED
    assert not list((desk.maildir / "new").iterdir())


def test_a_bug_after_saving_is_0_and_the_mail_waits_in_the_inbox(
    call: Call, desk: Desk, tmp_path: Path
) -> None:
    # A module that breaks when it is imported stands for any bug.
    broken = tmp_path / "broken" / "mailparser"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise SystemError('a bug')")
    assert _pipe(mail("Stampante guasta qui"), PYTHONPATH=str(broken.parent)) == SAVED
    assert len(list(desk.maildir.glob("new/*"))) + len(desk.folder(".Held")) == 1


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["ingest", "-"], True),
        (["--config", "x", "ingest", "-"], True),
        (["ingest", "--recipient", "a@b.example", "-"], True),
        (["ingest"], False),
        (["ingest", "Maildir"], False),
        (["classify", "-"], False),
        (["list"], False),
        ([], False),
    ],
)
def test_a_pipe_is_told_by_its_arguments_alone(argv: list[str], expected: bool) -> None:
    assert is_pipe(argv) is expected


def test_the_options_of_a_pipe() -> None:
    told = options(
        ["--config=a", "ingest", "--lang", "en", "-", "--config", "b", "--recipient", "x@y.example"]
    )
    assert told == PipeOptions("b", ("x@y.example",))
    with pytest.raises(WrongUsageError):
        options(["ingest", "-", "-"])


def test_a_line_in_the_log_says_what_became_of_the_mail_and_nothing_of_what_it_says(desk: Desk) -> None:
    log = desk.home / "mail.log"
    desk.config.write_text(desk.config.read_text() + f'[log]\nfile = "{log}"\n')
    assert _pipe(mail("Stampante guasta qui")) == SAVED
    (line,) = log.read_text().splitlines()
    assert " mail key=" in line and " outcome=opened case=1 sector=tecnico ms=" in line
    assert "Stampante" not in line


def test_a_failure_is_logged_and_a_log_that_cannot_be_written_costs_no_mail(desk: Desk) -> None:
    log = desk.home / "mail.log"
    config = desk.config.read_text()
    desk.config.write_text(config + f'[log]\nfile = "{log}"\n')
    (desk.home / "store").write_text("a file where the directory should be")
    assert _pipe(mail("Stampante guasta qui")) == SAVED
    (line,) = log.read_text().splitlines()
    assert " failed ingest -: mail saved, the next batch goes on with it: " in line
    desk.config.write_text(config + f'[log]\nfile = "{desk.home}"\nsyslog = true\n')
    assert _pipe(mail("Stampante guasta qui")) == SAVED
