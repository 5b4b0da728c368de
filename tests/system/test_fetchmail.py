"""fetchmail takes mail from Dovecot, over IMAP and POP3, to procmail (Debian: fetchmail, dovecot-*)."""

from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import mail
from tests.system.chain import USUAL_PLACE, Account, example
from tests.system.servers import PASSWORD, Dovecot, dovecot

pytestmark = pytest.mark.system

# What fetchmail exits with when there was no mail to fetch.
NOTHING_THERE = 1
PRINTER = mail("Stampante guasta al secondo piano")

Fetch = Callable[[], int]


@pytest.fixture
def server(account: Account) -> Iterator[Dovecot]:
    with dovecot(account, "server") as running:
        yield running


@pytest.fixture(params=("IMAP", "POP3"))
def fetch(request: pytest.FixtureRequest, account: Account, server: Dovecot) -> Fetch:
    """One poll of the server, as every minute; its exit code."""
    port = server.imap if request.param == "IMAP" else server.pop3
    recipe = example("procmailrc.requeue", {USUAL_PLACE: str(account.program)})
    path = account.write(".procmailrc", f"HOME={account.home}\n{recipe}")
    places = {
        "imap.projectpp.it protocol IMAP": f"localhost protocol {request.param} port {port}",
        "cambiami": PASSWORD,
        "ssl sslcertck": f'ssl sslcertck sslcertfile "{server.certificate}"',
        "/usr/bin/procmail -d %T": f"/usr/bin/procmail {path}",
    }
    account.write(".fetchmailrc", example("fetchmailrc", places))
    return lambda: account.run("fetchmail", "--daemon", "0", "--nosyslog").returncode


def test_a_mail_becomes_one_case_with_one_acknowledgement(
    account: Account, server: Dovecot, fetch: Fetch
) -> None:
    server.receives(PRINTER)
    assert fetch() == 0
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    assert len(account.acknowledged()) == 1
    assert server.holds() == 0
    assert fetch() == NOTHING_THERE
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


def test_a_mail_that_somebody_has_read_there_is_a_case_all_the_same(
    account: Account, server: Dovecot, fetch: Fetch
) -> None:
    server.receives(PRINTER, r"(\Seen)")
    fetch()
    assert len(account.cases()) == 1


def test_five_mails_in_a_row(account: Account, server: Dovecot, fetch: Fetch) -> None:
    subjects = [f"Stampante {n} guasta" for n in range(1, 6)]
    for n, subject in enumerate(subjects):
        server.receives(mail(subject, f"Richiesta {n} con qualche parola"))
    fetch()
    assert account.subjects() == subjects
    assert server.holds() == 0
