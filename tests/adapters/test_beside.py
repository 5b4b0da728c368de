"""A step done by another process: its results come back, and its death costs nothing but time."""

import os
import signal
from collections.abc import Callable

import pytest

from helpdeskctl.adapters.beside import beside
from tests.builders import message

HERE = os.getpid


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    monkeypatch.setattr("helpdeskctl.adapters.beside._has_threads", lambda: False)


def process(_given: object) -> int:
    return os.getpid()


def test_one_other_process_does_every_step() -> None:
    with beside(process) as begin:
        processes = {begin(n)() for n in range(5)}
    assert len(processes) == 1
    assert processes != {HERE()}


def test_each_step_gets_what_it_was_begun_with() -> None:
    def step(n: int) -> int:
        return n * n

    with beside(step) as begin:
        waiting = [begin(n) for n in range(100)]
        assert [wait() for wait in waiting] == [n * n for n in range(100)]


def test_a_mail_comes_back_as_it_was() -> None:
    mail = message("però \udce8 \U0001f600", headers={"x": ("1",)})
    with beside(lambda _: [mail]) as begin:
        assert begin("x")() == [mail]


def test_a_result_larger_than_a_pipe_comes_back_whole() -> None:
    def step(n: int) -> str:
        return "x" * n

    with beside(step) as begin:
        waiting = [begin(3_000_000), begin(3)]
        assert [wait() for wait in waiting] == ["x" * 3_000_000, "xxx"]


def test_the_step_begins_before_it_is_waited_for() -> None:
    reading, writing = os.pipe()

    def step(said: bytes) -> int:
        return os.write(writing, said)

    with beside(step) as begin:
        wait = begin(b"begun")
        assert os.read(reading, 5) == b"begun"
        assert wait() == 5


def meeting(fate: Callable[[], object], at: int) -> Callable[[int], str]:
    """A step that meets its fate at that number, anywhere but in this process."""
    process = HERE()

    def step(number: int) -> str:
        if os.getpid() == process:
            return f"{number} done here"
        if number == at:
            fate()
        return f"{number} done there"

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
    with beside(meeting(fate, at=1)) as begin:
        waiting = [begin(n) for n in range(3)]
        assert [wait() for wait in waiting] == ["0 done there", "1 done here", "2 done here"]
        assert begin(3)() == "3 done here"


def test_a_result_cut_short_is_made_here() -> None:
    parent = HERE()

    def step(_: object) -> str:
        if os.getpid() != parent:
            # The pipe's other end is the last one it opened.
            os.write(max(int(fd) for fd in os.listdir("/proc/self/fd")) - 1, b"\x80\x05\x95\xff")
            os._exit(0)
        return "done here"

    with beside(step) as begin:
        assert begin(0)() == "done here"


def test_what_the_step_raises_is_raised_where_it_is_waited_for() -> None:
    def step(n: int) -> int:
        return 1 // n

    with beside(step) as begin:
        wait = begin(0)
        with pytest.raises(ZeroDivisionError):
            wait()


def test_a_result_that_cannot_be_sent_is_made_here() -> None:
    with beside(lambda _: (n for n in (7,))) as begin:
        assert list(begin(0)()) == [7]


def test_who_waits_no_longer_does_not_wait_for_the_child() -> None:
    def step(_: object) -> None:
        signal.pause()

    with beside(step) as begin:
        begin(0)


def test_without_room_for_another_process_the_step_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError

    open_before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "fork", refuse)
    with beside(process) as begin:
        assert begin(0)() == HERE()
    assert len(os.listdir("/proc/self/fd")) == open_before


@pytest.mark.parametrize("alone", ["one processor", "a thread"])
def test_one_processor_or_a_thread_keeps_it_here(monkeypatch: pytest.MonkeyPatch, alone: str) -> None:
    if alone == "one processor":
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    else:
        monkeypatch.setattr("helpdeskctl.adapters.beside._has_threads", lambda: True)
    with beside(process) as begin:
        assert begin(0)() == HERE()


def test_nothing_is_left_open_and_no_child_unburied() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with beside(process) as begin:
            begin(0)()
    assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
