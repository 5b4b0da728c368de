"""The settings: their keys, what each may be, and where the files lie.

Two files, of which each may lack: the administrator's for the whole computer, then the person's own, key
by key. Neither holds a secret. It reads no file and knows no screen: text in, values out.
"""

import ntpath
import posixpath
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from helpdeskctl.tray.errors import CONFIGURATION, TrayError
from helpdeskctl.tray.words import (
    A_CONTRACT,
    A_NUMBER,
    AN_ADDRESS,
    AT_END,
    AT_LINE,
    LANGUAGES,
    NOT_ALLOWED,
    NOT_TOML,
    ONE_OF,
    UNKNOWN_KEY,
    Phrase,
    Sentence,
)

PICTURES = ("pointer", "all")
PROGRAMS = ("auto", "eml", "xdg-email", "thunderbird", "outlook", "mailto")

# Narrower than RFC 5322: what follows is also put on command lines and into a mailto link.
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}[A-Za-z0-9]")
# The published syntax (behaviour.md §7), which does not end in a mark.
_CONTRACT = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9./_-]{0,38}[A-Za-z0-9])?)?")


class Settings(NamedTuple):
    """What a report needs to know of its firm and its person."""

    language: str = "it"
    """`it` or `en`."""
    to: str = "nuovocaso@projectpp.it"
    """The intake address, or a sector's."""
    contract: str = ""
    """The number as in the invoice; empty: no line about it."""
    picture: str = "pointer"
    """Which screen: `pointer` (the one with the pointer) or `all`."""
    longest_side: int = 2560
    """Pixels; a larger picture is reduced."""
    program: str = "auto"
    """How the draft is opened, before the other ways are tried (`PROGRAMS`)."""
    keep_hours: int = 24
    """How long a draft's files stay: some mail programs read an attachment only when they send it."""


class Places(NamedTuple):
    """Where things lie on this computer."""

    administrator: str
    personal: str
    drafts: str


def places(windows: bool, environ: Mapping[str, str]) -> Places:
    """The two files and the directory of the drafts, after the system's own conventions."""
    if windows:
        home = environ.get("USERPROFILE", "C:\\")
        roaming = environ.get("APPDATA") or ntpath.join(home, "AppData", "Roaming")
        local = environ.get("LOCALAPPDATA") or ntpath.join(home, "AppData", "Local")
        everybody = environ.get("PROGRAMDATA") or "C:\\ProgramData"
        return Places(
            ntpath.join(everybody, "helpdeskctl", "tray.toml"),
            ntpath.join(roaming, "helpdeskctl", "tray.toml"),
            ntpath.join(local, "helpdeskctl", "tray"),
        )
    home = environ.get("HOME") or "/"
    return Places(
        "/etc/helpdeskctl/tray.toml",
        posixpath.join(_base(environ, "XDG_CONFIG_HOME", home, ".config"), "helpdeskctl/tray.toml"),
        posixpath.join(_base(environ, "XDG_CACHE_HOME", home, ".cache"), "helpdeskctl-tray"),
    )


def settings(texts: tuple[tuple[str, str], ...], language: str) -> Settings:
    """The settings of the files, given as (path, text), the later over the earlier.

    `language` is what applies where no file says it. Raises `TrayError` with path, key, what was found
    and what is allowed.
    """
    chosen: dict[str, Any] = {"language": language}
    for path, text in texts:
        chosen |= _parsed(path, text)
    return Settings(**chosen)


def check(path: str, found: Mapping[str, object]) -> None:
    """Raise `TrayError` for the first key or value that is not allowed."""
    for key, value in found.items():
        if key not in _ALLOWED:
            keys = ", ".join(_ALLOWED)
            raise TrayError(UNKNOWN_KEY, CONFIGURATION, path=path, key=key, allowed=keys)
        allowed = _ALLOWED[key]
        if not allowed.fits(value):
            shown = repr(value)[:60]
            raise TrayError(
                NOT_ALLOWED, CONFIGURATION, path=path, key=key, found=shown, allowed=allowed.words
            )


def written(wanted: Settings, inherited: Settings) -> str:
    """The person's own file: what differs from what they would have without it.

    `wanted` has passed `check`, so that no value holds a quote, a backslash or a control character.
    """
    lines = ["# helpdeskctl-tray"]
    pairs = zip(Settings._fields, wanted, inherited, strict=True)
    lines += [f"{key} = {_toml(value)}" for key, value, other in pairs if value != other]
    return "\n".join(lines) + "\n"


def _base(environ: Mapping[str, str], variable: str, home: str, default: str) -> str:
    """A base directory; a relative one does not count (XDG Base Directory Specification)."""
    chosen = environ.get(variable, "")
    return chosen if chosen.startswith("/") else posixpath.join(home, default)


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _parsed(path: str, text: str) -> dict[str, object]:
    try:
        # Windows' Notepad may put a byte order mark first.
        found = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        # What the parser says is English; where it stopped is what helps.
        line = re.search(r"at line (\d+)", str(error))
        where = Phrase(AT_LINE, {"line": line[1]}) if line else Phrase(AT_END, {})
        raise TrayError(NOT_TOML, CONFIGURATION, path=path, where=where) from error
    check(path, found)
    return found


class _Allowed(NamedTuple):
    """Whether a value will do, and what would."""

    fits: Callable[[object], bool]
    words: Phrase


def _choice(choices: tuple[str, ...]) -> _Allowed:
    return _Allowed(lambda value: value in choices, Phrase(ONE_OF, {"choices": ", ".join(choices)}))


def _number(least: int, most: int) -> _Allowed:
    # True is an int in Python, and no number in TOML.
    return _Allowed(
        lambda value: type(value) is int and least <= value <= most,
        Phrase(A_NUMBER, {"least": least, "most": most}),
    )


def _matching(pattern: re.Pattern[str], words: Sentence, **facts: object) -> _Allowed:
    return _Allowed(
        lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None, Phrase(words, facts)
    )


_ALLOWED: dict[str, _Allowed] = {
    "language": _choice(LANGUAGES),
    "to": _matching(_ADDRESS, AN_ADDRESS, example=Settings().to),
    "contract": _matching(_CONTRACT, A_CONTRACT),
    "picture": _choice(PICTURES),
    "longest_side": _number(640, 16384),
    "program": _choice(PROGRAMS),
    "keep_hours": _number(1, 168),
}
