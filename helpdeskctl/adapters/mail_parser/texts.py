"""The texts of a mail, and what of them a person sees."""

import re
from collections.abc import Iterable
from email.message import Message as Part
from typing import NamedTuple

from helpdeskctl.adapters.mail_parser.charsets import decoded
from helpdeskctl.adapters.mail_parser.cutting import Cuts
from helpdeskctl.adapters.mail_parser.transfer import decoded_pieces

# Nobody reads more of a text, and no rule should have to.
LONGEST = 1_000_000
_META = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ENRICHED_TAG = re.compile(r"<param>[^<]*</param>|</?[A-Za-z][A-Za-z0-9-]{0,60}>", re.IGNORECASE)
# The share of a page's words that stand in the plain text, too, where both say the same.
_SAME = 0.8


class Shown(NamedTuple):
    """One text of a mail: its type, the text as it stands; texts of one number (not 0) say the same."""

    kind: str
    text: str
    alternative: int


def shown_text(shown: list[Shown]) -> str:
    """What a person sees: text/plain in order; pages as text where no plain text says the same."""
    plain = [one for one in shown if one.kind != "text/html" and one.text.strip()]
    told = {one.alternative for one in plain if one.alternative}
    pages = [one for one in shown if one.kind == "text/html" and one.alternative not in told]
    if not pages:
        return "\n\n".join(one.text for one in plain)
    from helpdeskctl.adapters.mail_parser.html import as_texts

    read = dict(zip(map(id, pages), as_texts([one.text for one in pages]), strict=True))
    said = {word for one in plain for word in one.text.split()}
    texts = [read.get(id(one), one.text) for one in shown if _is_told(one, read, said)]
    return "\n\n".join(texts)


def _is_told(one: Shown, read: dict[int, str], said: set[str]) -> bool:
    """Whether a text is one to be shown: a plain one that says something; a page that says what the plain
    texts do not."""
    if one.kind != "text/html":
        return bool(one.text.strip())
    words = set(read.get(id(one), "").split())
    return bool(words) and len(words & said) < _SAME * len(words)


def text_of(part: Part, kind: str, cuts: Cuts) -> str:
    """The text of a part as it stands: a page still a page."""
    raw = b""
    for piece in decoded_pieces(part, cuts):
        raw += piece
        if len(raw) > 4 * LONGEST:
            break
    parameters = _parameters(part)
    charset = parameters.get("charset", "")[:60]
    if kind == "text/html" and charset.lower() in {"", "us-ascii"} and (named := _META.search(raw[:4096])):
        charset = named[1].decode()
    text = decoded(raw[: 4 * LONGEST], charset)
    if kind in {"text/enriched", "text/richtext"}:
        return _ENRICHED_TAG.sub("", text).replace("<<", "<")
    if parameters.get("format", "").lower() != "flowed":
        return text
    return _unflowed(text, parameters.get("delsp", "").lower() == "yes")


def _parameters(part: Part) -> dict[str, str]:
    """What is said of the type, each by its first value, as far as it can be read."""
    found: dict[str, str] = {}
    given: Iterable[tuple[str, str | tuple[str, str, str]]] = part.get_params([])
    for name, value in given:
        found.setdefault(name.lower(), str(value[2] if isinstance(value, tuple) else value).strip())
    return found


def _unflowed(text: str, without_blank: bool) -> str:
    """RFC 3676: a line that ends with a blank goes on in the next of the same quoting depth; the blank may
    be none of the text's (§4.2)."""
    pieces: list[str] = []
    last = ""
    for line in text.split("\n"):
        goes_on = last.endswith(" ") and last != "-- " and not last.startswith(">")
        if goes_on and line[:1] not in {">", ""}:
            pieces[-1] = last[:-1] if without_blank else last
            last = line.removeprefix(" ")
        else:
            pieces.append("\n")
            last = line
        pieces.append(last)
    return "".join(pieces[1:])
