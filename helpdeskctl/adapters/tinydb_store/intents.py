"""The intent log: which files a commit is about to replace, written down durably before it does.

A commit that was cut short, or whose index lines a power failure took away, is found here by the next
transaction, which reads the files named and says the index what is missing. Every now and then the
disk is synced, and the log begins anew.
"""

import os

from helpdeskctl.adapters.tinydb_store import files

_BOOT = "/proc/sys/kernel/random/boot_id"
# About three hundred commits; each later one would make mending after a power failure longer.
_LONG = 16 * 1024
_DONE = b"done\n"


class Intents:
    """The log at `root`/intent: a line with the boot's id, then for each commit its files, then `done`."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._path = f"{root}/intent"

    def unfinished(self) -> list[str]:
        """The files whose index lines may be missing: of the last commit, or, if the machine was
        started anew since, of all that the log names."""
        content = files.read(self._path) or b""
        first, _, rest = content.partition(b"\n")
        commits = [line for line in rest.split(b"\n") if line and line != _DONE.strip()]
        if first == _boot():
            commits = commits[-1:] if not rest.endswith(_DONE) else []
        named = dict.fromkeys(name.decode("ascii", "replace") for line in commits for name in line.split())
        return [name for name in named if os.path.exists(f"{self._root}/{name}")]

    def announce(self, names: list[str]) -> None:
        """These files are about to be replaced; known durably when this returns."""
        line = " ".join(names).encode() + b"\n"
        if not os.path.exists(self._path):
            line = _boot() + b"\n" + line
        files.append(self._path, line, self._root, durable=True)

    def done(self) -> None:
        """The commit and its index lines are written."""
        files.append(self._path, _DONE, self._root)
        if os.stat(self._path).st_size > _LONG:
            self.begin_anew()

    def begin_anew(self) -> None:
        """Everything so far made durable, and forgotten."""
        os.sync()
        files.replace(self._path, _boot() + b"\n", self._root)


def _boot() -> bytes:
    """What tells one running of the machine from the next; the same always where it is not told."""
    return (files.read(_BOOT) or b"unknown").strip()
