"""A sendmail-compatible program (Postfix, Exim, msmtp, ...) as the way out.

It knows the program's command line and its exit codes; it knows no SMTP and no case. There is no
shell, and nothing of a mail is on the command line but addresses that `wire_address` let pass.
"""

import os
from contextlib import suppress
from datetime import datetime

from helpdeskctl.adapters.transport.compose import compose, objection, one_line, wire_address
from helpdeskctl.application.ports import Receipt
from helpdeskctl.domain.case import OutgoingMail

_LONGEST_SAID = 500
# What sysexits.h calls a fault of the mail or the recipient: EX_DATAERR (msmtp's 5xx), EX_NOUSER,
# EX_NOHOST. Everything else, usage (64) and configuration (78) included, is the mail system's trouble
# or ours: the mail waits until somebody has repaired it.
_REFUSED = frozenset({65, 67, 68})
# msmtp says 65 as well when the server does not like our sender, which is ours to repair, and 69
# (EX_UNAVAILABLE) whatever the server said of the whole mail; its words tell (msmtp 1.8).
_SENDER_REFUSED = "msmtp: envelope from address "
_MAIL_REFUSED = "msmtp: the server did not accept the mail msmtp: server message: 5"


class Sendmail:
    """Hands each mail to `program`, which has `seconds` to take it (behaviour.md §8)."""

    def __init__(self, program: str, seconds: float = 60) -> None:
        self._program = program
        self._seconds = seconds

    def send(self, mail: OutgoingMail, now: datetime) -> Receipt:
        """Run the program once; `said` is its output and its exit code. Never raises."""
        refused = objection(mail)
        if refused:
            return refused
        envelope = wire_address(mail.envelope) or "<>"
        command = [self._program, "-oi", "-f", envelope, "--", wire_address(mail.to.address)]
        try:
            code, output = _run(command, compose(mail, now), self._seconds)
        # ValueError: a NUL in the program's name.
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            said = f"The mail program {self._program} cannot be run ({reason}): correct [mail] sendmail."
            return Receipt("retry", one_line(said))
        if code is None:
            return Receipt("retry", f"{output} (stopped after {self._seconds:g} seconds)".lstrip())
        if code == 0:
            return Receipt("sent", output)
        return Receipt(_result(code, output), f"{output} (exit code {code})".lstrip())


def _await_end(pid: int, seconds: float) -> float:
    """Wait until our child has ended, or for so long: woken by its end, and not by looking every now and
    then, as `Popen.wait` does. The seconds still to be waited: none, or all of them where the system knows no
    such thing (Linux before 5.3)."""
    from select import poll

    try:
        fd = os.pidfd_open(pid)
    except (AttributeError, OSError):
        return seconds
    try:
        ended = poll()
        ended.register(fd)
        ended.poll(seconds * 1000)
    finally:
        os.close(fd)
    return 0


def _result(code: int, output: str) -> str:
    """What an exit code other than 0 means for the mail."""
    if code == 65 and output.startswith(_SENDER_REFUSED):
        return "retry"
    if code == 69 and output.startswith(_MAIL_REFUSED):
        return "refused"
    return "refused" if code in _REFUSED else "retry"


def _run(command: list[str], mail: bytes, seconds: float) -> tuple[int | None, str]:
    """The exit code (None when it had to be killed) and the first words of what it printed.

    Files instead of pipes: a program that dies early breaks nothing, and one that leaves a child
    behind (a delivery in the background) does not keep us waiting for the child's end.
    """
    from subprocess import STDOUT, Popen, TimeoutExpired
    from tempfile import TemporaryFile

    with TemporaryFile() as stdin, TemporaryFile() as output:
        stdin.write(mail)
        stdin.seek(0)
        # A session of its own: the technician's Ctrl-C does not cut a delivery in two, and a time-out
        # reaches whatever a wrapper script has started.
        # Its words are in English, whatever the technician speaks.
        process = Popen(
            command, stdin=stdin, stdout=output, stderr=STDOUT, start_new_session=True,
            env=os.environ | {"LC_ALL": "C"},
        )  # fmt: skip
        code: int | None
        try:
            code = process.wait(_await_end(process.pid, seconds))
        except TimeoutExpired:
            code = None
            # A setuid program may not be ours to kill; it is left alone then.
            with suppress(PermissionError, ProcessLookupError, TimeoutExpired):
                os.killpg(process.pid, 9)
                process.wait(5)
        output.seek(0)
        return code, one_line(output.read(4 * _LONGEST_SAID).decode("utf-8", "replace"), _LONGEST_SAID)
