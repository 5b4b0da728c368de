"""Names of attachments: recognisable, never a path, never a trick."""

import re
import unicodedata

_LONGEST = 150
_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\|[\\/]|\.\.?[\\/]|~[\\/]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
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
