"""A step done in a process of its own, beside what this one does meanwhile.

For steps that change nothing outside and whose result can be pickled. A child that dies, or a machine
that has no room for one, costs time only: the step is then done here.
"""

import os
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")


def beside(step: Callable[[], T]) -> Callable[[], T]:
    """Begin the step; what is returned waits for its result, and raises what the step raises."""
    if len(os.sched_getaffinity(0)) < 2 or _has_threads():
        return step
    import pickle

    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return step
    if child == 0:
        # Whatever happens, the child must not go on as if it were its parent.
        try:
            with open(writing, "wb") as pipe:
                pickle.dump(step(), pipe, pickle.HIGHEST_PROTOCOL)
        finally:
            os._exit(0)
    os.close(writing)
    return partial(_result, step, reading, child)


def _result(step: Callable[[], T], reading: int, child: int) -> T:
    import pickle

    with open(reading, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    # Every pickle ends with a full stop: what does not was cut short, or never begun.
    if not content.endswith(pickle.STOP):
        return step()
    found: T = pickle.loads(content)
    return found


def _has_threads() -> bool:
    """Whether a thread runs (a progress bar's): a lock it holds would stay locked in the child for ever."""
    import threading

    return threading.active_count() > 1
