"""Postfix hands mail to `ingest -` by an alias, and takes acknowledgements by its sendmail and by SMTP."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import mail
from tests.system.chain import CUSTOMER, USUAL_PLACE, Account, configure, eventually, example
from tests.system.servers import Postfix, postfix

pytestmark = pytest.mark.system

PRINTER = mail("Stampante guasta al secondo piano")


@pytest.fixture
def server(account: Account) -> Iterator[Postfix]:
    with postfix(account, example("postfix-aliases", {USUAL_PLACE: str(account.program)})) as running:
        configure(account, 'sendmail = "/usr/sbin/sendmail"')
        yield running


def _acknowledged(server: Postfix) -> list[str]:
    """The subjects of what came to the customer, once the queue has come to rest."""
    eventually(lambda: not server.queue())
    return [mail["Subject"] for mail in server.customers_mails()]


def test_a_mail_becomes_one_case_with_one_acknowledgement(account: Account, server: Postfix) -> None:
    server.receives(PRINTER)
    eventually(server.customers_mails)
    assert _acknowledged(server) == ["[Caso #1] Stampante guasta al secondo piano"]
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    (acknowledgement,) = server.customers_mails()
    assert acknowledgement["Return-Path"] == "<>"
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert account.filed() == 1


def test_the_alias_of_a_sector_decides_the_sector(account: Account, server: Postfix) -> None:
    server.receives(PRINTER, "supporto.gestionale@projectpp.it")
    eventually(server.customers_mails)
    assert [case["sector"] for case in account.cases()] == ["gestionale"]


def test_the_acknowledgement_leaves_by_smtp_as_well(account: Account, server: Postfix) -> None:
    configure(account, "")
    text = account.config.read_text().replace('transport = "sendmail"', 'transport = "smtp"')
    account.config.write_text(f'{text}[mail.smtp]\nhost = "127.0.0.1"\nport = {server.port}\n')
    server.receives(PRINTER)
    eventually(server.customers_mails)
    assert _acknowledged(server) == ["[Caso #1] Stampante guasta al secondo piano"]


@pytest.mark.parametrize("trouble", ["configuration", "missing", "killed", "traceback"])
def test_what_cannot_be_saved_waits_in_the_queue_and_the_customer_hears_nothing(
    account: Account, server: Postfix, trouble: str
) -> None:
    configuration, program = account.config.read_text(), account.program.read_text()
    if trouble == "configuration":
        account.break_configuration()
    elif trouble == "missing":
        account.program.unlink()
    elif trouble == "killed":
        account.program.write_text("#!/bin/sh\nkill -9 $$\n")
    else:
        account.program.write_text("#!/bin/sh\necho Traceback >&2\nexit 1\n")
    server.receives(PRINTER)
    eventually(lambda: "status=deferred" in server.log())
    (waiting,) = server.queue()
    assert waiting["queue_name"] == "deferred"
    assert waiting["sender"] == CUSTOMER
    assert "status=bounced" not in server.log()
    assert server.customers_mails() == []

    account.config.write_text(configuration)
    account.write(account.program.name, program, 0o755)
    server.tries_again()
    eventually(server.customers_mails)
    assert _acknowledged(server) == ["[Caso #1] Stampante guasta al secondo piano"]
    assert len(account.cases()) == 1
    assert "status=bounced" not in server.log()


def test_eight_mails_at_once(account: Account, server: Postfix) -> None:
    for n in range(8):
        server.receives(mail(f"Stampante {n} guasta", f"Richiesta {n} con qualche parola"))
    eventually(lambda: len(server.customers_mails()) == 8)
    assert len(set(_acknowledged(server))) == 8
    assert [case["number"] for case in account.cases()] == list(range(1, 9))
    assert "status=bounced" not in server.log()
