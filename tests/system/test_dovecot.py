"""Dovecot delivers into the desk's Maildir through its Sieve script (Debian: dovecot-lmtpd, dovecot-sieve)."""

from collections.abc import Callable, Iterator
from smtplib import LMTP

import pytest

from tests.cli.conftest import mail
from tests.system.chain import CUSTOMER, DESK, Account, example
from tests.system.servers import Dovecot, dovecot

pytestmark = pytest.mark.system

PRINTER = mail("Stampante guasta al secondo piano")

Deliver = Callable[[Dovecot, bytes], None]


@pytest.fixture
def server(account: Account) -> Iterator[Dovecot]:
    script = account.write("sieve/helpdeskctl.sieve", example("dovecot/helpdeskctl.sieve", {}))
    account.write("pipes/helpdeskctl", account.program.read_text(), 0o755)
    places = {
        "/etc/dovecot/sieve/helpdeskctl.sieve": str(script),
        "/usr/local/lib/dovecot-pipe": str(account.home / "pipes"),
    }
    with dovecot(account, "Maildir", example("dovecot/90-helpdeskctl.conf", places)) as running:
        yield running


def by_lmtp(server: Dovecot, content: bytes, recipient: str = DESK) -> None:
    """A mail handed over as Postfix does."""
    with LMTP("127.0.0.1", server.lmtp) as connection:
        assert connection.sendmail(CUSTOMER, [recipient], content) == {}


def by_lda(server: Dovecot, content: bytes, recipient: str = DESK) -> None:
    """The same by `dovecot-lda`."""
    done = server.account.run(
        "/usr/lib/dovecot/dovecot-lda", "-c", server.config, "-d", DESK, "-a", recipient, "-f", CUSTOMER,
        content=content,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("deliver", [by_lmtp, by_lda])
def test_a_mail_becomes_one_case_with_one_acknowledgement(
    account: Account, server: Dovecot, deliver: Deliver
) -> None:
    deliver(server, PRINTER)
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    assert len(account.acknowledged()) == 1
    account.helpdeskctl("ingest")
    assert len(account.cases()) == 1
    assert server.holds() == 0
    assert account.filed() == 1


@pytest.mark.parametrize("deliver", [by_lmtp, by_lda])
def test_what_the_pipe_cannot_save_stays_in_the_inbox_for_cron(
    account: Account, server: Dovecot, deliver: Deliver
) -> None:
    before = account.break_configuration()
    deliver(server, PRINTER)
    assert server.holds() == account.inbox() == 1
    account.config.write_text(before)
    account.helpdeskctl("ingest")
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    assert len(account.acknowledged()) == 1
    assert server.holds() == 0


def test_the_address_of_the_envelope_decides_the_sector(account: Account, server: Dovecot) -> None:
    by_lmtp(server, PRINTER, "supporto.gestionale@projectpp.it")
    assert [case["sector"] for case in account.cases()] == ["gestionale"]


def test_a_person_finds_the_mail_in_the_folder_of_cases(account: Account, server: Dovecot) -> None:
    by_lmtp(server, PRINTER)
    with server.session() as imap:
        folders = [line for line in imap.list()[1] if isinstance(line, bytes)]
        (name,) = [line.split()[-1].decode() for line in folders if b"Cases." in line]
        assert imap.select(name, readonly=True)[1] == [b"1"]


def test_a_mail_that_a_mail_program_has_flagged_and_moved_is_filed(account: Account, server: Dovecot) -> None:
    server.receives(PRINTER, r"(\Flagged)")
    with server.session() as imap:
        imap.fetch("1", "(BODY[])")
    account.helpdeskctl("ingest")
    assert len(account.cases()) == 1
    assert account.filed() == 1
    assert server.holds() == 0
