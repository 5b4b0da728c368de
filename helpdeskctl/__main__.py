"""The entry point: decides only whether this is a pipe, before anything else is imported.

A mail system bounces to the customer whatever a pipe prints or any exit code but 0 and 75
(behaviour.md §2), so `ingest -` must not meet a command line parser that prints usage errors.
"""

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

# New objects until the garbage collector looks at them. What is imported and read stays: looking again and
# again at all of it takes a thirtieth of a short run.
_COLLECT_AFTER = 200_000


def is_pipe(argv: list[str]) -> bool:
    """Whether the arguments say `ingest` with a lone `-` after it."""
    return _is_told(argv, "-")


def is_watch(argv: list[str]) -> bool:
    """Whether the arguments say `ingest --watch`."""
    return _is_told(argv, "--watch")


def _is_told(argv: list[str], word: str) -> bool:
    """Whether `ingest` stands among the arguments, and the word somewhere after it."""
    return "ingest" in argv and word in argv[argv.index("ingest") + 1 :]


def main() -> NoReturn:
    """Run the command line; the process ends with its exit code (helpdeskctl.cli.exit_codes)."""
    gc.set_threshold(_COLLECT_AFTER)
    argv = sys.argv[1:]
    if is_pipe(argv):
        from helpdeskctl.cli.pipe import run_pipe

        _end(run_pipe(argv))
    if is_watch(argv):
        _end_when_told()
    from helpdeskctl.cli.main import run

    _end(run(argv))


def _end_when_told() -> None:
    """Until it watches, and has mails in hand (helpdeskctl.cli.watching), a signal ends it at once."""
    import signal

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _received, _frame: os._exit(0))


def _end(code: int) -> NoReturn:
    """End at once: taking modules and objects apart one by one takes a twentieth of a short run."""
    for stream in (sys.stdout, sys.stderr):
        # None where it was closed; a reader that has gone, or a full disk, was told by the command.
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
