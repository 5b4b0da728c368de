"""Bytes to text, whatever the charset is said to be."""

import codecs
import re
import unicodedata

# Written by programs that mean cp1252: Outlook labels it so, and the euro sign shows it.
_REALLY_CP1252 = frozenset(
    "ascii iso8859-1 latin-1 latin1 iso8859_1 us-ascii ansi_x3.4-1968 unknown-8bit".split()
)
# What programs mean that name the narrower one.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso2022_jp": "iso2022_jp_3",
}
# Codecs of the library that are no charsets of mail.
_REFUSED = frozenset("idna punycode unicode_escape raw_unicode_escape mbcs oem undefined".split())
# Names that the library does not know.
_OTHER_NAMES = {
    "ansi": "cp1252",
    "iso-8859-6-e": "iso8859-6",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-8-i": "iso8859-8",
    "ks_c_5601": "euc_kr",
    "latin-9": "iso8859-15",
    "mac": "mac_roman",
    "unicode": "utf-16",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
}
# "windows-874" and "dos-862" are cp874 and cp862; "x-gbk" is gbk, "x-mac-roman" mac_roman.
_CODE_PAGE = re.compile(r"(?:x-)?(?:windows|win|dos|cp|ibm|ms)[-_ ]?(\d{3,5})")
_ESCAPE = b"\x1b$"
# Letters of the Latin alphabet, where cp1252 has its own signs: what uses those is no ISO 8859.
_C1 = re.compile(rb"[\x80-\x9f]")
# So many letters read right for each that cannot be read make a text that is only damaged.
_DAMAGED = 3


def decoded(content: bytes, charset: str) -> str:
    """The text of those bytes: strict UTF-8 where that fits, the charset named, else cp1252.

    Never raises; what no charset explains becomes a replacement character.
    """
    name = _known(charset)
    if name in {"", "utf-8"} or name in _REALLY_CP1252:
        return _guessed(content, "cp1252")
    if name == "iso8859-15":
        return _guessed(content, "cp1252" if _C1.search(content) else name)
    # Where the charset named does not fit, UTF-8 that does is no chance (but all ASCII does).
    others = () if content.isascii() else ("utf-8",)
    for codec in (name, *others, _WIDER.get(name, name)):
        try:
            return cleaned(content.decode(codec))
        except (LookupError, UnicodeError, ValueError):
            pass
    return _damaged(content, _WIDER.get(name, name)) or _guessed(content, "cp1252")


def _guessed(content: bytes, other: str) -> str:
    """What ISO 2022 hides in ASCII; UTF-8, also a little damaged, else the other charset."""
    if _ESCAPE in content:
        for codec in ("iso2022_jp_ext", "iso2022_kr"):
            try:
                return cleaned(content.decode(codec))
            except UnicodeError:
                pass
    try:
        return cleaned(content.decode("utf-8"))
    except UnicodeDecodeError:
        # Five bytes mean nothing in cp1252.
        return _damaged(content, "utf-8") or cleaned(content.decode(other, "replace"))


def _damaged(content: bytes, codec: str) -> str:
    """The text where most of it can be read in that charset; "" where it is no such text."""
    try:
        text = content.decode(codec, "replace")
    except (LookupError, UnicodeError, ValueError):
        return ""
    wrong = text.count("\ufffd")
    right = sum(not c.isascii() for c in text) - wrong
    return cleaned(text) if right >= _DAMAGED * wrong else ""


def _known(charset: str) -> str:
    """The codec's own name; "" for a charset that does not exist or must not be used."""
    said = charset.replace("\0", "").strip(" \t\"'.,:").lower()
    page = _CODE_PAGE.fullmatch(said)
    said = f"cp{page[1]}" if page else _OTHER_NAMES.get(said, said)
    for name in (said, said.removeprefix("x-"), said.removeprefix("x-").replace("-", "_")):
        try:
            found = codecs.lookup(name).name
        except (LookupError, UnicodeError, ValueError):
            continue
        return "" if found in _REFUSED else found
    return ""


def cleaned(text: str) -> str:
    """The text with LF line ends, without control characters and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    unwanted = {char for char in set(text) - {"\n", "\t"} if not char.isprintable()}
    return text.translate({ord(char): _shown(char) for char in unwanted}) if unwanted else text


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
