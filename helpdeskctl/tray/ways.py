"""How each mail program is told to open a draft, and in which order the ways are tried.

It starts nothing: what this computer has comes in as a value, command lines go out. Not every program
opens an `.eml` with `X-Unsent: 1` as a draft; those that would show it as a mail received get the draft
by their own command line, and a `mailto:` link with the picture's folder beside it comes last.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from helpdeskctl.tray.draft import Draft, mailto
from helpdeskctl.tray.words import (
    BY_EML,
    BY_MAILTO,
    BY_MAILTO_AND_FOLDER,
    BY_OUTLOOK,
    BY_THUNDERBIRD,
    BY_XDG_EMAIL,
    Sentence,
)

# What is registered for .eml by the programs that open it as a draft, folded, from its start. Classic
# Outlook; the new Outlook and Thunderbird show a mail received.
_OPENS_DRAFTS = ("outlook.file.eml",)


class Programs(NamedTuple):
    """What a computer has to write mail with."""

    windows: bool
    for_mail: str
    """What is registered for `mailto:`, in lower case; empty where that is not known."""
    for_eml: str
    """What is registered for `.eml`, in lower case; empty where that is not known."""
    found: Mapping[str, str]
    """Paths of `xdg-email`, `thunderbird`, `outlook`, where they are installed."""


class Kept(NamedTuple):
    """Where a draft's files lie: absolute paths."""

    eml: str
    picture: str
    """Empty without a picture."""


class Run(NamedTuple):
    """A program to be started, with its arguments."""

    argv: tuple[str, ...]


class Open(NamedTuple):
    """A file, folder or link, for whatever the system has registered for it."""

    target: str


class Way(NamedTuple):
    """One way to bring a draft before the person."""

    name: str
    steps: tuple[Run | Open, ...]
    told: Sentence
    """What the person is told once it has worked; `{path}` in it is the picture's."""


def ways(programs: Programs, made: Draft, kept: Kept, language: str, asked: str) -> tuple[Way, ...]:
    """The ways that this computer has, the first to be tried first; `asked` (settings.PROGRAMS) leads.

    A `mailto:` is always among them and last, unless it was asked for.
    """
    possible = {way.name: way for way in _possible(programs, made, kept, language)}
    order = _order(programs)
    if asked != "auto":
        order = (asked, *(name for name in order if name != asked))
    return tuple(possible[name] for name in order if name in possible)


def _order(programs: Programs) -> tuple[str, ...]:
    first = ("eml",) if programs.for_eml.startswith(_OPENS_DRAFTS) else ()
    if "thunderbird" in programs.for_mail:
        return (*first, "thunderbird", "xdg-email", "outlook", "mailto")
    if programs.windows and "outlook" not in programs.for_mail and programs.for_mail:
        # A program that we do not know is the one the person writes with: not the Outlook beside it.
        return (*first, "mailto")
    return (*first, "xdg-email", "outlook", "thunderbird", "mailto")


def _possible(programs: Programs, made: Draft, kept: Kept, language: str) -> list[Way]:
    found = programs.found
    possible = [Way("eml", (Open(kept.eml),), BY_EML)]
    if "xdg-email" in found:
        argv = _xdg_email(found["xdg-email"], made, kept)
        possible.append(Way("xdg-email", (Run(argv),), BY_XDG_EMAIL))
    if "thunderbird" in found:
        argv = _thunderbird(found["thunderbird"], made, kept, programs.windows)
        possible.append(Way("thunderbird", (Run(argv),), BY_THUNDERBIRD))
    if "outlook" in found:
        argv = _outlook(found["outlook"], made, kept)
        possible.append(Way("outlook", (Run(argv),), BY_OUTLOOK))
    link = Open(mailto(made, language))
    if not kept.picture:
        return [*possible, Way("mailto", (link,), BY_MAILTO)]
    return [
        *possible,
        Way("mailto", (link, _folder(kept, programs.windows)), BY_MAILTO_AND_FOLDER),
    ]


def _xdg_email(path: str, made: Draft, kept: Kept) -> tuple[str, ...]:
    # An empty --subject is a syntax error to it: left out, the program shows an empty one.
    attach = ("--attach", kept.picture) if kept.picture else ()
    return (path, "--utf8", "--body", made.text, *attach, made.to)


def _thunderbird(path: str, made: Draft, kept: Kept, windows: bool) -> tuple[str, ...]:
    """Thunderbird reads `key='value',…`; an apostrophe would end a value, and it takes no escape for it."""
    text = made.text.replace("'", "\u2019").rstrip("\n")
    # Format 2 is plain text: as HTML the lines would run together.
    fields = [f"to='{made.to}'", f"body='{text}'", "format='2'"]
    if kept.picture:
        fields.append(f"attachment='{_url(kept.picture, windows)}'")
    return (path, "-compose", ",".join(fields))


def _outlook(path: str, made: Draft, kept: Kept) -> tuple[str, ...]:
    text = quote(made.text.replace("\n", "\r\n"))
    attach = ("/a", kept.picture) if kept.picture else ()
    return (path, "/c", "ipm.note", "/m", f"{made.to}&body={text}", *attach)


def _folder(kept: Kept, windows: bool) -> Run | Open:
    if windows:
        return Run(("explorer.exe", f"/select,{kept.picture}"))
    return Open(kept.picture.rpartition("/")[0])


def _url(path: str, windows: bool) -> str:
    """The `file:` link of a path (RFC 8089); commas and apostrophes encoded, too."""
    return "file:///" + quote(path.replace("\\", "/"), safe="/:") if windows else "file://" + quote(path)
