"""`helpdeskctl ingest` as a batch."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Desk, mail


def test_a_mail_becomes_a_case_and_is_acknowledged(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Mago4 non stampa il DDT"), "1795421000.M1P1.posta")
    told = call("ingest")
    assert told == (0, "", "")
    line = call("list").out.rstrip("\n").split("\t")
    assert line[:4] == ["1", "open", "normale", "gestionale"]
    assert line[6] == "Mago4 non stampa il DDT"
    assert desk.folder(".Cases.*") == ["1795421000.M1P1.posta"]
    acknowledgement = next(m for m in desk.sent() if "anna.verdi" in m["To"])
    assert acknowledgement["From"].endswith("<supporto.gestionale@projectpp.it>")
    assert acknowledgement["Subject"] == "[Caso #1] Mago4 non stampa il DDT"
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert acknowledgement["X-Auto-Response-Suppress"] == "All"
    assert acknowledgement["In-Reply-To"] in acknowledgement["References"]
    body = acknowledgement.get_content()
    assert "caso numero 1" in body and "Gestionale" in body


def test_the_order_is_that_of_arrival(call: Call, desk: Desk) -> None:
    desk.deliver(mail("secondo"), "1", age=10)
    desk.deliver(mail("primo"), "2", age=20)
    desk.deliver(mail("terzo"), "0", age=0)
    lines = [json.loads(line) for line in call("ingest", "--json").out.splitlines()]
    assert [(line["case"], line["subject"]) for line in lines] == [(1, "primo"), (2, "secondo"), (3, "terzo")]


def test_json_gives_a_line_for_each_mail_with_the_published_keys(call: Call, desk: Desk) -> None:
    desk.deliver(mail("URGENTE: rete ferma", "Contratto: 2026/117\nSiamo tutti fermi da stamattina."), "1")
    (line,) = call("ingest", "--json").out.splitlines()
    decision = json.loads(line)
    expected = (
        "message_id from subject outcome case sector urgency command contract acknowledge because reason"
    )
    assert set(expected.split()) <= set(decision)
    assert decision["outcome"] == "opened"
    assert decision["urgency"] == "urgente"
    assert decision["contract"] == {"number": "2026/117", "state": "unknown"}
    assert {
        "rule": "urgente",
        "field": "subject",
        "matched": "URGENTE",
        "effect": "urgency=urgente",
    } in decision["because"]


def test_verbose_gives_a_line_for_each_mail_in_a_pipe(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    assert (
        call("ingest", "-v").out
        == "opened\t1\tanna.verdi@cliente.example\tStampante guasta al secondo piano\t\n"
    )


def test_a_dry_run_writes_nothing_anywhere(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante"), "1")
    before = sorted(str(p) for p in desk.home.rglob("*"))
    told = call("ingest", "--dry-run", "--json")
    assert json.loads(told.out)["outcome"] == "opened"
    assert sorted(str(p) for p in desk.home.rglob("*")) == before


def test_an_unreadable_mail_is_held_and_the_batch_goes_on(call: Call, desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text() + "[limits]\nheader_kb = 8\n")
    desk.deliver(b"X-Huge: " + b"x" * 20_000 + b"\n" + mail("troppo"), "1", age=5)
    desk.deliver(mail("Stampante"), "2")
    told = call("ingest", "--json")
    assert told.code == 0
    outcomes = [json.loads(line)["outcome"] for line in told.out.splitlines()]
    assert outcomes == ["held", "opened"]
    assert desk.folder(".Held") == ["1"]
    assert any("turno@projectpp.it" in m["To"] for m in desk.sent())


def test_the_second_delivery_of_a_mail_counts_once(call: Call, desk: Desk) -> None:
    content = mail("Stampante")
    desk.deliver(content, "1", age=5)
    desk.deliver(b"Received: from elsewhere\nDelivered-To: nuovocaso@projectpp.it\n" + content, "2")
    told = call("ingest", "--json")
    assert [json.loads(line)["outcome"] for line in told.out.splitlines()] == ["opened", "duplicate"]
    assert desk.folder(".Ignored.*") == ["2"]


def test_a_first_run_on_an_old_maildir_asks_before_it_opens_cases(call: Call, desk: Desk) -> None:
    desk.deliver(mail("vecchia"), "1", age=3 * 86400)
    desk.deliver(mail("nuova"), "2")
    told = call("--lang", "en", "ingest")
    assert told.code == 78
    assert "--backlog open" in told.err and "--backlog leave" in told.err
    assert not list(desk.home.glob("store/cases"))
    assert call("ingest", "--backlog", "leave").code == 0
    assert [line.split("\t")[6] for line in call("list").out.splitlines()] == ["nuova"]
    # What was decided once holds ever after.
    assert call("ingest").code == 0
    assert (desk.maildir / "new" / "1").exists()


def test_the_backlog_can_be_opened(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante vecchia"), "1", age=3 * 86400)
    assert call("ingest", "--backlog", "open").code == 0
    assert len(call("list").out.splitlines()) == 1


def test_mail_older_than_five_days_is_not_acknowledged(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante"), "1", age=6 * 86400)
    call("ingest", "--backlog", "open")
    assert not [m for m in desk.sent() if "anna.verdi" in m["To"]]


def test_books_that_do_not_balance_are_an_error(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpdeskctl.adapters.maildir import Maildir

    monkeypatch.setattr(Maildir, "file", lambda _self, _key, _folder: None)
    desk.deliver(mail("Stampante"), "1")
    told = call("ingest")
    assert told.code == 1
    assert told.err == (
        "helpdeskctl: I conti non tornano: 1 mail hanno un esito ma sono ancora nella posta in arrivo, la prima "
        "è 1. Si archiviano la prossima volta.\n"
    )


def test_another_maildir_may_be_named(call: Call, desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "Altra"
    (other / "new").mkdir(parents=True)
    (other / "new" / "1").write_bytes(mail("Stampante"))
    assert call("ingest", str(other)).code == 0
    assert len(call("list").out.splitlines()) == 1
    assert list(other.glob(".Cases.*/cur/*"))


def test_no_maildir_is_a_sentence(call: Call, tmp_path: Path) -> None:
    told = call("ingest", str(tmp_path / "Nulla"))
    assert told.code == 1
    assert "Nulla" in told.err and len(told.err.splitlines()) == 1


def test_a_mail_system_that_is_down_keeps_the_mail_waiting(call: Call, desk: Desk) -> None:
    (desk.home / "exit").write_text("75")
    desk.deliver(mail("Stampante"), "1")
    assert call("ingest").code == 0
    waiting = json.loads(call("outbox", "list", "--json").out)
    assert {w["state"] for w in waiting} == {"waiting"}
    assert all(w["attempts"] == 1 for w in waiting)
    (desk.home / "exit").unlink()
    assert call("outbox", "send", "--now").code == 0
    assert json.loads(call("outbox", "list", "--json").out) == []
    assert len([m for m in desk.sent() if "anna.verdi" in m["To"]]) == 1


def test_a_terminal_shows_a_table_of_outcomes(
    call: Call, desk: Desk, on_terminal: Callable[[int], None]
) -> None:
    on_terminal(80)
    desk.deliver(mail("Stampante [/red] \x1b[31mrossa"), "1")
    told = call("ingest", "--verbose")
    assert "caso aperto" in told.out
    assert "[/red]" in told.out
    assert "\x1b" not in told.out
    assert "Nessuna nuova mail" in call("ingest").out


def test_a_batch_that_waits_too_long_for_its_turn_is_to_be_tried_again(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zoneinfo import ZoneInfo

    from helpdeskctl.adapters.tinydb_store import TinyDbStore
    from helpdeskctl.cli import bootstrap

    store = str(desk.home / "store")
    hasty = TinyDbStore(store, ZoneInfo("Europe/Rome"), patience=0.05)
    monkeypatch.setattr(bootstrap, "store", lambda _chosen: hasty)
    desk.deliver(mail("Stampante"), "1")
    with TinyDbStore(store, ZoneInfo("Europe/Rome")).transaction():
        told = call("ingest")
    assert told.code == 75
    assert len(told.err.splitlines()) == 1
    assert (desk.maildir / "new" / "1").exists()


def test_a_store_that_has_gone_from_beside_its_mail_is_not_begun_anew(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta"), "1")
    assert call("ingest").code == 0
    shutil.rmtree(desk.home / "store")
    desk.deliver(mail("Server lento"), "2")
    told = call("ingest")
    assert told.code == 78
    assert "backup restore" in told.err
    assert call("ingest", "--dry-run").code == 78
    assert (desk.maildir / "new/2").exists()
    assert not (desk.home / "store/format").exists()
    (desk.maildir / f".Cases.{datetime.now():%Y-%m}").rename(desk.maildir / ".Vecchi")  # noqa: DTZ005
    assert call("ingest").code == 0
    assert call("list").out.split("\t")[0] == "1"


def test_a_damaged_part_of_the_registry_is_no_fault_of_a_mail_s(call: Call, desk: Desk) -> None:
    (desk.home / "clienti.csv").write_text("nome;indirizzi\nCliente Spa;anna.verdi@cliente.example\n")
    assert call("customers", "import", str(desk.home / "clienti.csv")).code == 0
    desk.deliver(mail("Server lento"), "1")
    assert call("ingest").code == 0
    for part in (desk.home / "store/index").glob("registry.*/*"):
        part.write_bytes(b"")
    desk.deliver(mail("Stampante guasta"), "2")
    told = call("ingest")
    assert told.code == 1
    assert "doctor --reindex" in told.err
    assert (desk.maildir / "new/2").exists()
    assert call("held", "list").out == ""
    call("doctor", "--reindex")
    assert call("ingest").code == 0
    assert [case["customer"] for case in json.loads(call("list", "--json").out)] == ["Cliente Spa"] * 2
