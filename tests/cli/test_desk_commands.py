"""The technicians' commands, driven as programs."""

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from helpdeskctl.cli import editing
from tests.cli.conftest import Call, Desk, mail


@pytest.fixture
def one_case(desk: Desk, call: Call) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    assert call("ingest").code == 0


@pytest.fixture
def editor(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that writes what the file `text` says above what it finds, which it keeps in `seen`."""
    program = desk.home / "editor"
    program.write_text(
        f'#!/bin/sh\ncp "$1" "{desk.home}/seen"\n'
        f'{{ cat "{desk.home}/text"; cat "{desk.home}/seen"; }} >"$1"\n'
        f'[ ! -e "{desk.home}/meanwhile" ] || sh "{desk.home}/meanwhile"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(program))
    return desk.home / "text"


def whole(call: Call, number: int = 1) -> dict[str, object]:
    found: dict[str, object] = json.loads(call("show", str(number), "--json").out)
    return found


def happened(call: Call, number: int = 1) -> list[tuple[str, str, str]]:
    history = json.loads(call("show", str(number), "--json").out)["history"]
    return [(e["by"], e["event"], e["note"]) for e in history]


@pytest.mark.usefixtures("one_case")
def test_a_day_in_the_life_of_a_case(call: Call, desk: Desk) -> None:
    assert call("take", "1", "--as", "rossi").err == "Il caso #1 è tuo.\n"
    assert call("note", "1", "-m", "Toner finito", "--time", "15m", "--as", "rossi").code == 0
    assert call("reply", "1", "-m", "Arriviamo domani.", "--time", "1h30", "--as", "rossi").code == 0
    assert call("set", "1", "--urgency", "urgente", "--reason", "Stampa le bolle", "--as", "rossi").code == 0
    assert call("close", "1", "--note", "Sostituito", "--time", "1:15", "--as", "rossi").code == 0
    case = whole(call)
    assert (case["owner"], case["minutes"], case["status"]) == ("rossi", 180, "closed")
    acts = [(event, note) for by, event, note in happened(call) if by == "rossi"]
    assert acts == [
        ("taken", ""),
        ("noted", "Toner finito"),
        ("replied", ""),
        ("changed", "urgency: normale → urgente (Stampa le bolle)"),
        ("closed", "Sostituito"),
    ]
    answer = next(m for m in desk.sent() if "Arriviamo domani." in m.get_content())
    assert answer["To"] == "Anna Verdi <anna.verdi@cliente.example>"
    assert "Mario Rossi" in answer.get_content()
    assert answer["In-Reply-To"] == whole(call)["messages"][0]["message_id"].join("<>")  # type: ignore[index]


@pytest.mark.usefixtures("one_case")
def test_the_page_tells_work_and_who_writes_and_where_it_goes_on(
    call: Call, desk: Desk, on_terminal: Callable[[int], None]
) -> None:
    call("note", "1", "-m", "x", "--time", "1h30")
    call("note", "1", "-m", "x", "--time", "15m", "--not-billable")
    desk.deliver(mail("La stampante, di nuovo"), "2")
    call("ingest")
    call("merge", "1", "2")
    on_terminal(100)
    page = " ".join(call("show", "1").out.split())
    assert "Lavoro 1:45 (da non fatturare: 0:15)" in page
    assert "Prosegue in #2" in page


@pytest.mark.usefixtures("one_case")
def test_an_answer_lies_in_the_maildir_as_it_was_sent(call: Call, desk: Desk) -> None:
    call("reply", "1", "-m", "Arriviamo domani.", "--as", "rossi")
    kept = [f for f in desk.maildir.glob(".Cases.*/cur/*:2,S") if b"Arriviamo" in f.read_bytes()]
    assert len(kept) == 1
    messages = json.loads(call("show", "1", "--json").out)["messages"]
    assert (messages[-1]["kind"], messages[-1]["from"]["address"]) == (
        "reply",
        "supporto.tecnico@projectpp.it",
    )
    assert "Arriviamo domani." in messages[-1]["text"]
    assert not list((desk.maildir / "tmp").iterdir())
    # It is no mail of the inbox's, and a run of the batch leaves it where it is.
    assert call("ingest").code == 0
    assert len(json.loads(call("show", "1", "--json").out)["messages"]) == 2


@pytest.mark.usefixtures("one_case")
def test_an_answer_written_in_the_editor(call: Call, desk: Desk, editor: Path) -> None:
    editor.write_text("Provi ora.\n# Non è un commento.\n")
    assert call("reply", "1", "--as", "rossi").code == 0
    shown = (desk.home / "seen").read_text()
    assert "# A: Anna Verdi <anna.verdi@cliente.example>" in shown
    assert "# Non riesco a stampare la fattura 12." in shown
    answer = next(m for m in desk.sent() if "Provi ora." in m.get_content())
    assert "# Non è un commento." in answer.get_content()
    assert "Non riesco a stampare" not in answer.get_content()
    assert "drafting" not in whole(call)["marks"]  # type: ignore[operator]


@pytest.mark.usefixtures("one_case")
def test_an_empty_text_sends_nothing_and_nobody_is_writing_any_more(
    call: Call, desk: Desk, editor: Path
) -> None:
    editor.write_text("   \n\n")
    before = len(desk.sent())
    told = call("reply", "1", "--as", "rossi")
    assert (told.code, told.err) == (1, "helpdeskctl: Il testo è vuoto: non è stato fatto nulla.\n")
    assert len(desk.sent()) == before
    assert whole(call)["marks"] == []


@pytest.mark.usefixtures("one_case")
def test_an_answer_overtaken_by_mail_is_kept_and_not_sent(call: Call, desk: Desk, editor: Path) -> None:
    editor.write_text("Provi ora.\n")
    later = desk.home / "later"
    later.write_bytes(mail("R: [Caso #1] Stampante guasta", "Lasciate stare, funziona."))
    (desk.home / "meanwhile").write_text(
        f'PYTHONPATH="{Path(__file__).parents[2]}" "{sys.executable}" -m helpdeskctl ingest - <"{later}"\n'
    )
    told = call("reply", "1", "--as", "rossi")
    assert told.code == 1
    assert "ha ricevuto posta da anna.verdi@cliente.example" in told.err
    kept = Path(told.err.partition("conservato in ")[2].partition(".txt")[0] + ".txt")
    assert kept.read_text() == "Provi ora.\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.unlink()
    assert not any("Provi ora." in m.get_content() for m in desk.sent())
    assert "news" in whole(call)["marks"]  # type: ignore[operator]
    assert "drafting" not in whole(call)["marks"]  # type: ignore[operator]


@pytest.mark.usefixtures("one_case")
def test_who_answers_a_mail_with_a_reply_to_sees_it_before(call: Call, desk: Desk, editor: Path) -> None:
    desk.deliver(mail("Ordini fermi da ieri", Reply_To="ordini@cliente.example"), "2")
    call("ingest")
    call("reply", "2", "-m", "Senza averlo visto", "--as", "rossi")
    editor.write_text("Dopo averlo visto\n")
    call("reply", "2", "--as", "rossi")
    to = {m.get_content().split("\n")[0]: m["To"] for m in desk.sent()}
    assert to["Senza averlo visto"] == "Anna Verdi <anna.verdi@cliente.example>"
    assert to["Dopo averlo visto"] == "Anna Verdi <ordini@cliente.example>"
    assert "# A: ordini@cliente.example, dove anna.verdi@cliente.example" in (desk.home / "seen").read_text()


@pytest.mark.usefixtures("one_case")
def test_two_who_answer_the_same_customer_hear_of_each_other(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = desk.home / "killed"
    program.write_text("#!/bin/sh\nkill -9 $PPID\n")
    program.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(program))
    pid = os.fork()
    if pid == 0:
        call("reply", "1", "--as", "rossi")
        os._exit(0)
    os.waitpid(pid, 0)
    assert whole(call)["marks"] == ["drafting"]
    monkeypatch.setenv("HELPDESKCTL_FORCE_TTY", "1")
    assert "Sta rispondendo  rossi" in " ".join(call("show", "1").out.split()).replace("do r", "do  r")
    monkeypatch.delenv("HELPDESKCTL_FORCE_TTY")
    told = call("reply", "1", "-m", "Anch'io", "--as", "bianchi")
    assert "Mario Rossi sta scrivendo una risposta dalle " in told.err
    assert told.code == 0


@pytest.mark.usefixtures("one_case")
def test_a_text_may_come_from_standard_input(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("Dal tubo\n"))
    assert call("note", "1", "-m", "-").code == 0
    assert happened(call)[-1][1:] == ("noted", "Dal tubo")


@pytest.mark.usefixtures("one_case")
def test_without_terminal_and_editor_the_text_must_be_given(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    told = call("note", "1")
    assert told.code == 1
    assert "--message" in told.err


def test_what_stands_below_the_scissors_is_not_the_text() -> None:
    assert editing.text(f"uno\n{editing.SCISSORS}\ndue", "") == "uno"


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize("typed", ["0", "25h", "x", "-5", "1h75", "99:00", ""])
def test_a_time_that_is_none_is_refused(call: Call, typed: str) -> None:
    assert call("note", "1", "-m", "x", f"--time={typed}").code == 2


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("45", 45),
        ("45m", 45),
        ("45min", 45),
        ("1h30", 90),
        ("1h", 60),
        ("1:05", 65),
        ("1,5h", 90),
        ("2.25H", 135),
    ],
)
def test_times_as_people_type_them(call: Call, typed: str, minutes: int) -> None:
    call("note", "1", "-m", "x", "--time", typed)
    assert whole(call)["minutes"] == minutes


@pytest.mark.usefixtures("one_case")
def test_a_rehearsal_says_to_whom_mail_would_go_and_changes_nothing(call: Call, desk: Desk) -> None:
    before = len(desk.sent())
    told = call("close", "1", "9", "--dry-run")
    assert told.code == 66
    assert "  e-mail a anna.verdi@cliente.example: [Caso #1]" in told.err
    assert "Era una prova" in told.err
    assert (whole(call)["status"], len(desk.sent())) == ("open", before)
    for argv in (("assign", "1", "--to", "rossi"), ("hold", "1", "--ask", "x"), ("reply", "1", "-m", "x")):
        assert call(*argv, "--dry-run").code == 0
    assert (whole(call)["owner"], whole(call)["status"], len(desk.sent())) == ("", "open", before)


@pytest.mark.usefixtures("one_case")
def test_giving_a_case_to_somebody(call: Call, desk: Desk) -> None:
    assert call("assign", "1", "--to", "neri").code == 1
    assert call("assign", "1", "--to", "rossi", "--note", "Tocca a te", "--as", "capo").code == 0
    [told] = [m for m in desk.sent() if m["To"] == "Mario Rossi <mario.rossi@projectpp.it>"]
    assert "affidato a Lei da capo" in told.get_content() and "Tocca a te" in told.get_content()
    assert [line.split("\t")[0] for line in call("list", "--mine", "--as", "rossi").out.splitlines()] == ["1"]
    assert call("assign", "1", "--to", "-").code == 0
    assert whole(call)["owner"] == ""


@pytest.mark.usefixtures("one_case")
def test_two_cases_are_merged_and_answers_to_the_first_go_to_the_second(call: Call, desk: Desk) -> None:
    desk.deliver(mail("La stampante del secondo piano"), "2")
    call("ingest")
    assert call("merge", "1", "2", "--dry-run").code == 0
    assert whole(call, 1)["status"] == "open"
    assert call("merge", "1", "2", "--as", "rossi").err == "Il caso #1 prosegue nel #2.\n"
    assert whole(call, 1)["status"] == "closed"
    assert whole(call, 1)["related"] == [{"number": 2, "why": "merged"}]
    desk.deliver(mail("R: [Caso #1] Stampante guasta al secondo piano", "Ci siete?"), "3")
    call("ingest")
    subjects = [m["subject"] for m in whole(call, 2)["messages"]]  # type: ignore[attr-defined]
    assert subjects == [
        "Stampante guasta al secondo piano",
        "La stampante del secondo piano",
        "R: [Caso #1] Stampante guasta al secondo piano",
    ]
    assert call("merge", "1-2", "3").code == 2
    assert call("reopen", "1").code == 1


def test_a_telephone_call(call: Call, desk: Desk) -> None:
    told = call(
        "open", "--from", "Anna Verdi <anna.verdi@CLIENTE.example>", "--subject", "URGENTE mago fermo",
        "--text", "Da stamattina. Contratto: 12/B", "--as", "rossi",
    )  # fmt: skip
    assert (told.code, told.err) == (0, "Il caso #1 è aperto, settore gestionale.\n")
    case = whole(call)
    assert (case["urgency"], case["sector"]) == ("urgente", "gestionale")
    assert case["contract"] == {"number": "12/B", "state": "unknown"}
    assert case["requester"] == {"name": "Anna Verdi", "address": "anna.verdi@cliente.example"}
    assert "Da stamattina." in case["messages"][0]["text"]  # type: ignore[index]
    [confirmed] = [m for m in desk.sent() if m["To"] == "Anna Verdi <anna.verdi@cliente.example>"]
    assert confirmed["Subject"] == "[Caso #1] URGENTE mago fermo"
    # The caller's answer to the confirmation is a mail about the case.
    desk.deliver(mail("R: " + confirmed["Subject"], "Allora?", In_Reply_To=confirmed["Message-ID"]), "2")
    call("ingest")
    assert happened(call)[-1][1] != "opened" and len(whole(call)["messages"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "argv",
    [
        ("--from", "nessuno", "--subject", "x"),
        ("--from", "a@b.example, c@d.example", "--subject", "x"),
        ("--from", "a@b.example", "--subject", "x", "--sector", "vendite"),
        ("--subject", "x"),
    ],
)
def test_a_call_that_says_nothing_usable_opens_nothing(call: Call, desk: Desk, argv: tuple[str, ...]) -> None:
    assert call("open", *argv).code == 2
    assert call("list", "--all").out == ""
    assert not list(desk.maildir.glob(".Cases*"))


@pytest.mark.usefixtures("one_case")
def test_news_are_cleared(call: Call, desk: Desk) -> None:
    desk.deliver(mail("R: [Caso #1] Stampante guasta", "Ancora"), "2")
    call("ingest")
    assert whole(call)["marks"] == ["news"]
    assert call("seen", "1").code == 0
    assert (whole(call)["marks"], whole(call)["waiting_since"]) == ([], None)
    assert call("seen", "1").code == 1


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize(
    "argv",
    [
        ("set", "1"),
        ("set", "1", "--requester", "x"),
        ("set", "1", "--urgency", "x"),
        ("reply", "1-2", "-m", "x"),
    ],
)
def test_wrong_usage_changes_nothing(call: Call, argv: tuple[str, ...]) -> None:
    before = whole(call)
    assert call(*argv).code == 2
    assert whole(call) == before


# --- the proof, the overview, the texts ---


@pytest.mark.usefixtures("one_case")
def test_the_proof_of_a_due_time(call: Call) -> None:
    call("take", "1", "--as", "rossi")
    proof = json.loads(call("show", "1", "--due", "--json").out)
    assert (proof["state"], proof["responded_by"], proof["minutes"]) == ("kept", "rossi", 480)
    assert proof["acknowledgement"] == "sent" and proof["acknowledged_at"]
    lines = dict(line.split("\t") for line in call("show", "1", "--due").out.splitlines())
    assert (lines["state"], lines["days"]) == ("kept", "[0, 1, 2, 3, 4]")


@pytest.mark.usefixtures("one_case", "on_terminal")
def test_the_proof_in_words(call: Call, on_terminal: object) -> None:
    on_terminal(100)  # type: ignore[operator]
    shown = call("show", "1", "--due").out
    assert "8:00 ore lavorative (nessun contratto)" in shown
    assert "lun, mar, mer, gio, ven, 09:00–13:00, 14:00–18:00, festivi esclusi" in shown
    assert "entro cinque minuti (0:0" in shown
    assert "il tempo corre ancora" in shown
    call("hold", "1", "--ask", "Quale?")
    assert "il tempo è sospeso" in call("show", "1", "--due").out


@pytest.mark.usefixtures("one_case")
def test_without_a_command_the_desk_at_a_glance(call: Call, desk: Desk) -> None:
    desk.deliver(mail("URGENTE mago fermo"), "2")
    desk.deliver(mail("Pubblicità", X_Spam_Flag="YES"), "3")
    call("ingest")
    call("take", "1", "--as", "rossi")
    found = json.loads(call("--json", "--as", "rossi").out)
    assert found["open"]["tecnico"] == {"critico": 0, "urgente": 0, "normale": 1}
    assert found["open"]["gestionale"] == {"critico": 0, "urgente": 1, "normale": 0}
    # Rossi works in gestionale.
    assert (found["mine"], found["free"], found["held"], found["waiting"]) == (1, 1, 1, 0)
    assert found["waits_longest"]["number"] == 1
    lines = [line.split("\t") for line in call().out.splitlines()]
    assert ["open", "gestionale", "urgente", "1"] in lines and ["held", "1"] in lines


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_glance_fits_the_terminal(call: Call, on_terminal: object, width: int) -> None:
    on_terminal(width)  # type: ignore[operator]
    shown = call("--as", "rossi").out
    assert max(map(len, shown.splitlines())) <= width
    assert "tecnico" in shown and "Più urgenti" in shown and "Stampante" in shown


def test_an_empty_desk_says_that_nothing_waits(call: Call, on_terminal: object) -> None:
    on_terminal(80)  # type: ignore[operator]
    assert "Nulla attende." in call().out


def test_every_text_can_be_seen_before_it_is_sent(call: Call) -> None:
    names = call("mail", "preview").out.split()
    assert {"acknowledgement", "reply", "notice_daily"} <= set(names)
    assert json.loads(call("mail", "preview", "--json").out) == names
    for name in names:
        shown = call("mail", "preview", name)
        assert shown.code == 0 and "Subject: " in shown.out and "$" not in shown.out
    said = call("mail", "preview", "acknowledgement").out
    assert "Contratto: 2026/15" in said and "Primo intervento entro: " in said
    assert call("mail", "preview", "x").code == 66


def test_the_previews_show_every_text_there_is(call: Call) -> None:
    folder = Path(__file__).parents[2] / "helpdeskctl/adapters/templates_text/it"
    assert call("mail", "preview").out.split() == sorted(f.stem for f in folder.glob("*.txt"))


# --- list ---


def listed(call: Call, *argv: str) -> list[str]:
    return [line.split("\t")[0] for line in call("list", *argv).out.splitlines()]


def test_a_list_by_contract_day_text_and_order(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Prima richiesta di oggi", "Contratto: 12/B\nLa stampante ronza."), "1", age=3)
    desk.deliver(mail("Seconda richiesta", "Il monitor lampeggia.", From="Bruno <b@a.example>"), "2", age=2)
    call("ingest")
    assert listed(call, "--contract", "12/b") == ["1"]
    assert listed(call, "--text", "RONZA") == ["1"]
    assert listed(call, "--all", "--text", "lampeggia") == ["2"]
    assert listed(call, "--since", "oggi") == ["1", "2"]
    assert listed(call, "--until", "1d") == []
    assert listed(call, "--since", "2020-01-01", "--until", "31/12/2020") == []
    assert listed(call, "--sort", "customer") == ["1", "2"]
    call("note", "1", "-m", "x")
    assert listed(call, "--sort", "updated") == ["1", "2"]
    assert call("list", "--since", "domani").code == 2
    assert call("list", "--since", "31/02").code == 2
