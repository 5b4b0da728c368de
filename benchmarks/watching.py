"""How soon `ingest --watch` hands an acknowledgement to the mail system, and how fast what waits is sent.

The mail system is a shell script that keeps each mail in a file, whose time tells when it came. Every
case is told to its sector as well, so two mails leave for each that arrives. BENCH_WATCH is for how many
seconds mails arrive (30).

    python -m benchmarks.watching    these figures alone, of what was installed last
"""

import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks import mails
from benchmarks.running import PYTHON, ROOT, SCRATCH, TOOL, Command, environ, run

# So many one by one, each answered before the next; then so many a second, for so many seconds.
ALONE = 10
A_SECOND = 10
SECONDS = int(os.environ.get("BENCH_WATCH", "30"))
WAITING = 1000
SENT = (1000, 10_000)
_PATIENCE = 300
_CONFIG = """
[maildir]
path = "{home}/Maildir"
[store]
path = "{home}/store"
[sectors.tecnico]
name = "Sistemistico"
address = "supporto.tecnico@projectpp.it"
default = true
notify = ["turno@projectpp.it"]
[mail]
transport = "sendmail"
sendmail = "{home}/sendmail"
"""
_SENDMAIL = '#!/bin/sh\nexec cat >"{home}/sent/$$"\n'
_ANSWERED = re.compile(rb"^In-Reply-To: <([0-9a-f]{8})\.prova@", re.MULTILINE)


class Latency(NamedTuple):
    """Seconds from a mail's arrival in `new/` to its acknowledgement with the mail system."""

    name: str
    median: float
    most: float


def lines() -> list[str]:
    """The figures as Markdown."""
    table = [
        "",
        "| from arrival to the mail system, `ingest --watch` | median s | at most |",
        "|---|---:|---:|",
    ]
    table += [f"| {found.name} | {found.median:.2f} | {found.most:.2f} |" for found in latencies()]
    queue = f"| `outbox send` of {WAITING:,} mails | mails/s | mails per second of processor |"
    table += ["", queue, "|---|---:|---:|"]
    return table + [f"| {name} | {wall:.0f} | {processor:.0f} |" for name, wall, processor in sending()]


def latencies() -> list[Latency]:
    """For one mail alone, and for many a second."""
    home = desk("watching")
    process = subprocess.Popen([TOOL, "ingest", "--watch"], env=environ(str(home)))
    try:
        numbers = iter(range(4_000_000, 5_000_000))
        # The first one shows that it is at work.
        _answered(home, [_arrived(home, next(numbers))])
        alone = [_answered(home, [_arrived(home, next(numbers))])[0] for _ in range(ALONE)]
        begun, arrivals = time.time(), []
        for nth in range(A_SECOND * SECONDS):
            time.sleep(max(0.0, begun + nth / A_SECOND - time.time()))
            arrivals.append(_arrived(home, next(numbers)))
        loaded = _answered(home, arrivals)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    name = f"{A_SECOND} mails a second for {SECONDS} s"
    return [
        Latency(told, statistics.median(found), max(found))
        for told, found in (("one mail alone", alone), (name, loaded))
    ]


def sending() -> list[tuple[str, float, float]]:
    """Mails a second that `outbox send` hands over, by the clock and by processor time, after that many
    were sent in the last days."""
    rows = []
    for before in (0, *SENT):
        home = desk("sending")
        filled = [PYTHON, "-m", "benchmarks.waiting", str(home / "store"), str(WAITING), str(before)]
        subprocess.run(filled, cwd=ROOT, check=True, env=environ(str(home)))
        used = run(Command("outbox send", [TOOL, "outbox", "send"], environ(str(home))))
        if (left := WAITING - len(os.listdir(home / "sent"))) > 0:
            raise RuntimeError(f"{left} of {WAITING} mails were not sent")
        rows.append((f"{before:,} sent in the days before", WAITING / used.wall, WAITING / used.processor))
    return rows


def desk(name: str) -> Path:
    """A new home with an empty Maildir, a mail system, and customers that every mail is of."""
    home = SCRATCH / name
    shutil.rmtree(home, ignore_errors=True)
    for part in ("Maildir/tmp", "Maildir/new", "Maildir/cur", "sent", ".config/helpdeskctl"):
        (home / part).mkdir(parents=True)
    (home / ".config/helpdeskctl/config.toml").write_text(_CONFIG.format(home=home))
    (home / "sendmail").write_text(_SENDMAIL.format(home=home))
    (home / "sendmail").chmod(0o755)
    lines = (f"Cliente {nth};{domain}" for nth, domain in enumerate(mails.DOMAINS))
    (home / "clienti.csv").write_text("name;domains\n" + "\n".join(lines) + "\n")
    imported = [TOOL, "customers", "import", str(home / "clienti.csv")]
    subprocess.run(imported, check=True, env=environ(str(home)), stdout=subprocess.DEVNULL)
    return home


def _arrived(home: Path, number: int) -> tuple[int, float]:
    """The mail put into the inbox, and when."""
    (home / "Maildir/tmp/posta").write_bytes(mails.mail(number))
    at = time.time()
    (home / "Maildir/tmp/posta").rename(home / f"Maildir/new/{int(at)}.M{number}P1.prova")
    return number, at


def _answered(home: Path, arrivals: list[tuple[int, float]]) -> list[float]:
    """How long each of them waited for its acknowledgement."""
    missing, found, seen = dict(arrivals), list[float](), set[str]()
    until = time.monotonic() + _PATIENCE
    while missing:
        if time.monotonic() > until:
            raise RuntimeError(f"{len(missing)} mails were not answered")
        time.sleep(0.01)
        for name in set(os.listdir(home / "sent")) - seen:
            path = home / "sent" / name
            # A mail that is still being written ends later.
            if not (content := path.read_bytes()).endswith(b"\n"):
                continue
            seen.add(name)
            number = _ANSWERED.search(content)
            if number and (at := missing.pop(int(number[1], 16), None)) is not None:
                found.append(path.stat().st_mtime - at)
    return found


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
