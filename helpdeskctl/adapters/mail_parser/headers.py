"""Header values decoded: RFC 2047 words, raw 8-bit letters, addresses, references.

Tolerant of everything: a value that is wrong in part gives what can be read of it.
"""

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.message import Message as Part
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import NamedTuple

from helpdeskctl.adapters.mail_parser.addresses import listed
from helpdeskctl.adapters.mail_parser.charsets import decoded, one_line
from helpdeskctl.domain.message import DECIDING_HEADERS, Address

# What is read of a mail's own header, besides what tells of its content.
FIELDS = DECIDING_HEADERS - {"content-type"} | frozenset(
    "subject date message-id in-reply-to references reply-to to cc resent-to resent-cc delivered-to "
    "x-original-to envelope-to".split()
)
_FIELD = re.compile(rb"([!-9;-~]++):([^\n]*+\n(?:[ \t][^\n]*+\n)*+)")
# Some programs leave a question mark within a word as it is.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bq])\?([^?]*(?:(?<!=)\?(?!=)[^?]*)*)\?=", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
_LOOSE_ID = re.compile(r"[^<>\s,;()]{1,450}@[^<>\s,;()]{1,450}")
_REFERENCES = 100
_RECIPIENTS = 500
_LONGEST_LIST = 64 * 1024
# Of a mail's parts, when its charset is sought.
_LOOKED_AT = 20
# Nothing that decides is longer, or stands more often.
_LONGEST, _MOST = 2000, 20
_ZONES = {"CET": "+0100", "CEST": "+0200", "MET": "+0100", "MEST": "+0200"}


class Header(NamedTuple):
    """The header of a part: the values of each field by its name in lower case, as they stand, topmost
    first; 8-bit letters as surrogate escapes."""

    part: Part
    fields: dict[str, list[str]]


def header_of(part: Part) -> Header:
    """The header of that part, each field looked at once."""
    fields: dict[str, list[str]] = {}
    for name, value in part.raw_items():
        fields.setdefault(name.lower().strip(), []).append(str(value))
    return Header(part, fields)


def parted(block: bytes) -> tuple[bytes, list[tuple[str, str]]]:
    """A well-formed header block without the mail's own fields; those of them that are read, as they stand.

    The libraries need only what tells of the content. mail-parser would take all the others apart as well,
    several times over and not always rightly (docs/mail-parser.md); most of them nobody reads at all.
    """
    kept, own, end = [], [], 0
    for field in _FIELD.finditer(block):
        name, end = field[1].decode("ascii"), field.end()
        if name.lower().startswith("content-"):
            kept.append(field[0])
        elif name.lower() in FIELDS:
            own.append((name, field[2].decode("ascii", "surrogateescape").strip(" \t\r\n")))
    return b"".join((*kept, block[end:])), own


def text(value: str, charset: str = "") -> str:
    """A value decoded, on one line. `charset` is tried for raw 8-bit letters that are no UTF-8."""
    return one_line(_decoded_words(_raw(value, charset)))


def first(header: Header, name: str) -> str:
    """The first value of that field, decoded; ""."""
    found = header.fields.get(name)
    return text(found[0], _charset(header.part, found[0])) if found else ""


def addresses(header: Header, *names: str) -> list[Address]:
    """The addresses of those fields, in order; a broken list gives what can be read of it."""
    found: list[Address] = []
    for name in names:
        for value in header.fields.get(name, ()):
            found += _addresses(_raw(value, _charset(header.part, value)))
            if len(found) > _RECIPIENTS:
                return found[:_RECIPIENTS]
    return found


def _addresses(value: str) -> Iterator[Address]:
    # Names are decoded after the list was taken apart: an encoded comma parts nothing.
    entries = list(listed(" ".join(value.split())[:_LONGEST_LIST]))
    if "=?" in value and not any(entry.address for entry in entries):
        entries = list(listed(one_line(_decoded_words(value[:_LONGEST_LIST]))))
    for name, address in entries:
        normal = _normal(address)
        shown = one_line(_decoded_words(name)).strip('"')
        if shown or normal:
            yield Address(shown, normal)


def _charset(part: Part, value: str) -> str:
    """The charset that the mail's texts are in, for a value with raw letters: old programs wrote both in
    the same one."""
    if value.isascii():
        return ""
    for one in islice(part.walk(), _LOOKED_AT):
        found = one.get_param("charset")
        if isinstance(found, str) and found.strip().lower() not in {"", "us-ascii", "utf-8"}:
            return found[:60]
    return ""


def bare_addresses(header: Header, *names: str) -> tuple[str, ...]:
    """The addresses alone, each once."""
    return unique(one.address for one in addresses(header, *names) if one.address)


def _normal(address: str) -> str:
    """The address without what cannot be in one, its domain in lower case."""
    address = one_line(_decoded_words(address)).strip("<> ")[:320]
    local, _, domain = address.rpartition("@")
    # A quoted local part (RFC 5322 §3.4.1) may hold anything; elsewhere quotes and blanks are dirt.
    if not (local[:1] == local[-1:] == '"' and len(local) > 2):
        local = local.strip("'\"").replace(" ", "")
    domain = domain.strip("'\"").replace(" ", "")
    return f"{local}@{domain.lower().rstrip('.')}" if local and domain else ""


def message_ids(header: Header, name: str) -> list[str]:
    """The Message-IDs in those fields, in order, without angle brackets."""
    found = []
    for value in header.fields.get(name, ()):
        line = one_line(_raw(value[:_LONGEST_LIST]))
        found += _MESSAGE_ID.findall(line) or _LOOSE_ID.findall(line)
    return found


def message_id(header: Header) -> str:
    """The mail's own Message-ID, without angle brackets; ""."""
    ids = message_ids(header, "message-id")
    if ids:
        return ids[0]
    return first(header, "message-id").strip("<> ")[:900]


def references(header: Header) -> tuple[str, ...]:
    """In-Reply-To first, then References from the last to the first, each once."""
    ids = [*message_ids(header, "in-reply-to"), *reversed(message_ids(header, "references"))]
    return unique(ids)[:_REFERENCES]


def iso_date(written: str) -> str:
    """A Date header in ISO 8601; without an offset where it names no zone; "" if it cannot be read."""
    words = [_ZONES.get(word.strip("()"), word) for word in written[:200].split()]
    try:
        at = parsedate_to_datetime(" ".join(words))
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    return _iso(at)


def _iso(at: datetime) -> str:
    try:
        return at.isoformat()
    except (ValueError, OverflowError):
        return ""


def deciding(header: Header) -> dict[str, tuple[str, ...]]:
    """The fields that a decision may look at."""
    return {
        name: tuple([text(value[: 4 * _LONGEST])[:_LONGEST] for value in found[:_MOST]])
        for name, found in header.fields.items()
        if name in DECIDING_HEADERS
    }


def _raw(value: str, charset: str = "") -> str:
    """Raw letters as the letters they are: 8-bit ones, which arrive as surrogate escapes, and those of
    ISO 2022, which hide in ASCII."""
    if value.isascii() and "\x1b" not in value:
        return value
    raw = value.encode("utf-8", "surrogateescape")
    return decoded(raw, charset if charset and not _is_utf_8(raw) else "")


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded_words(value: str) -> str:
    """RFC 2047 words decoded, in linear time; words of one charset that follow each other are one text,
    for senders cut them within a character."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    run, run_charset, end = b"", "", 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        charset = word[1].partition("*")[0].lower()
        if run and (between.strip() or charset != run_charset):
            pieces.append(decoded(run, run_charset))
            run = b""
        if between.strip() or end == 0:
            pieces.append(between)
        run, run_charset, end = run + _word_bytes(word[2], word[3]), charset, word.end()
    pieces += [decoded(run, run_charset), value[end:]]
    return "".join(pieces)


def _word_bytes(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return a2b_qp(raw, header=True)
    try:
        return a2b_base64(raw + b"=" * (-len(raw) % 4))
    except Error:
        # Cut short: what is whole of it.
        usable = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        usable = usable[: len(usable) - len(usable) % 4]
        return a2b_base64(usable)


def unique(found: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(found))
