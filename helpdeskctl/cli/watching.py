"""`helpdeskctl ingest --watch`: stays, for a systemd service (behaviour.md §2).

SIGTERM and SIGINT end it when the mails in hand are done. Trouble is told once, on standard error and
in the log, until something else happens.
"""

import signal
import time
from collections.abc import Callable

from helpdeskctl.application.ingest import Report
from helpdeskctl.application.logbook import failure
from helpdeskctl.application.watching import Watch, watched
from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.main import said
from helpdeskctl.cli.options import Session
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import _

# So long at most lies a mail before it is seen, in seconds.
_TICK = 0.1


def watch_inbox(
    asked: Session, maildir: str | None, tell: Callable[[Report], None], backlog: str | None
) -> int:
    """Read what arrives until a signal ends it; each mail is handed to `tell`."""
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stopped.append(received))
    ports, log = bootstrap.ports(asked.settings, maildir), bootstrap.log(asked.settings)
    path = maildir or asked.settings.maildir
    watch = Watch(
        ports=ports,
        outbox=bootstrap.outbox(asked.settings, ports.store),
        changed=bootstrap.changes(path),
        stopping=lambda: bool(stopped),
        pause=lambda: time.sleep(_TICK),
        log=log,
    )
    if asked.terminal:
        say(_("Watching {path}: Ctrl-C ends it.").format(path=path))
    bootstrap.tell_supervisor("READY=1")
    trouble = ""
    for met in watched(watch, backlog):
        if isinstance(met, Report):
            trouble = ""
            tell(met)
        elif said(met) != trouble:
            trouble = said(met)
            say(f"helpdeskctl: {trouble}")
            log(failure("ingest --watch", met, ports.clock()), True)
    return exit_codes.DONE
