"""Customers and contracts as a spreadsheet writes them."""

import time
from datetime import date
from pathlib import Path

import pytest

from helpdeskctl.adapters.registry_csv import contracts, customers
from helpdeskctl.domain.errors import BadRowsError, RefusedError
from helpdeskctl.domain.registry import Contract, Customer, Registry

ROSSI = Customer("Società Rossi", ("capo@libero.it",), ("rossi.example", "rossi.it.example"))
SECTORS = {"gestionale": "gestionale", "tecnico": "tecnico", "sistemistico": "tecnico"}
CALENDARS = frozenset({"24x7", "esteso"})


def written(tmp_path: Path, content: bytes | str) -> str:
    path = tmp_path / "c.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def contracts_of(tmp_path: Path, content: bytes | str) -> Registry:
    return contracts(written(tmp_path, content), SECTORS, CALENDARS)


@pytest.mark.parametrize(
    "content",
    [
        "nome;indirizzi;domini\nSocietà Rossi;capo@libero.it;rossi.example, rossi.it.example\n".encode(
            "cp1252"
        ),
        '\ufeffname,addresses,domains\r\nSocietà Rossi,CAPO@libero.it,"@rossi.example rossi.it.example"\r\n'.encode(),
        "Cliente;Note;Domini;E-mail\n Società Rossi ;x;rossi.example|rossi.it.example;capo@libero.it\n\n;;;\n".encode(),
        "Cliente\tDominio\tE-mail\nSocietà Rossi\trossi.example rossi.it.example\tcapo@libero.it\n".encode(),
    ],
)
def test_any_spreadsheets_way(tmp_path: Path, content: bytes) -> None:
    assert customers(written(tmp_path, content)) == (ROSSI,)


def problems(error: BadRowsError) -> list[str]:
    return [str(problem) for problem in error.problems]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (";c@b.example;", "Line 3, column nome: the name is missing."),
        ("B;nessuno;", 'Line 3, column indirizzi: "nessuno" is no mail address.'),
        (
            "B;;gmail.com",
            'Line 3, column domini: "gmail.com" belongs to everybody: list the addresses instead.',
        ),
        ("B;;x", 'Line 3, column domini: "x" is no mail domain.'),
        ("B;a@b.example;", "Line 3, column indirizzi: a@b.example is another customer's already, in line 2."),
        ("A;;", "Line 3, column nome: A stands in line 2 already."),
    ],
)
def test_one_wrong_cell_and_nothing_is_imported(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(BadRowsError) as raised:
        customers(written(tmp_path, f"nome;indirizzi;domini\nA;a@b.example;\n{row}\n"))
    assert problems(raised.value) == [said]
    assert "nothing was imported" in str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("A;a@b.example\n", "name is missing"),
        ("", "name is missing"),
        ("nome;nome\n", "names the column name twice"),
        (b"PK\x03\x04\x00\x00", "no CSV file"),
        ('nome;indirizzi\n"A;x\n', "line 2: this is no CSV"),
        (b'nome\n"' + b"x" * 20_000 + b'"\n', "no CSV that can be read"),
    ],
)
def test_what_is_no_such_file_is_said_so(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        customers(written(tmp_path, content))


# --- contracts ---

SHEET = """\
Numero;Cliente;Indirizzi;Domini;Dal;Al;Settori;Normale;Urgente;Critico;Calendario
2026/15;Società Rossi;capo@libero.it;rossi.example;01/01/2026;31/12/2026;Gestionale, Sistemistico;8;4h;0,5;24x7
A-7;Società Rossi;;rossi.it.example;2026-01-01;;;;;;
B_1;Bianchi;;;;;tecnico;;;2;esteso
"""
REGISTRY = Registry(
    (ROSSI, Customer("Bianchi", (), ())),
    (
        Contract(
            "2026/15",
            "Società Rossi",
            date(2026, 1, 1),
            date(2026, 12, 31),
            ("gestionale", "tecnico"),
            (("normale", 480), ("urgente", 240), ("critico", 30)),
            "24x7",
        ),
        Contract("A-7", "Società Rossi", date(2026, 1, 1), None),
        Contract("B_1", "Bianchi", None, None, ("tecnico",), (("critico", 120),), "esteso"),
    ),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_contracts_as_an_italian_excel_writes_them(tmp_path: Path, encoding: str, line_end: str) -> None:
    content = SHEET.replace("\n", line_end).encode(encoding)
    assert contracts_of(tmp_path, content) == REGISTRY


def test_english_headings_and_commas(tmp_path: Path) -> None:
    sheet = 'number,customer,domains,valid_from,valid_to,sectors\n7,Neri,neri.example,2026-01-01,,"tecnico"\n'
    found = contracts_of(tmp_path, sheet)
    assert found.contracts == (Contract("7", "Neri", date(2026, 1, 1), None, ("tecnico",)),)
    assert found.customers == (Customer("Neri", (), ("neri.example",)),)


HEAD = "numero;cliente;indirizzi;domini;dal;al;settori;normale;calendario\n7;Neri;n@x.example;;;;;;\n"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (";Neri", 'Line 3, column numero: "" is no contract number, such as 2026/15.'),
        ("12 B;Neri", 'Line 3, column numero: "12 B" is no contract number, such as 2026/15.'),
        ("=1+1;Neri", 'Line 3, column numero: "=1+1" is no contract number, such as 2026/15.'),
        ("7;Neri", "Line 3, column numero: 7 stands in line 2 already."),
        ("8;", "Line 3, column cliente: the name is missing."),
        (
            "8;Bianchi;n@x.example",
            "Line 3, column indirizzi: n@x.example is another customer's already: Neri.",
        ),
        (
            "8;Neri;;;31/02/2026",
            'Line 3, column dal: "31/02/2026" is no day: write 31/12/2026 or 2026-12-31.',
        ),
        ("8;Neri;;;1/1/26", 'Line 3, column dal: "1/1/26" is no day: write 31/12/2026 or 2026-12-31.'),
        ("8;Neri;;;1/1/2026;1/1/2025", "Line 3, column al: it ends (1/1/2025) before it begins."),
        (
            "8;Neri;;;;;vendite",
            'Line 3, column settori: there is no sector "vendite", but gestionale, tecnico.',
        ),
        (
            "8;Neri;;;;;;zero",
            'Line 3, column normale: "zero" is no number of working hours, such as 4 or 0,5.',
        ),
        ("8;Neri;;;;;;0", 'Line 3, column normale: "0" is no number of working hours, such as 4 or 0,5.'),
        (
            "8;Neri;;;;;;;notte",
            'Line 3, column calendario: there is no calendar "notte" in the configuration, but 24x7, esteso.',
        ),
    ],
)
def test_every_wrong_cell_of_a_contract_is_named(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(BadRowsError) as raised:
        contracts_of(tmp_path, f"{HEAD}{row}\n")
    assert problems(raised.value) == [said]


def test_all_wrong_cells_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadRowsError) as raised:
        contracts_of(tmp_path, f"{HEAD}8 8;Neri;x;y;z;;w;;\n")
    assert len(raised.value.problems) == 5


def test_a_hundred_thousand_rows_take_seconds(tmp_path: Path) -> None:
    rows = "".join(
        f"{n};Cliente {n % 40_000};c{n}@x.example;;1/1/2026;31/12/2026;;;\n" for n in range(8, 100_008)
    )
    path = written(tmp_path, HEAD + rows)
    began = time.process_time()
    assert len(contracts(path, SECTORS, CALENDARS).contracts) == 100_001
    assert time.process_time() - began < 20
