"""Text as a rule compares it: without case, accents, marks, and runs of white space.

"Contains the text" (the published page) must hold for "Mago4", "MAGO.NET", decomposed accents,
full-width letters and a word broken by an invisible character.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from helpdeskctl.domain.patterns import lazily

_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc\u00b4`", "'" * 5)
_BEYOND_ASCII = lazily(r"[^\x00-\x7f]+")
# A context longer than this says no more about why a rule hit.
_LONGEST_WORD = 60


class Folded(NamedTuple):
    """A text beside its folded form, so that several rules fold it only once."""

    original: str
    folded: str


def fold(text: str) -> str:
    """The text in the form in which patterns are sought: linear in its length."""
    return " ".join(_plain(text).split())


def folded(text: str) -> Folded:
    """The text with its folded form."""
    return Folded(text, fold(text))


def words_at(text: Folded, start: int, end: int) -> str:
    """The whole words of the original around `folded[start:end]`, as a person wrote them."""
    first, last = _original_span(text.original, start, end)
    while first > 0 and text.original[first - 1].isalnum():
        first -= 1
    while last < len(text.original) and text.original[last].isalnum():
        last += 1
    return " ".join(text.original[first : min(last, first + _LONGEST_WORD)].split())


def _plain(text: str) -> str:
    """The text without case, accents and marks, its white space as it was."""
    text = text.replace("`", "'")
    if not text.isascii():
        text = _BEYOND_ASCII().sub(_plain_run, text)
    return text.casefold()


def _plain_run(run: re.Match[str]) -> str:
    # Each character by itself: to put a long run of marks in order, as for the whole, takes quadratic time.
    return "".join(map(_plain_character, run[0]))


# A text has few characters that are not ASCII, many times over.
@lru_cache(4096)
def _plain_character(char: str) -> str:
    decomposed = unicodedata.normalize("NFKD", char.translate(_APOSTROPHES))
    kept = (
        c
        for c in decomposed
        if unicodedata.category(c) not in {"Mn", "Me", "Cf"} and not unicodedata.combining(c)
    )
    return "".join(kept).casefold()


def _original_span(original: str, start: int, end: int) -> tuple[int, int]:
    """Where `[start, end)` of the folded text stands in the original."""
    position, first, apart = 0, 0, False
    # One character may spread to several, and some of those be white space.
    plain = {char: _plain(char) for char in set(original)}
    for index, char in enumerate(original):
        for piece in plain[char]:
            if piece.isspace():
                apart = position > 0
                continue
            position, apart = position + apart + 1, False
            if position - 1 <= start:
                first = index
            if position >= end:
                return first, index + 1
    return first, len(original)
