"""The log: lines of what became of each mail, to a file, to syslog, or nowhere.

It knows files and syslog(3), not what a line says. Nothing it meets ever reaches a mail: a log that
cannot be written is no reason to refuse one. It is opened for each line, so that it may be rotated at
any time.
"""

import os

from helpdeskctl.domain.settings import Log

_MODE = 0o640


def written(line: str, log: Log, failure: bool = False) -> None:
    """Add the line where the configuration says; a failure is told to syslog in any case."""
    in_file = bool(log.file) and _is_appended(line, log.file)
    if log.syslog or failure or (log.file and not in_file):
        _to_syslog(line, failure)


def _is_appended(line: str, path: str) -> bool:
    """Whether the file took the line; one write, so that lines of many processes stay whole."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _MODE)
    except OSError:
        return False
    try:
        os.write(fd, f"{line}\n".encode("ascii", "replace"))
    except OSError:
        return False
    finally:
        os.close(fd)
    return True


def _to_syslog(line: str, failure: bool) -> None:
    """One message of the facility mail; without a syslog daemon it goes nowhere, silently."""
    import syslog

    syslog.openlog("helpdeskctl", syslog.LOG_PID, syslog.LOG_MAIL)
    # The time is syslog's own business.
    said = line.partition(" ")[2].encode("ascii", "replace").decode()
    syslog.syslog(syslog.LOG_ERR if failure else syslog.LOG_INFO, said)
