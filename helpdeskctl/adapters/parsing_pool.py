"""The port `ParseMails`: many mails parsed by several processes, handed on in their order.

It knows processes; what a mail is, the function it is given knows. A few mails are not worth the start of
a process and are parsed here.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import chain, islice
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask

from helpdeskctl.application.ports import ParseMail
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.message import Message

Located = tuple[str, datetime]
Parsed = Message | UnreadableMailError | OSError

# So many mails go to a process at a time; that many are parsed here before any process is started.
_BATCH = 50
_FEW = 200


def parsed(mails: Iterable[Located], parse: ParseMail) -> Iterator[Parsed]:
    """The mails in their order, parsed by `parse`, which must be what another process can be given."""
    rest = iter(mails)
    first = list(islice(rest, _FEW + 1))
    processors = len(os.sched_getaffinity(0))
    if len(first) <= _FEW or processors == 1:
        return map(partial(_one, parse), chain(first, rest))
    return _by_processes(chain(first, rest), parse, processors)


def _by_processes(mails: Iterator[Located], parse: ParseMail, processors: int) -> Iterator[Parsed]:
    """The same by as many processes as there are processors, never far ahead of who asks."""
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    batches = iter(lambda: list(islice(mails, _BATCH)), [])
    under_way: deque[Future[list[Parsed]]] = deque()
    # Not forked: a bar may be drawn by another thread meanwhile.
    pool = ProcessPoolExecutor(processors, get_context("spawn"), _end_with_parent)
    try:
        for batch in batches:
            with _uninterrupted():
                under_way.append(pool.submit(_several, parse, batch))
            if len(under_way) > 2 * processors:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits, and never reaches a process that is started meanwhile: it is for the one that asked."""
    before = pthread_sigmask(SIG_BLOCK, {SIGINT})
    try:
        yield
    finally:
        pthread_sigmask(SIG_SETMASK, before)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for ever for the next mails."""
    from multiprocessing import parent_process
    from threading import Thread

    parent = parent_process()
    assert parent is not None

    def end() -> None:
        parent.join()
        os._exit(1)

    Thread(target=end, daemon=True).start()


def _several(parse: ParseMail, batch: list[Located]) -> list[Parsed]:
    return [_one(parse, located) for located in batch]


def _one(parse: ParseMail, located: Located) -> Parsed:
    try:
        return parse(*located)
    except (UnreadableMailError, OSError) as error:
        return error
