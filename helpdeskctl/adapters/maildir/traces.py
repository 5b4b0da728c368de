"""What the Maildir's mails say in their headers, for whoever looks for traces of lost cases."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LONGEST_HEADER = 64 * 1024
_SUBJECT = re.compile(r"^subject[ \t]*:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)


def headers(maildir: str) -> Iterator[tuple[str, str]]:
    """Header and raw subject of every mail, in the inbox and in every Maildir++ folder."""
    for directory in _directories(maildir):
        for name in _names(directory):
            with suppress(OSError), open(os.open(f"{directory}/{name}", _OPEN), "rb") as file:
                text = file.read(_LONGEST_HEADER).decode("latin-1").replace("\r\n", "\n")
                header = text.partition("\n\n")[0]
                found = _SUBJECT.search(header)
                yield header, " ".join(found[1].split()) if found else ""


def _directories(maildir: str) -> Iterator[str]:
    for folder in ("", *(name for name in _names(maildir) if name.startswith("."))):
        yield from (f"{maildir}/{folder}/{part}" for part in ("new", "cur"))


def _names(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))
    except (FileNotFoundError, NotADirectoryError):
        return []
