"""Mail to a technician's own address: not considered, and explained once a week where the firm wants that."""

from tests.cli.conftest import Call, Desk, mail


def test_who_writes_to_a_technician_is_told_once_how_to_open_a_case(call: Call, desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text() + "[personal]\nreply = true\n")
    for n in range(3):
        desk.deliver(mail(f"Una cosa per te {n}", To="mario.rossi@projectpp.it"), str(n))
        assert call("ingest").code == 0
    (notice,) = desk.sent()
    assert notice["To"] == "Anna Verdi <anna.verdi@cliente.example>"
    assert notice["Auto-Submitted"] == "auto-replied"
    assert "nuovocaso@projectpp.it" in notice.get_content()
    assert call("list", "--all").out == ""
    assert len(desk.folder(".Ignored.*")) == 3


def test_nobody_is_told_where_the_firm_does_not_want_it(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Una cosa per te", To="mario.rossi@projectpp.it"), "1")
    call("ingest")
    assert desk.sent() == []


def test_no_machine_is_told(call: Call, desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text() + "[personal]\nreply = true\n")
    desk.deliver(mail("Offerte", To="mario.rossi@projectpp.it", Precedence="bulk"), "1")
    call("ingest")
    assert desk.sent() == []
