"""Mail out, by whole processes: servers and programs that refuse, delay, die; nothing lost, nobody twice.

Debian: msmtp, faketime.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.cli.conftest import mail
from tests.system.chain import CUSTOMER, Account, configure
from tests.system.smtp_server import HANG_UP, SILENCE, ScriptedServer, scripted_server

pytestmark = pytest.mark.system

PRINTER = mail("Stampante guasta al secondo piano")
TRANSPORTS = ("smtp", "msmtp")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as running:
        yield running


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest, account: Account, server: ScriptedServer) -> str:
    if request.param == "smtp":
        configure(account, "")
        text = account.config.read_text().replace('transport = "sendmail"', 'transport = "smtp"')
        account.config.write_text(f'{text}[mail.smtp]\nhost = "127.0.0.1"\nport = {server.port}\n')
    else:
        configure(account, 'sendmail = "/usr/bin/msmtp"')
        account.write(".msmtprc", f"account default\nhost 127.0.0.1\nport {server.port}\ntimeout 3\n")
    # Technicians' notices would only blur the count.
    account.config.write_text(
        account.config.read_text().replace('notify = ["anna.verdi@projectpp.it"]', "notify = []")
    )
    return str(request.param)


def _waiting(account: Account) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(account.helpdeskctl("outbox", "list", "--json"))
    return listed


def _case(account: Account) -> dict[str, object]:
    shown: dict[str, object] = json.loads(account.helpdeskctl("show", "1", "--json"))
    return shown


def _arrives(account: Account, content: bytes = PRINTER) -> None:
    done = account.run(account.program, "ingest", "-", content=content)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


TEMPORARY = [
    {"greeting": "421 4.3.2 shutting down"},
    {"MAIL": "451 4.3.0 disk trouble"},
    {"RCPT": "450 4.2.0 greylisted"},
    {"DATA": "451 4.3.0 not now"},
    {"end": "452 4.3.1 no room"},
    {"greeting": HANG_UP},
    {"MAIL": HANG_UP},
    {"RCPT": HANG_UP},
    {"DATA": HANG_UP},
    {"middle": HANG_UP},
    {"greeting": "554 5.3.2 no mail here"},
    {"MAIL": "550 5.7.1 this sender may not send here"},
]


@pytest.mark.parametrize("script", TEMPORARY, ids=str)
def test_trouble_of_the_server_is_waited_out(
    account: Account, server: ScriptedServer, transport: str, script: dict[str, str]
) -> None:
    server.script = script
    _arrives(account)
    (waiting,) = _waiting(account)
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
    assert waiting["error"]
    assert "mail_delayed" in [event["event"] for event in _case(account)["history"]]  # type: ignore[attr-defined]
    server.script, server.taken = {}, []
    account.helpdeskctl("outbox", "send", "--now")
    assert server.recipients() == [CUSTOMER]
    assert _waiting(account) == []
    account.helpdeskctl("outbox", "send", "--now")
    assert server.recipients() == [CUSTOMER]


@pytest.mark.parametrize("script", [{"RCPT": "550 5.1.1 no such user"}, {"end": "554 5.7.1 spam"}], ids=str)
def test_what_is_refused_for_good_is_shown_on_its_case(
    account: Account, server: ScriptedServer, transport: str, script: dict[str, str]
) -> None:
    server.script = script
    _arrives(account)
    assert _waiting(account) == []
    case = _case(account)
    assert "undelivered" in case["marks"]  # type: ignore[operator]
    (refused,) = [e for e in case["history"] if e["event"] == "mail_refused"]  # type: ignore[attr-defined]
    assert next(iter(script.values()))[:3] in refused["note"]
    server.script, server.taken = {}, []
    account.helpdeskctl("outbox", "send", "--now")
    assert server.recipients() == []


def test_a_server_that_dies_after_it_has_taken_the_mail_gets_it_twice_at_worst(
    account: Account, server: ScriptedServer, transport: str
) -> None:
    server.script = {"end": HANG_UP}
    _arrives(account)
    assert server.recipients() == [CUSTOMER]
    server.script = {}
    account.helpdeskctl("outbox", "send", "--now")
    account.helpdeskctl("outbox", "send", "--now")
    assert server.recipients() == [CUSTOMER] * 2
    # By its Message-ID the customer's mail program sees that it is one mail.
    one, other = (content.partition(b"Message-ID:")[2].split()[0] for _, content in server.taken)
    assert one == other


def test_a_server_that_dies_at_the_goodbye_gets_it_once(
    account: Account, server: ScriptedServer, transport: str
) -> None:
    server.script = {"QUIT": HANG_UP}
    _arrives(account)
    account.helpdeskctl("outbox", "send", "--now")
    assert server.recipients() == [CUSTOMER]


def test_a_server_that_falls_silent_keeps_nobody(
    account: Account, server: ScriptedServer, transport: str
) -> None:
    server.script = {"RCPT": SILENCE}
    _arrives(account)
    assert account.subjects() == ["Stampante guasta al secondo piano"]
    server.script = {}
    server.over.set()
    account.helpdeskctl("outbox", "send", "--now")
    assert server.recipients() == [CUSTOMER]


def test_greylisting_is_waited_out_without_hammering(
    account: Account, server: ScriptedServer, transport: str
) -> None:
    server.script = {"RCPT": "450 4.2.0 greylisted"}
    _arrives(account)
    assert server.sessions == 1
    for _ in range(3):
        account.helpdeskctl("ingest")
    assert server.sessions == 1
    server.script = {}
    at = "faketime", "-f", "+61s"
    done = account.run(*at, account.program, "ingest", NO_FAKE_STAT="1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert server.recipients() == [CUSTOMER]


def test_a_mail_system_that_is_down_for_a_day(account: Account) -> None:
    """Cron runs every minute; here, those of its runs that find something to do, and as many that do not."""
    account.write("exit", "75")
    customers = [f"cliente{n}@cliente{n}.example" for n in range(3)]
    for customer in customers:
        _arrives(account, mail("Stampante guasta", f"Da stamattina non stampa: {customer}", From=customer))
    account.write(
        "sendmail", account.home.joinpath("sendmail").read_text().replace("#!/bin/sh", TRIED), 0o755
    )

    def cron(minute: int) -> None:
        at = "faketime", "-f", f"+{minute}m"
        done = account.run(*at, account.program, "ingest", NO_FAKE_STAT="1")
        assert (done.returncode, done.stderr) == (0, b"")

    tried = account.home / "tried"
    attempts = []
    for minute in (1, 2, 3, 5, 6, 10, 20, 40, 60, 100, 130, 160, 200, 1440):
        before = tried.read_text().count(customers[0]) if tried.exists() else 0
        cron(minute)
        attempts += [minute] * (tried.read_text().count(customers[0]) - before) if tried.exists() else []
    assert 5 < len(attempts) <= 13
    assert account.acknowledged("cliente") == []
    (account.home / "exit").unlink()
    cron(1501)
    assert [len(account.acknowledged(customer)) for customer in customers] == [1, 1, 1]
    cron(1600)
    assert [len(account.acknowledged(customer)) for customer in customers] == [1, 1, 1]
    assert _waiting(account) == []
    assert [to for to in tried.read_text().split() if "cliente" in to][-3:] == customers


# The scripted program notes whom each attempt was for.
TRIED = '#!/bin/sh\nfor to; do :; done; echo "$to" >>"$(dirname "$0")/tried"'


def test_after_five_days_it_is_given_up_and_shown(account: Account) -> None:
    account.write("exit", "75")
    _arrives(account)
    for days in (1, 4, 6):
        account.run("faketime", "-f", f"+{days}d", account.program, "ingest", NO_FAKE_STAT="1")
    case = _case(account)
    assert "undelivered" in case["marks"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("code", "state"), [(75, "waiting"), (69, "waiting"), (78, "waiting"), (65, "refused"), (67, "refused")]
)
def test_exit_codes_of_a_sendmail(account: Account, code: int, state: str) -> None:
    account.write("exit", str(code))
    _arrives(account)
    waiting = [one for one in _waiting(account) if one["kind"] == "acknowledgement"]
    assert len(waiting) == (state == "waiting")
    (account.home / "exit").unlink()
    account.helpdeskctl("outbox", "send", "--now")
    assert len(account.acknowledged()) == (state == "waiting")


def test_many_senders_at_once_send_each_mail_once(account: Account) -> None:
    account.write("exit", "75")
    customers = [f"cliente{n}@cliente{n}.example" for n in range(6)]
    for customer in customers:
        _arrives(account, mail(f"Non stampa {customer[:9]}", "Da stamattina non stampa.", From=customer))
    (account.home / "exit").unlink()
    # Slow enough that all of them meet.
    slow = account.home.joinpath("sendmail").read_text().replace("#!/bin/sh", "#!/bin/sh\nsleep 0.1")
    account.write("sendmail", slow, 0o755)
    with ExitStack() as stack:
        senders = [
            stack.enter_context(account.start(account.program, "outbox", "send", "--now")) for _ in range(8)
        ]
        assert [sender.communicate(timeout=120)[1] for sender in senders] == [b""] * 8
        assert [sender.returncode for sender in senders] == [0] * 8
    assert [len(account.acknowledged(customer)) for customer in customers] == [1] * 6
    assert _waiting(account) == []
