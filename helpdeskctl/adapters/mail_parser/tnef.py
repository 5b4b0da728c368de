"""What is in a `winmail.dat` (TNEF, as Outlook sends it): opened in a process of its own, with limits."""

import json
import subprocess
import sys
from typing import NamedTuple

_CHILD = "helpdeskctl.adapters.mail_parser.tnef_child"
_SECONDS = 10


class Opened(NamedTuple):
    """The texts and files of a TNEF stream."""

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]


def opened(raw: bytes) -> Opened:
    """What is in it; nothing for one that cannot be opened in time, which is kept as it is anyway."""
    command = [sys.executable, "-P", "-m", _CHILD]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=_SECONDS, check=True)
        head, _, contents = done.stdout.partition(b"\n")
        told = json.loads(head)
        files, start = [], 0
        for name, size in told["files"]:
            files.append((str(name), contents[start : start + size]))
            start += size
        return Opened(str(told["text"]), str(told["html"]), tuple(files))
    except (subprocess.SubprocessError, OSError, ValueError, KeyError, TypeError):
        return Opened("", "", ())
