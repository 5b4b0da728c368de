"""The same desk used by root, by the team's account, and by a colleague in its group: owners and modes.

Only root can become somebody else.
"""

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import CONFIG, SENDMAIL, mail

ACCOUNT, COLLEAGUE, STRANGER, TEAM = 61234, 61235, 61236, 61300


class As(NamedTuple):
    """Who runs a command."""

    uid: int
    gid: int
    groups: tuple[int, ...] = ()

    @property
    def prefix(self) -> list[str]:
        """The command line that makes the process theirs."""
        groups = f"--groups={','.join(map(str, self.groups))}" if self.groups else "--clear-groups"
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", groups, "--inh-caps=-all"]


SEARCHED = os.pathsep.join((str(Path(__file__).parents[2]), sysconfig.get_path("purelib")))


def _python_for_everybody() -> str:
    """A Python of our version that other users may run, and root as well once it is one of them."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{version}"):
        # Root's own may lie where nobody else may read: only what is read later shows it.
        code = f"import os; os.setuid({ACCOUNT}); import email, helpdeskctl.cli.ingest, mailparser"
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": SEARCHED, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([python, "-c", code], capture_output=True, check=False, env=environ, cwd="/")
        if done.returncode == 0:
            return python
    return ""


PYTHON = _python_for_everybody() if os.geteuid() == 0 else ""

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not PYTHON, reason="needs root, and a Python that other users may run"),
]


class Place(NamedTuple):
    """A desk in a directory that everybody can reach."""

    home: Path

    def run(self, who: As | None, *argv: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """A command of somebody's; of root's without `who`."""
        return subprocess.run(
            [*(who.prefix if who else ()), PYTHON, "-m", "helpdeskctl", *argv],
            input=stdin, capture_output=True, check=False, umask=0o022, cwd="/",
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "en",
                 "HELPDESKCTL_CONFIG": str(self.home / "config.toml"), "PYTHONDONTWRITEBYTECODE": "1",
                 "PYTHONPATH": SEARCHED},
        )  # fmt: skip

    def deliver(self, subject: str, name: str, owner: tuple[int, int]) -> None:
        path = self.home / "Maildir/new" / name
        path.write_bytes(mail(subject, f"{subject}, con qualche parola"))
        path.chmod(0o600)
        os.chown(path, *owner)

    def below(self, *folders: str) -> list[Path]:
        return [path for folder in folders for path in (self.home / folder, *(self.home / folder).rglob("*"))]


@pytest.fixture
def place() -> Iterator[Place]:
    home = Path(tempfile.mkdtemp())
    home.chmod(0o755)
    for part in ("tmp", "new", "cur"):
        (home / "Maildir" / part).mkdir(parents=True)
    (home / "sent").mkdir()
    (home / "sent").chmod(0o777)
    (home / "log").mkdir()
    (home / "log").chmod(0o777)
    (home / "store").mkdir()
    (home / "config.toml").write_text(CONFIG.format(home=home) + f'[log]\nfile = "{home}/log/mail.log"\n')
    (home / "config.toml").chmod(0o644)
    (home / "sendmail").write_text(SENDMAIL.format(home=home))
    (home / "sendmail").chmod(0o755)
    yield Place(home)
    shutil.rmtree(home)


def owned(place: Place, uid: int, gid: int, mode: int) -> None:
    for folder in ("Maildir", "store"):
        for path in place.below(folder):
            os.chown(path, uid, gid)
            path.chmod(mode)


def test_root_leaves_nothing_that_is_root_s(place: Place) -> None:
    owned(place, ACCOUNT, ACCOUNT, 0o700)
    place.deliver("Stampante guasta", "1", (ACCOUNT, ACCOUNT))
    assert place.run(None, "ingest").returncode == 0
    assert place.run(None, "ingest", "-", stdin=mail("Rete ferma da stamattina")).returncode == 0
    assert place.run(None, "close", "1", "--note", "fatto").returncode == 0
    assert place.run(None, "doctor", "--reindex").returncode == 0
    assert place.run(None, "doctor", "--repair").returncode == 0
    for path in place.below("Maildir", "store"):
        found = path.stat()
        assert (found.st_uid, found.st_gid) == (ACCOUNT, ACCOUNT), path
        if "store" in path.parts:
            assert stat.S_IMODE(found.st_mode) & 0o077 == 0, path
    assert (place.home / "log/mail.log").stat().st_uid == ACCOUNT
    # The account itself goes on with all of it.
    account = As(ACCOUNT, ACCOUNT)
    place.deliver("Terza richiesta", "3", (ACCOUNT, ACCOUNT))
    done = place.run(account, "ingest")
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(place.run(account, "list", "--all").stdout.splitlines()) == 3


def test_a_team_shares_a_desk_by_its_group(place: Place) -> None:
    owned(place, ACCOUNT, TEAM, 0o2770)
    account, colleague = As(ACCOUNT, ACCOUNT, (TEAM,)), As(COLLEAGUE, COLLEAGUE, (TEAM,))
    for turn, who in enumerate((account, colleague, account, colleague), 1):
        place.deliver(f"Guasto numero {turn}", f"{turn}", (ACCOUNT, TEAM))
        (place.home / f"Maildir/new/{turn}").chmod(0o660)
        done = place.run(who, "ingest")
        assert (done.returncode, done.stderr) == (0, b""), turn
        assert place.run(who, "seen", f"{turn}").returncode == 0
    assert place.run(colleague, "doctor", "--repair").returncode == 0
    for path in place.below("store"):
        found = path.stat()
        assert found.st_gid == TEAM, path
        assert stat.S_IMODE(found.st_mode) & 0o007 == 0, path
        # Raw mails are hard links to what the mail system wrote, and are never written to.
        if "mail" not in path.parts or path.is_dir():
            assert stat.S_IMODE(found.st_mode) & 0o060 == 0o060, path
    assert len(place.run(account, "list").stdout.splitlines()) == 4


def test_a_stranger_gets_77_and_reads_nothing(place: Place) -> None:
    owned(place, ACCOUNT, TEAM, 0o2770)
    place.deliver("Stampante guasta", "1", (ACCOUNT, TEAM))
    assert place.run(As(ACCOUNT, ACCOUNT, (TEAM,)), "ingest").returncode == 0
    stranger = As(STRANGER, STRANGER)
    for argv in (("list",), ("show", "1"), ("close", "1"), ("ingest",), ("backup", "/tmp/x.tar.gz")):
        done = place.run(stranger, *argv)
        assert done.returncode == 77, argv
        assert b"Traceback" not in done.stderr
        assert done.stdout == b""
    assert place.run(stranger, "ingest", "-", stdin=mail("Stampante")).returncode == 75


def test_a_backup_is_restored_by_root_for_its_owner(place: Place) -> None:
    owned(place, ACCOUNT, ACCOUNT, 0o700)
    place.deliver("Stampante guasta", "1", (ACCOUNT, ACCOUNT))
    account = As(ACCOUNT, ACCOUNT)
    assert place.run(account, "ingest").returncode == 0
    (place.home / "copie").mkdir()
    os.chown(place.home / "copie", ACCOUNT, ACCOUNT)
    assert place.run(account, "backup", str(place.home / "copie/b.tar.gz")).returncode == 0
    (place.home / "store").rename(place.home / "store.old")
    done = place.run(None, "backup", "restore", str(place.home / "copie/b.tar.gz"))
    assert (done.returncode, b"install -d" in done.stderr) == (1, True)
    (place.home / "store").mkdir(0o700)
    os.chown(place.home / "store", ACCOUNT, ACCOUNT)
    assert place.run(None, "backup", "restore", str(place.home / "copie/b.tar.gz")).returncode == 0
    for path in place.below("store"):
        assert path.stat().st_uid == ACCOUNT, path
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
