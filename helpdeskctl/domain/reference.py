"""Which case a mail speaks of (behaviour.md §5): numbers as people write them, Message-IDs of ours.

Our Message-IDs carry the case number and a keyed digest, so they cannot be made up.
"""

import re
from functools import lru_cache

from helpdeskctl.domain.patterns import lazily

# Every run of white space is bounded: an unbounded one would be tried in each of its parts.
_NUMBER = r"(\d{1,9})(?!\w|[/-]\w|[.,]\d)"
_SIGN = r"(?:\#|n(?:\.?ro|r|um|umero)?(?:\s{0,9}[.\u00b0\u00ba]{1,2}|\b))?"
# What we write, and what a client may have made of it; anywhere in the subject.
_TOKEN = lazily(r"\[\s{0,9}cas[oe]\s{0,9}\#\s{0,9}(\d{1,9})\s{0,9}\]", re.IGNORECASE)
# "in caso 2 utenti" is no reference.
_CASE = lazily(rf"(?<!\bin )(?<!\bnel )\bcas[oe]\b\s{{0,9}}{_SIGN}\s{{0,9}}{_NUMBER}", re.IGNORECASE)
_ONE_OF_CASES = rf"(?:[,&]|e\b|and\b)?\s{{0,9}}{_SIGN}\s{{0,9}}\d{{1,9}}(?!\w|[/-]\w|\.\d)\s{{0,9}}"
_CASES = lazily(rf"\bcas(?:i|es)\b\s{{0,9}}((?:{_ONE_OF_CASES}){{1,20}})", re.IGNORECASE)
# Somebody else's system numbers its tickets too: these count at the very start only.
_AT_START = lazily(rf"(?:ticket\s{{0,9}}{_SIGN}|\#)\s{{0,9}}{_NUMBER}", re.IGNORECASE)
# Reply and forward prefixes of Italian, English, German, French, Spanish, Portuguese, Scandinavian,
# Dutch and Polish clients, counted as in "Re[2]:" or "RE(3):".
_PREFIX = lazily(
    r"\s*(?:re|r|rif|ris|i|fwd?|inoltra(?:to)?|inoltro|aw|wg|antw(?:ort)?|sv|vs|vb|tr|rv|res|enc|rép|odp|pd|doorst)"
    r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s?[:\uff1a]",
    re.IGNORECASE,
)
_OURS = lazily(r"caso\.(\d{1,9})\.([0-9a-z]{1,32})\.([0-9a-f]{20})@", re.IGNORECASE | re.ASCII)
_SUBADDRESS = lazily(r"\+(\d{1,9})-([0-9a-f]{20})@", re.IGNORECASE | re.ASCII)


def token(number: int, language: str) -> str:
    """What stands in the subject of every mail about a case."""
    return f"[Caso #{number}]" if language == "it" else f"[Case #{number}]"


# Whoever looks at a mail asks this of its subject.
@lru_cache(16)
def cited_numbers(subject: str) -> tuple[int, ...]:
    """The case numbers a subject names, in order, each once."""
    bare = subject[_prefixes_end(subject) :]
    if not any(map(str.isdecimal, bare)):
        return ()
    found: list[tuple[int, int]] = []
    if "cas" in bare.casefold():
        found += [(m.start(), int(m[1])) for pattern in (_TOKEN, _CASE) for m in pattern().finditer(bare)]
        found += [(m.start(), int(n)) for m in _CASES().finditer(bare) for n in re.findall(r"\d+", m[1])]
    if first := _AT_START().match(bare):
        found.append((0, int(first[1])))
    return tuple(dict.fromkeys(number for _, number in sorted(found) if number))


def bare_subject(subject: str) -> str:
    """The subject without reply prefixes, wherever the token separates them, and without the token."""
    rest = subject[_prefixes_end(subject) :]
    if "[" in rest and _TOKEN().search(rest):
        parts = [part[_prefixes_end(part) :].strip() for part in _TOKEN().sub("\0", rest).split("\0")]
        rest = " ".join(part for part in parts if part)
    return rest.strip()


def oldest_subject(subject: str) -> str:
    """What a subject said before machines answered each other: what follows the last of our tokens."""
    return bare_subject(_TOKEN().split(subject)[-1])


def without_numbers(subject: str) -> str:
    """The bare subject without any case number, however written: what else it says."""
    rest = bare_subject(subject)
    for pattern in (_CASE, _CASES):
        rest = pattern().sub(" ", rest)
    if first := _AT_START().match(rest):
        rest = rest[first.end() :]
    return " ".join(rest.split())


def _prefixes_end(subject: str) -> int:
    """Where the leading prefixes end: one pass, whatever their number."""
    end = 0
    # Most new mail has no colon in its subject.
    prefixed = ":" in subject or "\uff1a" in subject
    while prefixed and (prefix := _PREFIX().match(subject, end)):
        end = prefix.end()
    while end < len(subject) and subject[end] == " ":
        end += 1
    return end


def message_id(number: int, nonce: str, secret: bytes, domain: str) -> str:
    """A Message-ID of ours (without angle brackets) for case `number`; 0 is a mail of no case.

    `nonce` is lower-case letters and digits; what is keyed is the number and the nonce.
    """
    return f"caso.{number}.{nonce}.{_digest(f'{number}.{nonce}', secret)}@{domain}"


def number_of(reference: str, secret: bytes) -> int | None:
    """The case number of a Message-ID of ours; None for anybody else's and for one made up."""
    match = _OURS().match(reference)
    # A store that has no secret yet has sent nothing; its empty key is known to everybody.
    if not match or not secret:
        return None
    keyed = f"{int(match[1])}.{match[2].lower()}"
    return int(match[1]) if _same(_digest(keyed, secret), match[3].lower()) else None


def numbers_of(text: str, secret: bytes) -> set[int]:
    """The case numbers of all Message-IDs of ours that stand anywhere in a text."""
    found = {match[0]: int(match[1]) for match in _OURS().finditer(text)}
    return {number for reference, number in found.items() if number_of(reference, secret) is not None}


def bounce_address(address: str, number: int, secret: bytes) -> str:
    """The envelope sender tagged with the case: `rimbalzi+7-DIGEST@firm.example`."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{number}-{_digest(f'bounce.{number}', secret)}@{domain}"


def bounced_number(recipient: str, secret: bytes) -> int | None:
    """The case number of a tagged envelope sender of ours."""
    match = _SUBADDRESS().search(recipient)
    if match and secret and _same(_digest(f"bounce.{int(match[1])}", secret), match[2].lower()):
        return int(match[1])
    return None


def _same(one: str, other: str) -> bool:
    """Compared in a time that tells nothing of where they differ."""
    import hmac

    return hmac.compare_digest(one, other)


def loop_mark(secret: bytes) -> str:
    """The value of our loop header: this installation's own."""
    return _digest("loop", secret)


def _digest(what: str, secret: bytes) -> str:
    # Not above: who only lists cases keys nothing.
    import hmac
    from hashlib import sha256

    return hmac.new(secret, what.encode(), sha256).hexdigest()[:20]
