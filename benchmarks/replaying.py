"""How fast all stored mail is decided again: `classify --replay`, beside a bare loop of mail-parser."""

import os
import shutil
import subprocess

from benchmarks import mails
from benchmarks.running import PYTHON, SCRATCH, TOOL, Command, environ, run

STORED = int(os.environ.get("BENCH_REPLAY", "10000"))


def lines(loop: str) -> list[str]:
    """The figures as Markdown; `loop` is a program that parses every mail of a directory."""
    home = SCRATCH / "replay"
    shutil.rmtree(home, ignore_errors=True)
    for part in ("Maildir/tmp", "Maildir/new", "Maildir/cur", "mails"):
        (home / part).mkdir(parents=True)
    for number in range(STORED):
        written = home / f"mails/1.M{number}P1.prova"
        written.write_bytes(mails.mail(number))
        (home / "Maildir/new" / written.name).hardlink_to(written)
    here = environ(str(home))
    subprocess.run([TOOL, "ingest", "--backlog", "open"], env=here, check=True)
    other = home / "altra.toml"
    other.write_text('[[rules]]\nname = "rete"\nin = ["subject"]\ncontains = ["rete"]\nurgency = "critico"\n')
    bare = run(Command("mail-parser alone", [PYTHON, "-c", loop, str(home / "mails")], here))
    used = run(Command("replay", [TOOL, "classify", "--replay", "--config", str(other)], here))
    table = f"| {STORED:,} stored mails | mails/s | × mail-parser alone | mails per second of processor | × |"
    return [
        *("", table, "|---|---:|---:|---:|---:|"),
        f"| mail-parser alone | {STORED / bare.wall:.0f} | 1.00 | {STORED / bare.processor:.0f} | 1.00 |",
        f"| `classify --replay` | {STORED / used.wall:.0f} | {bare.wall / used.wall:.2f} "
        f"| {STORED / used.processor:.0f} | {bare.processor / used.processor:.2f} |",
    ]
