"""What can be seen of the desk's surroundings: rights, folders, quota, locks, free space, recipes.

It looks and judges nothing (`domain.health` does). What a file holds is hostile: names are read, never
followed.
"""

import fcntl
import os
import re
import stat
import time
from contextlib import suppress

from helpdeskctl.domain.health import Directory, Quota

_FOLDER = re.compile(r"\.((?:Cases|Ignored)\.\d{4}-\d\d|Held)\Z")
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# A procmailrc or a list of subscriptions is no longer than this.
_LONGEST = 1 << 20
_MEGABYTE = 1 << 20
# Some file systems do not count files: they say so with a number like this.
_UNCOUNTED = 0


class Surroundings:
    """Keeps the port `Surroundings`."""

    def directory(self, path: str) -> Directory:
        """A directory or a file, with its rights."""
        try:
            mode = os.stat(path).st_mode
        except OSError:
            return Directory(path, there=False, writable=False, mode=0)
        return Directory(path, there=True, writable=os.access(path, os.W_OK), mode=stat.S_IMODE(mode))

    def can_run(self, program: str) -> bool:
        """Whether the program is there and may be run."""
        return os.path.isfile(program) and os.access(program, os.X_OK)

    def can_read(self, path: str) -> bool:
        """Whether the file may be read."""
        return os.access(path, os.R_OK)

    def can_append(self, path: str) -> bool:
        """Whether the file may be written, or made where it is not there yet."""
        if os.path.lexists(path):
            return os.path.isfile(path) and os.access(path, os.W_OK)
        return os.access(os.path.dirname(path), os.W_OK | os.X_OK)

    def folders(self, maildir: str) -> list[str]:
        """The Maildir++ folders that are ours, without the leading dot, in order."""
        return sorted(match[1] for name in _names(maildir) if (match := _FOLDER.match(name)))

    def subscribed(self, maildir: str) -> list[str] | None:
        """The folders that Dovecot's list names; None where there is no list."""
        content = _content(f"{maildir}/subscriptions")
        if content is None:
            return None
        # Its second format parts the levels of a name with tabs.
        return [line.replace("\t", ".") for line in content.split("\n") if line]

    def quota(self, maildir: str) -> Quota | None:
        """What the Maildir++ file `maildirsize` tells; None where there is none, or it limits nothing."""
        first, *counts = (_content(f"{maildir}/maildirsize") or "").split("\n")
        limits = {kind: int(number) for number, kind in re.findall(r"(\d{1,18})([SC])", first)}
        if not any(limits.values()):
            return None
        counted = [match for line in counts if (match := re.match(r"\s*(-?\d{1,18})\s+(-?\d{1,18})", line))]
        used_bytes, used_mails = (sum(int(match[group]) for match in counted) for group in (1, 2))
        return Quota(limits.get("S", 0), limits.get("C", 0), used_bytes, used_mails)

    def filed(self, maildir: str, folder: str) -> list[str]:
        """The base names of the mails in that folder, in order."""
        names = (name for part in ("cur", "new") for name in _names(f"{maildir}/.{folder}/{part}"))
        return sorted(name.partition(":2,")[0] for name in names)

    def free(self, path: str) -> tuple[int, int | None]:
        """Megabytes and files that may still be written there; None where files are not counted."""
        found = os.statvfs(path)
        files = found.f_favail if found.f_files != _UNCOUNTED else None
        return found.f_bavail * found.f_frsize // _MEGABYTE, files

    def lock_holder(self, path: str, patience: float) -> int | None:
        """Who held the lock in that file for all of `patience` seconds: the process, 0 if it is not known;
        None when the lock was free meanwhile."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            until = time.monotonic() + patience
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    return None
                if time.monotonic() > until:
                    return _holder(os.fstat(fd).st_ino)
                time.sleep(0.05)
        finally:
            os.close(fd)

    def recipes(self, maildir: str) -> list[tuple[str, str]]:
        """The procmailrc files that apply, with what they say."""
        homes = dict.fromkeys((os.path.expanduser("~"), os.path.dirname(os.path.abspath(maildir))))
        paths = [f"{home}/.procmailrc" for home in homes] + ["/etc/procmailrc"]
        found = ((path, _content(path)) for path in paths)
        return [(path, content) for path, content in found if content]

    def is_file(self, path: str) -> bool:
        """Whether a file lies there."""
        return os.path.isfile(path)


def _names(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _content(path: str) -> str | None:
    """The beginning of a text file; None where there is none, or none that may be read."""
    try:
        with open(os.open(path, _OPEN), "rb") as file:
            return file.read(_LONGEST).decode("utf-8", "replace")
    except OSError:
        return None


def _holder(inode: int) -> int:
    """The process that holds a lock on that file (proc_locks(5)); 0 if it cannot be seen."""
    for line in (_content("/proc/locks") or "").split("\n"):
        # 1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF
        fields = line.split()
        if len(fields) > 5 and fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(inode):
            return int(fields[4]) if fields[4].isdigit() else 0
    return 0
