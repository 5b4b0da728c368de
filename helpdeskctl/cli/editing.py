"""Text that a person writes: on the command line, on standard input, or in their editor."""

import os
import sys
from tempfile import mkstemp

import click

from helpdeskctl.domain.errors import RefusedError

# What stands below is for the writer's eyes; as in other programs that open an editor.
SCISSORS = "# ------------------------ >8 ------------------------"


def text(given: str | None, below: str, draft: str = "") -> str:
    """What was given, what standard input holds (`-`), or what is written in the editor above `below`.

    Raises `RefusedError` for a text that is empty.
    """
    if given == "-":
        written: str | None = sys.stdin.read()
    elif given is not None:
        written = given
    else:
        written = _edited(f"{draft}\n\n{SCISSORS}\n{below}\n")
    written = (written or "").partition(SCISSORS)[0].strip()
    if not written:
        raise RefusedError("The text is empty: nothing was done.")
    return written


def kept(written: str, number: int) -> str:
    """The text in a private file, so that what could not be sent is not lost; its path."""
    handle, path = mkstemp(prefix=f"helpdeskctl-{number}-", suffix=".txt")
    with open(handle, "w", encoding="utf-8") as file:
        file.write(written + "\n")
    return path


def _edited(template: str) -> str | None:
    """What the editor was left with; None where nothing was saved."""
    if not (sys.stdin.isatty() or os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        raise RefusedError("There is no terminal for an editor: give the text with --message.")
    return click.edit(template, extension=".txt", require_save=False)
