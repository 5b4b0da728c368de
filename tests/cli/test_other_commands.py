"""`close`, `reopen`, `classify`, `held`, `outbox`, `init`."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Desk, mail


def _status(call: Call, number: int) -> str:
    return str(json.loads(call("show", str(number), "--json").out)["status"])


def test_closing_tells_the_requester_and_records_who_and_why(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    call("ingest")
    told = call("--lang", "en", "close", "1", "--note", "Sostituito il toner", "--as", "rossi")
    assert told == (0, "", "Case #1 is closed.\n")
    whole = json.loads(call("show", "1", "--json").out)
    closed = next(e for e in whole["history"] if e["event"] == "closed")
    assert (closed["by"], closed["note"], closed["because"]) == ("rossi", "Sostituito il toner", [])
    assert whole["closed_at"] and whole["responded_at"]
    letter = next(m for m in desk.sent() if "Sostituito il toner" in m.get_content())
    assert letter["Auto-Submitted"] is None
    assert "anna.verdi@cliente.example" in letter["To"]


def test_several_numbers_are_all_tried(call: Call, desk: Desk) -> None:
    for n in range(3):
        desk.deliver(mail(f"Stampante numero {n} guasta"), str(n))
    call("ingest")
    told = call("close", "1-2", "9", "3", "--no-mail")
    assert told.code == 66
    assert [_status(call, n) for n in (1, 2, 3)] == ["closed"] * 3
    assert call("close", "1").code == 1
    assert call("reopen", "1", "2", "--no-mail", "--json").code == 0
    assert [_status(call, n) for n in (1, 2, 3)] == ["open", "open", "closed"]


def test_no_mail_writes_to_nobody(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    call("ingest")
    before = len(desk.sent())
    call("close", "1", "--no-mail")
    call("reopen", "1", "--no-mail")
    assert len(desk.sent()) == before


def test_a_requester_closes_and_reopens_by_mail(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    call("ingest")
    desk.deliver(mail("R: [Caso #1] Stampante guasta al secondo piano - chiudere"), "2")
    call("ingest")
    assert _status(call, 1) == "closed"
    desk.deliver(mail("R: [Caso #1] Stampante guasta al secondo piano - riaprire"), "3")
    call("ingest")
    assert _status(call, 1) == "open"
    to_customer = [m for m in desk.sent() if "anna.verdi" in m["To"]]
    assert len(to_customer) == 3
    for letter in to_customer:
        assert letter["Auto-Submitted"] == "auto-replied"


def test_a_stranger_closes_nothing(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    call("ingest")
    desk.deliver(mail("[Caso #1] chiudere", From="Ladro <ladro@altro.example>"), "2")
    call("ingest")
    assert _status(call, 1) == "open"
    assert _status(call, 2) == "open"


def test_classify_tells_the_decision_and_changes_nothing(call: Call, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "prova.eml"
    file.write_bytes(mail("URGENTE: Mago4 bloccato in fatturazione", "Contratto: 2026/117"))
    decision = json.loads(call("classify", str(file), "--json").out)
    assert (decision["outcome"], decision["sector"], decision["urgency"]) == (
        "opened",
        "gestionale",
        "urgente",
    )
    assert decision["known"] is None
    assert {f["rule"] for f in decision["because"]} >= {"mago", "urgente"}
    assert not (desk.home / "store").exists()


def test_classify_reports_what_is_known_already(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    call("ingest")
    decision = json.loads(call("classify", "--case", "1", "--json").out)
    assert decision["known"] == 1
    assert decision["outcome"] == "opened"


def test_classify_reads_standard_input(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mail("Stampante guasta al piano"))))
    assert json.loads(call("classify", "-", "--json").out)["outcome"] == "opened"


def test_classify_reads_a_maildir(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    desk.deliver(mail("Mago4 fermo da stamattina"), "2")
    lines = call("classify", "--maildir", str(desk.maildir), "--json").out.splitlines()
    assert [json.loads(line)["sector"] for line in lines] == ["tecnico", "gestionale"]


def test_classify_shows_reasons_on_a_terminal(
    call: Call, tmp_path: Path, on_terminal: Callable[[int], None]
) -> None:
    on_terminal(100)
    file = tmp_path / "prova.eml"
    file.write_bytes(mail("URGENTE: Mago4 bloccato"))
    shown = call("classify", str(file)).out
    assert "caso aperto" in shown
    assert "urgenza urgente ← urgente «URGENTE» (oggetto)" in shown


def test_classify_wants_exactly_one_source(call: Call) -> None:
    assert call("classify").code == 2
    assert call("classify", "x.eml", "--case", "1").code == 2


def test_classify_of_no_file_goes_on_with_the_next(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "prova.eml"
    file.write_bytes(mail("Stampante guasta al secondo piano"))
    told = call("classify", str(tmp_path / "nulla.eml"), str(file), "--json")
    assert told.code == 1
    assert "nulla.eml" in told.err
    assert json.loads(told.out)["outcome"] == "opened"


def test_spam_is_held_shown_and_read_again(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Offerta imperdibile solo per oggi", X_Spam_Flag="YES"), "1")
    call("ingest")
    (held,) = json.loads(call("held", "list", "--json").out)
    assert sorted(held) == sorted("id reason from subject arrived_at".split())
    assert held["subject"] == "Offerta imperdibile solo per oggi"
    shown = call("held", "show", held["id"]).out
    assert "Non riesco a stampare" in shown
    assert call("held", "show", "nessuno").code == 66
    assert call("held", "retry", held["id"]).code == 0
    assert len(json.loads(call("held", "list", "--json").out)) == 1


def test_a_mail_over_a_limit_is_read_again_when_the_limit_is_raised(call: Call, desk: Desk) -> None:
    original = desk.config.read_text()
    desk.config.write_text(original + "[limits]\nheader_kb = 8\n")
    desk.deliver(mail("Stampante guasta al piano", X_Filler="x" * 9000), "1")
    call("ingest")
    (held,) = json.loads(call("held", "list", "--json").out)
    assert held["from"]["address"] == "anna.verdi@cliente.example"
    assert held["subject"] == "Stampante guasta al piano"
    assert desk.folder(".Held") == ["1"]
    desk.config.write_text(original)
    assert call("held", "retry", "--all").code == 0
    assert call("list").out.split("\t")[6] == "Stampante guasta al piano"
    assert desk.folder(".Held") == []
    assert desk.folder(".Cases.*") == ["1"]
    assert json.loads(call("held", "list", "--json").out) == []
    assert call("held", "retry").code == 2


def test_a_person_makes_cases_of_held_mails(call: Call, desk: Desk) -> None:
    original = desk.config.read_text()
    desk.config.write_text(original + "[limits]\nheader_kb = 8\n")
    desk.deliver(mail("Offerta di Mago4 per la ditta", X_Spam_Flag="YES"), "1", age=5)
    desk.deliver(mail("Stampante guasta al piano", X_Filler="x" * 9000), "2")
    call("ingest")
    spam, huge = [one["id"] for one in json.loads(call("held", "list", "--json").out)]
    assert call("held", "open", spam, huge, "nessuno").code == 66
    listed = {c["subject"]: c for c in json.loads(call("list", "--json").out)}
    assert listed["Offerta di Mago4 per la ditta"]["sector"] == "gestionale"
    assert listed["Stampante guasta al piano"]["requester"]["address"] == "anna.verdi@cliente.example"
    assert desk.folder(".Held") == []
    assert len(desk.folder(".Cases.*")) == 2
    assert json.loads(call("held", "list", "--json").out) == []
    assert len([m for m in desk.sent() if "anna.verdi" in m["To"]]) == 2
    assert call("show", str(listed["Stampante guasta al piano"]["number"])).code == 0


def test_each_held_mail_that_is_read_again_is_a_line_of_the_log(call: Call, desk: Desk) -> None:
    log = desk.home / "mail.log"
    desk.config.write_text(desk.config.read_text() + f'[log]\nfile = "{log}"\n')
    desk.deliver(mail("Offerta imperdibile solo per oggi", X_Spam_Flag="YES"), "1")
    call("ingest")
    (held,) = json.loads(call("held", "list", "--json").out)
    assert call("held", "retry", held["id"]).code == 0
    assert call("held", "open", held["id"], "nessuno").code == 66
    told = [line.partition(" mail ")[2].split() for line in log.read_text().splitlines()]
    assert [(words[0], words[2]) for words in told] == [
        ("key=1", "outcome=held"), ("key=1", "outcome=held"), ("key=1", "outcome=opened"),
    ]  # fmt: skip
    assert "Offerta" not in log.read_text()


def test_the_outbox_shows_what_waits(call: Call, desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text().replace('transport = "sendmail"', 'transport = "none"'))
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    call("ingest")
    waiting = json.loads(call("outbox", "list", "--json").out)
    expected = "id case kind to queued_at attempts next_at state error".split()
    assert all(list(w) == expected for w in waiting)
    one = next(w for w in waiting if w["kind"] == "acknowledgement")
    shown = call("outbox", "show", one["id"]).out
    assert "To: Anna Verdi <anna.verdi@cliente.example>" in shown
    assert "caso numero 1" in shown
    assert call("outbox", "show", "ffff").code == 66
    assert call("outbox", "send").code == 1


def test_an_address_refused_for_good_is_shown_on_its_case(call: Call, desk: Desk) -> None:
    (desk.home / "exit").write_text("67")
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    call("ingest")
    case = json.loads(call("show", "1", "--json").out)
    assert "undelivered" in case["marks"]
    assert "mail_refused" in {e["event"] for e in case["history"]}


def test_init_writes_a_configuration_that_works_and_overwrites_nothing(
    call: Call, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "nuova" / "config.toml"
    told = call("init", "--yes", "--config", str(path))
    assert told.code == 0
    assert tomllib.loads(path.read_text())
    assert call("list", "--config", str(path)) == (0, "", "")
    before = path.read_bytes()
    assert call("init", "--yes", "--config", str(path)).code == 1
    assert path.read_bytes() == before


def test_init_goes_where_a_person_looks_for_it(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HELPDESKCTL_CONFIG")
    assert call("init", "--yes").code == 0
    assert (desk.home / ".config/helpdeskctl/config.toml").exists()
    assert (desk.home / "Maildir/new").is_dir()
