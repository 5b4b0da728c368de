"""Lists of addresses taken apart (RFC 5322 §3.4), also those that no standard allows but people see.

The library's own reader gives the wrong one of two ("anna@home.example <anna@firm.example>"), or none. This
one is linear, prefers what stands in angle brackets to everything else, and decodes nothing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# In this order: an encoded word may hold what else would part a list. What has a limit would else be sought
# to the end of a crafted list again and again.
_TOKEN = re.compile(
    r"""(?P<word>=\?[^?\s]{1,60}\?[BbQq]\?[^?]{0,500}\?=)
    |(?P<local>"(?:[^"\\]|\\.){0,1000}"@[^\s<>,;()"]{1,320})
    |"(?P<quoted>(?:[^"\\]|\\.){0,1000})"
    |\((?P<comment>(?:[^()\\]|\\.|\([^()]{0,100}\)){0,100})\)
    |<(?P<angle>[^<>]*)>?
    |\\(?P<pair>.)
    |(?P<end>[,;])
    |(?P<colon>:)
    |(?P<plain>[^\s"(<\\,;:]+|\()
    |(?P<space>\s+)""",
    re.VERBOSE | re.DOTALL,
)
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_BARE = re.compile(r"[^\s<>,;:()\[\]\"']{1,320}@(?:\[[^\[\]\s]{1,60}\]|[^\s<>,;:()\[\]\"']{1,320})")


class Listed(NamedTuple):
    """One entry of a list: the name as it is written, without quotes; the address, or ""."""

    name: str
    address: str


class _Entry(NamedTuple):
    """The pieces of an entry: text before and after its first address in angle brackets, comments."""

    before: list[str]
    after: list[str]
    comments: list[str]
    bracketed: list[str]


def listed(value: str) -> Iterator[Listed]:
    """The entries of a list that stands on one line; of a group its members. A name that was parted by its
    own comma ("Verdi, Anna <anna@firm.example>") is put together again."""
    grouped = ";" in value
    parted = ""
    for entry in _entries(value, grouped):
        found = _read(entry)
        if found.address and parted:
            found = found._replace(name=f"{parted}, {found.name}" if entry.bracketed else found.name)
        elif not found.address and found.name and not grouped:
            parted = f"{parted}, {found.name}" if parted else found.name
            continue
        parted = ""
        if any(found):
            yield found
    if parted:
        yield Listed(parted, "")


def _entries(value: str, grouped: bool) -> Iterator[_Entry]:
    entry = _Entry([], [], [], [])
    for token in _TOKEN.finditer(value):
        kind, text = str(token.lastgroup), str(token[str(token.lastgroup)])
        if kind == "end":
            yield entry
        elif kind == "angle" and "@" in text:
            entry.bracketed.append(text)
        elif kind == "comment":
            entry.comments.append(_PAIR.sub(r"\1", text))
        elif kind != "colon" or not grouped:
            said = _PAIR.sub(r"\1", text) if kind == "quoted" else text
            (entry.after if entry.bracketed else entry.before).append(said)
        # The name of a group stands before its colon.
        if kind == "end" or (kind == "colon" and grouped):
            entry = _Entry([], [], [], [])
    yield entry


def _read(entry: _Entry) -> Listed:
    before, after = ("".join(words).strip() for words in (entry.before, entry.after))
    comments = " ".join(entry.comments).strip()
    if entry.bracketed:
        return Listed(before or after or comments, _routed(entry.bracketed[0]))
    found = _BARE.search(before)
    if found is None and entry.comments and (aside := _BARE.search(comments)):
        return Listed(before, aside[0])
    quoted = next((word for word in entry.before if word.startswith('"') and "@" in word), "")
    if quoted or found is None:
        return Listed(comments or ("" if quoted else before), quoted)
    head = before[: found.start()].rstrip()
    linked = head.lower().endswith("mailto:")
    head = (head[: -len("mailto:")] if linked else head).rstrip(" [<(")
    rest = head or before[found.end() :].strip(" ]>)")
    return Listed(comments if not rest or "@" in rest else rest, found[0])


def _routed(address: str) -> str:
    """What stands in angle brackets, without a route (RFC 5322 §4.4) or a scheme before it."""
    head, colon, rest = address.rpartition(":")
    routed = colon and (head.lstrip().startswith("@") or head.strip().lower() == "mailto")
    return (rest if routed else address).strip()
