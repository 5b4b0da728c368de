"""What a watching process needs of the system: whether an inbox has changed, and a word to systemd.

The times of `new/` and `cur/` are asked for, rather than inotify: that also sees what another machine
delivers over NFS, and a Maildir that was unmounted and came back.
"""

import os
import time
from collections.abc import Callable, Mapping

# File systems tell the time of a directory only so exactly: what comes right after a look may not
# change it. So a directory that has changed just now is looked at again.
_COARSE = 2.0


def changes(maildir: str) -> Callable[[], bool]:
    """What tells whether mail may have come since it was last asked; the first time it always may."""
    seen: tuple[object, ...] = ()

    def changed() -> bool:
        nonlocal seen
        before, now = seen, time.time()
        found = [_state(f"{maildir}/{part}") for part in ("new", "cur")]
        seen = tuple(found)
        return seen != before or any(0 <= now - state[1] / 1e9 < _COARSE for state in found)

    return changed


def tell_supervisor(state: str, environ: Mapping[str, str]) -> None:
    """Tell systemd (sd_notify(3)) a state such as `READY=1`; nothing where it does not ask."""
    path = environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    import socket

    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        notify.connect(address)
        notify.sendall(state.encode())


def _state(directory: str) -> tuple[int, int]:
    """Which directory it is and when it last changed (ns); zeros where there is none to be seen."""
    try:
        found = os.stat(directory)
    except OSError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns
