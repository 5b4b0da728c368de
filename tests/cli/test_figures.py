"""`stats`, `report` and `export`: what they print, and the files they write."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import helpdeskctl
from helpdeskctl.adapters.tinydb_store.shelves import Shelves
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import html
from helpdeskctl.domain import transitions
from helpdeskctl.domain.case import Case, ContractCited, Work
from helpdeskctl.domain.figures import Line
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.registry import Contract, Customer, Registry
from tests.builders import case, outgoing
from tests.cli.conftest import Call, Desk, mail
from tests.made_up_desk import CUSTOMERS, LAST, fill

MAY = datetime(2026, 5, 11, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROSSI = "Officine Rossi"
SPRING = ("--since", "2026-04-01", "--until", "2026-05-31")
# Everything that a terminal, a spreadsheet and a browser each take for more than text.
HOSTILE = '=1+1;"</script><img src=x onerror=alert(1)>\x1b[31m\u202eabc\r\n@x'

ROOT = Path(helpdeskctl.__file__).parents[1]

OnTerminal = Callable[[int], None]


def two_cases() -> tuple[Case, Case]:
    calendar = bootstrap.settings(None).policy.calendar
    sent = outgoing(state="sent", sent_at=MAY + timedelta(seconds=65), queued_at=MAY, next_at=MAY)
    first = transitions.promised(case(1, opened_at=MAY, updated_at=MAY, customer=ROSSI), MAY, 120, calendar)
    first = first._replace(outgoing=(sent,), contract=ContractCited("2026/117", "valid"))
    first = transitions.taken(first, "rossi", MAY + HOUR).case
    first = transitions.worked(first, Work(MAY + HOUR, "rossi", 90))
    first = transitions.closed(first, "rossi", MAY + 2 * HOUR).case
    second = case(2, opened_at=MAY, updated_at=MAY, subject=HOSTILE, customer=HOSTILE, sector="gestionale")
    return first, transitions.promised(second, MAY, 120, calendar)


@pytest.fixture
def may(desk: Desk) -> Desk:
    """A desk with two cases of May: one kept and closed, one missed and hostile."""
    store = bootstrap.store(bootstrap.settings(None))
    contract = Contract("2026/117", ROSSI, None, None)
    store.replace_registry(Registry((Customer(ROSSI, (), ()), Customer(HOSTILE, (), ())), (contract,)))
    with store.transaction() as snapshot:
        for one in two_cases():
            snapshot.put(one)
    return desk


def test_stats_in_a_pipe_are_a_line_for_each_group_in_the_fields_order(call: Call, may: Desk) -> None:
    told = call("stats", *SPRING, "--by", "month", "--by", "sector")
    lines = [line.split("\t") for line in told.out.splitlines()]
    assert [line[:6] for line in lines] == [
        ["total", "", "2", "0", "1", "1"],
        ["month", "2026-05", "2", "0", "1", "1"],
        ["sector", "gestionale", "1", "0", "0", "1"],
        ["sector", "tecnico", "1", "0", "1", "0"],
    ]
    assert dict(zip(Line._fields, lines[0][1:], strict=True)) | {"name": ""} == {
        **dict.fromkeys(Line._fields, "0"),
        "name": "",
        "opened": "2",
        "closed": "1",
        "backlog": "1",
        "acknowledgements": "1",
        "in_time": "1",
        "median": "65",
        "percentile": "65",
        "longest": "65",
        "kept": "1",
        "missed": "1",
        "minutes": "90",
        "billable": "90",
    }


def test_stats_as_json_have_all_dimensions(call: Call, may: Desk) -> None:
    found = json.loads(call("stats", *SPRING, "--json").out)
    assert list(found) == ["since", "until", "total", "month", "sector", "urgency", "customer", "slowest"]
    assert (found["since"], found["until"], found["total"]["opened"]) == ("2026-04-01", "2026-05-31", 2)
    assert [line["name"] for line in found["month"]] == ["2026-05"]


def test_stats_are_of_the_part_asked_for(call: Call, may: Desk) -> None:
    found = json.loads(call("stats", *SPRING, "--json", "--sector", "tecnico", "--customer", "rossi").out)
    assert (found["total"]["opened"], found["total"]["missed"]) == (1, 0)


@pytest.mark.parametrize("width", [60, 80, 200])
def test_stats_fit_the_terminal(call: Call, may: Desk, on_terminal: OnTerminal, width: int) -> None:
    on_terminal(width)
    told = call("stats", *SPRING)
    assert max(map(len, told.out.splitlines())) <= width
    assert "maggio 2026" in told.out
    assert "1 min 05 s" in told.out
    assert "█" in told.out
    assert not {"\x1b", "\u202e"} & set(told.out)


def test_a_terminal_shows_the_largest_customers_and_a_pipe_all(
    call: Call, desk: Desk, on_terminal: OnTerminal
) -> None:
    chosen = bootstrap.settings(None)
    fill(bootstrap.store(chosen), 300, LAST, chosen.policy)
    whole = ("stats", "--since", "2020-01-01", "--by", "customer")
    assert len(call(*whole).out.splitlines()) == 1 + len(CUSTOMERS)
    on_terminal(100)
    shown = call(*whole).out
    assert CUSTOMERS[0] in shown
    assert "Non mostrati: 2." in shown


def test_without_cases_a_terminal_has_no_tables(call: Call, desk: Desk, on_terminal: OnTerminal) -> None:
    on_terminal(80)
    told = call("stats")
    assert "─" not in told.out
    assert ["Casi", "aperti", "0"] in [line.split() for line in told.out.splitlines()]


def test_stats_speak_one_language(call: Call, may: Desk, on_terminal: OnTerminal) -> None:
    on_terminal(200)
    italian, english = call("stats", *SPRING).out, call("--lang", "en", "stats", *SPRING).out
    assert "50 % (1 su 2)" in italian
    assert "50 % (1 of 2)" in english
    assert "May 2026" in english


@pytest.mark.parametrize(
    "days", [("--since", "2026-05-31", "--until", "2026-05-01"), ("--since", "9999-12-31")]
)
def test_a_period_in_which_nothing_can_have_happened_is_a_wrong_usage(
    call: Call, may: Desk, days: tuple[str, ...]
) -> None:
    told = call("stats", *days)
    assert (told.code, told.out) == (2, "")
    assert "Tra --since e --until" in told.err


class _Page(HTMLParser):
    """The elements of a page, the text outside of scripts, and whatever an element would fetch or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.active: list[str] = []
        self.text: list[str] = []
        self.scripts: dict[str, str] = {}
        self._script: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.active += [
            name for name, _value in attrs if name in {"src", "href", "style"} or name[:2] == "on"
        ]
        self._script = dict(attrs).get("id") or "" if tag == "script" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is None:
            self.text.append(data)
        else:
            self.scripts[self._script] = data


def test_the_page_holds_all_it_needs_and_nothing_of_a_mail_that_acts(call: Call, may: Desk) -> None:
    file = may.home / "cifre.html"
    told = call("stats", *SPRING, "--html", str(file))
    assert told == (0, "", f"{file} è scritto.\n")
    written = file.read_text()
    page = _Page(written)
    assert not page.active
    assert page.elements.count("canvas") == page.elements.count("table") == page.elements.count("figure") == 7
    assert "img" not in page.elements
    assert not {"\x1b", "\u202e"} & set(written)
    assert '<html lang="it">' in written
    assert "default-src 'none'" in written
    charts = json.loads(page.scripts["charts"])
    assert charts[0]["labels"] == [["mag", "2026"]]
    assert charts[0]["series"][0]["values"] == [2]
    assert written.count("<details open>") == 7
    assert "Permission is hereby granted" in written


def test_a_page_of_one_dimension_has_its_chart_alone(call: Call, may: Desk) -> None:
    page = _Page(call("stats", *SPRING, "--by", "urgency", "--html", "-", "--lang", "en").out)
    assert page.elements.count("canvas") == 1
    assert "By urgency" in page.text


def test_a_page_without_cases_says_so(call: Call, desk: Desk) -> None:
    page = _Page(call("stats", "--html", "-").out)
    assert "canvas" not in page.elements
    assert "Nessun caso." in page.text


def test_what_scripts_read_cannot_end_their_element() -> None:
    value = {"name": "</script><!--&\u2028"}
    written = html.embedded("x", value)
    content = written.removeprefix('<script type="application/json" id="x">').removesuffix("</script>")
    assert not set("<>&\u2028") & set(content)
    assert json.loads(content) == value


def report(call: Call, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call("report", *options, "--json").out)
    return found


@pytest.mark.parametrize("month", ["2026-05", "05/2026", "2026-5"])
def test_a_report_tells_the_month_of_a_contract(call: Call, may: Desk, month: str) -> None:
    found = report(call, "--contract", "2026/117", "--month", month)
    assert (found["customer"], found["contract"], found["month"]) == (ROSSI, "2026/117", "2026-05")
    assert found["total"]["kept"] == 1
    (one,) = found["cases"]
    assert (one["number"], one["state"], one["minutes"], one["billable"]) == (1, "kept", 90, 90)
    assert list(one) == [
        "number", "subject", "urgency", "requester", "opened_at", "responded_at", "due_at", "state",
        "closed_at", "minutes", "billable",
    ]  # fmt: skip


def test_a_report_in_a_pipe_has_a_line_for_each_case(call: Call, may: Desk) -> None:
    cells = call("report", "--customer", "officine rossi", "--month", "2026-05").out.rstrip("\n").split("\t")
    assert (cells[0], cells[3], cells[7], cells[9]) == ("1", "anna.verdi@cliente.example", "kept", "90")


def test_without_a_month_a_report_is_of_the_month_before_this_one(call: Call, may: Desk) -> None:
    today = bootstrap.clock(bootstrap.settings(None).policy.zone)().date()
    before = today.replace(day=1) - timedelta(days=1)
    assert report(call, "--customer", ROSSI)["month"] == f"{before:%Y-%m}"


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_report_fits_the_terminal(call: Call, may: Desk, on_terminal: OnTerminal, width: int) -> None:
    on_terminal(width)
    told = call("report", "--contract", "2026/117", "--month", "2026-05").out
    assert max(map(len, told.splitlines())) <= width
    assert "Officine Rossi, contratto 2026/117, maggio 2026" in told
    assert "mantenuta" in told
    assert "1:30" in told


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "--contract oppure --customer"),
        (("--contract", "1", "--customer", "2"), 2, "--contract oppure --customer"),
        (("--customer", ROSSI, "--month", "maggio"), 2, "non è un mese"),
        (("--customer", ROSSI, "--month", "2026-13"), 2, "non è un mese"),
        (("--contract", "99"), 66, "contratto 99"),
    ],
)
def test_a_report_that_cannot_be_made_says_why(
    call: Call, may: Desk, options: tuple[str, ...], code: int, said: str
) -> None:
    told = call("report", *options)
    assert (told.code, told.out) == (code, "")
    assert said in told.err


def test_a_report_is_written_as_page_and_as_csv(call: Call, may: Desk) -> None:
    page, table = may.home / "maggio.html", may.home / "maggio.csv"
    told = call(
        "report", "--customer", HOSTILE, "--month", "2026-05", "--html", str(page), "--csv", str(table)
    )
    assert (told.code, told.out) == (0, "")
    parsed = _Page(page.read_text())
    assert not parsed.active
    assert {"img", "script"}.isdisjoint(parsed.elements)
    assert parsed.text.count("Oggetto") == 1
    (headings, row) = rows(table.read_bytes())
    assert headings[:3] == ["Numero", "Oggetto", "Richiedente"]
    assert row[1].startswith("'=1+1;")


def rows(content: bytes) -> list[list[str]]:
    """As a spreadsheet of Italy reads the file."""
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_exported_csv_is_what_excel_opens_in_italy(call: Call, may: Desk) -> None:
    file = may.home / "casi.csv"
    assert call("export", str(file)).code == 0
    headings, first, second = rows(file.read_bytes())
    told = dict(zip(headings, first, strict=True))
    assert told["Aperto"] == "11/05/2026 10:00"
    assert told["Chiuso"] == "11/05/2026 12:00"
    assert (told["Ore"], told["Ore da fatturare"]) == ("1,50", "1,50")
    assert (told["Stato"], told["Promessa"], told["Contratto"]) == (
        "chiuso",
        "mantenuta",
        "2026/117 (valido)",
    )
    assert len(second) == len(headings)


@pytest.mark.parametrize(
    "written", ["=1+1", "+39 0171", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "\u202e=1", "\uff1d1+1", "\tx"]
)
def test_no_cell_is_a_formula(call: Call, desk: Desk, written: str) -> None:
    with bootstrap.store(bootstrap.settings(None)).transaction() as snapshot:
        snapshot.put(case(1, subject=written, requester=Address(written, "a@b.example"), tags=(written,)))
    headings, row = rows(call("export").out.encode())
    told = dict(zip(headings, row, strict=True))
    for heading in ("Oggetto", "Nome", "Etichette"):
        assert told[heading][0] == "'"
        assert not {"\t", "\r", "\u202e"} & set(told[heading])


def test_quotes_and_separators_stay_in_their_cell(call: Call, desk: Desk) -> None:
    subject = 'Errore "0x80"; riga 2'
    with bootstrap.store(bootstrap.settings(None)).transaction() as snapshot:
        snapshot.put(case(1, subject=subject))
    headings, row = rows(call("export").out.encode())
    assert dict(zip(headings, row, strict=True))["Oggetto"] == subject


@pytest.mark.parametrize("option", ["--jsonl", "--json"])
def test_json_lines_are_cases_as_list_gives_them(call: Call, may: Desk, option: str) -> None:
    lines = [json.loads(line) for line in call("export", option).out.splitlines()]
    assert lines == json.loads(call("list", "--all", "--sort", "number", "--json").out)


def test_whole_cases_have_their_texts_and_history(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    call("ingest")
    (line,) = call("export", "--whole").out.splitlines()
    assert json.loads(line) == json.loads(call("show", "1", "--json").out)


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ((), [1, 2]),
        (("--status", "closed"), [1]),
        (("--status", "open"), [2]),
        (("--sector", "tecnico"), [1]),
        (("--until", "2026-05-10"), []),
        (("--since", "2026-05-11"), [1, 2]),
        (("--contract", "2026/117"), [1]),
        (("--text", "niente"), []),
    ],
)
def test_an_export_takes_what_list_takes(
    call: Call, may: Desk, options: tuple[str, ...], numbers: list[int]
) -> None:
    lines = call("export", "--jsonl", *options).out.splitlines()
    assert [json.loads(line)["number"] for line in lines] == numbers


def test_a_file_that_cannot_be_written_is_one_sentence(call: Call, may: Desk) -> None:
    told = call("export", str(may.home / "nessuna" / "casi.csv"))
    assert (told.code, told.out) == (1, "")
    assert told.err == f"helpdeskctl: {may.home}/nessuna/casi.csv: {os.strerror(2)}.\n"


@pytest.mark.parametrize("command", [("export",), ("stats", "--html", "-"), ("stats",)])
def test_an_output_that_is_full_is_one_sentence(may: Desk, command: tuple[str, ...]) -> None:
    argv = [sys.executable, "-m", "helpdeskctl", *command]
    with open("/dev/full", "wb") as full:
        told = subprocess.run(argv, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    said = told.stderr.decode()
    assert told.returncode == 1
    assert said.count("\n") == 1 and os.strerror(28) in said and "None" not in said


def test_an_export_holds_one_shard_at_a_time(call: Call, may: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with bootstrap.store(bootstrap.settings(None)).transaction() as snapshot:
        for number in range(3, 201):
            snapshot.put(case(number))
    order: list[str] = []
    read, put = Shelves.documents, bootstrap.put_file

    def documents(shelves: Shelves, file: str) -> list[Any]:
        order.append(file)
        return read(shelves, file)

    def written(path: str, pieces: Iterable[bytes], rights: int) -> None:
        put(path, counted(pieces), rights)

    def counted(pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            order.append("line")
            yield piece

    monkeypatch.setattr(Shelves, "documents", documents)
    monkeypatch.setattr(bootstrap, "put_file", written)
    assert call("export", str(may.home / "casi.csv")).code == 0
    shards = [place for place, what in enumerate(order) if what != "line"]
    assert [later - before - 1 for before, later in pairwise(shards)] == [50, 50, 50]
