"""`customers` and `hold`: colleagues belong to a case, and a question stops its clock."""

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Call, Desk, mail


@pytest.fixture
def registered(call: Call, desk: Desk) -> None:
    (desk.home / "c.csv").write_text("nome;indirizzi;domini\nOfficine Rossi;;cliente.example\n")
    assert call("customers", "import", str(desk.home / "c.csv")).code == 0


@pytest.mark.usefixtures("registered")
def test_customers_are_imported_listed_and_shown(
    call: Call, desk: Desk, on_terminal: Callable[[int], None]
) -> None:
    assert call("customers", "list").out == "Officine Rossi\t\tcliente.example\n"
    (desk.home / "c.csv").write_text("nome;domini\nOfficine Rossi;rossi.example\nBianchi;bianchi.example\n")
    tried = call("customers", "import", str(desk.home / "c.csv"), "--dry-run", "--json")
    changed = {"Officine Rossi": ["domains: cliente.example → rossi.example"]}
    assert json.loads(tried.out)["customers"] == {"added": ["Bianchi"], "changed": changed, "removed": []}
    assert len(json.loads(call("customers", "list", "--json").out)) == 1
    call("customers", "import", str(desk.home / "c.csv"))
    assert call("customers", "show", "BIANCHI").out == "Bianchi\t\tbianchi.example\n"
    assert call("customers", "show", "Neri").code == 66
    on_terminal(80)
    assert "rossi.example" in call("customers", "list").out


@pytest.mark.usefixtures("registered")
def test_a_colleague_closes_a_case_and_a_stranger_does_not(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1", age=9)
    desk.deliver(mail("[Caso #1] chiudere", From="ladro@altro.example"), "2", age=8)
    call("ingest")
    assert json.loads(call("show", "1", "--json").out)["customer"] == "Officine Rossi"
    desk.deliver(mail("[Caso #1] chiuso", From="Luca <luca@cliente.example>"), "3")
    call("ingest")
    whole = json.loads(call("show", "1", "--json").out)
    assert whole["status"] == "closed"
    assert [e["by"] for e in whole["history"] if e["event"] == "closed"] == ["luca@cliente.example"]


def test_a_question_stops_the_clock_until_the_customer_writes(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    call("ingest")
    assert call("hold", "1", "--ask", "Quale postazione?", "--as", "rossi").code == 0
    whole = json.loads(call("show", "1", "--json").out)
    assert (whole["status"], whole["due_at"], whole["waiting_since"]) == ("suspended", None, None)
    question = next(m for m in desk.sent() if "Quale postazione?" in m.get_content())
    assert question["Auto-Submitted"] is None
    answer = mail("R: " + question["Subject"], "La numero 3", In_Reply_To=question["Message-ID"])
    desk.deliver(answer, "2")
    call("ingest")
    whole = json.loads(call("show", "1", "--json").out)
    assert whole["status"] == "open" and whole["due_at"]
    assert "resumed" in {e["event"] for e in whole["history"]}
    call("close", "1", "--no-mail")
    assert call("hold", "1", "--ask", "x").code == 1
    assert call("hold", "1").code == 2
