"""The log of automatic mail that was sent, `index/sent`, read from its end as far back as is asked.

Its lines stand in the order in which the mails went, also after it was written anew; a line that is told
again after a crash comes with all that followed it. So before a piece that is too old all is older still,
and what was sent in all the days before costs nothing.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime

from helpdeskctl.adapters.tinydb_store import index

_PIECE = 64 * 1024


def lately(path: str, since: datetime, address: str = "") -> list[list[str]]:
    """Time (ISO 8601), address, kind and subject of each mail sent since then, in the store at `path`, in
    any order; of those to that address only, where one is given. Raises `StoreDamagedError`."""
    sought = json.dumps(address).encode() if address else b""
    found: dict[str, list[str]] = {}
    for piece in _pieces(f"{path}/index/sent"):
        lines = _whole(piece.split(b"\n") if sought in piece else _ends(piece))
        asked = _told(path, [line for line in lines if sought in line])
        found |= {name: told for name, told in asked.items() if address in {"", told[1]}}
        # Both ends: a clock that was wrong for a while must not hide what was sent before.
        ends = _told(path, [lines[0], lines[-1]]) if lines else {}
        if ends and all(datetime.fromisoformat(time) < since for time, *_ in ends.values()):
            break
    return [told for told in found.values() if datetime.fromisoformat(told[0]) >= since]


def _told(path: str, lines: list[bytes]) -> dict[str, list[str]]:
    """What those lines tell of a mail, by its id."""
    parted = (line[:-1].partition(b"\t") for line in lines)
    return dict(index.values(path, "sent", ((name, told) for name, _, told in parted)))


def _whole(lines: list[bytes]) -> list[bytes]:
    """Those that tell of a mail: neither torn by a crash, nor the first, which tells the log's length."""
    return [line for line in lines if line.endswith(b"\t") and line[:1] != b"\t"]


def _ends(piece: bytes) -> list[bytes]:
    """The first and the last of many lines."""
    first, _, rest = piece.partition(b"\n")
    return [first, rest.rstrip(b"\n").rpartition(b"\n")[2]]


def _pieces(path: str) -> Iterator[bytes]:
    """The log in pieces of whole lines, the last piece first; nothing where there is no log."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        end, cut = os.fstat(fd).st_size, b""
        while end:
            begin = max(0, end - _PIECE)
            content = os.pread(fd, end - begin, begin) + cut
            # Its first line is told whole with the piece before it.
            cut, _, content = content.partition(b"\n") if begin else (b"", b"", content)
            yield content
            end = begin
    finally:
        os.close(fd)
