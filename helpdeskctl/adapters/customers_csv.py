"""Customers as an Italian Excel writes them: `;` or `,`, UTF-8 or cp1252, Italian or English headings.

All or nothing: every bad row is named with its line and column (behaviour.md §7).
"""

import csv
import io
import re
from collections.abc import Iterator

from helpdeskctl.domain.errors import RefusedError
from helpdeskctl.domain.registry import Customer, is_public

_HEADINGS = {
    "name": "name",
    "customer": "name",
    "cliente": "name",
    "nome": "name",
    "ragione sociale": "name",
    "addresses": "addresses",
    "address": "addresses",
    "indirizzi": "addresses",
    "indirizzo": "addresses",
    "e-mail": "addresses",
    "email": "addresses",
    "domains": "domains",
    "domain": "domains",
    "domini": "domains",
    "dominio": "domains",
}
_ADDRESS = re.compile(r"[^\s@<>,;:\"()]{1,64}@[a-z0-9][a-z0-9.-]{1,253}")
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+")
# A list of a thousand wrong rows helps nobody.
_MOST_NAMED = 20


def customers(path: str) -> tuple[Customer, ...]:
    """The customers of that file. Raises `RefusedError` with every row that is wrong."""
    rows = list(_rows(path))
    wrong = [problem for line, row in rows for problem in _problems(line, row)]
    seen: dict[str, int] = {}
    for line, row in rows:
        for value in (*_values(row["addresses"]), *_values(row["domains"])):
            if value in seen and seen[value] != line:
                wrong.append(f"{line}: {value} ({seen[value]})")
            seen.setdefault(value, line)
    if wrong:
        raise RefusedError(
            "{file}: nothing was imported. Wrong, by line: {wrong}.",
            file=path,
            wrong="; ".join(wrong[:_MOST_NAMED]) + (" …" if len(wrong) > _MOST_NAMED else ""),
        )
    return tuple(
        Customer(row["name"].strip(), _values(row["addresses"]), _values(row["domains"])) for _, row in rows
    )


def _rows(path: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with their lines; columns that are not ours are left alone."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") >= first.count(",") else ","
    )
    headings = [_HEADINGS.get(" ".join(cell.split()).lower(), "") for cell in next(reader, [])]
    if "name" not in headings or not {"addresses", "domains"} & set(headings):
        said = (
            "{file}: the first line must name the columns: name;addresses;domains (or nome;indirizzi;domini)."
        )
        raise RefusedError(said, file=path)
    for row in reader:
        if any(cell.strip() for cell in row):
            cells = {heading: cell for heading, cell in zip(headings, row, strict=False) if heading}
            yield reader.line_num, {"name": "", "addresses": "", "domains": ""} | cells


def _problems(line: int, row: dict[str, str]) -> Iterator[str]:
    if not row["name"].strip():
        yield f"{line}, name: ''"
    for value in _values(row["addresses"]):
        if not _ADDRESS.fullmatch(value):
            yield f"{line}, addresses: {value!r}"
    for value in _values(row["domains"]):
        if not _DOMAIN.fullmatch(value) or is_public(value):
            # A domain that anybody can have would make strangers colleagues.
            yield f"{line}, domains: {value!r}"


def _values(cell: str) -> tuple[str, ...]:
    """The addresses or domains of a cell, parted by blanks, commas or semicolons, in lower case."""
    found = (value.strip().lower().removeprefix("@") for value in re.split(r"[\s,;|]+", cell))
    return tuple(dict.fromkeys(value for value in found if value))
