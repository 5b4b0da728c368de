"""The icon "++", drawn by lines at each size, so that it is sharp at any scaling.

It knows Qt's painter and no tray.
"""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

# From a 16 px bar to a large one at 400 %.
_SIZES = (16, 20, 22, 24, 32, 40, 48, 64, 96, 128, 256)
_GROUND = "#0b5cad"


def icon() -> QIcon:
    """The icon in every size that a bar asks for."""
    made = QIcon()
    for size in _SIZES:
        made.addPixmap(drawn(size))
    return made


def drawn(size: int) -> QPixmap:
    """The icon in that many pixels: two white crosses on a blue ground, their edges on whole pixels."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_GROUND))
    painter.drawRoundedRect(QRectF(0, 0, size, size), size / 6, size / 6)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    stroke = max(2, round(size / 9))
    # An arm as long as leaves both crosses whole and a gap between them.
    arm = (size - 4 * max(1, size // 16) - 2 * stroke) // 4
    length, gap = 2 * arm + stroke, max(1, size // 16)
    left, top = (size - 2 * length - gap) // 2, (size - length) // 2
    for start in (left, left + length + gap):
        painter.fillRect(start, top + arm, length, stroke, QColor("white"))
        painter.fillRect(start + arm, top, stroke, length, QColor("white"))
    painter.end()
    return picture
