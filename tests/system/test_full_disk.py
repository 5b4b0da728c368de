"""A disk that is really full, or read-only: a small one of its own, mounted for the test (root)."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.cli.conftest import mail
from tests.system.chain import Account

pytestmark = pytest.mark.system

SILENCE = (b"", b"")


@pytest.fixture
def disk(account: Account) -> Iterator[Account]:
    """The account's Maildir and store on two disks of 200 kB."""
    for directory in ("Maildir", ".local"):
        place = account.home / directory
        place.mkdir(exist_ok=True)
        _mount("-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place))
        account.owns(place)
    for part in ("tmp", "new", "cur"):
        (account.home / "Maildir" / part).mkdir()
        account.owns(account.home / "Maildir" / part)
    yield account
    for directory in ("Maildir", ".local"):
        subprocess.run(["umount", account.home / directory], check=True)


def _mount(*options: str) -> None:
    subprocess.run(["mount", *options], check=True)


def _delivered(account: Account, number: int) -> int:
    """One mail of some 12 kB, of a customer of its own; the exit code."""
    customer = f"cliente{number}@cliente{number}.example"
    content = mail(f"Stampante {number} guasta", f"Riga {number} di prova.\n" * 600, From=customer)
    done = account.run(account.program, "ingest", "-", content=content)
    assert (done.stdout, done.stderr) == SILENCE
    return done.returncode


@pytest.mark.parametrize("full", ["Maildir", ".local"])
def test_a_full_disk_costs_no_mail(disk: Account, full: str) -> None:
    roomy = "Maildir" if full == ".local" else ".local"
    _mount("-o", "remount,size=20m", str(disk.home / roomy))
    codes = [_delivered(disk, number) for number in range(24)]
    assert set(codes) <= {0, 75}
    # Where the Maildir is full a mail is not taken; where the store is full it is, and waits.
    assert (75 in codes) == (full == "Maildir")
    _mount("-o", "remount,size=20m", str(disk.home / full))
    for number, code in enumerate(codes):
        if code == 75:
            assert _delivered(disk, number) == 0
    disk.helpdeskctl("ingest")
    assert disk.inbox() == 0
    assert disk.filed() == 24
    assert [case["number"] for case in disk.cases()] == list(range(1, 25))
    # The mail that was on its way when the disk filled up may have gone twice, and no other.
    sent = sorted(len(disk.acknowledged(f"cliente{n}@cliente{n}.example")) for n in range(24))
    assert sent in ([1] * 24, [1] * 23 + [2])


def test_on_a_full_disk_an_acknowledgement_does_not_leave_at_every_run(disk: Account) -> None:
    disk.write("exit", "75")
    assert _delivered(disk, 1) == 0
    # What a day's first run writes down is written.
    assert disk.run(disk.program, "ingest").returncode == 0
    (disk.home / "exit").unlink()
    filler = disk.home / ".local/filler"
    with pytest.raises(OSError, match="No space"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    for _ in range(4):
        done = disk.run(disk.program, "outbox", "send", "--now")
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
    assert len(disk.acknowledged("cliente1@")) <= 1
    filler.unlink()
    disk.helpdeskctl("outbox", "send", "--now")
    assert 1 <= len(disk.acknowledged("cliente1@")) <= 2
    assert disk.helpdeskctl("outbox", "list") == b""


@pytest.mark.parametrize("frozen", ["Maildir", ".local"])
def test_a_disk_that_became_read_only_costs_no_mail(disk: Account, frozen: str) -> None:
    assert _delivered(disk, 1) == 0
    _mount("-o", "remount,ro", str(disk.home / frozen))
    code = _delivered(disk, 2)
    assert code == (75 if frozen == "Maildir" else 0)
    assert len(disk.cases()) == 1
    _mount("-o", "remount,rw", str(disk.home / frozen))
    if code == 75:
        assert _delivered(disk, 2) == 0
    disk.helpdeskctl("ingest")
    assert len(disk.cases()) == disk.filed() == 2
