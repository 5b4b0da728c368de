"""A Maildir that mutt has open: what it renames, flags and takes away between two steps of ours."""

from datetime import datetime
from pathlib import Path

import pytest

from helpdeskctl.application.ingest import Ports, ingest_inbox, ingest_one
from helpdeskctl.application.reckoning import reconciled
from helpdeskctl.cli import bootstrap
from helpdeskctl.domain.message import Message
from tests.system.desk import Desk, begin, letter
from tests.system.mutt import mutt

pytestmark = pytest.mark.system

# What a person makes of a mail, and the flags that its name then bears.
MARKED = [(["read"], "S"), (["read", "flag", "answered"], "FRS"), (["flag", "unread"], "F"), ([], "")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with three mails in its inbox."""
    desk = Desk(tmp_path)
    begin(desk)
    for number in range(3):
        (tmp_path / f"Maildir/new/lettera{number}").write_bytes(letter(number))
    return desk


@pytest.fixture
def ports(desk: Desk) -> Ports:
    return bootstrap.ports(bootstrap.settings(str(desk.home / "config.toml")))


def filed(desk: Desk) -> list[str]:
    return sorted(file.name for file in (desk.home / "Maildir").glob(".Cases.*/cur/*"))


def kept(desk: Desk) -> list[str]:
    return sorted(file.name for file in (desk.home / "store/mail").glob("*/*"))


@pytest.mark.parametrize(("acts", "flags"), MARKED)
def test_what_it_marks_between_the_listing_and_the_opening_is_read_and_keeps_its_flags(
    desk: Desk, ports: Ports, acts: list[str], flags: str
) -> None:
    arrived = ports.mailbox.inbox()
    mutt(desk.home, acts)
    assert sorted(file.name for file in desk.home.glob("Maildir/cur/*")) == [
        f"lettera{number}:2,{flags}" for number in range(3)
    ]
    reports = list(ingest_inbox(ports, arrived))
    assert [report.decision.outcome for report in reports] == ["opened"] * 3
    assert reconciled(ports, arrived, reports) is None
    assert filed(desk) == [f"lettera{number}:2,{flags}" for number in range(3)]
    assert desk.names("new") == desk.names("cur") == []


@pytest.mark.parametrize(("acts", "flags"), MARKED)
def test_what_it_marks_while_the_mail_is_read_is_filed_with_its_flags(
    desk: Desk, ports: Ports, acts: list[str], flags: str
) -> None:
    def parse(path: str, arrived_at: datetime) -> Message:
        mutt(desk.home, acts)
        return ports.parse(path, arrived_at)

    report = ingest_one(ports.mailbox.inbox()[0], ports._replace(parse=parse))
    assert report is not None and report.decision.outcome == "opened"
    assert filed(desk) == [f"lettera0:2,{flags}"]


def test_what_it_takes_away_before_the_opening_is_no_case_and_no_error(desk: Desk, ports: Ports) -> None:
    arrived = ports.mailbox.inbox()
    mutt(desk.home, ["save one"], deletes=True)
    reports = list(ingest_inbox(ports, arrived))
    assert [report.decision.outcome for report in reports] == ["opened"] * 2
    assert reconciled(ports, arrived, reports) is None
    assert len(kept(desk)) == 2
    # Put back it is read as any other mail.
    mutt(desk.home, ["put all back"], folder=".Salvate", deletes=True)
    assert [report.decision.case for report in ingest_inbox(ports, ports.mailbox.inbox())] == [3]


def test_what_it_deletes_while_the_mail_is_read_is_a_case_all_the_same(desk: Desk, ports: Ports) -> None:
    def parse(path: str, arrived_at: datetime) -> Message:
        mutt(desk.home, ["delete"], deletes=True)
        return ports.parse(path, arrived_at)

    report = ingest_one(ports.mailbox.inbox()[0], ports._replace(parse=parse))
    assert report is not None and report.decision.outcome == "opened"
    assert (filed(desk), kept(desk)) == ([], ["lettera0"])
    assert desk.store.snapshot().case(1) is not None
