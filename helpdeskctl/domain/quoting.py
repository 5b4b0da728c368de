"""What a mail adds: its text without quoted history and signature (behaviour.md §3). Pure and linear.

For display and for the contract's precedence only: the whole text is always kept.
"""

import re

from helpdeskctl.domain.patterns import lazily

# One line that begins history, in the forms of Outlook, Gmail, Thunderbird, Apple Mail, Libero, phones.
_SEPARATOR = lazily(
    r"\s*(?:-{2,}|_{2,})\s*(?:messaggio originale|original message|messaggio inoltrato|forwarded message|"
    r"messaggio inoltrato da|inoltrato|forwarded by|ursprüngliche nachricht)\b.{0,200}",
    re.IGNORECASE,
)
_RULE = lazily(r"\s*(?:_{10,}|-{20,})\s*")
_WROTE = lazily(
    r"\s*(?:il|in data|on|am|le)\b.{0,300}"
    r"\b(?:ha scritto|hai scritto|wrote|scriveva|schrieb|a écrit)\b\s*:?\s*",
    re.IGNORECASE | re.DOTALL,
)
_WROTE_BEGIN = lazily(r"\s*(?:il|in data|on)\b.{0,300}", re.IGNORECASE)
_FIELD = lazily(
    r"\s*\*?(da|inviato|data|a|cc|oggetto|priorità|from|sent|date|to|subject|importance|reply-to)\s*:\*?\s",
    re.IGNORECASE,
)
_FIRST_FIELD = frozenset({"da", "from"})
_PHONE = lazily(
    r"\s*(?:inviato (?:da|dal|con|tramite)\b|sent from (?:my|mail|outlook|yahoo)|scarica outlook per|"
    r"ottieni outlook per|get outlook for|enviado desde).{0,120}",
    re.IGNORECASE,
)
_ROLLING = 3
# One of these stands in every line that says who wrote.
_WROTE_STEMS = ("crit", "scriveva", "schrieb", "wrote")
# What a line must begin with to be tried at all; the case of i and s has more letters than two.
_DASHES = frozenset("-_")
_WROTE_FIRST = frozenset("iIİıoO")
_FIELD_FIRST = frozenset("*dDfF")
# A block may stand below a rule or a blank line.
_BLOCK_FIRST = _DASHES | _FIELD_FIRST | {""}
_PHONE_FIRST = frozenset("iIİısSſoOgGeE")


def new_text(text: str) -> str:
    """The text without `>` lines, history and signature; "" where nothing else is left.

    What stands below or between `>` lines is new (Italians do answer below the quote); below an unmarked
    history (Outlook's block) nothing is.
    """
    lines = text.split("\n")
    kept: list[str] = []
    index = 0
    lower = text.lower()
    wrote = any(stem in lower for stem in _WROTE_STEMS)
    while index < len(lines):
        line = lines[index]
        first = line.lstrip()[:1]
        if first == ">":
            index += 1
            continue
        if line.rstrip() == "--" or line == "-- ":
            break
        attribution = _attribution(lines, index) if wrote and first in _WROTE_FIRST else 0
        if attribution:
            if not _quoted_after(lines, index + attribution):
                break
            index += attribution
            continue
        if first in _DASHES and _SEPARATOR().fullmatch(line):
            break
        if first in _BLOCK_FIRST and _header_block(lines, index):
            break
        if first in _PHONE_FIRST and _PHONE().fullmatch(line):
            index += 1
            continue
        kept.append(line)
        index += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _attribution(lines: list[str], index: int) -> int:
    """How many lines from there on say "Il giorno … ha scritto:"; 0 for none. Clients wrap it."""
    if not _WROTE_BEGIN().fullmatch(lines[index]):
        return 0
    for count in range(1, _ROLLING + 1):
        if _WROTE().fullmatch(" ".join(lines[index : index + count])):
            return count
    return 0


def _quoted_after(lines: list[str], index: int) -> bool:
    """Whether the next line that says something is marked as quoted."""
    following = next((line for line in lines[index : index + _ROLLING] if line.strip()), "")
    return following.lstrip().startswith(">")


def _header_block(lines: list[str], index: int) -> bool:
    """Outlook's block of Da:, Inviato:, A:, Oggetto:, with a rule above or without."""
    ruled = lines[index].lstrip()[:1] in _DASHES and _RULE().fullmatch(lines[index])
    first = index + 1 if ruled else index
    # A rule may stand apart from the block by a blank line.
    while first < min(index + _ROLLING, len(lines)) and not lines[first].strip():
        first += 1
    if first >= len(lines) or lines[first].lstrip()[:1] not in _FIELD_FIRST:
        return False
    begins = _FIELD().match(lines[first] + " ")
    if begins is None or begins[1].lower() not in _FIRST_FIELD:
        return False
    return sum(bool(_FIELD().match(line + " ")) for line in lines[first : first + 5]) >= _ROLLING
