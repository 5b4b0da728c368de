"""The content of a part out of its transfer encoding (RFC 2045 §6), piece by piece, for it may be large."""

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterable, Iterator
from email.message import Message as Part

from helpdeskctl.adapters.mail_parser.cutting import Cuts
from helpdeskctl.adapters.mail_parser.mending import message_of, raw_content
from helpdeskctl.adapters.mail_parser.reading import TROUBLE, children, parts_of

_SLICE = 1 << 18
_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
# A transfer encoding however it is spelt: "base64;", "Base-64", "quoted-printible".
_BASE64, _QUOTED = re.compile(r"\W*base-?64\b", re.IGNORECASE), re.compile(r"\W*quoted", re.IGNORECASE)
# The blanks at the end of a line are none of its own (RFC 2045 §6.7).
_BLANK_END = re.compile(rb"=[ \t]+(?=\r?\n)")
# A line that holds words is not encoded, whatever is said of it.
_PLAIN_LINE = re.compile(r"\s*\S+[ \t]+\S|\s*[^\sA-Za-z0-9+/=]")


def decoded_pieces(part: Part, cuts: Cuts) -> Iterator[bytes]:
    """The content of a part; of an attached mail the mail."""
    if part.is_multipart():
        for child in children(part):
            if _is_encoded(part, child):
                yield from _base64_pieces(cuts.segments(str(child.get_payload())))
            else:
                yield from cuts.restored(_whole(child))
        return
    encoding = str(part.get("content-transfer-encoding", ""))
    if _BASE64.match(encoding):
        payload = _ascii(part)
        plain = _is_plain(part, payload)
        yield from (
            cuts.restored(payload.encode("ascii", "surrogateescape"))
            if plain
            else _base64_pieces(cuts.segments(payload))
        )
    elif _QUOTED.match(encoding):
        quoted = b"".join(cuts.restored(_ascii(part).encode("ascii", "surrogateescape")))
        yield a2b_qp(_BLANK_END.sub(b"=", quoted))
    else:
        whole = part.get_payload(decode=True)
        yield from cuts.restored(whole if isinstance(whole, bytes) else b"")


def messages(part: Part, cuts: Cuts) -> list[Part]:
    """The mails attached in that part; one that is encoded in base64, as many are against the standard, is
    read now."""
    inner = children(part)
    if not any(_is_encoded(part, child) for child in inner):
        return inner
    found = message_of(b"".join(decoded_pieces(part, cuts)))
    return [found] if found else []


def _is_encoded(part: Part, child: Part) -> bool:
    """Whether an attached mail is only the letters of its encoding."""
    encoded = _BASE64.match(str(part.get("content-transfer-encoding", "")))
    return bool(encoded) and not child.keys() and not child.is_multipart()


def _is_plain(part: Part, payload: str) -> bool:
    """Whether a text that is said to be base64 is not."""
    return part.get_content_maintype() == "text" and bool(_PLAIN_LINE.match(payload[:2000]))


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


def _ascii(part: Part) -> str:
    """The content as it stands, raw letters as surrogate escapes; not copied where it is plain ASCII."""
    try:
        payload = part.get_payload()
    except TROUBLE:
        payload = None
    if isinstance(payload, str) and payload.isascii():
        return payload
    return raw_content(part).decode("ascii", "surrogateescape")


def _base64_pieces(segments: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes up to the padding: what stands behind it, as the footer of a mailing list, is no base64."""
    rest = b""
    for segment in segments:
        for start in range(0, len(segment), _SLICE):
            rest += segment[start : start + _SLICE].translate(None, _NOT_BASE64)
            letters, padding, _ = rest.partition(b"=")
            if padding:
                yield from _last(letters)
                return
            usable = len(rest) - len(rest) % 4
            yield a2b_base64(rest[:usable])
            rest = rest[usable:]
    yield from _last(rest)


def _last(letters: bytes) -> Iterator[bytes]:
    try:
        yield a2b_base64(letters + b"=" * (-len(letters) % 4))
    except Error:
        # One letter left over: the attachment was cut short.
        yield a2b_base64(letters[: len(letters) - len(letters) % 4])
