"""Which mail programs this computer has, and starting them.

It knows processes and the path; what the programs are told is `ways`' business.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping

from helpdeskctl.tray.ways import Open, Programs, Run, Way

_LINUX = ("xdg-email", "thunderbird")
_WINDOWS = {"thunderbird": "thunderbird.exe", "outlook": "outlook.exe"}
# A program that has not failed by then is showing its window.
_SOON = 5.0
# Programs that outlive their start; each is asked at the next one whether it has ended.
_staying: list[subprocess.Popen[bytes]] = []


def programs() -> Programs:
    """What this computer has to write mail with."""
    if sys.platform == "win32":
        from helpdeskctl.tray import windows

        paths = {n: shutil.which(f) or windows.app_path(f) for n, f in _WINDOWS.items()}
        found = {name: path for name, path in paths.items() if path}
        return Programs(True, windows.chosen_for_mail(), windows.chosen_for_eml(), found)
    found = {name: path for name in _LINUX if (path := shutil.which(name))}
    return Programs(False, _registered("x-scheme-handler/mailto"), _registered("message/rfc822"), found)


def first_that_opens(possible: Iterable[Way]) -> Way | None:
    """Try the ways in their order; the one that worked, or None."""
    return next((way for way in possible if all(_done(step) for step in way.steps)), None)


def environment_of_children(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for another program: without the library path that a frozen program set for itself."""
    own = {k: v for k, v in environ.items() if k not in ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG")}
    before = environ.get("LD_LIBRARY_PATH_ORIG", "" if _frozen() else environ.get("LD_LIBRARY_PATH", ""))
    return own | ({"LD_LIBRARY_PATH": before} if before else {})


def _frozen() -> bool:
    return bool(getattr(sys, "frozen", False))


def _done(step: Run | Open) -> bool:
    if isinstance(step, Run):
        return _started(step.argv)
    if sys.platform == "win32":
        from helpdeskctl.tray import windows

        return windows.open_target(step.target)
    return _started(("xdg-open", step.target))


def _started(argv: tuple[str, ...]) -> bool:
    """Whether the program was found and has not failed at once; it may outlive us."""
    try:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env=environment_of_children(os.environ),
        )  # fmt: skip
    except OSError:
        return False
    try:
        failed = process.wait(_SOON) != 0
    except subprocess.TimeoutExpired:
        _staying[:] = [p for p in (*_staying, process) if p.poll() is None]
        return True
    # Explorer ends with 1 also where it has shown the folder.
    return not failed or os.path.basename(argv[0]).lower() == "explorer.exe"


def _registered(kind: str) -> str:
    """The desktop file that is registered for a type, in lower case; empty where none is."""
    try:
        asked = subprocess.run(
            ("xdg-mime", "query", "default", kind), capture_output=True, text=True, check=False,
            timeout=_SOON, env=environment_of_children(os.environ),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip().lower()
