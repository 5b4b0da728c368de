"""How long whole processes take, as ratios to the bare interpreter: `make bench`.

Each command is run in turn with `python -c pass`, and the medians are compared: times on one machine
mean little. What is measured is an installed wheel, in an environment of its own below `.bench`.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = int(os.environ.get("BENCH_RUNS", "15"))
MAIL = (
    b"From: Anna Verdi <anna.verdi@cliente.example>\nTo: nuovocaso@projectpp.it\n"
    b"Subject: Stampante guasta numero %d\nDate: Mon, 23 Nov 2026 09:12:00 +0100\n"
    b"Message-ID: <%d.%d@cliente.example>\n\n" + b"Da stamattina non stampa la fattura 12.\n" * 45
)
FILL = """
import sys
from zoneinfo import ZoneInfo
from datetime import datetime
from helpdeskctl.adapters.tinydb_store import TinyDbStore
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.transitions import new_case
rome = ZoneInfo("Europe/Rome")
store, many, now = TinyDbStore(sys.argv[1], rome), int(sys.argv[2]), datetime.now(rome)
for start in range(1, many + 1, 1000):
    with store.transaction() as writing:
        for n in range(start, min(start + 1000, many + 1)):
            anna = Address("Anna", f"anna{n}@cliente.example")
            writing.put(new_case(n, f"Stampante numero {n}", anna, "tecnico", now))
"""


def installed() -> Path:
    """The interpreter of an environment that has the wheel of what stands here."""
    python = ROOT / ".bench/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ROOT / ".bench")], check=True)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", ROOT], check=True
    )
    subprocess.run([python, "-m", "pip", "install", "--quiet", ROOT], check=True)
    return python


def seconds(command: list[str], stdin: Callable[[], bytes], environ: dict[str, str]) -> float:
    """One run of the whole process."""
    content = stdin()
    begun = time.perf_counter()
    subprocess.run(command, input=content, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def ratio(
    command: list[str], stdin: Callable[[], bytes], environ: dict[str, str], python: Path
) -> tuple[float, float]:
    """Median milliseconds, and how many times those of `python -c pass` in the same minutes."""
    bare, ours = [], []
    for _ in range(RUNS):
        bare.append(seconds([str(python), "-c", "pass"], lambda: b"", environ))
        ours.append(seconds(command, stdin, environ))
    return statistics.median(ours) * 1000, statistics.median(ours) / statistics.median(bare)


def main() -> None:
    """Print the table."""
    python = installed()
    tool = str(python.parent / "helpdeskctl")
    serial = iter(range(10**9))

    def mail() -> bytes:
        n = next(serial)
        return MAIL % (n, n, time.time_ns())

    print(f"{'what':44} {'ms':>7} {'/ pass':>7}")
    for many in (0, 1_000, 10_000):
        with tempfile.TemporaryDirectory() as home:
            for part in ("tmp", "new", "cur"):
                os.makedirs(f"{home}/Maildir/{part}")
            environ = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "HELPDESKCTL"))} | {
                "HOME": home
            }
            store = f"{home}/.local/state/helpdeskctl"
            subprocess.run([python, "-c", FILL, store, str(many)], check=True, env=environ)
            for name, command, stdin in (
                (f"ingest -, 2 kB, {many} open cases", [tool, "ingest", "-"], mail),
                (f"list, piped, {many} open cases", [tool, "list"], lambda: b""),
            ):
                milliseconds, times = ratio(command, stdin, environ, python)
                print(f"{name:44} {milliseconds:7.1f} {times:7.1f}")


if __name__ == "__main__":
    main()
