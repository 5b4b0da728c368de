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
# Many mails may wait, and a mail system be slow: after so long a look at the inbox comes before the next.
_SENDING = timedelta(seconds=0.25)


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
    ports, clock = watch.ports, watch.ports.clock
    due, whole = clock(), clock()
    sending = _sending(watch)
    while not watch.stopping():
        now = clock()
        is_due = _is_past(due, now)
        if not (watch.changed() or is_due):
            watch.pause()
            continue
        try:
            arrived = arrivals(ports.mailbox, ports.store, now, backlog)
            remember_backlog(ports.store, now, backlog)
            backlog = None
            if not (arrived or is_due):
                watch.pause()
                continue
            more = yield from _round(watch, arrived, sending)
            if watch.stopping():
                return
            if _is_past(whole, now):
                remind(ports.store, ports.texts, ports.policy, clock)
                more, whole = next(sending, False), now + _ROUND
            due = now if more else min(whole, _next_attempt(watch, now))
        except UndecidedError:
            raise
        except (HelpdeskError, OSError) as error:
            due = clock() + _AFTER_TROUBLE
            # Its lock is given up: what others want to send must not wait for the end of the trouble.
            sending.close()
            sending = _sending(watch)
            yield error
            watch.pause()


def _is_past(time: datetime, now: datetime) -> bool:
    """Whether it has come; a clock that was put back must not make anything wait."""
    return now >= time or time - now > _ROUND


def _round(watch: Watch, arrived: list[Arrived], sending: Iterator[bool]) -> Generator[Met, None, bool]:
    """What has arrived, group by group, and after each, also after none, what is to be sent; whether
    more is left to be sent at once."""
    more = False
    for start in range(0, max(1, len(arrived)), GROUP):
        yield from _group(watch, arrived[start : start + GROUP])
        if watch.stopping():
            return False
        more = next(sending, False)
    return more


def _sending(watch: Watch) -> Generator[bool, None, None]:
    """Sends what is due, for a moment each time; whether more is left that can go at once.

    The queue is read once, however often its sending is interrupted.
    """
    while watch.outbox:
        until = watch.ports.clock() + _SENDING
        for _ in send_waiting(watch.outbox):
            if watch.stopping():
                return
            if _is_past(until, watch.ports.clock()):
                yield True
                until = watch.ports.clock() + _SENDING
        yield False


def _group(watch: Watch, arrived: list[Arrived]) -> Iterator[Met]:
    """The mails that share one commit, and whether they were all accounted for."""
    ports, reports = watch.ports, []
    for report in logged(ingest_inbox(ports, arrived), watch.log, ports.clock):
        reports.append(report)
        yield report
    if wrong := reconciled(ports, arrived, reports):
        yield wrong


def _next_attempt(watch: Watch, now: datetime) -> datetime:
    """When the first of the mails that wait is to be tried again."""
    if watch.outbox is None:
        return now + _ROUND
    waiting = watch.ports.store.waiting()
    return max(waiting[0].next_at, now + _SOONEST) if waiting else now + _ROUND
