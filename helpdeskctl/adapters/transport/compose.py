"""An `OutgoingMail` as the bytes of a mail, and whether its addresses may reach a mail system.

Everything in it may come from a hostile mail: whatever the values are, one value is one header and
one address is one address. It knows RFC 5322, 2045 and 2047, and no transport. The standard
library's `email` would do most of this, at several times the price of the whole mail in start-up.
"""

from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from helpdeskctl.application.ports import Receipt
from helpdeskctl.domain.case import OutgoingMail
from helpdeskctl.domain.message import Address

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# A line with an encoded word has at most 76 characters (RFC 2047 §2).
_LINE = 76
# The bytes of one encoded word: it then fits beside "Subject:" into one line.
_WORD_BYTES = 36
# What no person writes is cut or encoded: a name, a subject, an unbroken word of a subject, and a
# word of any other header (a line may have 998 characters, RFC 5322 §2.1.1).
_LONGEST_NAME, _LONGEST_SUBJECT, _LONGEST_TEXT_WORD, _LONGEST_WORD = 120, 300, 60, 900
# RFC 5321 §4.5.3.1 and its erratum.
_LONGEST_ADDRESS, _LONGEST_LOCAL_PART = 254, 64


def compose(mail: OutgoingMail, now: datetime) -> bytes:
    """The mail with LF line ends, in plain ASCII; `now` (aware) becomes its Date, in its own zone."""
    headers = (
        ("From", _mailbox(mail.sender)),
        ("To", _mailbox(mail.to)),
        ("Subject", _words(one_line(mail.subject, _LONGEST_SUBJECT), _LONGEST_TEXT_WORD)),
        ("Date", [_date(now)]),
        ("Message-ID", [f"<{_unspaced(mail.message_id)}>"]),
        *((name, _words(value, _LONGEST_WORD)) for name, value in _cleaned(mail.headers)),
        ("MIME-Version", ["1.0"]),
        ("Content-Type", ["text/plain; charset=utf-8"]),
        ("Content-Transfer-Encoding", ["quoted-printable"]),
    )
    head = "".join(_folded(name, words) for name, words in headers)
    return head.encode("ascii") + b"\n" + _quoted_printable(mail.body)


def objection(mail: OutgoingMail) -> Receipt | None:
    """Why this mail must not reach a mail system at all; None if its addresses are sound.

    A recipient that is no address is refused for good; a sender of ours that is none waits for
    somebody to correct the configuration.
    """
    if not wire_address(mail.to.address):
        return Receipt("refused", f"The recipient {_quoted(mail.to.address)} is not a mail address.")
    for address in (mail.sender.address, mail.envelope):
        if address and not wire_address(address):
            said = f"The sender {_quoted(address)} is not a mail address: correct it in the configuration."
            return Receipt("retry", said)
    return None


def wire_address(address: str) -> str:
    """The address as a mail system may be given it, its domain in ASCII (IDNA); "" if it must not be.

    Only the dot-string form of RFC 5321 §4.1.2: quoted local parts, comments, address literals and
    anything that a command line or a list of addresses could read differently is out.
    """
    local, _, domain = address.rpartition("@")
    if len(address) > _LONGEST_ADDRESS or len(local) > _LONGEST_LOCAL_PART:
        return ""
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    mailbox = local.isascii() and all(c.isalnum() or c in "!#$%&'*+-/=?^_`{|}~." for c in local)
    host = all(label and label.replace("-", "").replace("_", "").isalnum() for label in domain.split("."))
    wire = f"{local}@{domain}"
    return wire if mailbox and host and local[:1] not in {"", "-"} and len(wire) <= _LONGEST_ADDRESS else ""


def one_line(text: str, longest: int | None = None) -> str:
    """The text in one line without control, format (bidi) and other unprintable characters, cut to length."""
    shown = "".join(c if c.isprintable() else " " if c.isspace() or c < " " else "" for c in text)
    line = " ".join(shown.split())
    return line if longest is None or len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _quoted(address: str) -> str:
    return f'"{one_line(address, _LONGEST_NAME)}"'


def _mailbox(address: Address) -> list[str]:
    """Name and address as the words of a header."""
    name = one_line(address.name, _LONGEST_NAME)
    bare = wire_address(address.address) or _unspaced(address.address)
    if not name:
        return [bare]
    if _is_plain(name, _LONGEST_TEXT_WORD):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return [*f'"{escaped}"'.split(" "), f"<{bare}>"]
    return [*_encoded(name), f"<{bare}>"]


def _words(value: str, longest: int) -> Iterator[str]:
    """The words of a header value, those that are no plain ASCII encoded together with their spaces."""
    for plain, run in groupby(value.split(" "), key=lambda word: _is_plain(word, longest)):
        if plain:
            yield from run
        else:
            yield from _encoded(" ".join(run))


def _is_plain(text: str, longest: int) -> bool:
    """Whether it may stand as it is; what looks encoded would otherwise be decoded by the reader."""
    return text.isascii() and "=?" not in text and all(len(word) <= longest for word in text.split(" "))


def _encoded(text: str) -> Iterator[str]:
    """RFC 2047 encoded words, each of whole characters."""
    piece = b""
    for char in text:
        encoded = char.encode()
        if len(piece) + len(encoded) > _WORD_BYTES:
            yield _encoded_word(piece)
            piece = b""
        piece += encoded
    yield _encoded_word(piece)


def _encoded_word(piece: bytes) -> str:
    return f"=?utf-8?b?{b2a_base64(piece, newline=False).decode('ascii')}?="


def _folded(name: str, words: Iterable[str]) -> str:
    """One header with its line end, folded between words."""
    first, *rest = words
    # The first word stays beside the name: some systems take a name alone for an empty header.
    lines = [f"{name}: {first}"]
    for word in rest:
        if len(lines[-1]) + 1 + len(word) > _LINE:
            lines.append("")
        lines[-1] += f" {word}"
    return "\n".join(lines) + "\n"


def _cleaned(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Names of visible ASCII, values of one line; a header without one of them is left out."""
    for name, value in headers:
        visible, line = "".join(c for c in name if "!" <= c <= "~" and c != ":"), one_line(value)
        if visible and line:
            yield visible, line


def _unspaced(text: str) -> str:
    """What is left of an identifier or address that must be one word of a header in any case."""
    return "".join(c for c in one_line(text) if "!" <= c <= "~" and c not in "<>,;")[:_LONGEST_WORD]


def _date(at: datetime) -> str:
    """RFC 5322 §3.3, whatever the locale."""
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at:%Y %H:%M:%S %z}"


def _quoted_printable(body: str) -> bytes:
    """RFC 2045 §6.7; long lines, dots and "From " survive every relay."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(c for c in lines if c in "\n\t" or not (c < " " or "\x7f" <= c <= "\x9f"))
    encoded = b2a_qp(shown.rstrip("\n").encode("utf-8", "replace") + b"\n", istext=True)
    # Agents that keep mail in mbox files put a ">" before it.
    return (b"\n" + encoded).replace(b"\nFrom ", b"\n=46rom ")[1:]
