"""Whether there is a display, and where the window in use lies on it.

Asked of X11 by its own library, or of Windows; Wayland does not tell. It needs no Qt.
"""

import ctypes
import os
import sys

from helpdeskctl.tray.geometry import Rectangle


def can_tell() -> bool:
    """Whether this desktop lets the active window be known: Windows and X11, not Wayland."""
    return sys.platform == "win32" or (_has_x11() and not os.environ.get("WAYLAND_DISPLAY"))


def active_window() -> Rectangle | None:
    """Where it lies, in physical pixels of the whole desktop; None where it is not known."""
    if sys.platform == "win32":
        from helpdeskctl.tray import windows

        return windows.active_window()
    return _on_x11()


def has_display() -> bool:
    """Whether there is something to draw on: Qt would end the process where there is not."""
    named = os.environ.get("QT_QPA_PLATFORM") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform in ("win32", "darwin") or bool(named) or _has_x11()


def _has_x11() -> bool:
    """Whether an X server answers at $DISPLAY."""
    library = _x11()
    display = library.XOpenDisplay(None) if library else None
    if library and display:
        library.XCloseDisplay(display)
    return bool(display)


def _x11() -> ctypes.CDLL | None:
    if sys.platform == "win32" or not os.environ.get("DISPLAY"):
        return None
    try:
        library = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    pointer, number = ctypes.c_void_p, ctypes.c_ulong
    library.XOpenDisplay.restype = pointer
    library.XOpenDisplay.argtypes = [ctypes.c_char_p]
    library.XCloseDisplay.argtypes = [pointer]
    library.XFree.argtypes = [pointer]
    library.XDefaultRootWindow.restype = number
    library.XDefaultRootWindow.argtypes = [pointer]
    library.XInternAtom.restype = number
    library.XInternAtom.argtypes = [pointer, ctypes.c_char_p, ctypes.c_int]
    return library


def _on_x11() -> Rectangle | None:
    library = _x11()
    display = library.XOpenDisplay(None) if library else None
    if library is None or not display:
        return None
    # A window may go away between two questions, and Xlib ends the process for that.
    ignoring = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda _display, _event: 0)
    library.XSetErrorHandler.restype = ctypes.c_void_p
    library.XSetErrorHandler.argtypes = [ctypes.c_void_p]
    before = library.XSetErrorHandler(ctypes.cast(ignoring, ctypes.c_void_p))
    try:
        root = library.XDefaultRootWindow(display)
        window = _numbers(library, display, root, b"_NET_ACTIVE_WINDOW", 1)
        return _x11_rectangle(library, display, root, window[0]) if window and window[0] else None
    finally:
        library.XSync(ctypes.c_void_p(display), 0)
        library.XSetErrorHandler(before)
        library.XCloseDisplay(display)


def _numbers(library: ctypes.CDLL, display: int, window: int, name: bytes, most: int) -> list[int]:
    """The values of a window's property (EWMH), at most so many; empty where it has none."""
    kind, form = ctypes.c_ulong(), ctypes.c_int()
    count, rest = ctypes.c_ulong(), ctypes.c_ulong()
    values = ctypes.POINTER(ctypes.c_ulong)()
    atom = library.XInternAtom(display, name, 0)
    failed = library.XGetWindowProperty(
        ctypes.c_void_p(display), ctypes.c_ulong(window), ctypes.c_ulong(atom), ctypes.c_long(0),
        ctypes.c_long(most), 0, ctypes.c_ulong(0), ctypes.byref(kind), ctypes.byref(form),
        ctypes.byref(count), ctypes.byref(rest), ctypes.byref(values),
    )  # fmt: skip
    if failed or not values:
        return []
    found = [values[n] for n in range(count.value)] if form.value == 32 else []
    library.XFree(values)
    return found


def _x11_rectangle(library: ctypes.CDLL, display: int, root: int, window: int) -> Rectangle | None:
    """The window with the frame that the window manager says it gave it."""
    at, child = ctypes.c_ulong(), ctypes.c_ulong()
    x, y = ctypes.c_int(), ctypes.c_int()
    width, height, border, depth = (ctypes.c_uint() for _ in range(4))
    pointer, number = ctypes.c_void_p(display), ctypes.c_ulong(window)
    there = library.XGetGeometry(
        pointer, number, ctypes.byref(at), ctypes.byref(x), ctypes.byref(y), ctypes.byref(width),
        ctypes.byref(height), ctypes.byref(border), ctypes.byref(depth),
    ) and library.XTranslateCoordinates(
        pointer, number, ctypes.c_ulong(root), 0, 0, ctypes.byref(x), ctypes.byref(y), ctypes.byref(child)
    )  # fmt: skip
    if not there:
        return None
    frame = _numbers(library, display, window, b"_NET_FRAME_EXTENTS", 4)
    left, right, top, bottom = frame if len(frame) == 4 else (0, 0, 0, 0)
    return Rectangle(x.value - left, y.value - top, width.value + left + right, height.value + top + bottom)
