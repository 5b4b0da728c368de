"""Mail out: the bytes of a mail, a sendmail program, a real SMTP server."""

import asyncio
import email
import os
import socket
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdeskctl.adapters.transport.compose import compose, objection, wire_address
from helpdeskctl.adapters.transport.sendmail import Sendmail
from helpdeskctl.adapters.transport.smtp import Smtp
from helpdeskctl.domain.case import OutgoingMail
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.settings import Smtp as SmtpSettings
from tests.builders import NOW, outgoing


def parsed(mail: OutgoingMail) -> EmailMessage:
    content = compose(mail, NOW)
    content.decode("ascii")
    assert max(map(len, content.split(b"\n"))) <= 998
    found = email.message_from_bytes(content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_mail_is_what_was_meant() -> None:
    mail = outgoing(
        sender=Address("Project++ Assistenza - Gestionale", "supporto@projectpp.it"),
        to=Address("Nicolò Gallì", "n.galli@cliente.example"),
        subject="[Caso #7] Perché così? Più città \U0001f600",
        body="Gentile Cliente,\n\nperché no: 100 € = così.\nFrom me\n.\nfine  \n",
        headers=(("Auto-Submitted", "auto-replied"), ("References", "<a@b.example> <c@d.example>")),
    )
    found = parsed(mail)
    assert (
        found["From"]
        == "Project++ Assistenza - Gestionale <supporto@projectpp.it>".replace(
            "Project++ Assistenza - Gestionale", '"Project++ Assistenza - Gestionale"'
        )
        or found["From"].addresses[0].display_name == "Project++ Assistenza - Gestionale"
    )
    assert found["To"].addresses[0].display_name == "Nicolò Gallì"
    assert found["To"].addresses[0].addr_spec == "n.galli@cliente.example"
    assert found["Subject"] == mail.subject
    assert found["Message-ID"] == "<caso.7.a1@projectpp.it>"
    assert found["Auto-Submitted"] == "auto-replied"
    assert found["References"].split() == ["<a@b.example>", "<c@d.example>"]
    assert found["Date"] == "Tue, 24 Nov 2026 09:00:00 +0000"
    assert found.get_content_charset() == "utf-8"
    assert found["Content-Transfer-Encoding"] == "quoted-printable"
    assert found.get_content() == mail.body
    assert b"\nFrom " not in compose(mail, NOW)


HOSTILE = st.text(max_size=80) | st.sampled_from(
    [
        "a\r\nBcc: x@y.example",
        "\x00",
        "\udce8",
        "=?utf-8?q?=0ABcc:_x?=",
        '"',
        "\\",
        "<a@b.example>",
        "a" * 3000,
        "\u202e",
        "è" * 500,
    ]
)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=300, deadline=None)
def test_whatever_the_values_are_one_value_is_one_header(
    name: str, subject: str, value: str, body: str
) -> None:
    mail = outgoing(
        sender=Address(name, "a@projectpp.it"), to=Address(name, "b@cliente.example"), subject=subject,
        headers=(("X-Test", value),), body=body, message_id=value,
    )  # fmt: skip
    content = compose(mail, NOW)
    head = content.partition(b"\n\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\n") if not line.startswith(b" ")]
    allowed = {b"From", b"To", b"Subject", b"Date", b"Message-ID", b"X-Test", b"MIME-Version"}
    assert set(names) - {b"Content-Type", b"Content-Transfer-Encoding"} <= allowed
    assert len(names) == len(set(names))
    found = parsed(mail)
    assert [a.addr_spec for a in found["To"].addresses] == ["b@cliente.example"]


@given(st.text(alphabet=st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=60))
@settings(max_examples=200, deadline=None)
def test_a_printable_subject_arrives_as_it_was(subject: str) -> None:
    assert parsed(outgoing(subject=subject))["Subject"] == subject


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("anna.verdi@cliente.example", "anna.verdi@cliente.example"),
        ("o'neil+tag@cliente.example", "o'neil+tag@cliente.example"),
        ("anna@città.example", "anna@xn--citt-3na.example"),
        ("-froot@cliente.example", ""),
        ("a b@cliente.example", ""),
        ("a@b@c.example", ""),
        ("a@b.example,c@d.example", ""),
        ("a@", ""),
        ("@b.example", ""),
        ("", ""),
        ("à@cliente.example", ""),
        ("a@[127.0.0.1]", ""),
        ("a" * 65 + "@b.example", ""),
        ("a\n@b.example", ""),
        ("|rm@b.example", "|rm@b.example"),
    ],
)
def test_what_may_be_given_to_a_mail_system_as_an_address(address: str, wire: str) -> None:
    assert wire_address(address) == wire


def test_what_is_no_address_reaches_no_mail_system() -> None:
    refused = objection(outgoing(to=Address("", "-froot")))
    assert refused is not None and refused.result == "refused"
    ours = objection(outgoing(sender=Address("", "nobody")))
    assert ours is not None and ours.result == "retry"
    assert objection(outgoing()) is None


# --- sendmail ---


@pytest.fixture
def program(tmp_path: Path) -> Any:
    def written(body: str) -> Sendmail:
        path = tmp_path / "sendmail"
        path.write_text(f"#!/bin/sh\ncd '{tmp_path}'\n{body}\n")
        path.chmod(0o755)
        return Sendmail(str(path), seconds=5)

    return written


def test_the_program_gets_the_mail_and_the_envelope(program: Any, tmp_path: Path) -> None:
    sender = program('printf "%s\\n" "$@" >args; cat >mail')
    mail = outgoing()
    assert sender.send(mail, NOW).result == "sent"
    assert (tmp_path / "args").read_text().split("\n")[:-1] == [
        "-oi",
        "-f",
        "<>",
        "--",
        "anna.verdi@cliente.example",
    ]
    assert (tmp_path / "mail").read_bytes() == compose(mail, NOW)
    sender.send(outgoing(envelope="rimbalzi+7-ab@projectpp.it"), NOW)
    assert "rimbalzi+7-ab@projectpp.it" in (tmp_path / "args").read_text().split("\n")


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (0, "sent"),
        (65, "refused"),
        (67, "refused"),
        (68, "refused"),
        (1, "retry"),
        (64, "retry"),
        (69, "retry"),
        (75, "retry"),
        (78, "retry"),
        (127, "retry"),
    ],
)
def test_exit_codes_of_sendmail_and_msmtp(program: Any, code: int, result: str) -> None:
    receipt = program(f"cat >/dev/null; echo 'detto \033[31m'; exit {code}").send(outgoing(), NOW)
    assert receipt.result == result
    assert "detto" in receipt.said and "\033" not in receipt.said
    assert (f"exit code {code}" in receipt.said) == (code != 0)


@pytest.mark.parametrize(
    ("code", "said", "result"),
    [
        (65, "msmtp: envelope from address  not accepted by the server", "retry"),
        (65, "msmtp: recipient address a@b.example not accepted by the server", "refused"),
        (69, "msmtp: the server did not accept the mail\nmsmtp: server message: 554 spam", "refused"),
        (69, "msmtp: the server did not accept the mail\nmsmtp: server message: 452 full", "retry"),
        (69, "msmtp: recipient address a@b.example not accepted by the server", "retry"),
    ],
)
def test_what_msmtp_says_beside_its_exit_code(program: Any, code: int, said: str, result: str) -> None:
    receipt = program(f"cat >/dev/null; echo '{said}' >&2; exit {code}").send(outgoing(), NOW)
    assert receipt.result == result


def test_the_program_speaks_english_whatever_we_speak(
    program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "it_IT.UTF-8")
    program('echo "$LC_ALL" >language').send(outgoing(), NOW)
    assert (tmp_path / "language").read_text() == "C\n"


def test_a_program_that_reads_nothing_or_prints_a_lot(program: Any) -> None:
    assert program("exit 0").send(outgoing(body="x" * 3_000_000), NOW).result == "sent"
    receipt = program("cat >/dev/null; yes | head -c 5000000").send(outgoing(), NOW)
    assert receipt.result == "sent" and len(receipt.said) < 600


def test_a_program_that_hangs_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "sendmail"
    path.write_text("#!/bin/sh\nsleep 60 & sleep 60\n")
    path.chmod(0o755)
    assert Sendmail(str(path), seconds=0.3).send(outgoing(), NOW).result == "retry"


def test_the_end_of_a_program_is_waited_for_once_with_pidfd_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = tmp_path / "slow", tmp_path / "quick"
    for path, does in ((slow, "exec sleep 60"), (quick, "exit 0")):
        path.write_text(f"#!/bin/sh\n{does}\n")
        path.chmod(0o755)
    waits: list[float | None] = []
    wait = subprocess.Popen.wait

    def noted(process: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        waits.append(timeout)
        return wait(process, timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", noted)
    for _ in ("with", "without"):
        assert Sendmail(str(quick), seconds=9).send(outgoing(), NOW).result == "sent"
        assert "0.2 seconds" in Sendmail(str(slow), seconds=0.2).send(outgoing(), NOW).said
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    # The last of each pair is what is left to a program that had to be killed.
    assert waits == [0, 0, 5, 9, 0.2, 5]


def test_a_child_left_behind_is_not_waited_for(program: Any) -> None:
    assert program("cat >/dev/null; sleep 30 & exit 0").send(outgoing(), NOW).result == "sent"


@pytest.mark.parametrize("name", ["missing", "directory", "not\0a name"])
def test_a_program_that_cannot_be_run_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "directory").mkdir()
    receipt = Sendmail(str(tmp_path / name)).send(outgoing(), NOW)
    assert receipt.result == "retry" and "[mail] sendmail" in receipt.said


# --- SMTP ---


class Script:
    """A server that answers as it is told, and keeps what it got."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []
        self.rcpt = "250 OK"
        self.data = "250 OK queued"
        self.login = True

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data.startswith("2"):
            self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.data

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=self.login and data.password == b"segreta", handled=False)


class Loopback(Controller):
    """On a free port of its own."""

    def factory(self) -> Any:
        return Server(
            self.handler, authenticator=self.handler.authenticate, auth_require_tls=False, loop=self.loop
        )


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def server(script: Script) -> Iterator[SmtpSettings]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Loopback(script, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    try:
        yield SmtpSettings("127.0.0.1", port, "none", "", "")
    finally:
        controller.stop()


def test_an_smtp_server_takes_the_mail(server: SmtpSettings, script: Script) -> None:
    mail = outgoing(body="uno\n.\ndue\n")
    receipt = Smtp(server).send(mail, NOW)
    assert receipt.result == "sent" and "250 OK queued" in receipt.said
    ((sender, recipients, content),) = script.mails
    assert (sender, recipients) == ("<>", ["anna.verdi@cliente.example"])
    assert content.replace(b"\r\n", b"\n").rstrip(b"\n") == compose(mail, NOW).rstrip(b"\n")


@pytest.mark.parametrize(
    ("rcpt", "data", "result"),
    [
        ("550 5.1.1 no such user", "", "refused"),
        ("450 4.7.1 greylisted", "", "retry"),
        ("530 5.7.0 authentication required", "", "retry"),
        ("250 OK", "554 5.6.0 refused", "refused"),
        ("250 OK", "451 try later", "retry"),
    ],
)
def test_what_the_server_says_decides(
    server: SmtpSettings, script: Script, rcpt: str, data: str, result: str
) -> None:
    script.rcpt, script.data = rcpt, data or "250 OK"
    receipt = Smtp(server).send(outgoing(), NOW)
    assert receipt.result == result
    assert (data or rcpt)[:3] in receipt.said
    assert script.mails == []


@pytest.mark.parametrize(("password", "result"), [("segreta", "sent"), ("sbagliata", "retry")])
def test_the_password_is_read_from_its_file_and_told_to_nobody(
    server: SmtpSettings, script: Script, tmp_path: Path, password: str, result: str
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{password}\n")
    receipt = Smtp(server._replace(username="aiuto", password_file=str(file))).send(outgoing(), NOW)
    assert receipt.result == result
    assert password not in receipt.said


def test_a_password_file_that_is_missing_is_said(server: SmtpSettings, tmp_path: Path) -> None:
    receipt = Smtp(server._replace(username="aiuto", password_file=str(tmp_path / "nulla"))).send(
        outgoing(), NOW
    )
    assert receipt.result == "retry" and "nulla" in receipt.said


def test_a_server_that_is_not_there_is_tried_again(server: SmtpSettings) -> None:
    receipt = Smtp(server._replace(port=1)).send(outgoing(), NOW)
    assert receipt.result == "retry" and "127.0.0.1:1" in receipt.said


def test_encryption_that_the_server_does_not_offer_is_not_done_without(
    server: SmtpSettings, script: Script
) -> None:
    for security in ("starttls", "tls"):
        assert Smtp(server._replace(security=security), seconds=5).send(outgoing(), NOW).result == "retry"
    assert script.mails == []


@pytest.mark.parametrize("behaviour", ["silent", "drops", "nonsense"])
def test_a_server_that_behaves_oddly_is_tried_again(behaviour: str) -> None:
    async def odd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if behaviour == "nonsense":
            writer.write(b"\x00\xff hello\r\n")
            await writer.drain()
        if behaviour == "silent":
            await reader.read()
        writer.close()

    async def main() -> str:
        listening = await asyncio.start_server(odd, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        settings_ = SmtpSettings("127.0.0.1", port, "none", "", "")
        receipt = await asyncio.to_thread(Smtp(settings_, seconds=0.5).send, outgoing(), NOW)
        listening.close()
        return receipt.result

    assert asyncio.run(main()) == "retry"
