"""What a person sees before a picture is attached, and blackens in it.

It knows Qt's windows; what a rectangle in the view means in the picture is `geometry`'s business.
"""

from enum import Enum
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from helpdeskctl.tray.geometry import Rectangle, Size, fitted, in_picture, in_view, spanned
from helpdeskctl.tray.pictures import blackened, size_of
from helpdeskctl.tray.words import (
    ATTACH_IT,
    BLACKEN,
    CANCEL,
    LEAVE_OUT,
    PREVIEW,
    UNDO,
    said,
)


class Choice(Enum):
    """What the person chose."""

    ATTACH = 1
    LEAVE_OUT = 2
    CANCEL = 3


class Looked(NamedTuple):
    """What came of the preview."""

    choice: Choice
    picture: QImage | None
    """With its rectangles blackened; None unless it is to be attached."""


class Canvas(QWidget):
    """The picture, reduced to fit, and the rectangles drawn on it."""

    def __init__(self, picture: QImage) -> None:
        super().__init__()
        self._picture = picture
        self._start: QPoint | None = None
        self._end = QPoint()
        self.rectangles: tuple[Rectangle, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 200)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def undo(self) -> None:
        """Take the last rectangle away."""
        self.rectangles = self.rectangles[:-1]
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As large as the picture, up to what an ordinary screen has room for."""
        return QSize(min(self._picture.width(), 1000), min(self._picture.height(), 640))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the picture and what is black in it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shown = self._shown()
        painter.drawImage(QRect(*shown), self._picture)
        for rectangle in self.rectangles:
            at = in_view(rectangle, shown, size_of(self._picture))
            painter.fillRect(QRect(*at), QColor("black"))
        if self._start is not None:
            painter.setPen(QPen(QColor("white"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(QColor(0, 0, 0, 160))
            painter.drawRect(QRect(*self._drawn(self._start)))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a rectangle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._start = self._end = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Draw it on."""
        self._end = event.position().toPoint()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End it; what missed the picture counts for nothing."""
        if self._start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._end = event.position().toPoint()
        found = in_picture(self._drawn(self._start), self._shown(), size_of(self._picture))
        self.rectangles += (found,) if found else ()
        self._start = None
        self.update()

    def _shown(self) -> Rectangle:
        return fitted(size_of(self._picture), Size(self.width(), self.height()))

    def _drawn(self, start: QPoint) -> Rectangle:
        return spanned((start.x(), start.y()), (self._end.x(), self._end.y()))


def looked_at(picture: QImage, language: str) -> Looked:
    """Show the picture and wait for the person; a window that is closed is a cancelled report."""
    dialog = QDialog()
    dialog.setWindowTitle(said(language, PREVIEW))
    dialog.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
    canvas = Canvas(picture)
    words = QLabel(said(language, BLACKEN))
    words.setWordWrap(True)
    buttons = QHBoxLayout()
    undo = QPushButton(said(language, UNDO))
    undo.setShortcut(QKeySequence.StandardKey.Undo)
    undo.clicked.connect(canvas.undo)
    buttons.addWidget(undo)
    buttons.addStretch()
    for text, choice in ((CANCEL, Choice.CANCEL), (LEAVE_OUT, Choice.LEAVE_OUT), (ATTACH_IT, Choice.ATTACH)):
        button = QPushButton(said(language, text))
        button.clicked.connect(lambda _checked, code=choice.value: dialog.done(code))
        button.setDefault(choice is Choice.ATTACH)
        buttons.addWidget(button)
    layout = QVBoxLayout(dialog)
    layout.addWidget(words)
    layout.addWidget(canvas, 1)
    layout.addLayout(buttons)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    answer = dialog.exec()
    # Closing the window or Escape gives 0.
    choice = Choice(answer or Choice.CANCEL.value)
    attached = blackened(picture, canvas.rectangles) if choice is Choice.ATTACH else None
    # Left to Python's end, a window would outlive the application it belongs to, and take it down.
    Shiboken.delete(dialog)
    return Looked(choice, attached)
