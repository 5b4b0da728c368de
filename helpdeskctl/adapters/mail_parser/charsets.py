"""Bytes to text, whatever the charset is said to be."""

import codecs
import unicodedata

# Written by programs that mean cp1252: Outlook labels it so, and the euro sign shows it.
_REALLY_CP1252 = frozenset(
    "ascii iso8859-1 latin-1 latin1 iso8859_1 us-ascii ansi_x3.4-1968 iso8859-15 unknown-8bit".split()
)
# A charset in which harmless bytes mean something else is a way around every check; and some are no text.
_REFUSED = frozenset("utf-7 idna punycode unicode_escape raw_unicode_escape mbcs oem undefined".split())


def decoded(content: bytes, charset: str) -> str:
    """The text of those bytes: strict UTF-8 where that fits, the charset named, else cp1252.

    Never raises; what no charset explains becomes a replacement character.
    """
    name = _known(charset)
    if name in {"", "utf-8"} or name in _REALLY_CP1252:
        return _guessed(content)
    try:
        text = content.decode(name)
    except (LookupError, UnicodeError, ValueError):
        return _guessed(content)
    # Some codecs of the standard library give lone surrogates, others are no text codecs at all.
    return text if isinstance(text, str) and text.isprintable() else cleaned(text)


def _guessed(content: bytes) -> str:
    try:
        return cleaned(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        return cleaned(content.decode("cp1252"))
    except UnicodeDecodeError:
        # Five bytes mean nothing in cp1252.
        return cleaned(content.decode("cp1252", "replace"))


def _known(charset: str) -> str:
    """The codec's own name; "" for a charset that does not exist or must not be used."""
    try:
        name = codecs.lookup(charset.strip(" \"'").replace("\0", "")).name
    except (LookupError, UnicodeError, ValueError):
        return ""
    return "" if name in _REFUSED else name


def cleaned(text: str) -> str:
    """The text with LF line ends, without control characters and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isprintable():
        return text
    return "".join(c if c in "\n\t" or c.isprintable() else _shown(c) for c in text)


def _shown(char: str) -> str:
    """White space stays white space, a lone surrogate becomes visible, other control characters go."""
    if char.isspace() and char not in "\x0b\x0c\x1c\x1d\x1e\x1f\x85":
        return char
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    # Joiners and marks of direction belong to texts; who shows them to a terminal cleans them.
    return char if category == "Cf" else " " if char in "\x0b\x0c\x85" else ""


def one_line(text: str) -> str:
    """The text on one line: white space and control characters squashed."""
    return " ".join(cleaned(text).split())
