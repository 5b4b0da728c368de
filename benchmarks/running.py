"""Whole processes, run in turn and timed: wall, processor and memory; ratios within each round."""

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / ".bench"
BIN = SCRATCH / "helpdeskctl/bin"
PYTHON = str(BIN / "python")
TOOL = str(BIN / "helpdeskctl")


class Run(NamedTuple):
    """What one process took: seconds by the clock, and of processors."""

    wall: float
    processor: float


class Command(NamedTuple):
    """A command to be timed; `stdin` makes what it reads, a new one at each run."""

    name: str
    argv: list[str]
    environ: Mapping[str, str]
    stdin: Callable[[], bytes] = bytes
    cwd: str = "/"
    before: Callable[[], object] = bytes


class Figure(NamedTuple):
    """The runs of a command: medians, with the quartiles of the ratio to the first command's."""

    name: str
    milliseconds: float
    ratio: float
    low: float
    high: float
    processor_ratio: float


def environ(home: str) -> dict[str, str]:
    """The environment of a user who lives there."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "HELPDESKCTL", "XDG_"))}
    return kept | {"HOME": home}


def run(command: Command) -> Run:
    """One run of the whole process. RuntimeError when it fails."""
    command.before()
    content = command.stdin()
    source = SCRATCH / "stdin"
    source.write_bytes(content)
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, str(source), os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, str(SCRATCH / "stderr"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    here = os.open(".", os.O_RDONLY)
    os.chdir(command.cwd)
    begun = time.perf_counter()
    pid = os.posix_spawn(command.argv[0], command.argv, command.environ, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - begun
    os.fchdir(here)
    os.close(here)
    if os.waitstatus_to_exitcode(status):
        said = (SCRATCH / "stderr").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{command.name}: exit {os.waitstatus_to_exitcode(status)}\n{said}")
    return Run(wall, used.ru_utime + used.ru_stime)


def paired(commands: Sequence[Command], rounds: int) -> list[Figure]:
    """Each command in turn, round after round; ratios are those of one round, to the first command."""
    for command in commands:
        run(command)
    runs: list[list[Run]] = [[] for _ in commands]
    for done in range(rounds):
        for command, its in zip(commands, runs, strict=True):
            its.append(run(command))
        print(f"\r{commands[-1].name}: {done + 1} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return [_figure(c.name, its, runs[0]) for c, its in zip(commands, runs, strict=True)]


def _figure(name: str, runs: list[Run], first: list[Run]) -> Figure:
    ratios = [one.wall / bare.wall for one, bare in zip(runs, first, strict=True)]
    processors = [one.processor / bare.processor for one, bare in zip(runs, first, strict=True)]
    low, median, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return Figure(
        name,
        statistics.median(one.wall for one in runs) * 1000,
        median,
        low,
        high,
        statistics.median(processors),
    )
