"""`contracts`: imported as a spreadsheet writes them, then promised and kept."""

import io
import json
import sys
from collections.abc import Callable

import pytest

from tests.cli.conftest import Call, Desk, mail

SHEET = (
    "numero;cliente;domini;dal;al;settori;normale;urgente;critico;calendario\n"
    "2026/15;Società Rossi;cliente.example;01/01/2026;31/12/2099;;1;;0,5;24x7\n"
    "2025/1;Società Rossi;;;31/12/2025;;;;;\n"
    "2026/16;Bianchi;bianchi.example;;;gestionale;;;;\n"
)


@pytest.fixture
def imported(call: Call, desk: Desk) -> str:
    path = desk.home / "contratti.csv"
    path.write_bytes(SHEET.encode("cp1252"))
    assert call("contracts", "import", str(path)).code == 0
    return str(path)


def opened(
    call: Call, desk: Desk, text: str, sender: str = "Anna <anna@cliente.example>", **more: str
) -> dict[str, object]:
    name = str(len(list(desk.maildir.glob(".*/cur/*"))) + 1)
    desk.deliver(
        mail("Stampante guasta al secondo piano", text, From=sender, Message_ID=f"<{name}@x>", **more), name
    )
    call("ingest")
    number = call("list", "--all", "--sort", "number").out.splitlines()[-1].split("\t")[0]
    found: dict[str, object] = json.loads(call("show", number, "--json").out)
    return found


def test_a_valid_contract_promises_its_own_time(call: Call, desk: Desk, imported: str) -> None:
    case = opened(call, desk, "Non stampa.\nContratto: 2026/15")
    assert case["contract"] == {"number": "2026/15", "state": "valid"}
    assert case["customer"] == "Società Rossi"
    proof = json.loads(call("show", "1", "--due", "--json").out)
    assert (proof["contract"], proof["minutes"], proof["always"]) == ("2026/15", 60, True)
    [told] = [m for m in desk.sent() if "anna@" in m["To"]]
    assert "Contratto: 2026/15" in told.get_content()
    assert "Primo intervento entro: " in told.get_content()


@pytest.mark.parametrize(
    ("text", "sender", "state"),
    [
        ("Contratto: 2025/1", "Anna <anna@cliente.example>", "expired"),
        ("Contratto: 2026/16", "Anna <anna@cliente.example>", "foreign"),
        ("Contratto: 999", "Anna <anna@cliente.example>", "unknown"),
    ],
)
def test_no_other_promises_anything_nor_tells_whose_it_is(
    call: Call, desk: Desk, imported: str, text: str, sender: str, state: str
) -> None:
    case = opened(call, desk, text, sender)
    assert case["contract"]["state"] == state  # type: ignore[index]
    [told] = [m for m in desk.sent() if "anna@" in m["To"]]
    assert "Primo intervento" not in told.get_content()
    assert "non risulta valido" in told.get_content()
    assert "Bianchi" not in told.get_content()


def test_a_contract_for_another_sector_promises_nothing(call: Call, desk: Desk, imported: str) -> None:
    case = opened(call, desk, "Contratto: 2026/16", "Bruno <bruno@bianchi.example>")
    assert case["contract"] == {"number": "2026/16", "state": "valid"}
    effects = [f["effect"] for f in case["history"][0]["because"]]  # type: ignore[index]
    assert "not covered" in effects
    [told] = [m for m in desk.sent() if "bruno@" in m["To"]]
    assert "Primo intervento" not in told.get_content()


def test_a_contract_that_comes_later_holds_from_the_arrival_on(call: Call, desk: Desk, imported: str) -> None:
    before = opened(call, desk, "Non stampa.")
    desk.deliver(
        mail("R: [Caso #1] Stampante", "Contratto: 2026/15", From="Anna <anna@cliente.example>"), "9"
    )
    call("ingest")
    after = json.loads(call("show", "1", "--json").out)
    assert after["contract"] == {"number": "2026/15", "state": "valid"}
    assert json.loads(call("show", "1", "--due", "--json").out)["minutes"] == 60
    assert after["due_at"] < before["due_at"]


def test_contracts_are_listed_and_shown_with_their_cases(
    call: Call, desk: Desk, imported: str, on_terminal: Callable[[int], None]
) -> None:
    opened(call, desk, "Contratto: 2026/15")
    lines = [line.split("\t") for line in call("contracts", "list").out.splitlines()]
    assert [line[:3] for line in lines] == [
        ["2026/15", "Società Rossi", "valid"],
        ["2025/1", "Società Rossi", "expired"],
        ["2026/16", "Bianchi", "valid"],
    ]
    [first, *_] = json.loads(call("contracts", "list", "--json").out)
    assert (first["valid_from"], first["valid_to"]) == ("2026-01-01", "2099-12-31")
    assert first["respond_minutes"] == {"normale": 60, "critico": 30}
    shown = json.loads(call("contracts", "show", "2026/15", "--json").out)
    assert [case["number"] for case in shown["cases"]] == [1]
    assert call("contracts", "show", "x").code == 66
    for width in (60, 80, 200):
        on_terminal(width)
        for argv in (("list",), ("show", "2026/15")):
            table = call("contracts", *argv).out
            assert "2026/15" in table and max(map(len, table.splitlines())) <= width


def test_what_changes_is_shown_and_asked_on_a_terminal(
    call: Call, desk: Desk, imported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.home / "contratti.csv"
    path.write_text(SHEET.replace("2025/1;", "2027/1;").replace("31/12/2099", "31/12/2100"))
    tried = call("contracts", "import", imported, "--dry-run")
    for line in (
        "Contratti: +1 ~1 -1",
        "  - 2025/1",
        "  + 2027/1",
        "2026/15 valid_until: 2099-12-31 → 2100-12-31",
    ):
        assert line in tried.err
    assert "2025/1" in call("contracts", "list").out

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert call("contracts", "import", imported).code == 1
    assert "2025/1" in call("contracts", "list").out
    monkeypatch.setattr(sys, "stdin", Terminal("s\n"))
    assert call("contracts", "import", imported, "--yes").code == 0
    assert "2027/1" in call("contracts", "list").out
    assert "Non cambia nulla." in call("contracts", "import", imported).err


def test_wrong_cells_are_named_and_nothing_is_taken(call: Call, desk: Desk, imported: str) -> None:
    path = desk.home / "contratti.csv"
    before = call("contracts", "list").out
    path.write_text(
        SHEET + "12 B;Neri;gmail.com;31/02/2026;;;zero;;;\n" + "".join(f"x y{n};Z\n" for n in range(30))
    )
    told = call("contracts", "import", imported)
    assert told.code == 1
    assert "34 celle sono sbagliate" in told.err
    assert 'Riga 5, colonna numero: "12 B" non è un numero di contratto, come 2026/15.' in told.err
    assert 'Riga 5, colonna dal: "31/02/2026" non è un giorno' in told.err
    assert "… e altre 14" in told.err
    assert call("contracts", "list").out == before
    assert call("contracts", "import", str(desk.home / "manca.csv")).code == 1
