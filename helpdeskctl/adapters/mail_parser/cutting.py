"""Long runs of base64 cut out of a mail while it is parsed, and put back where their bytes are wanted.

An attachment of 25 MB would else lie in memory several times over, for a tree in which nobody looks at
it. A cut is a place in the mail's file; in the tree a line with a mark of this very reading stands for
it, which no mail can hold.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# Shorter runs stay where they are.
HEAVY = 1 << 18
_PIECE = 1 << 16
_RUN = re.compile(rb"(?:[A-Za-z0-9+/]{20,998}=?=?\r?\n)+")
_OTHER = re.compile(rb"(?:(?![A-Za-z0-9+/]{20,998}=?=?\r?\n)[^\n]*\n)+")


class Cuts(NamedTuple):
    """The cuts of the mail at `path`: `mark` begins the line that stands for each of the `places`, which
    are first and last byte (exclusive)."""

    path: str
    mark: str
    places: list[tuple[int, int]]

    def segments(self, text: str) -> Iterator[bytes]:
        """A content as it stands in the tree, with what was cut out of it, in pieces."""
        start = 0
        for found in re.finditer(f"{self.mark}:([0-9]+)\n", text) if self.places else ():
            yield text[start : found.start()].encode("utf-8", "surrogateescape")
            yield from self._read(int(found[1]))
            start = found.end()
        yield text[start:].encode("utf-8", "surrogateescape")

    def restored(self, content: bytes) -> Iterator[bytes]:
        """Bytes with what was cut out of them, under the line ends that the library writes."""
        start = 0
        for found in re.finditer(b"%b:([0-9]+)\r?\n?" % self.mark.encode(), content) if self.places else ():
            yield content[start : found.start()]
            for piece in self._read(int(found[1])):
                yield piece.replace(b"\r\n", b"\n")
            start = found.end()
        yield content[start:]

    def _read(self, number: int) -> Iterator[bytes]:
        start, end = self.places[number]
        with open(self.path, "rb") as file:
            file.seek(start)
            while start < end and (piece := file.read(min(_PIECE, end - start))):
                start += len(piece)
                # A line end must not be parted.
                if piece.endswith(b"\r"):
                    piece += file.read(1)
                    start += 1
                yield piece


# Of a mail that is small, or was not read from a file.
NO_CUTS = Cuts("", "", [])


def cuts_of(path: str) -> Cuts:
    """No cuts yet; a mark that nobody can guess."""
    return Cuts(path, f"cut-{os.urandom(16).hex()}", [])


def lightened(pieces: Iterable[bytes], begin: int, cuts: Cuts) -> Iterator[bytes]:
    """The pieces without their long runs of base64, which are added to `cuts`; the first piece begins at
    the file's byte `begin`."""
    rest, run, since = b"", 0, -1
    for piece in pieces:
        block = rest + piece
        end = block.rfind(b"\n") + 1
        rest = block[end:]
        kept = []
        place = 0
        while place < end:
            found = _RUN.match(block, place, end)
            if found and since < 0 and run + len(found[0]) <= HEAVY:
                run += len(found[0])
                kept.append(found[0])
            elif found and since < 0:
                since = begin + place
            elif found is None:
                if since >= 0:
                    kept.append(_line(cuts, since, begin + place))
                run, since = 0, -1
                found = _OTHER.match(block, place, end)
                assert found is not None
                kept.append(found[0])
            place = found.end()
        begin += end
        if kept:
            yield b"".join(kept)
        # A line without end is no line to be cut; and it must not grow without bound here.
        if len(rest) > _PIECE:
            if since >= 0:
                yield _line(cuts, since, begin)
                run, since = 0, -1
            yield rest
            begin, rest = begin + len(rest), b""
    if since >= 0:
        yield _line(cuts, since, begin)
    yield rest


def _line(cuts: Cuts, since: int, until: int) -> bytes:
    cuts.places.append((since, until))
    return f"{cuts.mark}:{len(cuts.places) - 1}\n".encode()
