"""From a file to the tree of a mail's parts, within the limits; in small pieces, never the whole at once."""

import os
import re
from collections.abc import Iterator
from email import errors
from email.feedparser import BytesFeedParser
from email.message import Message as Part
from itertools import chain
from typing import BinaryIO, NamedTuple

from helpdeskctl.adapters.mail_parser.cutting import HEAVY, NO_CUTS, Cuts, cuts_of, lightened
from helpdeskctl.adapters.mail_parser.headers import parted
from helpdeskctl.adapters.mail_parser.mending import is_well_formed, mend, mended
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.settings import Limits

_PIECE = 1 << 16
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_CONTAINER = re.compile(rb"(?mi)^content-type[ \t]*:\s*(?:multipart|message)/")
# What mail-parser and the standard library are known to raise on plain bad mail.
TROUBLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    errors.MessageError,
)


class Tree(NamedTuple):
    """A mail's root part, and what was cut out of its tree."""

    root: Part
    cuts: Cuts


def tree(path: str, limits: Limits) -> Tree:
    """The mail at that path. Raises `UnreadableMailError` for one that is over a limit."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > limits.mail_mb * 1_000_000:
            said = "The mail has {size} MB, more than the {limit} of [limits] mail_mb."
            raise UnreadableMailError(said, size=round(size / 1e6, 1), limit=limits.mail_mb)
        header = header_block(file, limits.header_kb * 1024)
        begin = file.tell()
        if header is None:
            said = "The header has more than the {limit} kB of [limits] header_kb."
            raise UnreadableMailError(said, limit=limits.header_kb)
        header = mended(header)
        header, own = parted(header) if is_well_formed(header) else (header, [])
        checked = _checked(chain([header], _pieces(file)), limits)
        if size <= HEAVY:
            # It holds no long run of anything.
            cuts, root = NO_CUTS, _parsed(checked)
        else:
            cuts = cuts_of(path)
            root = _parsed(chain([next(checked)], lightened(checked, begin, cuts)))
    for name, value in own:
        root.set_raw(name, value)
    depth, parts = _measured(root)
    if depth > limits.nesting:
        raise _too_deep(limits)
    if parts > limits.parts:
        said = "The mail has {parts} parts, more than the {limit} of [limits] parts."
        raise UnreadableMailError(said, parts=parts, limit=limits.parts)
    return Tree(root, cuts)


def header_block(file: BinaryIO, most: int) -> bytes | None:
    """The file's beginning up to and with the first blank line; None when that is longer than `most`."""
    lines, size = [], 0
    while line := file.readline(most + 1):
        size += len(line)
        if size > most:
            return None
        lines.append(line)
        # Blank lines before the header end nothing.
        if line in {b"\n", b"\r\n"} and any(map(bytes.strip, lines)):
            break
    return b"".join(lines)


def parts_of(root: Part) -> Iterator[tuple[Part, int]]:
    """Every part with its depth, outer before inner, in order; without recursion."""
    waiting = [(root, 1)]
    while waiting:
        part, depth = waiting.pop()
        yield part, depth
        waiting += [(child, depth + 1) for child in reversed(children(part))]


def children(part: Part) -> list[Part]:
    """The parts of a container; of a message, the one in it."""
    inner = part.get_payload() if part.is_multipart() else []
    return [child for child in inner if isinstance(child, Part)] if isinstance(inner, list) else []


def _measured(root: Part) -> tuple[int, int]:
    depths = [depth for _, depth in parts_of(root)]
    return max(depths), len(depths)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _checked(pieces: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    """The same pieces; what would take the libraries time that grows with the square is refused: more
    containers than parts allowed, and a part's header over the limit of a mail's."""
    containers, header = 0, _PartHeader(limits.header_kb * 1024)
    for piece in pieces:
        if b"content-type" in piece.lower():
            containers += len(_CONTAINER.findall(piece))
        if containers > limits.parts:
            raise _too_deep(limits)
        if header.is_too_long_with(piece):
            said = "The header of one of its parts has more than the {limit} kB of [limits] header_kb."
            raise UnreadableMailError(said, limit=limits.header_kb)
        yield piece


class _PartHeader:
    """How long the header of the part is that a mail's pieces have come to."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._boundary = False
        self._size = 0

    def is_too_long_with(self, piece: bytes) -> bool:
        """Whether it is, once this piece has come as well."""
        parted = piece.startswith(b"--") or b"\n--" in piece or b"\r--" in piece
        if not (self._size or self._boundary or parted):
            return False
        for line in piece.splitlines(keepends=True):
            if self._size and line.strip(b"\r\n"):
                self._size += len(line)
                if self._size > self._most:
                    return True
            else:
                begins = self._boundary and _HEADER_LINE.match(line)
                self._size = len(line) if begins else 0
            self._boundary = line.startswith(b"--")
        return False


def _parsed(pieces: Iterator[bytes]) -> Part:
    """The tree that mail-parser makes of it; its own objections to a mail do not matter here."""
    import logging

    import mailparser

    logger = logging.getLogger("mailparser")
    if not logger.handlers:
        # Without one of its own it would write to stderr.
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
    feed = BytesFeedParser()
    try:
        for piece in pieces:
            feed.feed(piece)
        root: Part = feed.close()
    except RecursionError as error:
        raise UnreadableMailError("The mail is nested too deeply to be read.") from error
    # What was mended is not mended again: a crafted mail would be read over and over.
    for part, _depth in list(parts_of(root)):
        mend(part)
    heavy = _unburdened(root)
    try:
        return mailparser.MailParser(root).message or root
    except (*TROUBLE, RecursionError):
        # 341 of 116,038 damaged mails: the tree is good, only mail-parser's own view of it is not.
        return root
    finally:
        for part, payload in heavy:
            part.set_payload(payload)


def _unburdened(root: Part) -> list[tuple[Part, str]]:
    """The large contents taken out of the tree: mail-parser would decode each of them, several times over,
    for a view that is not used."""
    heavy = []
    for part, _depth in parts_of(root):
        payload = None if part.is_multipart() else _content(part)
        if payload is not None and len(payload) > HEAVY:
            heavy.append((part, payload))
            part.set_payload("")
    return heavy


def _content(part: Part) -> str | None:
    """The content as it stands, where it is plain ASCII."""
    try:
        payload = part.get_payload()
    except TROUBLE:
        return None
    return payload if isinstance(payload, str) and payload.isascii() else None


def _too_deep(limits: Limits) -> UnreadableMailError:
    said = "The mail's parts are nested deeper than the {limit} levels of [limits] nesting."
    return UnreadableMailError(said, limit=limits.nesting)
