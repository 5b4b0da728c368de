"""Pictures in memory: put together, cut, blackened, reduced, and written as PNG.

It knows Qt's images and no screen.
"""

from PySide6.QtCore import QBuffer, QIODevice, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from helpdeskctl.tray.geometry import Rectangle, Size, around, reduced


def size_of(picture: QImage) -> Size:
    """Its size in pixels."""
    return Size(picture.width(), picture.height())


def together(parts: tuple[tuple[Rectangle, QImage], ...]) -> QImage:
    """One picture of several screens, each where it lies; black where there is none."""
    whole = around(tuple(place for place, _part in parts))
    picture = QImage(whole.width, whole.height, QImage.Format.Format_RGB32)
    picture.fill(QColor("black"))
    painter = QPainter(picture)
    for place, part in parts:
        target = QRect(place.left - whole.left, place.top - whole.top, place.width, place.height)
        painter.drawImage(target, part)
    painter.end()
    return picture


def cut(picture: QImage, to: Rectangle) -> QImage:
    """That part of the picture."""
    return picture.copy(QRect(*to))


def blackened(picture: QImage, rectangles: tuple[Rectangle, ...]) -> QImage:
    """The picture with those rectangles black: their pixels are gone, not covered."""
    result = picture.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(result)
    for rectangle in rectangles:
        painter.fillRect(QRect(*rectangle), QColor("black"))
    painter.end()
    return result


def png(picture: QImage, longest: int) -> bytes:
    """The picture as PNG, no side longer than that, without any remark of where it comes from."""
    size = reduced(size_of(picture), longest)
    if size != size_of(picture):
        picture = picture.scaled(
            size.width,
            size.height,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    plain = picture.convertToFormat(QImage.Format.Format_RGB888)
    for key in plain.textKeys():
        plain.setText(key, "")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plain.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
