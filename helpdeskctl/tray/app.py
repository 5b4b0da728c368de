"""The icon beside the clock, its menu, and one report from the click to the mail program.

It knows Qt's application; the pieces of a report are their own modules' business.
"""

import os
import signal
import sys

from PySide6.QtCore import QEventLoop, QLockFile, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QSystemTrayIcon
from shiboken6 import Shiboken

from helpdeskctl.tray import files, loading, preferences, preview, reporting, screens
from helpdeskctl.tray.active_window import can_tell
from helpdeskctl.tray.draft import Draft
from helpdeskctl.tray.errors import DONE, FAILED, TrayError
from helpdeskctl.tray.icon import icon
from helpdeskctl.tray.pictures import png
from helpdeskctl.tray.settings import Settings
from helpdeskctl.tray.words import (
    ALREADY_RUNNING,
    CANCELLED,
    NO_TRAY,
    PREFERENCES,
    QUIT,
    SAVED,
    TITLE,
    TOOLTIP,
    WINDOW_ONLY,
    WITH_PICTURE,
    WITHOUT_PICTURE,
    Sentence,
    said,
)

# Milliseconds. A menu that fades must be gone from the screen before it is taken.
_AFTER_MENU = 350
# At login the bar may come later than we do.
_BAR_COMES = 60_000
_HOUR = 3_600_000
# How long a notice stays by itself; an error is read more slowly.
_NOTICE, _NOTICE_OF_ERROR = 8_000, 60_000


def application() -> QApplication:
    """The one application of this process; there is a display, or Qt ends the process here."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    # Qt waits in C: without this, Control-C and the end of a session would not reach it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    made = QApplication(sys.argv[:1])
    made.setApplicationName("helpdeskctl-tray")
    made.setDesktopFileName("helpdeskctl-tray")
    made.setQuitOnLastWindowClosed(False)
    made.setWindowIcon(icon())
    return made


def draft_with_picture(settings: Settings, of: str) -> Draft:
    """The draft with what the person has looked at. Raises `TrayError`, also when they cancel."""
    application()
    looked = preview.looked_at(screens.taken(of), settings.language)
    if looked.choice is preview.Choice.CANCEL:
        raise TrayError(CANCELLED)
    picture = png(looked.picture, settings.longest_side) if looked.picture is not None else None
    return reporting.made(settings, picture)


def show_notice(text: str, language: str, failed: bool) -> None:
    """A small window that goes by itself: for who started a report by a key and sees no terminal."""
    application()
    kind = QMessageBox.Icon.Warning if failed else QMessageBox.Icon.Information
    box = QMessageBox(kind, said(language, TITLE), text, QMessageBox.StandardButton.Ok)
    box.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
    going = QTimer()
    going.timeout.connect(box.accept)
    going.start(_NOTICE_OF_ERROR if failed else _NOTICE)
    box.exec()
    # Not left to Python's end (see `preview`); so its timer must not outlive it either.
    going.stop()
    Shiboken.delete(box)


def run_icon(sources: loading.Sources) -> int:
    """Stay beside the clock until the person quits; the exit code. Raises `TrayError`."""
    settings = loading.load(sources)
    running = application()
    directory = loading.here().drafts
    files.make_private(directory)
    lock = QLockFile(os.path.join(directory, "running"))
    if not lock.tryLock(0):
        raise TrayError(ALREADY_RUNNING)
    _wait_for_bar()
    tray = Tray(sources, settings)
    tray.show()
    return running.exec()


def _wait_for_bar() -> None:
    if QSystemTrayIcon.isSystemTrayAvailable():
        return
    waiting, asking = QEventLoop(), QTimer()
    asking.timeout.connect(lambda: waiting.quit() if QSystemTrayIcon.isSystemTrayAvailable() else None)
    asking.start(500)
    QTimer.singleShot(_BAR_COMES, waiting.quit)
    waiting.exec()
    asking.stop()
    if not QSystemTrayIcon.isSystemTrayAvailable():
        raise TrayError(NO_TRAY)


class Tray:
    """The icon and its menu."""

    def __init__(self, sources: loading.Sources, settings: Settings) -> None:
        self._sources = sources
        self._language = settings.language
        self._busy = False
        self._menu = QMenu()
        self._icon = QSystemTrayIcon(icon())
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._clicked)
        self._tidying = QTimer()
        self._tidying.timeout.connect(lambda: files.remove_older(loading.here().drafts, settings.keep_hours))
        self._tidying.start(_HOUR)
        files.remove_older(loading.here().drafts, settings.keep_hours)

    def show(self) -> None:
        """Put the icon beside the clock, in the language of the settings."""
        self._menu.clear()
        self._entry(WITH_PICTURE, "")
        if can_tell():
            self._entry(WINDOW_ONLY, "window")
        self._entry(WITHOUT_PICTURE, "none")
        self._menu.addSeparator()
        self._menu.addAction(said(self._language, PREFERENCES)).triggered.connect(self._change)
        self._menu.addAction(said(self._language, QUIT)).triggered.connect(QApplication.quit)
        self._icon.setToolTip(said(self._language, TOOLTIP))
        self._icon.show()

    def _entry(self, words: Sentence, of: str) -> None:
        action = self._menu.addAction(said(self._language, words))
        action.triggered.connect(lambda: QTimer.singleShot(_AFTER_MENU, lambda: self._report(of)))

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self._menu.popup(QCursor.pos())

    def _report(self, of: str) -> None:
        """One report; the settings are read anew, since an administrator may have changed them."""
        if self._busy:
            return
        self._busy = True
        try:
            settings = loading.load(self._sources)
            of = of or settings.picture
            draft = reporting.made(settings, None) if of == "none" else draft_with_picture(settings, of)
            self._tell(reporting.opened(draft, settings), DONE)
        except TrayError as error:
            self._tell(error.told(self._language), FAILED)
        finally:
            self._busy = False

    def _change(self) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            if preferences.changed(self._sources, loading.load(self._sources)):
                self._language = loading.load(self._sources).language
                self.show()
                self._tell(said(self._language, SAVED, path=self._sources.personal), DONE)
        except TrayError as error:
            self._tell(error.told(self._language), FAILED)
        finally:
            self._busy = False

    def _tell(self, text: str, code: int) -> None:
        """Beside the clock, and where a terminal or a log listens."""
        if sys.stderr is not None:
            print(text, file=sys.stderr, flush=True)  # noqa: T201
        kind = QSystemTrayIcon.MessageIcon.Warning if code else QSystemTrayIcon.MessageIcon.Information
        self._icon.showMessage(said(self._language, TITLE), text, kind, _NOTICE)
