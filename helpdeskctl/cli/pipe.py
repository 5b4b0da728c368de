"""`helpdeskctl ingest -`: one mail on standard input, saved before anything else (behaviour.md §2).

Exit code 0 from the moment the mail is on disk, 75 if it could not be saved, for any reason at all;
never another code, never a byte on stdout or stderr. What goes wrong is told to the log and to syslog.
"""

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from helpdeskctl.cli import exit_codes

if TYPE_CHECKING:
    from helpdeskctl.domain.settings import Settings

# Options of every command that take a value; they may stand before `ingest`.
_VALUED = frozenset({"--config", "--lang", "--as", "--color", "--recipient"})


class PipeOptions(NamedTuple):
    """What a pipe may be told."""

    config: str | None
    recipients: tuple[str, ...]


class WrongUsageError(Exception):
    """The arguments are not those of a pipe; the mail system keeps the mail."""


def run_pipe(argv: list[str]) -> int:
    """Save, then deal with this one mail alone; the exit code is 0 or 75."""
    saved, chosen = False, None
    try:
        _be_silent()
        signal.signal(signal.SIGTERM, _stop)
        os.umask(0o077)
        chosen_options = options(argv)
        from helpdeskctl.cli import bootstrap

        chosen = bootstrap.settings(chosen_options.config)
        box = bootstrap.mailbox(chosen)
        arrived = box.save(sys.stdin.buffer, chosen_options.recipients)
        saved = True
        from helpdeskctl.application.ingest import ingest_one
        from helpdeskctl.application.logbook import logged_alone

        ports = bootstrap.ports(chosen)
        logged_alone(lambda: ingest_one(arrived, ports), bootstrap.log(chosen), ports.clock)
        if outbox := bootstrap.outbox(chosen, ports.store):
            from helpdeskctl.application.outbox import send_waiting

            for _ in send_waiting(outbox):
                pass
    # The outermost boundary of a pipe: a bug, too, must neither be printed nor bounce the mail.
    except BaseException as error:
        # Nor must a log that cannot be written.
        with suppress(Exception):
            _tell(error, saved, chosen)
    return exit_codes.DONE if saved else exit_codes.TRY_AGAIN


def options(argv: list[str]) -> PipeOptions:
    """The arguments of a pipe; what does not go with `-` is wrong usage."""
    config, recipients, positional = None, [], []
    rest = iter(argv)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in _VALUED:
            value = value if equals else next(rest, "")
            if not value:
                raise WrongUsageError(f"{name} needs a value.")
            config = value if name == "--config" else config
            recipients += [value] if name == "--recipient" else []
        elif argument.startswith("-") and argument != "-":
            raise WrongUsageError(f"{argument} does not go with `ingest -`.")
        else:
            positional.append(argument)
    if positional != ["ingest", "-"]:
        raise WrongUsageError(f"`ingest -` takes no other argument than options: {positional}.")
    return PipeOptions(config, tuple(recipients))


def _be_silent() -> None:
    """Whatever any library prints goes nowhere: Postfix would send it to the customer."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise SystemExit


def _tell(error: BaseException, saved: bool, chosen: "Settings | None") -> None:
    from datetime import UTC, datetime

    from helpdeskctl.application.logbook import failure
    from helpdeskctl.cli import bootstrap

    what = "mail saved, the next batch goes on with it" if saved else "mail not saved, exit code 75"
    now = datetime.now(chosen.policy.zone if chosen else UTC)
    bootstrap.log(chosen)(failure(f"ingest -: {what}", error, now), True)
