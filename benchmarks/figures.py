"""What `stats`, `report` and `export` cost with many cases: `make bench`.

Each is a whole process; beside it stands the time that reading all cases takes alone, which is the floor.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASES = int(os.environ.get("BENCH_CASES", "100000"))
COMMANDS = (
    ("stats",),
    ("stats", "--html", "-"),
    ("report", "--customer", "Tipografia Moderna", "--month", "2026-10"),
    ("export",),
    ("export", "--jsonl"),
)


# In processes of their own: what a child has at most is at least what its parent had when it began.
READ = """
from helpdeskctl.cli import bootstrap
for case in bootstrap.store(bootstrap.settings(None)).all_cases():
    pass
"""
FILL = """
import sys
from helpdeskctl.cli import bootstrap
from tests.made_up_desk import LAST, fill
chosen = bootstrap.settings(None)
fill(bootstrap.store(chosen), int(sys.argv[1]), LAST, chosen.policy)
"""


def peak(arguments: list[str]) -> tuple[float, float]:
    """Seconds, and megabytes at most, of one run of the interpreter."""
    begun = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen([sys.executable, *arguments], stdout=nowhere)
        _pid, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"python {' '.join(arguments)} failed")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as home:
        config = Path(home) / "config.toml"
        config.write_text(f'[store]\npath = "{home}/store"\n[maildir]\npath = "{home}/Maildir"\n')
        os.environ["HELPDESKCTL_CONFIG"] = str(config)
        subprocess.run([sys.executable, "-c", FILL, str(CASES)], check=True)
        floor, _megabytes = peak(["-c", READ])
        print(f"{CASES} cases, read alone: {floor:.1f} s")
        for command in COMMANDS:
            took, megabytes = peak(["-m", "helpdeskctl", *command])
            print(f"{' '.join(command):50} {took:6.1f} s {took / floor:5.1f} × reading {megabytes:6.0f} MB")


if __name__ == "__main__":
    main()
