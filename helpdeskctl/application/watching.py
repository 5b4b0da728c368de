"""`ingest --watch`: the batch again and again, as soon as something arrives, until it is told to stop.

What it meets (no Maildir, a store that is locked or damaged, a full disk) is reported and tried again;
only what an administrator has to decide first ends it. It knows neither signals nor the file system.
"""

from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from helpdeskctl.application.inbox import arrivals, remember_backlog
from helpdeskctl.application.ingest import (
    GROUP,
    Ports,
    Report,
    ingest_inbox,
)
from helpdeskctl.application.logbook import Write, logged
from helpdeskctl.application.outbox import Outbox, send_waiting
from helpdeskctl.application.ports import Arrived
from helpdeskctl.application.reckoning import reconciled
from helpdeskctl.application.reminders import remind
from helpdeskctl.domain.errors import HelpdeskError, UndecidedError

# Whatever is not noticed otherwise (an NFS server's own cache, reminders) is found once a minute.
_ROUND = timedelta(minutes=1)
_AFTER_TROUBLE = timedelta(seconds=5)
# What another process is sending is left to it for so long.
_SOONEST = timedelta(seconds=5)
# A mail system may be slow: after so long a look at the inbox comes before the next mail.
_SENDING = timedelta(seconds=1)


class Watch(NamedTuple):
    """What watching needs: `changed` tells whether the inbox may have changed since it was last asked,
    `stopping` whether to come to an end, `pause` waits for a moment, `log` takes a line."""

    ports: Ports
    outbox: Outbox | None
    changed: Callable[[], bool]
    stopping: Callable[[], bool]
    pause: Callable[[], None]
    log: Write


# A mail that was dealt with, or what went wrong.
Met = Report | HelpdeskError | OSError


def watched(watch: Watch, backlog: str | None = None) -> Iterator[Met]:
    """Everything met until `stopping`; the mails in hand are finished first.

    Raises `UndecidedError` as a batch does.
    """
    clock = watch.ports.clock
    due, whole = clock(), clock()
    while not watch.stopping():
        now = clock()
        # A clock that was put back must not make it wait.
        if not (watch.changed() or now >= due or due - now > _ROUND):
            watch.pause()
            continue
        try:
            again = yield from _round(watch, backlog)
            backlog = None
            if watch.stopping():
                return
            if now >= whole or whole - now > _ROUND:
                again |= _whole_round(watch)
                whole = now + _ROUND
            due = now if again else min(whole, _next_attempt(watch, now))
        except UndecidedError:
            raise
        except (HelpdeskError, OSError) as error:
            due = clock() + _AFTER_TROUBLE
            yield error


def _round(watch: Watch, backlog: str | None) -> Generator[Met, None, bool]:
    """What lies in the inbox, group by group, and what is then to be sent; whether to look again at once."""
    ports = watch.ports
    arrived = arrivals(ports.mailbox, ports.store, ports.clock(), backlog)
    remember_backlog(ports.store, ports.clock(), backlog)
    for start in range(0, len(arrived), GROUP):
        yield from _group(watch, arrived[start : start + GROUP])
        again = _send(watch)
        if again or watch.stopping():
            return again
    return _send(watch) if not arrived else False


def _group(watch: Watch, arrived: list[Arrived]) -> Iterator[Met]:
    """The mails that share one commit, and whether they were all accounted for."""
    ports, reports = watch.ports, []
    for report in logged(ingest_inbox(ports, arrived), watch.log, ports.clock):
        reports.append(report)
        yield report
    if wrong := reconciled(ports, arrived, reports):
        yield wrong


def _whole_round(watch: Watch) -> bool:
    """What only time makes due; whether to look again at once."""
    ports = watch.ports
    remind(ports.store, ports.texts, ports.policy, ports.clock)
    return _send(watch)


def _send(watch: Watch) -> bool:
    """Send what is due; True where that was broken off because something may have arrived."""
    if watch.outbox is None or watch.stopping():
        return False
    began = watch.ports.clock()
    for _ in send_waiting(watch.outbox):
        if watch.stopping():
            break
        if watch.ports.clock() - began > _SENDING and watch.changed():
            return True
    return False


def _next_attempt(watch: Watch, now: datetime) -> datetime:
    """When the first of the mails that wait is to be tried again."""
    if watch.outbox is None:
        return now + _ROUND
    waiting = watch.ports.store.waiting()
    return max(waiting[0].next_at, now + _SOONEST) if waiting else now + _ROUND
