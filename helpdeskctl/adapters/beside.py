"""A step done by a process of its own, again and again, beside what this one does meanwhile.

For steps that change nothing outside, and whose arguments and results can be pickled. A child that dies,
or a machine that has no room for one, costs time only: the step is then done here.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import FileIO
from typing import BinaryIO, NoReturn, TypeVar

A = TypeVar("A")
T = TypeVar("T")


@contextmanager
def beside(step: Callable[[A], T]) -> Iterator[Callable[[A], Callable[[], T]]]:
    """What begins the step; what that returns waits for the result, and raises what the step raises.

    Results are waited for in the order in which they were begun.
    """
    if len(os.sched_getaffinity(0)) < 2 or _has_threads():
        yield partial(partial, step)
        return
    # A pipe, with its one mail, never comes here.
    import signal

    (asked, asking), (told, telling) = os.pipe(), os.pipe()
    try:
        child = os.fork()
    except OSError:
        for end in (asked, asking, told, telling):
            os.close(end)
        yield partial(partial, step)
        return
    if child == 0:
        # Held here, too, they would never tell that the parent has gone.
        os.close(asking)
        os.close(told)
        _serve(step, asked, telling)
    os.close(asked)
    os.close(telling)
    with open(asking, "wb", buffering=0) as requests, open(told, "rb") as results:
        try:
            yield partial(_begun, step, requests, results)
        finally:
            # Whatever it is at, nobody waits for it any more.
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _serve(step: Callable[[A], T], asked: int, telling: int) -> NoReturn:
    """The child: a result for each request, until there are no more or something goes wrong."""
    import pickle

    # Whatever happens, it must not go on as if it were its parent.
    try:
        with open(asked, "rb") as requests, open(telling, "wb") as results:
            while True:
                results.write(pickle.dumps(step(pickle.load(requests)), pickle.HIGHEST_PROTOCOL))
                results.flush()
    finally:
        os._exit(0)


def _begun(step: Callable[[A], T], requests: FileIO, results: BinaryIO, given: A) -> Callable[[], T]:
    import pickle

    try:
        rest = memoryview(pickle.dumps(given, pickle.HIGHEST_PROTOCOL))
        while rest:
            rest = rest[requests.write(rest) :]
    except BrokenPipeError:
        return partial(step, given)
    return partial(_result, step, results, given)


def _result(step: Callable[[A], T], results: BinaryIO, given: A) -> T:
    import pickle

    try:
        found: T = pickle.load(results)
    except (EOFError, pickle.UnpicklingError):
        # The child died before it told it, or while it did.
        return step(given)
    return found


def _has_threads() -> bool:
    """Whether a thread runs (a progress bar's): a lock it holds would stay locked in the child for ever."""
    import threading

    return threading.active_count() > 1
