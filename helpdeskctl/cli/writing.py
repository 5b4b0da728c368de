"""Where a command writes what is no text for a terminal: a file that the person names, `-` for the output."""

import sys
from collections.abc import Iterable

from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import _


def write(path: str, pieces: Iterable[bytes], rights: int = 0o600) -> None:
    """Write it, and say where; `rights` are those of a new file."""
    if path == "-":
        sys.stdout.buffer.writelines(pieces)
        # A full disk is to be told here, not when the interpreter ends.
        sys.stdout.buffer.flush()
    else:
        bootstrap.put_file(path, pieces, rights)
        say(_("{file} is written.").format(file=path))
