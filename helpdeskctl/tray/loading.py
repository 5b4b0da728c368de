"""Which settings apply here: the files found, read, put over each other, and saved.

It joins `settings` with `files`, and knows no window.
"""

import os
import sys
from typing import NamedTuple

from helpdeskctl.tray import files
from helpdeskctl.tray.settings import Places, Settings, check, places, settings, written
from helpdeskctl.tray.words import language_of


class Sources(NamedTuple):
    """Where the settings come from."""

    administrator: str
    """Read first; empty where only a named file counts."""
    personal: str
    """Over it, and where the person's changes go."""
    named: bool
    """Whether `personal` was asked for and so must be there."""


def here() -> Places:
    """Where things lie on this computer."""
    return places(sys.platform == "win32", os.environ)


def sources(config: str | None) -> Sources:
    """The named file alone, or the two usual ones."""
    if config is not None:
        return Sources("", config, True)
    return Sources(here().administrator, here().personal, False)


def load(of: Sources) -> Settings:
    """The settings that apply now. Raises `TrayError`."""
    return _settings(of, personal=True)


def save(of: Sources, wanted: Settings) -> None:
    """Keep the person's choice, as far as it differs from the administrator's. Raises `TrayError`."""
    check(of.personal, wanted._asdict())
    files.make_private(os.path.dirname(os.path.abspath(of.personal)))
    files.replace(of.personal, written(wanted, _settings(of, personal=False)).encode())


def _settings(of: Sources, personal: bool) -> Settings:
    texts = []
    if of.administrator and (text := files.text_of(of.administrator, required=False)) is not None:
        texts.append((of.administrator, text))
    if personal and (text := files.text_of(of.personal, required=of.named)) is not None:
        texts.append((of.personal, text))
    return settings(tuple(texts), language_of(os.environ))
