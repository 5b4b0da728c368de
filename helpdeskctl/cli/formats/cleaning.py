"""The rim between mail and terminal: what a mail says must not move a cursor or turn a line around."""

import unicodedata

# Other characters that neither print nor belong to a text; surrogates would not even encode.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Joiners that emoji and Arabic or Indic scripts need.
_JOINERS = frozenset("\u200c\u200d")


def one_line(text: str) -> str:
    """The text on one line, without control, bidi and other invisible characters."""
    return " ".join(paragraphs(text).split())


def paragraphs(text: str) -> str:
    """The text with its line breaks, without control, bidi and other invisible characters."""
    # Nothing that prints is unwanted.
    if text.isprintable():
        return text
    kept = (c if c == "\n" or c in _JOINERS else " " if c == "\t" else _visible(c) for c in text)
    return "".join(kept)


def _visible(char: str) -> str:
    return "" if unicodedata.category(char) in _UNWANTED else char
