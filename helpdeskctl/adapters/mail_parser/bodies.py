"""What a mail says and what is attached to it: its tree of parts taken apart."""

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes
from email.message import Message as Part
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from helpdeskctl.adapters.mail_parser import headers
from helpdeskctl.adapters.mail_parser.charsets import cleaned, decoded, one_line
from helpdeskctl.adapters.mail_parser.cutting import Cuts
from helpdeskctl.adapters.mail_parser.names import made_up, safe_name
from helpdeskctl.adapters.mail_parser.reading import TROUBLE, children, parts_of
from helpdeskctl.adapters.mail_parser.uuencoding import uuencoded
from helpdeskctl.domain.message import Attachment

# Nobody reads more of a text, and no rule should have to.
_LONGEST_TEXT = 1_000_000
# What signs or wraps a mail is no attachment of interest.
_WRAPPING = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "message/global-delivery-status",
        "message/global-disposition-notification",
    }
)
_CMS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pgp-encrypted"})
_SLICE = 1 << 18
_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")


# Of a mail that was not read from a file.
NO_CUTS = Cuts("", "", [])


class Attached(NamedTuple):
    """An attachment, and what gives its content piece by piece."""

    attachment: Attachment
    pieces: Callable[[], Iterable[bytes]]


class Content(NamedTuple):
    """The texts and attachments of a mail."""

    text: str
    attached: tuple[Attached, ...]
    encrypted: bool


def content(root: Part, cuts: Cuts = NO_CUTS) -> Content:
    """What a person sees: text/plain in order; where that is empty, the HTML as text. `cuts` were made
    in the mail's tree."""
    plain: list[str] = []
    html: list[str] = []
    attached: list[Attached] = []
    encrypted = False
    for part in leaves(root):
        kind = part.get_content_type().lower()
        encrypted = encrypted or kind in _ENCRYPTED or _enveloped(part, kind)
        if wrapped := _signed(part, kind, cuts):
            plain.append(wrapped.text)
            attached += wrapped.attached
            continue
        if kind in _WRAPPING or (part.is_multipart() and not kind.startswith("message/")):
            continue
        if kind.startswith("multipart/"):
            # A container in which no part is found, because of its boundary: what stands there is text.
            plain.append(_text(part, cuts))
        elif _is_body(part, kind, have_text=bool(plain or html)):
            (html if kind == "text/html" else plain).append(_text(part, cuts))
        elif kind not in _ENCRYPTED:
            name = safe_name(_name(part)) or made_up(kind, len(attached) + 1)
            attached.append(_attached(name, kind, partial(_decoded_pieces, part, cuts)))
            if kind.endswith("-tnef") or name.lower() == "winmail.dat":
                text, page = _opened_tnef(part, attached, cuts)
                plain, html = (plain, html) if any(map(str.strip, plain + html)) else ([text], [page])
    text = "\n\n".join(piece for piece in plain if piece.strip())
    if "\nbegin " in f"\n{text}":
        text, files = uuencoded(text)
        _add_files(files, attached)
    if not text.strip() and html:
        from helpdeskctl.adapters.mail_parser.html import as_text

        text = "\n\n".join(filter(None, map(as_text, html)))
    return Content(text[:_LONGEST_TEXT].strip("\n"), tuple(attached), encrypted)


def _signed(part: Part, kind: str, cuts: Cuts) -> Content | None:
    """What an opaque signature of the mail itself wraps; a document that is signed stays a document."""
    if kind not in _CMS or _enveloped(part, kind) or _name(part).lower() not in {"", "smime.p7m"}:
        return None
    from helpdeskctl.adapters.mail_parser.cms import signed_content

    inner = signed_content(b"".join(_decoded_pieces(part, cuts)))
    if inner is None:
        return None
    entity = message_from_bytes(inner)
    # Signed twice is read once: no mail program does that, and a crafted one may do it without end.
    again = entity.get_content_type().lower() in _CMS
    return None if again else content(entity)


def _opened_tnef(part: Part, attached: list[Attached], cuts: Cuts) -> tuple[str, str]:
    """The files of a winmail.dat put beside it; its own text and page."""
    from helpdeskctl.adapters.mail_parser.tnef import opened

    found = opened(b"".join(_decoded_pieces(part, cuts)))
    _add_files(found.files, attached)
    return cleaned(found.text), cleaned(found.html)


def _add_files(files: Iterable[tuple[str, bytes]], attached: list[Attached]) -> None:
    """Files that were found within a part."""
    for name, raw in files:
        named = safe_name(one_line(name)) or made_up("", len(attached) + 1)
        attached.append(_attached(named, "application/octet-stream", partial(iter, (raw,))))


def leaves(root: Part) -> Iterator[Part]:
    """The parts in order, an attached message as one: what lies in it belongs to it."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        yield part
        if not part.get_content_type().lower().startswith("message/"):
            waiting += reversed(children(part))


def _is_body(part: Part, kind: str, have_text: bool) -> bool:
    """Text that is shown as the mail's own: a part that carries a name only where it is the first."""
    if kind not in {"text/plain", "text/html"} or _disposition(part) == "attachment":
        return False
    return not (_name(part) and have_text)


def _enveloped(part: Part, kind: str) -> bool:
    if kind not in _CMS:
        return False
    smime = part.get_param("smime-type") or ""
    return "signed" not in str(smime).lower() and "certs" not in str(smime).lower()


def _text(part: Part, cuts: Cuts) -> str:
    raw = b""
    for piece in _decoded_pieces(part, cuts):
        raw += piece
        if len(raw) > 4 * _LONGEST_TEXT:
            break
    text = decoded(raw[: 4 * _LONGEST_TEXT], _charset(part))
    return _unflowed(text) if str(part.get_param("format") or "").lower() == "flowed" else text


def _charset(part: Part) -> str:
    """The charset declared, as far as it can be read."""
    found = part.get_param("charset") or ""
    return str(found[2] if isinstance(found, tuple) else found).strip()[:60]


def _unflowed(text: str) -> str:
    """RFC 3676: a line that ends with a blank goes on in the next of the same quoting depth."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and lines[-1].endswith(" ") and lines[-1] != "-- " and line[:1] not in {">", ""}:
            lines[-1] += line.removeprefix(" ") if not lines[-1].startswith(">") else ""
            if not lines[-1].startswith(">"):
                continue
        lines.append(line)
    return "\n".join(lines)


def _attached(name: str, kind: str, pieces: Callable[[], Iterable[bytes]]) -> Attached:
    kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
    size, digest = 0, sha256()
    for piece in pieces():
        size += len(piece)
        digest.update(piece)
    return Attached(Attachment(name, kind, size, digest.hexdigest()), pieces)


def _decoded_pieces(part: Part, cuts: Cuts) -> Iterator[bytes]:
    """The content of a part; base64 in slices, for attachments are large."""
    if part.is_multipart():
        for child in children(part):
            yield from cuts.restored(_whole(child))
        return
    payload = _undecoded(part)
    if _encoding(part) == "base64" and isinstance(payload, str) and payload.isascii():
        yield from _base64_pieces(cuts.segments(payload))
    elif _encoding(part) == "quoted-printable" and isinstance(payload, str):
        yield a2b_qp(b"".join(cuts.restored(payload.encode("utf-8", "surrogateescape"))))
    else:
        whole = part.get_payload(decode=True)
        yield from cuts.restored(whole if isinstance(whole, bytes) else b"")


def _whole(mail: Part) -> bytes:
    """An attached mail as bytes; one that the library cannot write, by its headers and contents."""
    try:
        return mail.as_bytes()
    except (*TROUBLE, RecursionError):
        written = []
        for part, _depth in parts_of(mail):
            written += [f"{name}: {value}" for name, value in part.raw_items()]
            payload = None if part.is_multipart() else part.get_payload(decode=True)
            written += ["", payload.decode("latin-1") if isinstance(payload, bytes) else ""]
        return "\n".join(written).encode("utf-8", "replace")


def _undecoded(part: Part) -> object:
    """The content as it stands; None where a charset that is none keeps the library from giving it."""
    try:
        return part.get_payload()
    except TROUBLE:
        return None


def _encoding(part: Part) -> str:
    """The transfer encoding, whatever blanks and capitals it is written with."""
    return str(part.get("content-transfer-encoding", "")).strip().lower()


def _base64_pieces(segments: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for segment in segments:
        for start in range(0, len(segment), _SLICE):
            rest += segment[start : start + _SLICE].translate(None, _NOT_BASE64)
            usable = len(rest) - len(rest) % 4
            yield a2b_base64(rest[:usable])
            rest = rest[usable:]
    try:
        yield a2b_base64(rest + b"=" * (-len(rest) % 4))
    except Error:
        # One letter left over: the attachment was cut short.
        return


def _disposition(part: Part) -> str:
    return str(part.get("content-disposition", "")).partition(";")[0].strip().lower()


def _name(part: Part) -> str:
    """The name a part is given, decoded (RFC 2231, RFC 2047, or raw); ""."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            found = _readable(part, header).get_param(parameter, header=header)
        except (ValueError, TypeError, IndexError):
            found = None
        if isinstance(found, tuple):
            found = _percent_decoded(str(found[2]), str(found[0] or ""))
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
    value = next(iter(headers.values(part, header)), "")
    if value.isascii():
        return part
    alone = Part()
    alone[header] = one_line(decoded(value.encode("utf-8", "surrogateescape"), ""))
    return alone
