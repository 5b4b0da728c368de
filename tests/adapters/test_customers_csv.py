"""Customers as a spreadsheet writes them."""

from pathlib import Path

import pytest

from helpdeskctl.adapters.customers_csv import customers
from helpdeskctl.domain.errors import RefusedError
from helpdeskctl.domain.registry import Customer

ROSSI = Customer("Società Rossi", ("capo@libero.it",), ("rossi.example", "rossi.it.example"))


@pytest.mark.parametrize(
    "content",
    [
        "nome;indirizzi;domini\nSocietà Rossi;capo@libero.it;rossi.example, rossi.it.example\n".encode(
            "cp1252"
        ),
        '\ufeffname,addresses,domains\r\nSocietà Rossi,CAPO@libero.it,"@rossi.example rossi.it.example"\r\n'.encode(),
        "Cliente;Note;Domini;E-mail\n Società Rossi ;x;rossi.example|rossi.it.example;capo@libero.it\n\n;;;\n".encode(),
    ],
)
def test_any_spreadsheets_way(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.csv").write_bytes(content)
    assert customers(str(tmp_path / "c.csv")) == (ROSSI,)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("nome;indirizzi;domini\n;a@b.example;\n", "2, name"),
        ("nome;indirizzi;domini\nA;;x.example\nB;nessuno;\n", "3, addresses: 'nessuno'"),
        ("nome;indirizzi;domini\nA;;gmail.com\n", "2, domains: 'gmail.com'"),
        ("nome;indirizzi;domini\nA;;x\n", "2, domains: 'x'"),
        ("nome;indirizzi;domini\nA;a@b.example;\nB;a@b.example;\n", "3: a@b.example"),
        ("A;a@b.example\n", "first line"),
        ("", "first line"),
    ],
)
def test_one_wrong_row_and_nothing_is_imported(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "c.csv").write_text(content)
    with pytest.raises(RefusedError, match=said):
        customers(str(tmp_path / "c.csv"))
