"""mutt on a terminal of its own, and the fingers of the person before it (Debian: mutt)."""

import os
import pty
import select
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

# Nothing is asked; what is marked as deleted goes only where `delete` says so.
MUTTRC = """\
set folder = {home}/Maildir
set spoolfile = {home}/Maildir
set mbox_type = Maildir
set tmpdir = {home}
set move = no
set quit = yes
set delete = {delete}
set confirmappend = no
set confirmcreate = no
set mail_check = 0
set sleep_time = 0
set beep = no
"""

_ALL = "<tag-pattern>~A<enter><tag-prefix-cond>{act}<end-cond><sync-mailbox>"
# What a person does, in the names of mutt's own functions; each is one key.
ACTS = {
    "read": _ALL.format(act="<clear-flag>N"),
    "unread": _ALL.format(act="<set-flag>N"),
    "flag": _ALL.format(act="<set-flag>!"),
    "unflag": _ALL.format(act="<clear-flag>!"),
    "answered": _ALL.format(act="<set-flag>r"),
    "delete and undelete": "<delete-pattern>~A<enter><undelete-pattern>~A<enter><sync-mailbox>",
    "delete": _ALL.format(act="<delete-message>"),
    "save one": "<first-entry><save-message>=.Salvate<enter><sync-mailbox>",
    "put all back": _ALL.format(act="<save-message>!<enter>"),
}
_KEYS = dict(zip(ACTS, "123456789", strict=True))
# Leaves whatever mutt may be asking, then mutt; it stays where mail has come in between.
_QUIT = b"\x07q"
# It has done what was typed once it is silent for so long, in seconds.
_SILENT = 0.03
# It comes and goes within so many seconds.
_PATIENCE = 30


def mutt(home: Path, acts: Iterable[str], *, folder: str = "", deletes: bool = False) -> None:
    """mutt opens the Maildir of that home, or a folder of it, as the home's owner; each act is typed once
    the one before is done, and what is marked is written before mutt ends. What mutt deletes or saves
    elsewhere leaves the folder only if it `deletes`."""
    owner = os.stat(home).st_uid
    theirs = owner if owner != os.geteuid() else None
    terminal, end = pty.openpty()
    with _settings(home, deletes) as settings:
        process = subprocess.Popen(
            ["mutt", "-n", "-F", settings, "-f", home / "Maildir" / folder],
            stdin=end, stdout=end, stderr=end, cwd=home, start_new_session=True, umask=0o077,
            env={"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8"},
            user=theirs, group=theirs, extra_groups=None if theirs is None else [],
        )  # fmt: skip
        os.close(end)
        try:
            _types(terminal, acts)
            assert process.wait(_PATIENCE) == 0
        finally:
            process.kill()
            process.wait()
            os.close(terminal)


def _types(terminal: int, acts: Iterable[str]) -> None:
    """Each act, then the way out again and again, until nobody has the other end any more."""
    typed, left = iter(acts), 0
    # What is typed before mutt shows itself may be lost.
    select.select([terminal], [], [], _PATIENCE)
    # EIO is the end.
    with suppress(OSError):
        while left * _SILENT < _PATIENCE:
            if select.select([terminal], [], [], _SILENT)[0]:
                os.read(terminal, 65536)
            elif act := next(typed, None):
                os.write(terminal, _KEYS[act].encode())
            else:
                os.write(terminal, _QUIT)
                left += 1


@contextmanager
def _settings(home: Path, deletes: bool) -> Iterator[str]:
    """mutt's settings in a file of this mutt's own."""
    bound = "".join(f'macro index {_KEYS[act]} "{functions}"\n' for act, functions in ACTS.items())
    with NamedTemporaryFile("w", prefix="muttrc.", dir=home) as file:
        os.fchmod(file.fileno(), 0o644)
        file.write(MUTTRC.format(home=home, delete="yes" if deletes else "no") + bound)
        file.flush()
        yield file.name
