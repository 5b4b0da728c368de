"""Acknowledgements leave encrypted and logged in: by msmtp as in examples/, and by our own SMTP."""

from collections.abc import Iterator
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.cli.conftest import mail
from tests.system.chain import CUSTOMER, Account, certificate, configure, example, free_port

pytestmark = pytest.mark.system

PASSWORD = "segreta e lunga"
PRINTER = mail("Stampante guasta al secondo piano")


class Submission(Controller):
    """A provider's server: STARTTLS, then a login, then mail."""

    def __init__(self, trusted: Path, key: Path) -> None:
        self.trusted = trusted
        self.mails: list[tuple[str, str]] = []
        self._context = SSLContext(PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(trusted, key)
        super().__init__(self, hostname="127.0.0.1", port=free_port(), ready_timeout=10)

    def factory(self) -> SMTP:
        return SMTP(
            self, tls_context=self._context, require_starttls=True, authenticator=self.authenticate,
            auth_required=True, auth_require_tls=True, loop=self.loop,
        )  # fmt: skip

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = data.login == b"helpdesk@projectpp.it" and data.password == PASSWORD.encode()
        return AuthResult(success=known and session.ssl is not None, handled=False)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails += [(envelope.mail_from, recipient) for recipient in envelope.rcpt_tos]
        return "250 OK"

    def customers(self) -> list[tuple[str, str]]:
        """What customers got."""
        return [(sender, recipient) for sender, recipient in self.mails if recipient == CUSTOMER]


@pytest.fixture
def server(account: Account) -> Iterator[Submission]:
    running = Submission(*certificate(account.home))
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=("smtp", "msmtp"))
def transport(request: pytest.FixtureRequest, account: Account, server: Submission) -> str:
    account.write(".config/helpdeskctl/smtp-password", f"{PASSWORD}\n")
    places = {
        "smtp.projectpp.it": "localhost",
        "port 587": f"port {server.port}",
        "/etc/ssl/certs/ca-certificates.crt": str(server.trusted),
    }
    account.write(".msmtprc", example("msmtprc", places))
    configure(account, 'sendmail = "/usr/bin/msmtp"')
    if request.param == "smtp":
        text = account.config.read_text().replace('transport = "sendmail"', 'transport = "smtp"')
        account.config.write_text(
            f'{text}[mail.smtp]\nhost = "localhost"\nport = {server.port}\nsecurity = "starttls"\n'
            'username = "helpdesk@projectpp.it"\npassword_file = "~/.config/helpdeskctl/smtp-password"\n'
        )
    return str(request.param)


def _arrives(account: Account, trusted: Path | None) -> None:
    environment = {"SSL_CERT_FILE": str(trusted)} if trusted else {}
    done = account.run(account.program, "ingest", "-", content=PRINTER, **environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_the_acknowledgement_comes_to_the_customer_once(
    account: Account, server: Submission, transport: str
) -> None:
    _arrives(account, server.trusted)
    assert server.customers() == [("", CUSTOMER)] or server.customers() == [("<>", CUSTOMER)]
    assert account.helpdeskctl("outbox", "list") == b""


def test_a_wrong_password_is_waited_out_and_told_to_nobody(
    account: Account, server: Submission, transport: str
) -> None:
    account.write(".config/helpdeskctl/smtp-password", "un'altra\n")
    _arrives(account, server.trusted)
    assert server.mails == []
    waiting = account.helpdeskctl("outbox", "list").decode()
    assert CUSTOMER in waiting and "535" in waiting and "altra" not in waiting


def test_a_server_that_nobody_vouches_for_gets_neither_password_nor_mail(
    account: Account, server: Submission, transport: str
) -> None:
    other = account.home / "other"
    other.mkdir()
    stranger, _ = certificate(other)
    if transport == "msmtp":
        text = (account.home / ".msmtprc").read_text().replace(str(server.trusted), str(stranger))
        account.write(".msmtprc", text)
    _arrives(account, stranger)
    assert server.mails == []
    assert CUSTOMER in account.helpdeskctl("outbox", "list").decode()
