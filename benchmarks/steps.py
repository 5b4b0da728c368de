"""Where the time of one piped mail goes, and that of a mail in a batch, step by step, and their pictures."""

import statistics
import subprocess

from benchmarks import mails
from benchmarks.running import PYTHON, ROOT, environ

_PIPE, _BATCH = ROOT / "docs/performance-steps.svg", ROOT / "docs/performance-batch.svg"
# Each step imports what the next ones need, or does a part of the work; the order is that of a pipe.
_STEPS = """
import sys, time
at, told = time.perf_counter(), []
def step(name):
    global at
    now = time.perf_counter()
    told.append(f"{name}\\t{(now - at) * 1000:.3f}")
    at = now
import gc; gc.set_threshold(200_000)
import re, typing, datetime, hashlib, zoneinfo, json; step("standard library")
import email.message, email.feedparser; step("email (standard library)")
import logging, mailparser; step("mail-parser")
import tinydb; step("TinyDB")
from helpdeskctl.application import ingest
from helpdeskctl.cli import bootstrap
chosen = bootstrap.settings(None)
box, ports = bootstrap.mailbox(chosen), bootstrap.ports(chosen)
from helpdeskctl.adapters.tinydb_store import commits
step("our modules, configuration")
arrived = box.save(sys.stdin.buffer, ()); step("save the mail (two fsyncs)")
path = ingest._kept(arrived, ports)
raw = ports.store.raw(path)
read = ingest.Read(arrived, path, raw, ports.parse(raw, arrived.at)); step("keep and parse it")
with ports.store.transaction() as store:
    report = ingest._settle(read, store, ports); step("look up, decide, answer")
ingest._file(report, ports); step("commit (four fsyncs), file")
print("\\n".join(told))
"""
# The steps of a batch are done for each mail, or each fifty: what is called is timed, and put together.
_BATCH_STEPS = """
import time; begun = time.perf_counter()
import gc; gc.set_threshold(200_000)
from functools import wraps
import mailparser
from helpdeskctl.adapters.tinydb_store import commits
from helpdeskctl.application import ingest
from helpdeskctl.application.inbox import arrivals, remember_backlog
from helpdeskctl.cli import bootstrap
spent = {}
def timed(name, step):
    @wraps(step)
    def run(*arguments, **options):
        at = time.perf_counter()
        try:
            return step(*arguments, **options)
        finally:
            spent[name] = spent.get(name, 0) + time.perf_counter() - at
    return run
ports = bootstrap.ports(bootstrap.settings(None))
ports = ports._replace(parse=timed("parse", ports.parse))
mailparser.MailParser = timed("mail-parser", mailparser.MailParser)
commits.commit = timed("commit", commits.commit)
ingest._kept = timed("keep", ingest._kept)
ingest._settle = timed("decide", ingest._settle)
ingest._file = timed("file", ingest._file)
remember_backlog(ports.store, ports.clock(), "open")
arrived = arrivals(ports.mailbox, ports.store, ports.clock(), None)
spent["start"] = time.perf_counter() - begun
for report in ingest.ingest_inbox(ports, arrived): pass
whole = time.perf_counter() - begun
spent["parse"] -= spent["mail-parser"]
spent["rest"] = whole - sum(spent.values())
for key, name in (
    ("start", "start, list the inbox"), ("keep", "keep a copy (a link)"), ("mail-parser", "mail-parser"),
    ("parse", "read what a person sees"), ("decide", "look up, decide, write the answer"),
    ("commit", "commit (fsyncs for fifty at once)"), ("file", "file"), ("rest", "locks, the rest"),
):
    print(f"{name}\\t{spent[key] * 1000 / len(arrived):.4f}")
"""
_COLOURS = ("#8d99a6", "#a8b3bd", "#c98a2b", "#d9b26a", "#1f6f8b", "#3b8ea5", "#5fa8bb", "#86c0cd", "#aed6de")


def steps(home: str, runs: int) -> list[tuple[str, float]]:
    """Each step with its median milliseconds."""
    contents = (mails.mail(3_000_000 + number) for number in range(runs))
    return _medians([_told([PYTHON, "-c", _STEPS], home, content) for content in contents])


def batch_steps(home: str) -> list[tuple[str, float]]:
    """Each step with its milliseconds a mail, for what lies in the inbox, on one processor."""
    return _told(["/usr/bin/taskset", "-c", "0", PYTHON, "-c", _BATCH_STEPS], home, b"")


def _told(command: list[str], home: str, content: bytes) -> list[tuple[str, float]]:
    done = subprocess.run(command, input=content, env=environ(home), check=True, capture_output=True)
    lines = [line.partition("\t") for line in done.stdout.decode().splitlines()]
    return [(name, float(milliseconds)) for name, _, milliseconds in lines]


def _medians(runs: list[list[tuple[str, float]]]) -> list[tuple[str, float]]:
    names = [name for name, _ in runs[0]]
    return [(name, statistics.median(dict(run)[name] for run in runs)) for name in names]


def draw(piped: list[tuple[str, float]], batch: list[tuple[str, float]]) -> None:
    """Both as one bar each, with a line for each step."""
    _PIPE.write_text(_picture("One piped mail, past the interpreter", piped))
    _BATCH.write_text(_picture("A mail in a batch, on one processor", batch))


def _picture(title: str, found: list[tuple[str, float]]) -> str:
    total, at, height = sum(ms for _, ms in found), 20.0, 110 + 24 * len(found)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {height}" font-family="sans-serif" '
        'font-size="14" role="img"><title>'
        f"{title}</title>",
        f'<rect width="900" height="{height}" fill="#fff"/>',
        f'<text x="20" y="26" font-weight="bold">{title}: {total:.3g} ms</text>',
    ]
    for row, ((name, ms), colour) in enumerate(zip(found, _COLOURS, strict=False)):
        width = 860 * ms / total
        y = 100 + 24 * row
        drawn += [
            f'<rect x="{at:.1f}" y="40" width="{width:.1f}" height="36" fill="{colour}"/>',
            f'<rect x="20" y="{y}" width="14" height="14" fill="{colour}"/>',
            f'<text x="42" y="{y + 12}">{name}: {ms:.2g} ms, {100 * ms / total:.0f} %</text>',
        ]
        at += width
    return "\n".join([*drawn, "</svg>"]) + "\n"
