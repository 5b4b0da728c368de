"""A draft brought before the person: its files kept, the ways tried, the one that worked told.

It needs no screen: a report without a picture works where nothing graphical is installed.
"""

from datetime import datetime

from helpdeskctl.tray import files, loading, programs
from helpdeskctl.tray.draft import Draft, draft, eml
from helpdeskctl.tray.errors import TrayError
from helpdeskctl.tray.settings import Settings
from helpdeskctl.tray.ways import Kept, ways
from helpdeskctl.tray.words import DRAFT_NAME, NOTHING_OPENED, WRITTEN, said


def made(settings: Settings, picture: bytes | None) -> Draft:
    """The draft, at this moment of the person's own clock."""
    return draft(settings, picture, datetime.now().astimezone())


def written(draft_made: Draft, path: str, language: str) -> str:
    """Write the draft where the person said; the sentence that tells it."""
    files.replace(path, eml(draft_made))
    return said(language, WRITTEN, path=path)


def opened(draft_made: Draft, settings: Settings) -> str:
    """Open the draft in a mail program; the sentence that tells which way it went. Raises `TrayError`."""
    directory = loading.here().drafts
    files.remove_older(directory, settings.keep_hours)
    contents = [(said(settings.language, DRAFT_NAME) + ".eml", eml(draft_made))]
    if draft_made.picture is not None:
        contents.append((draft_made.picture_name, draft_made.picture))
    paths = files.kept(directory, tuple(contents))
    kept = Kept(paths[0], paths[1] if len(paths) > 1 else "")
    possible = ways(programs.programs(), draft_made, kept, settings.language, settings.program)
    way = programs.first_that_opens(possible)
    if way is None:
        raise TrayError(NOTHING_OPENED, path=kept.eml)
    return said(settings.language, way.told, path=kept.picture)
