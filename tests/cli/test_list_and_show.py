"""`list` and `show`: what a technician sees, on a terminal, in a pipe, as JSON."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.cli.conftest import Call, Desk, mail

CASE_KEYS = (
    "number status sector urgency subject requester customer contract owner tags opened_at updated_at "
    "waiting_since due_at responded_at closed_at minutes marks related"
).split()


@pytest.fixture
def three(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1", age=30)
    desk.deliver(mail("CRITICO: Mago4 non parte su nessun posto"), "2", age=20)
    desk.deliver(mail("Urgente: posta ferma da stamattina presto"), "3", age=10)
    assert call("ingest").code == 0


@pytest.mark.usefixtures("three")
def test_the_most_pressing_comes_first(call: Call) -> None:
    lines = [line.split("\t") for line in call("list").out.splitlines()]
    assert [(line[0], line[2]) for line in lines] == [("2", "critico"), ("3", "urgente"), ("1", "normale")]
    assert {len(line) for line in lines} == {10}


@pytest.mark.usefixtures("three")
def test_json_has_the_published_keys_and_no_others(call: Call) -> None:
    listed = json.loads(call("list", "--json").out)
    assert [list(case) for case in listed] == [CASE_KEYS] * 3
    assert listed[0]["requester"] == {"name": "Anna Verdi", "address": "anna.verdi@cliente.example"}
    assert listed[0]["opened_at"].endswith(("+01:00", "+02:00"))
    whole = json.loads(call("show", "2", "--json").out)
    assert list(whole) == [*CASE_KEYS, "messages", "history"]
    assert list(whole["messages"][0]) == (
        "message_id from subject date arrived_at text new_text kind attachments path".split()
    )
    assert list(whole["history"][0]) == ["at", "by", "event", "because", "note"]
    assert whole["history"][0]["event"] == "opened"


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (("--urgency", "critico"), ["2"]),
        (("--sector", "gestionale"), ["2"]),
        (("--sector", "tecnico"), ["3", "1"]),
        (("--search", "STAMPANTE"), ["1"]),
        (("--search", "#3"), ["3"]),
        (("--search", "anna.verdi@"), ["2", "3", "1"]),
        (("--limit", "1"), ["2"]),
        (("--mine",), []),
        (("--unassigned",), ["2", "3", "1"]),
        (("--status", "closed"), []),
        (("--status", "open"), ["2", "3", "1"]),
        (("--waiting",), ["2", "3", "1"]),
        (("--overdue",), []),
        (("--all",), ["2", "3", "1"]),
    ],
)
@pytest.mark.usefixtures("three")
def test_only_what_is_asked_for(call: Call, options: tuple[str, ...], numbers: list[str]) -> None:
    assert [line.split("\t")[0] for line in call("list", *options).out.splitlines()] == numbers


@pytest.mark.usefixtures("three")
def test_closed_cases_are_listed_when_asked_for(call: Call) -> None:
    call("close", "2", "--no-mail")
    assert [line.split("\t")[0] for line in call("list").out.splitlines()] == ["3", "1"]
    assert [line.split("\t")[0] for line in call("list", "--all").out.splitlines()] == ["3", "1", "2"]
    assert [line.split("\t")[0] for line in call("list", "--status", "closed").out.splitlines()] == ["2"]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
@pytest.mark.usefixtures("three")
def test_the_table_fits_the_terminal(call: Call, on_terminal: Callable[[int], None], width: int) -> None:
    on_terminal(width)
    lines = call("list").out.splitlines()
    assert max(map(len, lines)) <= width
    shown = "\n".join(lines)
    assert "critico" in shown and "urgente" in shown
    assert "Stampante" in shown
    assert ("Settore" in shown) == (width >= 80)


@pytest.mark.usefixtures("three")
def test_urgency_is_told_by_colour_and_by_word(call: Call, on_terminal: Callable[[int], None]) -> None:
    on_terminal(100)
    plain = call("list").out
    assert "\x1b" not in plain
    colored = call("list", "--color", "always").out
    assert "\x1b[" in colored and "critico" in colored
    assert "\x1b" not in call("list", "--color", "never").out


def test_what_a_mail_says_moves_no_cursor_and_is_no_markup(
    call: Call, desk: Desk, on_terminal: Callable[[int], None]
) -> None:
    desk.deliver(
        mail("Errore [/bold] \x1b]0;x\x07 \u202eabc", "testo [red]\x1b[2J\x9b31m \u202efine\n[/]"), "1"
    )
    call("ingest")
    for width in (None, 80):
        if width:
            on_terminal(width)
        for command in (("list",), ("show", "1"), ("classify", "--case", "1")):
            out = call(*command).out
            assert not set(out) & set("\x1b\x07\x9b\u202e"), command
    assert "[/bold]" in call("list").out
    assert "[red]" in call("show", "1").out


def test_a_tab_or_a_line_break_in_a_subject_adds_no_column(call: Call, desk: Desk) -> None:
    desk.deliver(mail("uno\tdue =?utf-8?q?tre=0Aquattro=0D=09cinque?="), "1")
    call("ingest")
    (line,) = call("list").out.splitlines()
    assert len(line.split("\t")) == 10


@pytest.mark.usefixtures("three")
def test_a_case_is_shown_whole_in_italian(call: Call, on_terminal: Callable[[int], None]) -> None:
    on_terminal(100)
    shown = call("show", "2").out
    assert "Caso #2" in shown
    assert "Anna Verdi <anna.verdi@cliente.example>" in shown
    assert "Non riesco a stampare la fattura 12." in shown
    assert "settore gestionale ← mago «Mago4» (oggetto)" in shown
    assert "Posta in uscita" in shown
    english = call("--lang", "en", "show", "2").out
    assert "Case #2" in english and "History" in english


@pytest.mark.usefixtures("three")
def test_a_case_in_a_pipe_is_a_line_for_each_fact(call: Call) -> None:
    lines = [line.split("\t") for line in call("show", "2").out.splitlines()]
    facts = {line[0]: line[1] for line in lines}
    assert facts["number"] == "2"
    assert facts["requester"] == "anna.verdi@cliente.example"
    assert facts["text"] == "Non riesco a stampare la fattura 12."


@pytest.mark.usefixtures("three")
def test_raw_is_the_mail_as_it_came() -> None:
    raw = subprocess.run(
        [sys.executable, "-m", "helpdeskctl", "show", "2", "--raw"], capture_output=True, check=True
    ).stdout
    assert raw.startswith(b"From anna.verdi@cliente.example ")
    assert b"Subject: CRITICO: Mago4 non parte su nessun posto\n" in raw


@pytest.mark.usefixtures("three")
def test_the_path_of_a_mail_can_be_read(call: Call) -> None:
    with open(call("show", "2", "--path").out.strip(), "rb") as file:
        assert b"Mago4" in file.read()


def test_a_case_that_does_not_exist_gives_66(call: Call) -> None:
    told = call("--lang", "en", "show", "99")
    assert told == (66, "", "helpdeskctl: There is no case #99.\n")


@pytest.mark.parametrize("typed", ["0", "x", "-3", "3-1", "1-999999", ""])
def test_what_is_no_number_is_a_usage_error(call: Call, typed: str) -> None:
    assert call("show", "--", typed).code == 2


def test_held_mail_heads_the_list(call: Call, desk: Desk, on_terminal: Callable[[int], None]) -> None:
    desk.deliver(mail("offerta", X_Spam_Flag="YES"), "1")
    call("ingest")
    on_terminal(80)
    assert call("list").out.startswith("Mail trattenute: 1")


def test_a_long_list_shows_a_page_on_a_terminal_and_all_in_a_pipe(
    call: Call, desk: Desk, on_terminal: Callable[[int], None]
) -> None:
    for n in range(60):
        desk.deliver(mail(f"Stampante numero {n} guasta"), f"{n}")
    call("ingest")
    assert len(call("list").out.splitlines()) == 60
    on_terminal(80)
    shown = call("list").out
    assert shown.count("Stampante") == 50
    assert "Non mostrati: 10" in shown
    assert call("list", "--limit", "0").out.count("Stampante") == 60
