"""getmail takes mail from Dovecot straight to `ingest -` (Debian: getmail6, dovecot-imapd)."""

from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import mail
from tests.system.chain import USUAL_PLACE, Account, Ended, example
from tests.system.servers import PASSWORD, Dovecot, dovecot

pytestmark = pytest.mark.system

PRINTER = mail("Stampante guasta al secondo piano")


@pytest.fixture
def server(account: Account) -> Iterator[Dovecot]:
    with dovecot(account, "server") as running:
        yield running


Fetch = Callable[[], Ended]


@pytest.fixture
def fetch(account: Account, server: Dovecot) -> Fetch:
    """One run of getmail, as every minute."""
    places = {
        "server = imap.projectpp.it": "server = localhost",
        "port = 993": f"port = {server.imap}",
        "cambiami": PASSWORD,
        "/etc/ssl/certs/ca-certificates.crt": str(server.certificate),
        USUAL_PLACE: str(account.program),
    }
    account.write(".getmail/getmailrc", example("getmailrc", places))
    return lambda: account.run("getmail")


def test_a_mail_becomes_one_case_with_one_acknowledgement(
    account: Account, server: Dovecot, fetch: Fetch
) -> None:
    server.receives(PRINTER)
    done = fetch()
    assert (done.returncode, done.stderr) == (0, b"")
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    assert len(account.acknowledged()) == 1
    assert server.holds() == 0
    fetch()
    assert len(account.cases()) == 1


def test_what_cannot_be_saved_stays_on_the_server(account: Account, server: Dovecot, fetch: Fetch) -> None:
    before = account.break_configuration()
    server.receives(PRINTER)
    fetch()
    assert server.holds() == 1
    account.config.write_text(before)
    fetch()
    assert server.holds() == 0
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    assert len(account.acknowledged()) == 1
