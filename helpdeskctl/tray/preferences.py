"""The window with the settings that a person may change.

It knows Qt's windows; what is allowed, `settings` says, and where it is kept, `loading`.
"""

from collections.abc import Callable

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
)
from shiboken6 import Shiboken

from helpdeskctl.tray import loading
from helpdeskctl.tray.errors import TrayError
from helpdeskctl.tray.settings import PROGRAMS, Settings
from helpdeskctl.tray.words import (
    ALL_CHOICE,
    AUTO_CHOICE,
    CANCEL,
    CONTRACT_FIELD,
    IN_FILE,
    LANGUAGE_FIELD,
    PICTURE_FIELD,
    POINTER_CHOICE,
    PREFERENCES,
    PROGRAM_FIELD,
    SAVE,
    TO_FIELD,
    Sentence,
    said,
)


def changed(sources: loading.Sources, settings: Settings) -> bool:
    """Show the settings; whether the person changed and saved them."""
    language = settings.language
    dialog = QDialog()
    dialog.setWindowTitle(said(language, PREFERENCES))
    form = QFormLayout(dialog)
    to, contract = QLineEdit(settings.to), QLineEdit(settings.contract)
    programs = [(name, name) for name in PROGRAMS if name != "auto"]
    pictures = [("pointer", said(language, POINTER_CHOICE)), ("all", said(language, ALL_CHOICE))]
    picture = _choices(pictures, settings.picture)
    program = _choices([("auto", said(language, AUTO_CHOICE)), *programs], settings.program)
    spoken = _choices([("it", "Italiano"), ("en", "English")], language)
    rows: list[tuple[Sentence, QLineEdit | QComboBox]] = [
        (CONTRACT_FIELD, contract),
        (TO_FIELD, to),
        (PICTURE_FIELD, picture),
        (PROGRAM_FIELD, program),
        (LANGUAGE_FIELD, spoken),
    ]
    for words, field in rows:
        form.addRow(said(language, words), field)

    def wanted() -> Settings:
        return settings._replace(
            to=to.text().strip(),
            contract=contract.text().strip(),
            picture=str(picture.currentData()),
            program=str(program.currentData()),
            language=str(spoken.currentData()),
        )

    told = QLabel(said(language, IN_FILE, path=sources.personal))
    told.setWordWrap(True)
    form.addRow(told)
    form.addRow(_buttons(dialog, language, lambda: _save(dialog, told, sources, wanted(), language)))
    saved = dialog.exec() == QDialog.DialogCode.Accepted
    # Not left to Python's end (see `preview`).
    Shiboken.delete(dialog)
    return saved


def _buttons(dialog: QDialog, language: str, save: Callable[[], None]) -> QHBoxLayout:
    cancel, keep = QPushButton(said(language, CANCEL)), QPushButton(said(language, SAVE))
    cancel.clicked.connect(dialog.reject)
    keep.clicked.connect(save)
    keep.setDefault(True)
    row = QHBoxLayout()
    row.addStretch()
    row.addWidget(cancel)
    row.addWidget(keep)
    return row


def _choices(choices: list[tuple[str, str]], chosen: str) -> QComboBox:
    box = QComboBox()
    for value, words in choices:
        box.addItem(words, value)
    box.setCurrentIndex(box.findData(chosen))
    return box


def _save(dialog: QDialog, told: QLabel, sources: loading.Sources, wanted: Settings, language: str) -> None:
    """Save and close; what will not do is told in the window, which stays."""
    try:
        loading.save(sources, wanted)
    except TrayError as error:
        told.setText(error.told(language))
        return
    dialog.accept()
