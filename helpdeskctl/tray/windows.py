"""What only Windows can say or do: the window in use, what the person has chosen for mail, opening.

It is loaded on Windows alone, and untested there.
"""

import ctypes
import os
import sys

from helpdeskctl.tray.geometry import Rectangle

assert sys.platform == "win32"

import winreg  # noqa: E402
from ctypes import wintypes  # noqa: E402

# The desktop itself, its bar and what unfolds from it.
_SHELL = frozenset(
    {
        "Progman",
        "WorkerW",
        "Shell_TrayWnd",
        "Shell_SecondaryTrayWnd",
        "NotifyIconOverflowWindow",
        "TopLevelWindowForOverflowXamlIsland",
        "XamlExplorerHostIslandWindow",
        "Windows.UI.Core.CoreWindow",
    }
)


def open_target(target: str) -> bool:
    """Open a file, folder or link with whatever is registered for it; whether that was found."""
    try:
        os.startfile(target)
    except OSError:
        return False
    return True


def app_path(file: str) -> str:
    """Where a program lies (App Paths), or empty."""
    key = f"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\App Paths\\{file}"
    return _value(winreg.HKEY_LOCAL_MACHINE, key, "")


def chosen_for_mail() -> str:
    """What the person has chosen for `mailto:` links, in lower case, or empty."""
    key = "Software\\Microsoft\\Windows\\Shell\\Associations\\UrlAssociations\\mailto\\UserChoice"
    return _value(winreg.HKEY_CURRENT_USER, key, "ProgId").lower()


def chosen_for_eml() -> str:
    """What the person has chosen for `.eml` files, or else what the system has, in lower case, or empty."""
    key = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\FileExts\\.eml\\UserChoice"
    chosen = _value(winreg.HKEY_CURRENT_USER, key, "ProgId")
    return (chosen or _value(winreg.HKEY_CLASSES_ROOT, ".eml", "")).lower()


def active_window() -> Rectangle | None:
    """Where the uppermost window lies that is neither ours nor the desktop's own, in physical pixels.

    Not the one with the focus: a click beside the clock has just taken that away.
    """
    user, desktop = ctypes.windll.user32, ctypes.windll.dwmapi
    own, found = os.getpid(), wintypes.RECT()
    window = user.GetTopWindow(None)
    while window:
        process, name = wintypes.DWORD(), ctypes.create_unicode_buffer(128)
        user.GetWindowThreadProcessId(window, ctypes.byref(process))
        user.GetClassNameW(window, name, 128)
        # 14: whether it is hidden although "visible" (other desktops, suspended programs).
        cloaked = wintypes.DWORD()
        desktop.DwmGetWindowAttribute(window, 14, ctypes.byref(cloaked), 4)
        seen = user.IsWindowVisible(window) and not user.IsIconic(window) and not cloaked.value
        if seen and process.value != own and name.value not in _SHELL:
            # 9: its frame as it is seen, without the shadow, in physical pixels.
            desktop.DwmGetWindowAttribute(window, 9, ctypes.byref(found), ctypes.sizeof(found))
            if found.right > found.left and found.bottom > found.top:
                return Rectangle(found.left, found.top, found.right - found.left, found.bottom - found.top)
        window = user.GetWindow(window, 2)
    return None


def _value(root: int, key: str, name: str) -> str:
    try:
        with winreg.OpenKey(root, key) as opened:
            return str(winreg.QueryValueEx(opened, name)[0]).strip('"')
    except OSError:
        return ""
