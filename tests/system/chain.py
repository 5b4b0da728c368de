"""What all tests of the real mail chain share: the account `helpdesk`, and the files of examples/.

Where the tests run as root the programs run as an ordinary account, as most of them want it, else as
ourselves; `helpdeskctl` is an installed one, in a place where every account may read it.
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CUSTOMER = "anna.verdi@cliente.example"
DESK = "nuovocaso@projectpp.it"
# `daemon`: an account of every Debian that owns next to nothing, and has a home directory that exists.
DAEMON = 1
_ORDINARY = DAEMON if os.geteuid() == 0 else None
# What examples/ takes for the place of the program.
USUAL_PLACE = "/usr/local/bin/helpdeskctl"

# A sendmail that keeps each mail in a file; it exits as the file `exit` says, if there is one.
SENDMAIL = """\
#!/bin/sh
[ ! -e "{home}/exit" ] || {{ cat >/dev/null; exit "$(cat "{home}/exit")"; }}
whole=$(mktemp -p "{home}") && cat >"$whole" && mv "$whole" "{home}/sent/"
"""

Ended = subprocess.CompletedProcess[bytes]


class Account(NamedTuple):
    """The account `helpdesk`: its home, and how its `helpdeskctl` is called."""

    home: Path
    program: Path

    @property
    def config(self) -> Path:
        """Where the account's configuration lies."""
        return self.home / ".config/helpdeskctl/config.toml"

    def owns(self, path: Path) -> Path:
        """The path, given to the account."""
        if _ORDINARY:
            os.chown(path, DAEMON, DAEMON)
        return path

    def write(self, name: str, content: str, mode: int = 0o600) -> Path:
        """A file of the account's, in directories of its own."""
        path = self.home / name
        for directory in reversed([p for p in path.parents if p.is_relative_to(self.home)]):
            if not directory.exists():
                directory.mkdir(mode=0o700)
                self.owns(directory)
        path.write_text(content)
        path.chmod(mode)
        return self.owns(path)

    def start(self, *argv: str | Path, **more: str) -> subprocess.Popen[bytes]:
        """A program, started by the account, with pipes for input and output."""
        return subprocess.Popen(
            argv, cwd=self.home, env=self.environment() | more, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, umask=0o077,
            user=_ORDINARY, group=_ORDINARY, extra_groups=[] if _ORDINARY else None,
        )  # fmt: skip

    def run(self, *argv: str | Path, content: bytes = b"", **more: str) -> Ended:
        """A program run to its end, whatever its exit code."""
        with self.start(*argv, **more) as process:
            out, err = process.communicate(content, timeout=120)
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def helpdeskctl(self, *argv: str) -> bytes:
        """What a command prints; it must succeed, and in silence."""
        done = self.run(self.program, *argv)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout

    def environment(self) -> dict[str, str]:
        """As cron and mail systems give it: next to nothing."""
        return {"HOME": str(self.home), "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}

    def cases(self) -> list[dict[str, object]]:
        """What `list` tells, by number."""
        listed: list[dict[str, object]] = json.loads(self.helpdeskctl("list", "--all", "--json"))
        return sorted(listed, key=lambda case: int(str(case["number"])))

    def subjects(self) -> list[object]:
        """The subjects of all cases, by number."""
        return [case["subject"] for case in self.cases()]

    def acknowledged(self, customer: str = CUSTOMER) -> list[str]:
        """The subjects of what the scripted mail system got for the customer."""
        mails = map(parsed, (self.home / "sent").iterdir())
        return sorted(mail["Subject"] for mail in mails if customer in mail["To"])

    def inbox(self) -> int:
        """How many mails wait in the Maildir's inbox."""
        return sum(1 for part in ("new", "cur") for _ in (self.home / "Maildir" / part).iterdir())

    def filed(self, folder: str = ".Cases.*") -> int:
        """How many mails lie in the folders of cases."""
        return sum(1 for _ in (self.home / "Maildir").glob(f"{folder}/cur/*"))

    def break_configuration(self) -> str:
        """A configuration that says nothing; what it said before."""
        before = self.config.read_text()
        self.config.write_text("[maildir\n")
        return before


def settle(account: Account, program: Path, *, language: str = "it") -> None:
    """An empty Maildir, the configuration of examples/, a scripted mail system, the program."""
    for part in ("tmp", "new", "cur"):
        account.owns(_directory(account.home / "Maildir" / part))
    account.owns(account.home / "Maildir")
    account.owns(_directory(account.home / "sent"))
    account.write("sendmail", SENDMAIL.format(home=account.home), 0o755)
    configure(account, f'sendmail = "{account.home}/sendmail"')
    # Mail systems that know no home directory of the account's still find its configuration.
    account.write(
        account.program.name, f'#!/bin/sh\nHOME="{account.home}" exec "{program}" "$@"\n', 0o755
    )  # fmt: skip


def configure(account: Account, mail: str) -> None:
    """The configuration of examples/, with these lines under `[mail]`."""
    account.write(
        ".config/helpdeskctl/config.toml",
        example("config.toml", {'transport = "sendmail"': f'transport = "sendmail"\n{mail}'}),
    )


def example(name: str, places: Mapping[str, str]) -> str:
    """The file of examples/ as it is, but for these places, each of which must occur in it."""
    text = (EXAMPLES / name).read_text()
    for usual, ours in places.items():
        assert usual in text, f"{name} does not say {usual}"
        text = text.replace(usual, ours)
    return text


def parsed(path: Path) -> EmailMessage:
    """The mail in that file."""
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def listening(port: int) -> bool:
    """Whether somebody answers on that port of loopback."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def eventually(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait until it is so; a program of the chain works beside us."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "nothing came of it"
        time.sleep(0.05)


def certificate(directory: Path) -> tuple[Path, Path]:
    """Certificate and key of `localhost`, thrown away with the directory."""
    files = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    for file in files:
        file.chmod(0o644)
    return files


def _directory(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True)
    return path
