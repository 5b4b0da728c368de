"""`make bench`: measure the installed wheel beside its peers, print one table, keep it in docs/.

BENCH_ROUNDS is how often each command runs (11), BENCH_STORES the sizes of the stores ("1000 100000";
add 1000000 and half an hour), BENCH_BATCH the mails of a batch (1000), BENCH_FILES how many files lie in
the Maildir's folders, and a tenth of it in a large inbox (1000000).
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

from benchmarks import mails, replaying, watching
from benchmarks.peers import Peer, peers
from benchmarks.report import Row, write
from benchmarks.running import BIN, PYTHON, ROOT, SCRATCH, TOOL, Command, environ, paired, run
from benchmarks.steps import batch_steps, draw, steps

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "11"))
SIZES = [int(size) for size in os.environ.get("BENCH_STORES", "1000 100000").split()]
BATCH = int(os.environ.get("BENCH_BATCH", "1000"))
FILES = int(os.environ.get("BENCH_FILES", "1000000"))
OPEN = 10_000
# A file has not many more names.
_LINKS = 60_000
_LOOP = """
import os, sys, mailparser
for name in os.listdir(sys.argv[1]):
    with open(os.path.join(sys.argv[1], name), "rb") as file:
        read = mailparser.parse_from_bytes(file.read())
    read.subject, read.from_, read.to, read.body, read.attachments
"""
_PEAK = """
import os, sys
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(used.ru_maxrss / 1024)
"""
_serial = count(1_000_000)


def next_mail() -> bytes:
    """A mail that nobody has read yet."""
    return mails.mail(next(_serial))


def install() -> None:
    """The wheel of what stands here, in an environment of its own."""
    if not BIN.exists():
        subprocess.run([sys.executable, "-m", "venv", BIN.parent], check=True)
        subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", ROOT], check=True)
    again = ["--force-reinstall", "--no-deps", "--no-warn-script-location", ROOT]
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", *map(str, again)], check=True)


def desk(name: str, cases: int, still_open: int) -> dict[str, str]:
    """A home with an empty Maildir and a store of so many cases; it is kept for the next time."""
    home = SCRATCH / f"{name}-{cases}"
    for part in ("tmp", "new", "cur"):
        (home / "Maildir" / part).mkdir(parents=True, exist_ok=True)
    store = home / ".local/state/helpdeskctl"
    if cases and not (home / "filled").exists():
        shutil.rmtree(store, ignore_errors=True)
        print(f"filling a store with {cases:,} cases", file=sys.stderr, flush=True)
        filled = [PYTHON, "-m", "benchmarks.filling", str(store), str(cases), str(still_open)]
        subprocess.run(filled, cwd=ROOT, check=True, env=environ(str(home)))
        (home / "filled").touch()
    return environ(str(home))


def piped(others: list[Peer], stores: dict[str, dict[str, str]]) -> list[Row]:
    """One mail, from the start of the process to its end."""
    bare = Command("python -c pass", [PYTHON, "-c", "pass"], environ(str(SCRATCH)))
    ours = [
        Command(f"helpdeskctl, {name}", [TOOL, "ingest", "-"], home, next_mail)
        for name, home in stores.items()
    ]
    figures = paired([bare, *ours, *(peer.piped for peer in others)], ROUNDS)
    for home in stores.values():
        refuse_leftovers(Path(home["HOME"], "Maildir/new"))
    return [Row("One mail, piped", figure.name, figure) for figure in figures]


def commands(stores: dict[str, dict[str, str]]) -> list[Row]:
    """What a technician waits for."""
    large, full = f"{max(SIZES):,} cases", f"{OPEN:,} open"
    home, terminal = stores[full], stores[full] | {"HELPDESKCTL_FORCE_TTY": "1", "COLUMNS": "120"}

    listed = subprocess.run([TOOL, "list"], env=home, check=True, capture_output=True, text=True)
    still_open = [line.partition("\t")[0] for line in listed.stdout.splitlines()]

    def closing() -> Command:
        return Command("close N", [TOOL, "close", still_open.pop(), "--no-mail"], home)

    bare = Command("python -c pass", [PYTHON, "-c", "pass"], home)
    chosen = [
        Command(f"list, piped, {full}", [TOOL, "list"], home),
        Command(f"list, on a terminal, {full}", [TOOL, "list"], terminal),
        Command(f"show 5, {full}", [TOOL, "show", "5"], home),
        Command(
            f"list --all --search, {large}", [TOOL, "list", "--all", "--search", "pratica 977"], stores[large]
        ),
    ]
    rows = [Row("A command", figure.name, figure) for figure in paired([bare, *chosen], ROUNDS)[1:]]
    # Each closes another case, so its command line is another one at every run.
    begun = [(run(bare), run(closing())) for _ in range(ROUNDS)]
    ratios = sorted(ours.wall / plain.wall for plain, ours in begun)
    walls = sorted(ours.wall for _, ours in begun)
    processors = sorted(ours.processor / plain.processor for plain, ours in begun)
    middle = len(begun) // 2
    figure = paired([bare], 1)[0]._replace(
        name="close N",
        milliseconds=walls[middle] * 1000,
        ratio=ratios[middle],
        low=ratios[len(begun) // 4],
        high=ratios[-1 - len(begun) // 4],
        processor_ratio=processors[middle],
    )
    return [*rows, Row("A command", f"close N, {full}", figure)]


def batch(others: list[Peer]) -> list[tuple[str, float, float]]:
    """Mails a second: by the clock, and by processor time; the bare loop of mail-parser first."""
    home = SCRATCH / "batch"
    inbox = emptied(home)
    here = environ(str(home))
    one = ["/usr/bin/taskset", "-c", "0", TOOL, "ingest"]
    commands = [
        Command("mail-parser alone", [PYTHON, "-c", _LOOP, str(inbox)], here),
        Command("helpdeskctl, one processor", one, here),
        Command("helpdeskctl", [TOOL, "ingest"], here),
    ]
    speeds: list[list[tuple[float, float]]] = [[] for _ in commands]
    for start in range(0, 3 * len(commands) * BATCH, BATCH):
        which = start // BATCH % len(commands)
        for left in inbox.iterdir():
            left.unlink()
        fill(inbox, start, BATCH)
        speeds[which].append(_speed(commands[which], BATCH))
        if which:
            refuse_leftovers(inbox)
    rows = [
        (command.name, *map(statistics.median, zip(*its, strict=True)))
        for command, its in zip(commands, speeds, strict=True)
    ]
    fill(emptied(home), 0, FILES // 10)
    large = Command(f"helpdeskctl, {FILES // 10:,} mails", [TOOL, "ingest"], here)
    rows.append((large.name, *_speed(large, FILES // 10)))
    refuse_leftovers(inbox)
    for peer in others:
        before, few = peer.cases(), min(BATCH, 200)
        command = peer.batch(range(2_000_000, 2_000_000 + few))
        speed = _speed(command, few)
        if peer.cases() - before != few:
            raise RuntimeError(f"{peer.name} made {peer.cases() - before} cases of {few} mails")
        rows.append((peer.name, *speed))
    return rows


def emptied(home: Path) -> Path:
    """The inbox of a home without anything else."""
    shutil.rmtree(home, ignore_errors=True)
    for part in ("tmp", "new", "cur"):
        (home / "Maildir" / part).mkdir(parents=True)
    return home / "Maildir/new"


def refuse_leftovers(inbox: Path) -> None:
    """Raise RuntimeError where mail was not dealt with: what does nothing is fast."""
    if left := len(os.listdir(inbox)):
        raise RuntimeError(f"{left} mails were left in {inbox}")


def fill(inbox: Path, start: int, many: int) -> None:
    """So many mails, from that number on, put into an inbox."""
    for number in range(start, start + many):
        (inbox / f"{int(time.time())}.M{number}P1.prova").write_bytes(mails.mail(number))


def crowded() -> dict[str, str]:
    """A home whose Maildir holds that many files, in the folders of twelve months."""
    home, each = desk(f"files-{FILES}", 1, 1), FILES // 12
    folders = [Path(home["HOME"], f"Maildir/.Cases.2026-{month:02}/cur") for month in range(1, 13)]
    for folder in folders:
        if folder.exists():
            continue
        folder.mkdir(parents=True)
        for number in range(each):
            if number % _LINKS == 0:
                one = folder / f"{number}.M{number}P1.prova:2,S"
                one.write_bytes(mails.mail(number))
            else:
                os.link(one, folder / f"{number}.M{number}P1.prova:2,S")
    return home


def _speed(command: Command, many: int) -> tuple[float, float]:
    used = run(command)
    return many / used.wall, many / used.processor


def memory() -> list[tuple[str, float]]:
    """Megabytes at most, for one piped mail."""
    home = desk("memory", 0, 0)
    peaks = []
    for name, megabytes in (("a mail of 2 kB", 0), ("a mail of 34 MB (25 MB attached)", 25)):
        content = mails.large(megabytes) if megabytes else next_mail()
        # A process never reads smaller than the one that began it: so a small one does.
        asked = [PYTHON, "-c", _PEAK, TOOL, "ingest", "-"]
        said = subprocess.run(asked, input=content, env=home, check=True, capture_output=True)
        peaks.append((name, float(said.stdout)))
    return peaks


def main() -> None:
    """Measure everything, print it, and keep it."""
    SCRATCH.mkdir(exist_ok=True)
    install()
    others = peers(next_mail)
    stores = {f"{size:,} cases": desk("cases", size, 100) for size in SIZES}
    stores[f"{OPEN:,} open"] = desk("open", OPEN, OPEN)
    rows = piped(others, stores | {f"{FILES:,} files filed": crowded()}) + commands(stores)
    write(rows, batch(others), memory(), [*watching.lines(), *replaying.lines(_LOOP)], ROUNDS)
    fill(emptied(SCRATCH / "batch"), 0, BATCH)
    draw(steps(desk("memory", 0, 0)["HOME"], ROUNDS), batch_steps(str(SCRATCH / "batch")))


if __name__ == "__main__":
    main()
