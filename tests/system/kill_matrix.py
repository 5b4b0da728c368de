"""Every system call that changes something, killed or failed in turn; then one ordinary run.

`strace` does it to whole processes: a pipe, a batch of five, `close`, `outbox send`. After each point the
books must be as if nothing had happened (docs/operations.md): one case a mail, filed once, answered once
or, where the fault came between handing a mail over and writing that down, twice.

    python -m tests.system.kill_matrix [K]    every K-th point; without K all of them
"""

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from helpdeskctl.domain.case import Case
from tests.system.desk import Desk, begin, letter, settle, wrong_books

# What changes something on disk or elsewhere, as Python may call it on Linux.
_WRITING = frozenset(
    "write pwrite64 fsync fdatasync sync rename renameat renameat2 link linkat unlink unlinkat openat mkdir "
    "mkdirat ftruncate truncate fchmod fchown utimensat sendfile copy_file_range".split()
)
# Where the fate of a lock or of a mail that is being handed over hangs on the instant.
_KILLED_ONLY = frozenset("flock vfork fork clone clone3 wait4 waitid".split())
_NO_ROOM = frozenset("write pwrite64 fsync openat mkdir link linkat rename ftruncate".split())
_FORBIDDEN = frozenset("openat mkdir link linkat rename unlink unlinkat".split())
# A disk that is full stays full.
_FULL = frozenset({"write", "mkdir", "link"})
_EXIT_CODES = {"pipe": {0, 75}, "batch": {0, 1, 75, 77, 78}}


class Scenario(NamedTuple):
    """A command at work: what comes before it, what it gets, what must be so in the end."""

    name: str
    argv: tuple[str, ...]
    content: bytes = b""
    before: tuple[bytes, ...] = ()
    inbox: tuple[bytes, ...] = ()
    held_back: bool = False
    cases: tuple[str, ...] = ()
    status: str = "open"
    redelivered: bool = False


class Point(NamedTuple):
    """The `nth` call of `call` in that scenario, and what is done to it."""

    scenario: Scenario
    call: str
    nth: int
    fault: str

    def __str__(self) -> str:
        return f"{self.scenario.name}: {self.call} {self.nth}: {self.fault}"


def _subjects(*numbers: int) -> tuple[str, ...]:
    return tuple(f"Stampante {n} guasta in ufficio" for n in numbers)


_FIVE = tuple(map(letter, range(2, 7)))
SCENARIOS = (
    Scenario("the first pipe", ("ingest", "-"), letter(1), cases=_subjects(1)),
    Scenario("a pipe", ("ingest", "-"), letter(2), (letter(1),), cases=_subjects(1, 2)),
    Scenario(
        "a pipe, delivered again", ("ingest", "-"), letter(2), (letter(1),), cases=_subjects(1, 2),
        redelivered=True,
    ),
    Scenario(
        "a pipe that closes", ("ingest", "-"), letter(1, "Re: [Caso #1] chiudere"), (letter(1),),
        cases=_subjects(1), status="closed",
    ),
    Scenario("a batch of five", ("ingest",), b"", (letter(1),), _FIVE, cases=_subjects(1, 2, 3, 4, 5, 6)),
    Scenario("close", ("close", "1"), b"", (letter(1),), cases=_subjects(1), status="closed"),
    Scenario(
        "outbox send", ("outbox", "send", "--now"), b"", (letter(1), letter(2)), held_back=True,
        cases=_subjects(1, 2),
    ),
)  # fmt: skip


def points(scenario: Scenario, work: Path) -> list[Point]:
    """Every point of a scenario, from one run that is only watched."""
    desk = _made(scenario, work)
    log = work / "calls"
    watched = "trace=" + ",".join(sorted(_WRITING | _KILLED_ONLY))
    done = desk.run(["strace", "-qq", "-o", str(log), "-e", watched, *desk.command(*scenario.argv)],
                    scenario.content)  # fmt: skip
    assert done.returncode == 0, done
    found, count = [], Counter[str]()
    for line in log.read_text().splitlines():
        call = line.partition("(")[0]
        if not re.fullmatch("[a-z0-9]+", call):
            continue
        count[call] += 1
        if call != "openat" or "O_CREAT" in line:
            found += [Point(scenario, call, count[call], fault) for fault in _faults(call)]
    return found


def _faults(call: str) -> Iterator[str]:
    yield "signal=KILL"
    if call in _WRITING:
        yield "error=EIO"
    if call in _NO_ROOM:
        yield "error=ENOSPC"
    if call in _FORBIDDEN:
        yield "error=EACCES"
    if call in _FULL:
        yield "error=ENOSPC:when=+"


def outcome(point: Point) -> str:
    """What is wrong after that point and one ordinary run; "" when all is as it must be."""
    with tempfile.TemporaryDirectory(prefix="helpdeskctl-") as work:
        desk = _made(point.scenario, Path(work))
        fault, lasting, _ = point.fault.partition(":when=+")
        when = f"when={point.nth}" + ("+" if lasting else "")
        strace = ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={point.call}", "-e",
                  f"inject={point.call}:{fault}:{when}"]  # fmt: skip
        done = desk.run([*strace, *desk.command(*point.scenario.argv)], point.scenario.content)
        return _misbehaved(point, done) or _unrecovered(point, done.returncode, desk) or _wrong(point, desk)


def _misbehaved(point: Point, done: subprocess.CompletedProcess[bytes]) -> str:
    """What the program must not do, whatever happens to it."""
    killed = point.fault == "signal=KILL"
    if b"Traceback" in done.stderr:
        return f"a traceback: {done.stderr.decode()[-600:]}"
    pipe = "-" in point.scenario.argv
    if pipe and (done.stdout or done.stderr):
        return f"a pipe that talks: {done.stdout!r} {done.stderr!r}"
    if killed and done.returncode == -9:
        return ""
    # How often a process asks whether its child has ended is not the same each time.
    if killed and point.call != "wait4":
        return f"was not killed: exit code {done.returncode}"
    if done.returncode not in _EXIT_CODES["pipe" if pipe else "batch"]:
        return f"exit code {done.returncode} {done.stderr!r}"
    return ""


def _unrecovered(point: Point, code: int, desk: Desk) -> str:
    """One ordinary run, as mail system, cron and technician do it; what it says if it does not succeed."""
    scenario = point.scenario
    commands = []
    # A mail system delivers again what it does not know to be safe, also where it was.
    unsure = code == 75 or (code != 0 and (scenario.redelivered or _is_missing(desk, scenario)))
    if "-" in scenario.argv and unsure:
        commands.append((desk.command(*scenario.argv), scenario.content))
    if code != 0 and scenario.argv[0] == "close":
        # It may have been closed before the fault: then nothing is changed, and that is said.
        again = desk.run(desk.command(*scenario.argv))
        if again.returncode not in {0, 1} or b"Traceback" in again.stderr:
            return f"close again: {again.returncode} {again.stderr.decode()[-600:]}"
    commands.append((desk.command("ingest"), b""))
    for command, content in commands:
        done = desk.run(command, content)
        if done.returncode or done.stderr:
            return f"{command[3:]} afterwards: {done.returncode} {done.stderr.decode()[-600:]}"
    # What could not be sent waits a minute for its next attempt; cron's next run is brought forward.
    if desk.store.waiting() and (done := desk.run(desk.command("outbox", "send", "--now"))).returncode:
        return f"outbox send afterwards: {done.returncode} {done.stderr.decode()[-600:]}"
    return ""


def _is_missing(desk: Desk, scenario: Scenario) -> bool:
    """Whether the mail of a pipe that was cut short had not come to lie in the Maildir yet."""
    return len(desk.names("new")) + len(desk.names(".Cases.*/cur")) <= len(scenario.before)


def _wrong(point: Point, desk: Desk) -> str:
    """The first of the promises that is not kept."""
    scenario = point.scenario
    cases = sorted(desk.store.all_cases(), key=lambda case: case.number)
    if tuple(case.subject for case in cases) != scenario.cases:
        return f"cases {[(case.number, case.subject) for case in cases]}"
    if [case.number for case in cases] != list(range(1, len(cases) + 1)):
        return f"numbers {[case.number for case in cases]}"
    if any(case.status != scenario.status for case in cases):
        return f"status {[case.status for case in cases]}"
    return (
        _wrong_mails(scenario, cases, desk)
        or _wrong_duplicates(desk)
        or _wrong_answers(scenario, desk)
        or wrong_books(desk)
    )


def _wrong_mails(scenario: Scenario, cases: list[Case], desk: Desk) -> str:
    """Each mail in one case once, kept, and filed once."""
    mails = len(scenario.before) + len(scenario.inbox) + ("-" in scenario.argv)
    kept = [record for case in cases for record in case.messages]
    ids = Counter(record.message_id for record in kept)
    if len(kept) != mails or max(ids.values()) > 1:
        return f"mails in cases {ids}"
    missing = [record.path for record in kept if not (desk.home / "store" / record.path).is_file()]
    if missing:
        return f"raw mails {missing}"
    if desk.names("new") or desk.names("cur"):
        return f"inbox {desk.names('new')} {desk.names('cur')}"
    if sorted(desk.names(".Cases.*/cur")) != sorted(record.key for record in kept):
        return f"filed {desk.names('.Cases.*/cur')}"
    events = Counter((case.number, event.event) for case in cases for event in case.history)
    twice = [what for what, times in events.items() if what[1] in {"opened", "closed"} and times > 1]
    if twice:
        return f"happened twice {twice}"
    return ""


def _wrong_duplicates(desk: Desk) -> str:
    """A mail that was delivered again stands in the ledger once, and is filed once."""
    again, listed = len(desk.names(".Ignored.*/cur")), len(desk.store.entries("duplicate"))
    return "" if again == listed <= 1 else f"duplicates: {listed}, filed {again}"


def _wrong_answers(scenario: Scenario, desk: Desk) -> str:
    """Each customer's acknowledgement, and closing note, once or twice; nothing else, nothing waiting."""
    sent = desk.sent()
    answered = Counter(to for to, _ in sent if "@cliente" in to)
    answers = 1 + (scenario.status == "closed")
    if answered != {f"cliente{n}@cliente{n}.example": answers for n, _ in enumerate(scenario.cases, 1)}:
        return f"answers {sent}"
    if max(sent.values()) > 2:
        return f"sent more than twice {sent}"
    if waiting := desk.store.waiting():
        return f"still waiting {waiting}"
    return ""


def _made(scenario: Scenario, work: Path) -> Desk:
    """The desk as the scenario finds it, in `work`."""
    desk = Desk(work / "desk")
    # With its hard links: the store's raw mails are those of the Maildir.
    subprocess.run(["cp", "-a", _template(scenario), desk.home], check=True)
    settle(desk)
    return desk


@lru_cache
def _template(scenario: Scenario) -> Path:
    """A desk made once for each scenario and process."""
    work = Path(tempfile.mkdtemp(prefix="helpdeskctl-"))
    atexit.register(shutil.rmtree, work)
    desk = Desk(work / "desk")
    begin(desk)
    if scenario.held_back:
        (desk.home / "exit").write_text("75")
    for content in scenario.before:
        done = desk.run(desk.command("ingest", "-"), content)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (desk.home / "exit").unlink(missing_ok=True)
    for number, content in enumerate(scenario.inbox, 1):
        (desk.home / "Maildir/new" / f"{number}.posta").write_bytes(content)
    return desk.home


def run(every: int) -> tuple[int, int, list[str]]:
    """How many points were tried, of how many, and what was wrong after which."""
    found = []
    for scenario in SCENARIOS:
        with tempfile.TemporaryDirectory(prefix="helpdeskctl-") as work:
            found += points(scenario, Path(work))
    tried = found[::every]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(outcome, tried))
    return len(tried), len(found), [f"{at}: {said}" for at, said in zip(tried, outcomes, strict=True) if said]


def told(tried: int, found: int, wrong: list[str]) -> str:
    """The matrix in one line, and a line for each point that was not survived."""
    return "\n".join([f"kill matrix: {tried} of {found} points tried, {len(wrong)} not survived", *wrong])


if __name__ == "__main__":
    result = run(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    sys.exit(sys.stdout.write(told(*result) + "\n") and bool(result[2]))
