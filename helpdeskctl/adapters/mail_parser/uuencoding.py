"""Files that a mail carries in the midst of its text, as `uuencode` writes them (POSIX)."""

import re
from binascii import Error, a2b_uu

_BEGIN = re.compile(r"begin [0-7]{3,4} (\S.{0,200})")
# A line holds 45 bytes at most; its first letter tells how many.
_LINE = re.compile(r"[!-M][ -`]{1,62}")


def uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without such files, and their names and contents; what only looks like one stays text."""
    lines, kept, files = text.split("\n"), list[str](), list[tuple[str, bytes]]()
    index = 0
    while index < len(lines):
        begun = _BEGIN.fullmatch(lines[index].rstrip())
        end = _end(lines, index + 1) if begun else 0
        if begun and end:
            files.append((begun[1], b"".join(map(_decoded, lines[index + 1 : end]))))
            index = end + 1
        else:
            kept.append(lines[index])
            index += 1
    return "\n".join(kept), files


def _end(lines: list[str], index: int) -> int:
    """Where the file's `end` stands; 0 when it is none."""
    while index < len(lines) and _LINE.fullmatch(lines[index].rstrip("\r")):
        index += 1
    # The last line of a file is empty but for its own length: "`" or a blank.
    if index < len(lines) and lines[index].strip() in {"", "`"}:
        index += 1
    return index if index < len(lines) and lines[index].rstrip() == "end" else 0


def _decoded(line: str) -> bytes:
    try:
        return a2b_uu(line.encode("ascii", "replace"))
    except Error:
        # Some programs pad a line to a whole group.
        return _padded(line)


def _padded(line: str) -> bytes:
    """The bytes that the line says it has; none where it has not so many."""
    groups = (((ord(line[0]) - 32) & 63) + 2) // 3
    try:
        return a2b_uu(line[: 1 + 4 * groups].encode("ascii", "replace"))
    except Error:
        return b""
