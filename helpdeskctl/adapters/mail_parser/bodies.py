"""What a mail says and what is attached to it: its tree of parts taken apart."""

import re
from collections.abc import Callable, Iterable, Iterator
from email.message import Message as Part
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from helpdeskctl.adapters.mail_parser.charsets import cleaned, one_line
from helpdeskctl.adapters.mail_parser.cutting import NO_CUTS, Cuts
from helpdeskctl.adapters.mail_parser.mending import message_of
from helpdeskctl.adapters.mail_parser.names import given_name, made_up, safe_name
from helpdeskctl.adapters.mail_parser.reading import children
from helpdeskctl.adapters.mail_parser.texts import LONGEST, Shown, shown_text, text_of
from helpdeskctl.adapters.mail_parser.transfer import decoded_pieces
from helpdeskctl.adapters.mail_parser.uuencoding import uuencoded
from helpdeskctl.domain.message import Attachment

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
# Formatted text from before HTML (RFC 1896, 1341).
_RICH = frozenset({"text/enriched", "text/richtext"})
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")


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
    """What a person sees of a mail, and what is attached to it. `cuts` were made in the mail's tree."""
    shown: list[Shown] = []
    attached: list[Attached] = []
    encrypted = False
    for part, kind, alternative in _parts(root):
        encrypted = encrypted or kind in _ENCRYPTED or _enveloped(part, kind)
        if wrapped := _signed(part, kind, cuts):
            shown.append(Shown("text/plain", wrapped.text, 0))
            attached += wrapped.attached
            continue
        if kind in _WRAPPING or (part.is_multipart() and not kind.startswith("message/")):
            continue
        if kind.startswith("multipart/"):
            # A container in which no part is found, because of its boundary: what stands there is text.
            shown.append(Shown("text/plain", text_of(part, kind, cuts), 0))
        elif _is_body(part, kind, bool(shown), alternative):
            shown.append(Shown(kind, text_of(part, kind, cuts), alternative))
        elif kind not in _ENCRYPTED:
            name = safe_name(given_name(part)) or made_up(kind, len(attached) + 1)
            attached.append(_attached(name, kind, partial(decoded_pieces, part, cuts)))
            if kind.endswith("-tnef") or name.lower() == "winmail.dat":
                found = _opened_tnef(part, attached, cuts)
                shown += [] if any(one.text.strip() for one in shown) else found
    text = shown_text(shown)
    if "\nbegin " in f"\n{text}":
        text, files = uuencoded(text)
        _add_files(files, attached)
        text = text if text.strip() else shown_text([one for one in shown if one.kind == "text/html"])
    return Content(text[:LONGEST].strip("\n"), tuple(attached), encrypted)


def _signed(part: Part, kind: str, cuts: Cuts) -> Content | None:
    """What an opaque signature of the mail itself wraps; a document that is signed stays a document."""
    if kind not in _CMS or _enveloped(part, kind) or given_name(part).lower() not in {"", "smime.p7m"}:
        return None
    from helpdeskctl.adapters.mail_parser.cms import signed_content

    inner = signed_content(b"".join(decoded_pieces(part, cuts)))
    entity = None if inner is None else message_of(inner)
    # Signed twice is read once: no mail program does that, and a crafted one may do it without end.
    again = entity is None or entity.get_content_type().lower() in _CMS
    return None if again or entity is None else content(entity)


def _opened_tnef(part: Part, attached: list[Attached], cuts: Cuts) -> list[Shown]:
    """The files of a winmail.dat put beside it; its own text and page."""
    from helpdeskctl.adapters.mail_parser.tnef import opened

    found = opened(b"".join(decoded_pieces(part, cuts)))
    _add_files(found.files, attached)
    return [Shown("text/plain", cleaned(found.text), 1), Shown("text/html", cleaned(found.html), 1)]


def _add_files(files: Iterable[tuple[str, bytes]], attached: list[Attached]) -> None:
    """Files that were found within a part."""
    for name, raw in files:
        named = safe_name(one_line(name)) or made_up("", len(attached) + 1)
        attached.append(_attached(named, "application/octet-stream", partial(iter, (raw,))))


def leaves(root: Part) -> Iterator[Part]:
    """The parts in order, an attached message as one: what lies in it belongs to it."""
    return (part for part, *_ in _parts(root))


def _parts(root: Part) -> Iterator[tuple[Part, str, int]]:
    """The same, each with its type and a number that it shares with what says the same in another form; 0
    for none."""
    waiting = [(root, 0)]
    number = 0
    while waiting:
        part, alternative = waiting.pop()
        kind = _kind(part)
        yield part, kind, alternative
        if kind == "multipart/alternative" and not alternative:
            number += 1
            alternative = number
        if not kind.startswith("message/"):
            waiting += [(child, alternative) for child in reversed(children(part))]


def _kind(part: Part) -> str:
    """The type in lower case, without what some programs put behind it."""
    kind = part.get_content_type().lower()
    found = _TYPE.match(kind)
    return found[0] if found else kind


def _is_body(part: Part, kind: str, have_text: bool, alternative: int) -> bool:
    """Text that is shown as the mail's own: a part that carries a name only where it is the first, or one
    form of several."""
    rich = kind in _RICH and not have_text
    if not (rich or kind in {"text/plain", "text/html"}) or _disposition(part) == "attachment":
        return False
    return bool(alternative) or not (have_text and given_name(part))


def _enveloped(part: Part, kind: str) -> bool:
    if kind not in _CMS:
        return False
    smime = part.get_param("smime-type") or ""
    return "signed" not in str(smime).lower() and "certs" not in str(smime).lower()


def _attached(name: str, kind: str, pieces: Callable[[], Iterable[bytes]]) -> Attached:
    kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
    size, digest = 0, sha256()
    for piece in pieces():
        size += len(piece)
        digest.update(piece)
    return Attached(Attachment(name, kind, size, digest.hexdigest()), pieces)


def _disposition(part: Part) -> str:
    return str(part.get("content-disposition", "")).partition(";")[0].strip().lower()
