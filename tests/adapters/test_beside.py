"""A step done in another process: its result comes back, and its death costs nothing but time."""

import os
import signal
from collections.abc import Callable

import pytest

from helpdeskctl.adapters.beside import beside
from tests.builders import message


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    monkeypatch.setattr("helpdeskctl.adapters.beside._has_threads", lambda: False)


def test_the_result_comes_from_another_process() -> None:
    wait = beside(os.getpid)
    assert wait() != os.getpid()


def test_a_mail_comes_back_as_it_was() -> None:
    mail = message("però \udce8 \U0001f600", headers={"x": ("1",)})
    assert beside(lambda: [mail])() == [mail]


def test_a_result_larger_than_a_pipe_comes_back_whole() -> None:
    assert beside(lambda: "x" * 3_000_000)() == "x" * 3_000_000


def test_the_child_begins_before_it_is_waited_for() -> None:
    reading, writing = os.pipe()
    wait = beside(lambda: os.write(writing, b"begun"))
    assert os.read(reading, 5) == b"begun"
    assert wait() == 5


def only_in(process: int, fate: Callable[[], object]) -> Callable[[], str]:
    """A step that meets its fate anywhere but in that process."""

    def step() -> str:
        if os.getpid() != process:
            fate()
        return "done here"

    return step


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wrong() -> None:
    raise ZeroDivisionError


def gone() -> None:
    os._exit(3)


def interrupted() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("fate", [killed, wrong, gone, interrupted])
def test_a_child_that_dies_costs_time_only(fate: Callable[[], object]) -> None:
    assert beside(only_in(os.getpid(), fate))() == "done here"


def test_what_the_step_raises_is_raised_where_it_is_waited_for() -> None:
    wait = beside(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        wait()


def test_a_result_that_cannot_be_sent_is_made_here() -> None:
    assert list(beside(lambda: (n for n in (7,)))()) == [7]


def test_without_room_for_another_process_the_step_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError

    open_before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "fork", refuse)
    assert beside(os.getpid)() == os.getpid()
    assert len(os.listdir("/proc/self/fd")) == open_before


@pytest.mark.parametrize("alone", ["one processor", "a thread"])
def test_one_processor_or_a_thread_keeps_it_here(monkeypatch: pytest.MonkeyPatch, alone: str) -> None:
    if alone == "one processor":
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    else:
        monkeypatch.setattr("helpdeskctl.adapters.beside._has_threads", lambda: True)
    assert beside(os.getpid)() == os.getpid()


def test_nothing_is_left_open_and_no_child_unburied() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        beside(os.getpid)()
    assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
