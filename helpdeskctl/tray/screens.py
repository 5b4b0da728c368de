"""The screen as a picture: all of it, the screen with the pointer, or the window in use.

It knows Qt's screens; where Qt may not look (Wayland), the desktop's portal is asked.
"""

from PySide6.QtCore import QRect
from PySide6.QtGui import QCursor, QGuiApplication, QImage, QScreen

from helpdeskctl.tray import active_window, pictures
from helpdeskctl.tray.errors import TrayError
from helpdeskctl.tray.geometry import Rectangle, around, common, holding
from helpdeskctl.tray.words import NO_PICTURE, NO_WINDOW


def taken(of: str) -> QImage:
    """The picture of `pointer`, `all` or `window`, in physical pixels, as it is seen now."""
    if QGuiApplication.platformName().startswith("wayland"):
        from helpdeskctl.tray.portal import whole_desktop

        # The portal gives the desktop as one: which part is the pointer's screen it does not tell.
        return whole_desktop()
    if of == "window":
        return _window()
    screens = QGuiApplication.screens()
    if of == "pointer":
        # Qt's own coordinates, in which the pointer is told, and not yet pixels.
        seen = tuple(_seen(s.geometry()) for s in screens)
        screens = [screens[holding(seen, QCursor.pos().x(), QCursor.pos().y())]]
    return pictures.together(tuple((_place(s), _grabbed(s)) for s in screens))


def _window() -> QImage:
    window = active_window.active_window()
    screens = QGuiApplication.screens()
    whole = around(tuple(_place(s) for s in screens))
    visible = common(window, whole) if window else None
    if visible is None:
        raise TrayError(NO_WINDOW)
    picture = pictures.together(tuple((_place(s), _grabbed(s)) for s in screens))
    return pictures.cut(
        picture, visible._replace(left=visible.left - whole.left, top=visible.top - whole.top)
    )


def _seen(at: QRect) -> Rectangle:
    return Rectangle(at.x(), at.y(), at.width(), at.height())


def _place(screen: QScreen) -> Rectangle:
    """Where a screen lies, in physical pixels: Qt scales its size, and leaves its corner as it is."""
    at, scale = screen.geometry(), screen.devicePixelRatio()
    return Rectangle(at.x(), at.y(), round(at.width() * scale), round(at.height() * scale))


def _grabbed(screen: QScreen) -> QImage:
    picture = screen.grabWindow(0).toImage()
    if picture.isNull():
        raise TrayError(NO_PICTURE)
    picture.setDevicePixelRatio(1.0)
    return picture
