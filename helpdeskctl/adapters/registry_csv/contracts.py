"""The contracts of a CSV file, with what they say of their customers."""

import re
from collections.abc import Mapping
from datetime import date
from functools import partial

from helpdeskctl.adapters.registry_csv import customers as customers_csv
from helpdeskctl.adapters.registry_csv.rows import Problems, Row, rows
from helpdeskctl.domain.registry import Contract, Customer, Registry

URGENCIES = ("normale", "urgente", "critico")
_HEADINGS = {
    "number": "number",
    "contract": "number",
    "numero": "number",
    "contratto": "number",
    "numero contratto": "number",
    "n. contratto": "number",
    **{heading: name for heading, name in customers_csv.HEADINGS.items() if name != "name"},
    "customer": "customer",
    "cliente": "customer",
    "ragione sociale": "customer",
    "valid from": "valid_from",
    "from": "valid_from",
    "valido dal": "valid_from",
    "dal": "valid_from",
    "decorrenza": "valid_from",
    "inizio": "valid_from",
    "valid to": "valid_to",
    "to": "valid_to",
    "valido al": "valid_to",
    "al": "valid_to",
    "scadenza": "valid_to",
    "fine": "valid_to",
    "sectors": "sectors",
    "sector": "sectors",
    "settori": "sectors",
    "settore": "sectors",
    "normal": "normale",
    "normale": "normale",
    "urgent": "urgente",
    "urgente": "urgente",
    "critical": "critico",
    "critico": "critico",
    "calendar": "calendar",
    "calendario": "calendar",
    "orario": "calendar",
}
_NUMBER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9./_-]{0,62}[A-Za-z0-9])?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_ITALIAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: 00:00(?::00)?)?")
_HOURS = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))?\s*h?")


def contracts(path: str, sectors: Mapping[str, str], calendars: frozenset[str]) -> Registry:
    """The contracts of that file, and its customers with the addresses and domains of all their rows.

    `sectors` are keys and names of sectors in lower case → keys; `calendars` the names there are.
    Raises `BadRowsError` with every cell that is wrong.
    """
    problems = Problems(path)
    found: dict[str, Contract] = {}
    lines: dict[str, int] = {}
    owners: dict[str, str] = {}
    known: dict[str, Customer] = {}
    for row in rows(path, _HEADINGS, ("number", "customer")):
        number = problems.tried(_number, row, "number", "")
        name = row.cells.get("customer", "")
        if not name:
            said = "Line {line}, column {column}: the name is missing."
            problems.add(row.problem("customer", said))
        if number and number.casefold() in lines:
            said = "Line {line}, column {column}: {value} stands in line {before} already."
            problems.add(row.problem("number", said, before=lines[number.casefold()]))
        lines.setdefault(number.casefold(), row.line)
        found[number.casefold()] = _contract(row, number, (sectors, calendars), problems)
        known[name] = _with_row(known.get(name, Customer(name, (), ())), row, owners, problems)
    problems.refuse()
    return Registry(tuple(known.values()), tuple(found.values()))


def _contract(
    row: Row, number: str, allowed: tuple[Mapping[str, str], frozenset[str]], problems: Problems
) -> Contract:
    sectors, calendars = allowed
    begins = problems.tried(_day, row, "valid_from", None)
    ends = problems.tried(_day, row, "valid_to", None)
    if begins and ends and ends < begins:
        said = "Line {line}, column {column}: it ends ({value}) before it begins."
        problems.add(row.problem("valid_to", said))
    hours = ((urgency, problems.tried(_minutes, row, urgency, 0)) for urgency in URGENCIES)
    return Contract(
        number,
        row.cells.get("customer", ""),
        begins,
        ends,
        problems.tried(partial(_sectors, sectors), row, "sectors", ()),
        tuple((urgency, minutes) for urgency, minutes in hours if minutes),
        problems.tried(partial(_calendar, calendars), row, "calendar", ""),
    )


def _with_row(one: Customer, row: Row, owners: dict[str, str], problems: Problems) -> Customer:
    """The customer with what this row says of it; an address has one customer only."""
    addresses, domains = customers_csv.contacts(row, problems)
    for column, values in (("addresses", addresses), ("domains", domains)):
        for value in values:
            if owners.setdefault(value, one.name) != one.name:
                said = "Line {line}, column {column}: {wrong} is another customer's already: {other}."
                problems.add(row.problem(column, said, wrong=value, other=owners[value]))
    return Customer(
        one.name,
        tuple(dict.fromkeys((*one.addresses, *addresses))),
        tuple(dict.fromkeys((*one.domains, *domains))),
    )


def _number(row: Row, column: str) -> str:
    number = row.cells[column]
    if not _NUMBER.fullmatch(number):
        said = 'Line {line}, column {column}: "{value}" is no contract number, such as 2026/15.'
        raise row.problem(column, said)
    return number


def _day(row: Row, column: str) -> date | None:
    written = row.cells.get(column, "")
    if not written:
        return None
    try:
        if iso := _ISO.fullmatch(written):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if italian := _ITALIAN.fullmatch(written):
            return date(int(italian[3]), int(italian[2]), int(italian[1]))
    except ValueError:
        pass
    said = 'Line {line}, column {column}: "{value}" is no day: write 31/12/2026 or 2026-12-31.'
    raise row.problem(column, said)


def _minutes(row: Row, urgency: str) -> int:
    """Working hours as minutes; 0 where the desk's own hold."""
    written = row.cells.get(urgency, "")
    if not written:
        return 0
    hours = _HOURS.fullmatch(written)
    minutes = round(float(f"{hours[1]}.{hours[2] or 0}") * 60) if hours else 0
    if not 0 < minutes <= 60_000:
        said = 'Line {line}, column {column}: "{value}" is no number of working hours, such as 4 or 0,5.'
        raise row.problem(urgency, said)
    return minutes


def _sectors(known: Mapping[str, str], row: Row, column: str) -> tuple[str, ...]:
    found = []
    for name in filter(None, re.split(r"\s*[,;|+]\s*", row.cells.get(column, "").lower())):
        if name not in known:
            said = 'Line {line}, column {column}: there is no sector "{wrong}", but {known}.'
            raise row.problem(column, said, wrong=name, known=", ".join(dict.fromkeys(known.values())))
        found.append(known[name])
    return tuple(dict.fromkeys(found))


def _calendar(known: frozenset[str], row: Row, column: str) -> str:
    name = row.cells.get(column, "")
    if name and name not in known:
        said = (
            'Line {line}, column {column}: there is no calendar "{value}" in the configuration, but {known}.'
        )
        raise row.problem("calendar", said, known=", ".join(sorted(known)))
    return name
