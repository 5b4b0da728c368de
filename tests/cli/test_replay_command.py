"""`classify --replay`: what another configuration would make of the stored mail; nothing is written."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Desk, mail

OTHER = """
[[rules]]
name = "fatture"
in = ["subject", "body"]
contains = ["fattur"]
sector = "gestionale"
[[rules]]
name = "fermo"
in = ["subject"]
contains = ["fermo"]
urgency = "critico"
[[rules]]
name = "annullare"
in = ["subject"]
contains = ["annullare"]
command = "close"
[[rules]]
name = "vpn"
in = ["subject"]
word = ["vpn"]
tag = "rete"
"""


@pytest.fixture
def other(desk: Desk) -> str:
    """The same desk with other rules, and a store that is not its own."""
    path = desk.home / "other.toml"
    path.write_text(desk.config.read_text().replace("/store", "/other-store") + OTHER)
    return str(path)


def replayed(call: Call, other: str) -> list[dict[str, object]]:
    done = call("classify", "--replay", "--config", other, "--json")
    assert done.code == 0
    return [json.loads(line) for line in done.out.splitlines()]


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    found = [Path(where, name) for where, _, names in os.walk(folder) for name in names]
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in found if path.is_file()}


def test_only_what_differs_is_told(call: Call, desk: Desk, other: str) -> None:
    desk.deliver(mail("Stampante guasta", "Esce un foglio bianco da stamattina."), "1")
    desk.deliver(mail("Errore alla stampa", "La fattura 12 non esce dalla stampante."), "2")
    call("ingest")
    [told] = replayed(call, other)
    assert told["case"] == 2
    assert told["subject"] == "Errore alla stampa"
    assert told["from"] == {"name": "Anna Verdi", "address": "anna.verdi@cliente.example"}
    assert told["differs"] == ["sector"]
    assert told["before"] == {
        "outcome": "opened", "sector": "tecnico", "urgency": "normale", "command": "", "contract": None, "tags": []
    }  # fmt: skip
    assert told["after"] == told["before"] | {"sector": "gestionale"}
    assert {"rule": "fatture", "field": "body", "matched": "fattura", "effect": "sector=gestionale"} in told[
        "because"
    ]  # type: ignore[operator]


def test_urgency_command_and_tags_are_compared_too(call: Call, desk: Desk, other: str) -> None:
    desk.deliver(mail("URGENTE: stampante guasta", "Esce un foglio bianco."), "1")
    desk.deliver(mail("Vpn e server fermo", "Il server di posta è spento."), "2")
    desk.deliver(mail("Monitor spento", "Il monitor non si accende più."), "3")
    call("ingest")
    desk.deliver(mail("R: [Caso #3] Monitor spento - chiudere", "Risolto da soli, tutto bene."), "4")
    desk.deliver(mail("R: [Caso #1] URGENTE: stampante guasta - annullare", "Non serve più nulla."), "5")
    desk.deliver(mail("R: [Caso #3] Monitor spento: ora tutto fermo", "Anche il computer è spento."), "6")
    call("ingest")
    found = [(one["subject"], one["differs"]) for one in replayed(call, other)]
    assert sorted(found, key=str) == [
        ("R: [Caso #1] URGENTE: stampante guasta - annullare", ["command"]),
        ("R: [Caso #3] Monitor spento - chiudere", ["command"]),
        ("R: [Caso #3] Monitor spento: ora tutto fermo", ["urgency"]),
        ("URGENTE: stampante guasta", ["urgency"]),
        ("Vpn e server fermo", ["urgency", "tags"]),
    ]
    lines = [line.split("\t") for line in call("classify", "--replay", "--config", other).out.splitlines()]
    assert {len(line) for line in lines} == {7}
    assert [line[4:] for line in lines if "chiudere" in line[3]] == [["command", "close", ""]]
    assert [line[4:] for line in lines if "annullare" in line[3]] == [["command", "", "close"]]
    assert [line[4:] for line in lines if "Vpn" in line[3]] == [
        ["urgency", "normale", "critico"], ["tags", "", "rete"]
    ]  # fmt: skip


def test_before_is_what_the_rules_said_not_what_a_technician_made_of_it(
    call: Call, desk: Desk, other: str
) -> None:
    desk.deliver(mail("Errore alla stampa", "La fattura 12 non esce dalla stampante."), "1")
    call("ingest")
    call("set", "1", "--sector", "gestionale", "--urgency", "critico", "--as", "rossi")
    call("close", "1", "--no-mail")
    [told] = replayed(call, other)
    assert told["before"]["sector"] == "tecnico"  # type: ignore[index]
    assert told["before"]["urgency"] == "normale"  # type: ignore[index]


def test_the_configuration_in_force_differs_in_nothing(call: Call, desk: Desk) -> None:
    for number, subject in enumerate(("Mago4 fermo", "URGENTE", "Re: chiudere", "Stampante")):
        desk.deliver(mail(subject, f"Contratto: {number} e una fattura."), str(number))
    call("ingest")
    done = call("--lang", "en", "classify", "--replay", "--config", str(desk.config))
    assert (done.code, done.out) == (0, "")
    assert done.err == "Mails read: 4; decided otherwise: 0.\n"


def test_mail_that_would_be_considered_now_is_told(call: Call, desk: Desk, other: str) -> None:
    Path(other).write_text(Path(other).read_text().replace("mario.rossi@projectpp.it", "rossi@projectpp.it"))
    desk.deliver(mail("Errore alla stampa", "La fattura 12.", To="mario.rossi@projectpp.it"), "1")
    call("ingest")
    [told] = replayed(call, other)
    assert told["case"] is None
    assert told["differs"] == ["outcome", "sector", "urgency"]
    assert told["before"]["outcome"] == "ignored"  # type: ignore[index]


def test_other_limits_are_tried_as_well(call: Call, desk: Desk, other: str) -> None:
    desk.config.write_text(desk.config.read_text() + "[limits]\nheader_kb = 1\n")
    desk.deliver(mail("Errore alla stampa", X_Lungo="x" * 2000), "1")
    call("ingest")
    [told] = replayed(call, other)
    assert (told["before"]["outcome"], told["after"]["outcome"]) == ("held", "opened")  # type: ignore[index]
    assert told["subject"] == "Errore alla stampa"


def test_nothing_is_written(call: Call, desk: Desk, other: str, on_terminal: Callable[[int], None]) -> None:
    desk.deliver(mail("Errore alla stampa", "La fattura 12."), "1")
    desk.deliver(mail("Mario", To="mario.rossi@projectpp.it"), "2")
    call("ingest")
    before = files(desk.home)
    assert call("classify", "--replay", "--config", other).out
    call("classify", "--replay", "--config", other, "--json")
    call("rules", "check")
    on_terminal(80)
    call("classify", "--replay", "--config", other)
    assert files(desk.home) == before


def test_on_a_terminal_the_differences_stand_in_words(
    call: Call, desk: Desk, other: str, on_terminal: Callable[[int], None]
) -> None:
    desk.deliver(mail("Errore alla stampa \u202e[b]", "La fattura 12."), "1")
    call("ingest")
    for width in (60, 120):
        on_terminal(width)
        done = call("--lang", "it", "classify", "--replay", "--config", other)
        assert "\u202e" not in done.out and "[b]" in done.out
        assert max(map(len, done.out.splitlines())) <= width
    assert "settore tecnico → settore gestionale" in done.out
    assert "E-mail lette: 1; decise diversamente: 1." in done.err


def test_many_mails_are_read_by_several_processes(call: Call, desk: Desk, other: str) -> None:
    for number in range(230):
        desk.deliver(mail(f"Fattura numero {number}", f"Testo della mail {number}."), str(number))
    call("ingest")
    found = replayed(call, other)
    assert [one["case"] for one in found] == list(range(1, 231))


def test_a_raw_mail_that_has_gone_is_counted(call: Call, desk: Desk, other: str) -> None:
    desk.deliver(mail("Fattura"), "1")
    desk.deliver(mail("Altra fattura"), "2")
    call("ingest")
    for raw in (desk.home / "store/mail").rglob("1*"):
        raw.unlink()
    done = call("--lang", "en", "classify", "--replay", "--config", other)
    assert done.code == 0
    assert done.err.splitlines() == [
        "Mails read: 1; decided otherwise: 1.", "Mails that could not be read again: 1."
    ]  # fmt: skip


@pytest.mark.parametrize("argv", [("--replay",), ("--replay", "x.eml"), ("--replay", "--case", "1")])
def test_replay_needs_the_other_configuration_and_nothing_else(call: Call, argv: tuple[str, ...]) -> None:
    assert call("classify", *argv).code == 2


def test_a_configuration_that_is_wrong_is_told(call: Call, desk: Desk) -> None:
    assert call("classify", "--replay", "--config", str(desk.home / "none.toml")).code == 78
