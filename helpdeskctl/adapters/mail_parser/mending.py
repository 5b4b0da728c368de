"""What keeps the standard library from reading a mail, made good before and after it reads.

Before: a header block whose lines are no headers. After: parts whose headers ended too early, containers
whose boundary is not the one that is named. Everything is linear, and nothing is read again twice.
"""

import re
from copy import copy
from email import message_from_bytes
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message as Part

_MBOX_LINE = re.compile(rb">?From [^\n]*(?:\n|\Z)")
_LINE = re.compile(rb"[^\n]*(?:\n|\Z)")
# A header line may be written with blanks before its colon; the standard library ends the header there.
_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:|[ \t]")
_SPACED_NAME = re.compile(rb"([!-9;-~]+(?:[ \t]+[!-9;-~]+){1,4})[ \t]*:")
# A line of blanks, or none before a part's beginning.
_PERHAPS_END = re.compile(rb"(?m)^(?:[ \t]+\r?\n|(?=--))")
_KNOWN = re.compile(
    rb"(?im)^(?:(?:resent-)?(?:from|to|cc|bcc|sender|date|message-id)|subject|reply-to|return-path|received|"
    rb"references|in-reply-to|mime-version|delivered-to|list-[a-z-]+|x-[a-z-]+|dkim-signature|"
    rb"content-(?:type|transfer-encoding|disposition|id|description))[ \t]*:"
)
# What needs no mending: names with their colons, lines that go on, and the blank line.
_WELL_FORMED = re.compile(rb"(?:[!-9;-~]++:[^\n]*+\n(?:[ \t]++[^\s][^\n]*+\n)*+)*+(?:\r?\n)?")
_BOUNDARY = re.compile(rb"(?m)^--([!#-\[\]-~]{1,200}?)(?:--)?[ \t]*\r?$")
_CONTAINER = re.compile(rb"(?mi)^content-type[ \t]*:\s*(?:multipart|message)/")
# Of what is read again: a mail that is deeper was written to do harm.
_MOST_CONTAINERS = 50
# A larger part is no text that a program wrote by hand, and would lie in memory several times.
_LARGEST = 4_000_000


def mended(header: bytes) -> bytes:
    """The header block as the standard library reads it whole, without what stands before it."""
    header = header.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if is_well_formed(header):
        return header
    end = _end(header)
    known = [found.start() for found in _KNOWN.finditer(header, 0, end)]
    last = known[-1] if known else -1
    lines: list[bytes] = []
    for found in _LINE.finditer(header, 0, end):
        line = found[0]
        named = _HEADER.match(line)
        if named and named[1]:
            line = named[1] + b":" + line[named.end() :]
        elif _MBOX_LINE.match(line):
            continue
        elif not named and line.strip() and found.start() < last:
            line = _as_header(line) if lines else b""
        lines.append(line)
    rest = header[end:]
    return b"".join(lines) + (b"\n" if rest.strip() else b"") + rest


def is_well_formed(header: bytes) -> bool:
    """Whether every line of a header block is what it should be, also for a library that ends a line at a
    carriage return alone."""
    return bool(_WELL_FORMED.fullmatch(header)) and header.count(b"\r") == header.count(b"\r\n")


def _end(header: bytes) -> int:
    """Where the headers end: at a line of blanks before what is no header, or where a part begins."""
    for found in _PERHAPS_END.finditer(header):
        if not _HEADER.match(header, found.end()):
            return found.start()
    return len(header)


def _as_header(line: bytes) -> bytes:
    """A line among headers that is none: one of its own where it has a name, else it goes on the last."""
    spaced = _SPACED_NAME.match(line)
    return b"-".join(spaced[1].split()) + b":" + line[spaced.end() :] if spaced else b" " + line


def message_of(content: bytes) -> Part | None:
    """The mail or part that those bytes are; None for one that is nested deeper than anybody's."""
    if len(_CONTAINER.findall(content)) > _MOST_CONTAINERS:
        return None
    try:
        return message_from_bytes(content)
    except RecursionError:
        return None


def raw_content(part: Part) -> bytes:
    """The content of a part as it stands in the mail; of a container nothing."""
    # The library gives the bytes only of what it takes for decoded.
    bare = copy(part)
    del bare["content-transfer-encoding"]
    found = bare.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def mend(part: Part) -> None:
    """The part itself changed, where it can be read better than it was; its own parts are left alone."""
    if part.is_multipart():
        return
    if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in part.defects):
        _read_again(part)
    if part.get_content_maintype().lower() == "multipart" and not part.is_multipart():
        _part_by_boundary(part)


def _read_again(part: Part) -> None:
    """The part with the headers that stand in its content."""
    raw = raw_content(part)
    if len(raw) > _LARGEST:
        return
    head = raw.split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0]
    if not _KNOWN.search(head):
        return
    written = "".join(f"{name}: {value}\n" for name, value in part.raw_items())
    header = mended(written.encode("utf-8", "surrogateescape") + head)
    found = message_of(header + raw[len(head) :])
    if found is None:
        return
    for name in list(part.keys()):
        del part[name]
    for name, value in found.raw_items():
        part.set_raw(name, value)
    _take_content(part, found)


def _take_content(part: Part, found: Part) -> None:
    if found.is_multipart():
        part.set_payload(found.get_payload())
    else:
        part.set_payload(raw_content(found).decode("ascii", "surrogateescape"))


def _part_by_boundary(part: Part) -> None:
    """A container in which the boundary named does not occur (or none is named): by the one that does."""
    content = raw_content(part)
    begun = _BOUNDARY.search(content) if len(content) <= _LARGEST else None
    if begun is None:
        return
    header = b'Content-Type: multipart/mixed; boundary="%b"\n\n' % begun[1]
    found = message_of(header + content)
    if found is not None and found.is_multipart():
        part.set_payload(found.get_payload())
