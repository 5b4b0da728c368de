"""The rows of a CSV file: `;` or `,` or tabs, UTF-8 or cp1252, Italian or English headings.

It knows what a spreadsheet writes, and how to say which cell is wrong; not what the cells mean.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from helpdeskctl.domain.errors import BadRowsError, RefusedError
from helpdeskctl.domain.registry import is_public

T = TypeVar("T")

_ADDRESS = re.compile(r"[^\s@<>,;:\"()]{1,64}@[a-z0-9][a-z0-9.-]{1,253}")
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+")
# A cell of a spreadsheet that is longer holds something else.
_LONGEST = 10_000


class Row(NamedTuple):
    """One row: the line it ends on in the file, its cells by our names of the columns, and what the
    file itself calls these columns."""

    line: int
    cells: Mapping[str, str]
    headings: Mapping[str, str]

    def problem(self, column: str, sentence: str, **facts: object) -> RefusedError:
        """What is wrong with that cell, as a sentence: line, column, content, and what is allowed."""
        heading = self.headings.get(column, column)
        value = self.cells.get(column, "")
        return RefusedError(sentence, line=self.line, column=heading, value=value[:80], **facts)


class Problems:
    """What is wrong with a file, gathered."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._found: list[RefusedError] = []

    def add(self, problem: RefusedError) -> None:
        """One more."""
        self._found.append(problem)

    def tried(self, step: Callable[[Row, str], T], row: Row, column: str, otherwise: T) -> T:
        """What the step makes of that cell; where it refuses, that is one more problem."""
        try:
            return step(row, column)
        except RefusedError as problem:
            self.add(problem)
            return otherwise

    def refuse(self) -> None:
        """All of them as one error, if there are any."""
        if self._found:
            said = "{file}: nothing was imported, for {count} cells are wrong."
            raise BadRowsError(self._found, said, file=self._path, count=len(self._found))


def rows(path: str, known: Mapping[str, str], needed: tuple[str, ...]) -> Iterator[Row]:
    """The rows that are not empty; `known` are headings in lower case → our names. Columns that are not
    ours are left alone; raises `RefusedError` where one of `needed` is missing or no CSV stands there."""
    with open(path, "rb") as file:
        content = file.read()
    if b"\0" in content:
        raise RefusedError("{file} is no CSV file: save the sheet as CSV first.", file=path)
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(";", ",", "\t", key=first.count)
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        written = next(reader, [])
        names = [known.get(_heading(cell), "") for cell in written]
        headings = {name: cell.strip() for name, cell in zip(names, written, strict=True) if name}
        _check_headings(path, names, needed)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
                yield Row(reader.line_num, found, headings)
    except csv.Error as error:
        said = "{file}, line {line}: this is no CSV that can be read ({reason})."
        raise RefusedError(said, file=path, line=reader.line_num, reason=str(error)) from error


def addresses(row: Row, column: str) -> tuple[str, ...]:
    """The mail addresses of a cell, in lower case."""
    found = _values(row.cells.get(column, ""))
    for value in found:
        if not _ADDRESS.fullmatch(value):
            said = 'Line {line}, column {column}: "{wrong}" is no mail address.'
            raise row.problem(column, said, wrong=value)
    return found


def domains(row: Row, column: str) -> tuple[str, ...]:
    """The mail domains of a cell, in lower case; never one that anybody can have, for it would make
    strangers colleagues."""
    found = _values(row.cells.get(column, ""))
    for value in found:
        if not _DOMAIN.fullmatch(value):
            said = 'Line {line}, column {column}: "{wrong}" is no mail domain.'
            raise row.problem(column, said, wrong=value)
        if is_public(value):
            said = 'Line {line}, column {column}: "{wrong}" belongs to everybody: list the addresses instead.'
            raise row.problem(column, said, wrong=value)
    return found


def _values(cell: str) -> tuple[str, ...]:
    """The values of a cell, parted by blanks, commas or semicolons."""
    found = (value.strip().lower().removeprefix("@") for value in re.split(r"[\s,;|]+", cell))
    return tuple(dict.fromkeys(value for value in found if value))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _heading(cell: str) -> str:
    return " ".join(cell.replace("_", " ").split()).lower()


def _check_headings(path: str, names: list[str], needed: tuple[str, ...]) -> None:
    for name in needed:
        if name not in names:
            said = "{file}: the first line must name the columns, and {column} is missing."
            raise RefusedError(said, file=path, column=name)
    twice = next((name for name in names if name and names.count(name) > 1), "")
    if twice:
        raise RefusedError("{file}: the first line names the column {column} twice.", file=path, column=twice)
