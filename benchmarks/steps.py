"""Where the time of one piped mail goes, step by step within the process, and the picture of it."""

import statistics
import subprocess

from benchmarks import mails
from benchmarks.running import PYTHON, ROOT, environ

_PICTURE = ROOT / "docs/performance-steps.svg"
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
_COLOURS = ("#8d99a6", "#a8b3bd", "#c98a2b", "#d9b26a", "#1f6f8b", "#3b8ea5", "#5fa8bb", "#86c0cd", "#aed6de")


def steps(home: str, runs: int) -> list[tuple[str, float]]:
    """Each step with its median milliseconds."""
    told: dict[str, list[float]] = {}
    for number in range(runs):
        content = mails.mail(3_000_000 + number)
        command = [PYTHON, "-c", _STEPS]
        done = subprocess.run(command, input=content, env=environ(home), check=True, capture_output=True)
        for line in done.stdout.decode().splitlines():
            name, _, milliseconds = line.partition("\t")
            told.setdefault(name, []).append(float(milliseconds))
    return [(name, statistics.median(found)) for name, found in told.items()]


def draw(found: list[tuple[str, float]]) -> None:
    """The steps as one bar, with a line for each."""
    total, at, height = sum(ms for _, ms in found), 20.0, 110 + 24 * len(found)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {height}" font-family="sans-serif" '
        'font-size="14" role="img"><title>Where the time of one piped mail goes</title>',
        f'<rect width="900" height="{height}" fill="#fff"/>',
        f'<text x="20" y="26" font-weight="bold">One piped mail, past the interpreter: {total:.0f} ms</text>',
    ]
    for row, ((name, ms), colour) in enumerate(zip(found, _COLOURS, strict=True)):
        width = 860 * ms / total
        y = 100 + 24 * row
        drawn += [
            f'<rect x="{at:.1f}" y="40" width="{width:.1f}" height="36" fill="{colour}"/>',
            f'<rect x="20" y="{y}" width="14" height="14" fill="{colour}"/>',
            f'<text x="42" y="{y + 12}">{name}: {ms:.1f} ms, {100 * ms / total:.0f} %</text>',
        ]
        at += width
    _PICTURE.write_text("\n".join([*drawn, "</svg>"]) + "\n")
