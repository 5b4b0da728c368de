"""`helpdeskctl-tray`: the options, what is done, and the exit codes of `errors`.

It imports nothing graphical before it must: the help, a wrong setting and a report without a picture
need no screen.
"""

import getopt
import os
import sys
from typing import NamedTuple

import helpdeskctl
from helpdeskctl.tray import loading, reporting
from helpdeskctl.tray.active_window import has_display
from helpdeskctl.tray.errors import DONE, READER_GONE, USAGE, TrayError
from helpdeskctl.tray.words import (
    NEEDS_ONCE,
    NO_DISPLAY,
    NO_LIBRARY,
    NO_SYSTEM_LIBRARY,
    WRONG_OPTION,
    WRONG_PICTURE,
    language_of,
    said,
)
from helpdeskctl.tray.words import USAGE as USAGE_TEXT

PICTURES = ("pointer", "all", "window", "none")


class Options(NamedTuple):
    """What the command line says."""

    once: bool = False
    picture: str = ""
    """One of `PICTURES`; empty: what the settings say."""
    out: str = ""
    config: str | None = None
    asked: str = ""
    """`help` or `version`, which are answered at once."""


def options(argv: list[str]) -> Options:
    """The arguments. Raises `TrayError` for what they may not be."""
    try:
        found, rest = getopt.gnu_getopt(argv, "h", ["once", "picture=", "out=", "config=", "help", "version"])
    except getopt.GetoptError as error:
        dashes = "--" if len(error.opt) > 1 else "-"
        raise TrayError(WRONG_OPTION, USAGE, option=dashes + error.opt) from error
    if rest:
        raise TrayError(WRONG_OPTION, USAGE, option=rest[0])
    given = dict(found)
    for name, value in found:
        if value == "" and name in ("--picture", "--out", "--config"):
            raise TrayError(WRONG_OPTION, USAGE, option=name)
    picture = given.get("--picture", "")
    if picture and picture not in PICTURES:
        raise TrayError(WRONG_PICTURE, USAGE, found=picture, choices=", ".join(PICTURES))
    once = "--once" in given or "--out" in given
    if picture and not once:
        raise TrayError(NEEDS_ONCE, USAGE, option="--picture")
    asked = "version" if "--version" in given else ""
    asked = "help" if {"-h", "--help"} & given.keys() else asked
    return Options(once, picture, given.get("--out", ""), given.get("--config"), asked)


def main() -> int:
    """Run; the exit code."""
    language = language_of(os.environ)
    notice = True
    try:
        chosen = options(sys.argv[1:])
        if chosen.asked:
            _answer(
                said(language, USAGE_TEXT) if chosen.asked == "help" else helpdeskctl.__version__, language
            )
            return DONE
        # Who names a file to write does not sit before a screen waiting for a notice.
        notice = not chosen.out
        sources = loading.sources(chosen.config)
        language = loading.load(sources).language
        if not chosen.once:
            return _icon(sources)
        _tell(_report(chosen, sources), language, DONE, notice)
    except TrayError as error:
        _tell(error.told(language), language, error.code, notice)
        return error.code
    except BrokenPipeError:
        # Nothing more can be said; Python must not try at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return READER_GONE
    return DONE


def _report(chosen: Options, sources: loading.Sources) -> str:
    """One report, now; the sentence that tells what became of it."""
    settings = loading.load(sources)
    of = chosen.picture or settings.picture
    if of == "none":
        draft = reporting.made(settings, None)
    else:
        _need_graphics()
        from helpdeskctl.tray.app import draft_with_picture

        draft = draft_with_picture(settings, of)
    if chosen.out:
        return reporting.written(draft, chosen.out, settings.language)
    return reporting.opened(draft, settings)


def _icon(sources: loading.Sources) -> int:
    _need_graphics()
    from helpdeskctl.tray.app import run_icon

    return run_icon(sources)


def _need_graphics() -> None:
    """Raise `TrayError` where there is no screen, or nothing to draw on it with."""
    if not has_display():
        raise TrayError(NO_DISPLAY)
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ModuleNotFoundError as error:
        raise TrayError(NO_LIBRARY) from error
    except ImportError as error:
        # The loader names the file first.
        raise TrayError(NO_SYSTEM_LIBRARY, file=str(error).partition(":")[0]) from error


def _tell(text: str, language: str, code: int, notice: bool) -> None:
    """On standard error, and in a window where nobody reads that."""
    if sys.stderr is not None:
        print(text, file=sys.stderr)  # noqa: T201
        if sys.stderr.isatty():
            return
    if not notice:
        return
    try:
        _need_graphics()
    except TrayError:
        return
    from helpdeskctl.tray.app import show_notice

    show_notice(text, language, failed=code != DONE)


def _answer(text: str, language: str) -> None:
    """On standard output; Windows gives a program without a console none."""
    if sys.stdout is not None:
        print(text, flush=True)  # noqa: T201
    else:
        _tell(text, language, DONE, notice=True)
