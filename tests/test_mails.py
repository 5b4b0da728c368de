"""The corpus: each file in tests/mails is one behaviour, with its expected decision beside it.

The mails arrive at a desk that has some history (`_world`); in them `{ours:7}` stands for a keyed
Message-ID of that desk's for case 7, `{anchor:7}` for the one in References, `{bounce:7}` for the tagged
bounce address, `{loop}` for the loop header.
"""

import json
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from helpdeskctl.adapters.mail_parser import parse
from helpdeskctl.application.looking_up import Asked, look_up
from helpdeskctl.domain import reference
from helpdeskctl.domain.case import Case, Status
from helpdeskctl.domain.decision import decide
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.registry import Contract, Customer, Registry
from helpdeskctl.domain.settings import Limits
from tests.builders import ANNA, NOW, SECRET, case, message, policy, record
from tests.fakes import MemoryStore

MAILS = Path(__file__).parent / "mails"
NAMES = sorted(path.stem for path in MAILS.glob("*.eml"))
LUCA = Address("Luca Rossi", "luca.rossi@rossi.example")


def _of(number: int, requester: Address, subject: str, **changes: Any) -> Case:
    opening = message(subject, sender=requester, message_id=f"apertura-{number}@cliente.example")
    return case(
        number, subject=subject, requester=requester, messages=(record(opening, f"k{number}"),)
    )._replace(**changes)


def _closed(days: int) -> dict[str, Any]:
    return {"status": Status.closed, "closed_at": NOW - timedelta(days=days), "waiting_since": None}


def _world() -> MemoryStore:
    """A desk with some cases, customers and contracts."""
    store = MemoryStore()
    cases = [
        _of(7, ANNA, "Stampante guasta al secondo piano"),
        _of(8, ANNA, "Monitor spento in sala riunioni", status=Status.suspended),
        _of(9, ANNA, "Scanner che non scandisce", **_closed(2)),
        _of(10, ANNA, "Proiettore sfocato", **_closed(60)),
        _of(11, ANNA, "Impossibile chiudere la fattura"),
        _of(12, LUCA, "Centralino muto", customer="Officine Rossi"),
        _of(15, Address("Sola", "sola@unica.example"), "Tastiera rotta"),
        _of(16, Address("", "protocollo@pec.comune.example"), "Portale lento"),
    ]
    store.cases = {one.number: one for one in cases}
    rossi = Customer("Officine Rossi", ("capo@libero.it",), ("rossi.example",))
    bianchi = Customer("Bianchi", (), ("bianchi.example",))
    contracts = (
        Contract("2026/117", "Officine Rossi", date(2026, 1, 1), None),
        Contract("2025/9", "Officine Rossi", None, date(2025, 12, 31)),
    )
    store.registered = Registry((rossi, bianchi), contracts)
    return store


def _filled(content: str) -> str:
    """The mail with what only this desk can write."""
    content = re.sub(
        r"\{ours:(\d+)\}", lambda m: reference.message_id(int(m[1]), "abc", SECRET, "projectpp.it"), content
    )
    content = re.sub(
        r"\{anchor:(\d+)\}", lambda m: reference.message_id(int(m[1]), "0", SECRET, "projectpp.it"), content
    )
    content = re.sub(
        r"\{bounce:(\d+)\}",
        lambda m: reference.bounce_address("rimbalzi@projectpp.it", int(m[1]), SECRET),
        content,
    )
    return content.replace("{loop}", reference.loop_mark(SECRET))


def decided(name: str, folder: Path) -> Decision:
    """What becomes of the mail of that name, from the bytes on."""
    path = folder / "mail"
    path.write_text(_filled((MAILS / f"{name}.eml").read_text()))
    mail = parse(str(path), NOW, Limits(50, 256, 1000, 50))
    rules = policy(bounces="rimbalzi@projectpp.it", trusted=("fidato@monitor.example",))
    rules = rules._replace(desk=rules.desk._replace(mailbox=("helpdesk@projectpp.it",)))
    found = look_up(Asked(mail, ""), rules, _world().snapshot(), SECRET, NOW)
    return decide(mail, rules, found)


def _told(decision: Decision) -> dict[str, Any]:
    """The decision in the words of the expectations."""
    told = decision._asdict()
    told["sender"] = decision.sender.address
    told["urgency"] = decision.urgency.name if decision.urgency is not None else None
    told["contract"] = decision.contract._asdict() if decision.contract else None
    told["marks"] = list(decision.marks)
    told["related"] = [list(related) for related in decision.related]
    told["choices"] = [one.number for one in decision.choices]
    return told


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_is_decided_as_expected(name: str, tmp_path: Path) -> None:
    expected = json.loads((MAILS / f"{name}.json").read_text())
    told = _told(decided(name, tmp_path))
    assert {key: told[key] for key in expected} == expected


def test_the_corpus_is_large_and_whole() -> None:
    assert len(NAMES) >= 120
    assert sorted(path.stem for path in MAILS.glob("*.json")) == NAMES


def test_a_stranger_gets_the_same_answer_whether_the_case_exists_or_not(tmp_path: Path) -> None:
    existing = decided("chi-estraneo-con-numero", tmp_path)
    missing = decided("chi-estraneo-con-numero-inesistente", tmp_path)
    assert existing._replace(related=()) == missing._replace(related=())


DOCS = Path(__file__).parents[1] / "docs/classify.md"
SHOWN = re.findall(r"^\$ helpdeskctl classify tests/mails/(\S+)\.eml$", DOCS.read_text(), re.MULTILINE)


def test_ten_of_them_are_explained_in_the_documentation() -> None:
    assert len(SHOWN) == 10


@pytest.mark.parametrize("name", SHOWN)
def test_the_documentation_shows_what_classify_prints(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable, value in (
        ("HOME", str(tmp_path)),
        ("HELPDESKCTL_CONFIG", ""),
        ("HELPDESKCTL_FORCE_TTY", "1"),
        ("COLUMNS", "90"),
    ):
        monkeypatch.setenv(variable, value)
    shown = (
        DOCS.read_text().split(f"$ helpdeskctl classify tests/mails/{name}.eml\n", 1)[1].split("\n```", 1)[0]
    )
    done = subprocess.run(
        [sys.executable, "-m", "helpdeskctl", "--lang", "it", "classify", f"tests/mails/{name}.eml"],
        cwd=MAILS.parents[1], capture_output=True, text=True, check=True,
    )  # fmt: skip
    printed = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    assert printed.strip() == shown.strip()
