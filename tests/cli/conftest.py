"""A desk of its own for every test, and a mail system that keeps what it is given."""

import os
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import NamedTuple

import pytest

from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.main import run

CONFIG = """\
language = "it"
[maildir]
path = "{home}/Maildir"
[store]
path = "{home}/store"
[technicians.rossi]
name = "Mario Rossi"
address = "mario.rossi@projectpp.it"
sectors = ["gestionale"]
[sectors.gestionale]
name = "Gestionale"
address = "supporto.gestionale@projectpp.it"
[sectors.tecnico]
name = "Sistemistico"
address = "supporto.tecnico@projectpp.it"
default = true
notify = ["turno@projectpp.it"]
[mail]
transport = "sendmail"
sendmail = "{home}/sendmail"
"""

# A sendmail that keeps each mail in a file and exits as the file `exit` says.
SENDMAIL = """\
#!/bin/sh
cd "{home}/sent" || exit 75
cat >"mail.$$" && [ ! -e ../exit ] || {{ rm -f "mail.$$"; exit "$(cat ../exit)"; }}
"""


class Called(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


class Desk(NamedTuple):
    """Where everything lies."""

    home: Path
    maildir: Path
    config: Path

    def deliver(self, content: bytes, name: str, age: float = 0) -> Path:
        """A mail in the inbox that arrived `age` seconds ago."""
        path = self.maildir / "new" / name
        path.write_bytes(content)
        at = os.stat(path).st_mtime - age
        os.utime(path, (at, at))
        return path

    def sent(self) -> list[EmailMessage]:
        """What the mail system got, in the order of its recipients."""
        files = (self.home / "sent").glob("mail.*")
        mails = [message_from_bytes(f.read_bytes(), policy=default) for f in files]
        return sorted(
            (m for m in mails if isinstance(m, EmailMessage)), key=lambda m: (m["To"], m["Subject"])
        )

    def folder(self, pattern: str) -> list[str]:
        """The mails in the Maildir folders of that pattern."""
        return sorted(f.name.partition(":2,")[0] for f in self.maildir.glob(f"{pattern}/cur/*"))


def mail(subject: str, text: str = "Non riesco a stampare la fattura 12.", **headers: str) -> bytes:
    """A plain mail of Anna Verdi's."""
    known = {
        "From": "Anna Verdi <anna.verdi@cliente.example>",
        "To": "nuovocaso@projectpp.it",
        "Subject": subject,
        "Date": "Mon, 23 Nov 2026 09:12:00 +0100",
        "Message-ID": f"<{abs(hash((subject, text)))}@cliente.example>",
        "Content-Type": "text/plain; charset=utf-8",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return "".join(f"{n}: {v}\n" for n, v in known.items()).encode() + b"\n" + text.encode() + b"\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for part in ("tmp", "new", "cur"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    (tmp_path / "sent").mkdir()
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(home=tmp_path))
    program = tmp_path / "sendmail"
    program.write_text(SENDMAIL.format(home=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HELPDESKCTL_CONFIG", str(config))
    for name in (
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "SUDO_USER",
        "NO_COLOR",
        "LC_ALL",
        "LC_MESSAGES",
        "LANGUAGE",
    ):
        monkeypatch.delenv(name, raising=False)
    umask = os.umask(0o077)
    bootstrap.settings.cache_clear()
    yield Desk(tmp_path, tmp_path / "Maildir", config)
    bootstrap.settings.cache_clear()
    os.umask(umask)


Call = Callable[..., Called]


@pytest.fixture
def call(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs one command line in this process, as a program in a pipe."""

    def called(*argv: str) -> Called:
        bootstrap.settings.cache_clear()
        capsys.readouterr()
        code = run(list(argv))
        said = capsys.readouterr()
        return Called(code, said.out, said.err)

    return called


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """From now on the output is as on a terminal of that width."""

    def widen(columns: int) -> None:
        monkeypatch.setenv("HELPDESKCTL_FORCE_TTY", "1")
        monkeypatch.setenv("COLUMNS", str(columns))

    return widen
