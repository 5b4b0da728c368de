"""The customers of a CSV file: name, addresses, domains."""

from helpdeskctl.adapters.registry_csv.rows import Problems, Row, addresses, domains, rows
from helpdeskctl.domain.errors import RefusedError
from helpdeskctl.domain.registry import Customer

# What a column may be called; blanks and underscores are the same.
HEADINGS = {
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


def customers(path: str) -> tuple[Customer, ...]:
    """The customers of that file, one a row. Raises `BadRowsError` with every cell that is wrong."""
    problems, found = Problems(path), []
    lines: dict[str, int] = {}
    names: dict[str, int] = {}
    for row in rows(path, HEADINGS, ("name",)):
        name = row.cells["name"]
        if not name:
            said = "Line {line}, column {column}: the name is missing."
            problems.add(row.problem("name", said))
        elif name in names:
            said = "Line {line}, column {column}: {value} stands in line {before} already."
            problems.add(row.problem("name", said, before=names[name]))
        names.setdefault(name, row.line)
        one = Customer(name, *contacts(row, problems))
        for column, value in (
            *(("addresses", v) for v in one.addresses),
            *(("domains", v) for v in one.domains),
        ):
            if lines.setdefault(value, row.line) != row.line:
                problems.add(_taken(row, column, value, lines[value]))
        found.append(one)
    problems.refuse()
    return tuple(found)


def contacts(row: Row, problems: Problems) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses and domains of a row."""
    return (
        problems.tried(addresses, row, "addresses", ()),
        problems.tried(domains, row, "domains", ()),
    )


def _taken(row: Row, column: str, value: str, before: int) -> RefusedError:
    said = "Line {line}, column {column}: {wrong} is another customer's already, in line {before}."
    return row.problem(column, said, wrong=value, before=before)
