"""Names of attachments: recognisable, never a path, never a trick."""

import re
import unicodedata
from email.message import Message as Part

from helpdeskctl.adapters.mail_parser import headers
from helpdeskctl.adapters.mail_parser.charsets import decoded, one_line

_LONGEST = 150
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\|[\\/]|\.\.?[\\/]|~[\\/]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
# A name whose quotation mark is never closed, or is followed by more than it names.
_HALF_QUOTED = re.compile(r'"([^"]*)(?:".*)?', re.DOTALL)
# Where a semicolon is forgotten before it.
_LOOSE = re.compile(r"\b(?:file)?name\*?\s*=\s*(?:\"([^\"]{1,1000})\"?|([^\s;\"]{1,1000}))", re.IGNORECASE)
_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/pjpeg": "jpg",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/svg+xml": "svg",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/xml": "xml",
    "application/json": "json",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/pkcs7-mime": "p7m",
    "application/ms-tnef": "dat",
    "message/rfc822": "eml",
    "message/partial": "eml",
    "text/plain": "txt",
    "text/html": "html",
    "text/csv": "csv",
    "text/calendar": "ics",
    "text/x-vcard": "vcf",
    "text/vcard": "vcf",
    "text/xml": "xml",
    "text/rfc822-headers": "txt",
    "message/rfc822-headers": "txt",
    "message/global-headers": "txt",
    "message/global": "eml",
    "text/rtf": "rtf",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}


def safe_name(name: str) -> str:
    """The name without path, control and bidi characters; "" where nothing is left.

    Of a path ("C:\\Users\\anna\\foto.png") the last step stays; a slash that is no path's, as in
    "fattura n° 5/2026.pdf", becomes a dash.
    """
    shown = "".join(c for c in name if c.isprintable() and unicodedata.category(c) != "Cf")
    if _DRIVE.match(shown):
        shown = re.split(r"[\\/]", shown)[-1]
    shown = re.sub(r"[\\/:*?\"<>|]", "-", shown).strip(" .")
    if _RESERVED.match(shown):
        shown = f"_{shown}"
    stem, dot, extension = shown.rpartition(".")
    if dot and len(extension) <= 10:
        return f"{stem[: _LONGEST - len(extension) - 1]}.{extension}" if stem else shown
    return shown[:_LONGEST]


def made_up(kind: str, number: int) -> str:
    """A name for a part that has none: the same at every reading."""
    return f"allegato-{number}.{_EXTENSIONS.get(kind, 'bin')}"


def given_name(part: Part) -> str:
    """The name a part is given, decoded (RFC 2231, RFC 2047, or raw); ""."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        readable = _readable(part, header)
        try:
            found = readable.get_param(parameter, header=header)
        except (ValueError, TypeError, IndexError):
            found = None
        if isinstance(found, tuple):
            found = _percent_decoded(str(found[2]), str(found[0] or ""))
        elif found:
            found = _HALF_QUOTED.sub(r"\1", str(found)) if str(found).startswith('"') else str(found)
        elif loose := _LOOSE.search(str(readable.get(header, ""))[:5000]):
            found = loose[1] or loose[2]
        if found:
            return headers.text(str(found))
    return ""


def _percent_decoded(value: str, charset: str) -> str:
    """RFC 2231: bytes as letters; where real letters stand among them, they are letters already."""
    try:
        return decoded(value.encode("latin-1", "surrogateescape"), charset)
    except UnicodeEncodeError:
        return value


def _readable(part: Part, header: str) -> Part:
    """The part, or one with only that header where raw 8-bit letters in it would be lost."""
    found = headers.header_of(part).fields.get(header)
    if found is None or found[0].isascii():
        return part
    alone = Part()
    alone[header] = one_line(decoded(found[0].encode("utf-8", "surrogateescape"), ""))
    return alone
