"""Fifty mail systems, a batch, `--watch` and a technician at once, any of them killed at any time; then the books.

    python -m tests.system.soak [SECONDS]    a minute, if nothing is said

A mail system delivers a mail until the pipe says 0; a second delivery is a duplicate. In the end every
mail stands in one case, once; numbers have no gaps; what was sent is what was to be sent, once or, after
a kill, twice; and what the technician was told to be done is done.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import NamedTuple

from helpdeskctl.domain.case import Case
from tests.cli.conftest import mail
from tests.system.desk import Desk, begin, wrong_books

MAIL_SYSTEMS = 50
# Of so many runs one is killed, at any instant of what a run lately took.
_ONE_KILLED_OF = 4


class Run(NamedTuple):
    """One process: what it was, what it came to (-9: killed), what it printed to stderr."""

    argv: tuple[str, ...]
    code: int
    said: str


class Soak:
    """A desk under load; every actor notes what it did."""

    def __init__(self, desk: Desk, seconds: float, seed: int) -> None:
        self.desk = desk
        self.until = time.monotonic() + seconds
        self.seed = seed
        self.lately = 1.0
        self.lock = threading.Lock()
        self.runs: list[Run] = []
        self.delivered: list[str] = []

    def run(self, random: Random, *argv: str, content: bytes = b"", mortal: bool = True) -> int:
        """A process, perhaps killed; its exit code."""
        begun = time.monotonic()
        with self.desk.start(*argv) as process:
            killed = mortal and random.randrange(_ONE_KILLED_OF) == 0
            try:
                printed = process.communicate(content, random.uniform(0, self.lately) if killed else 120)
            except subprocess.TimeoutExpired:
                process.kill()
                printed = process.communicate()
        said = printed[1] + (printed[0] if "-" in argv else b"")
        with self.lock:
            if not killed:
                self.lately = time.monotonic() - begun
            self.runs.append(Run(argv, process.returncode, said.decode("utf-8", "replace")))
        return process.returncode

    def mail_system(self, number: int) -> None:
        """One customer's mails, each delivered until it is safe; every third answers the one before."""
        random, address, sent = Random(self.seed + number), f"persona{number}@cliente.example", 0
        while time.monotonic() < self.until:
            sent += 1
            ident = f"<{number}.{sent}@cliente.example>"
            before = {"In_Reply_To": f"<{number}.{sent - 1}@cliente.example>"} if sent % 3 == 0 else {}
            content = mail(
                f"Stampante {number} guasta per la volta {sent}", f"Non stampa il documento {sent} di {number}.",
                From=address, Message_ID=ident, **before,
            )  # fmt: skip
            while self.run(random, "ingest", "-", content=content) != 0:
                pass
            with self.lock:
                self.delivered.append(ident)

    def cron(self) -> None:
        """Batches, one after the other."""
        random = Random(self.seed - 1)
        while time.monotonic() < self.until:
            self.run(random, "ingest")

    def watcher(self) -> None:
        """`ingest --watch`, told to end or killed every few seconds, and begun again."""
        random = Random(self.seed - 4)
        argv = ("ingest", "--watch")
        while (left := self.until - time.monotonic()) > 0:
            with self.desk.start(*argv) as process:
                try:
                    printed = process.communicate(b"", min(left, random.uniform(1, 8)))
                except subprocess.TimeoutExpired:
                    (process.kill if random.random() < 0.5 else process.terminate)()
                    printed = process.communicate()
            with self.lock:
                self.runs.append(Run(argv, process.returncode, printed[1].decode("utf-8", "replace")))

    def technician(self) -> None:
        """Closes, reopens and lists."""
        random = Random(self.seed - 2)
        while time.monotonic() < self.until:
            open_cases = self.desk.store.open_cases()
            if open_cases:
                number = str(random.choice(open_cases).number)
                self.run(random, "close", number, "--as", "rossi", "--note", "fatto")
                if random.random() < 0.5:
                    self.run(random, "reopen", number, "--as", "rossi")
            self.run(random, "list")

    def afterwards(self) -> None:
        """One ordinary batch, and what waits is sent."""
        random = Random(self.seed - 3)
        self.run(random, "ingest", mortal=False)
        self.run(random, "outbox", "send", "--now", mortal=False)

    def wrong(self) -> list[str]:
        """Every promise that was not kept."""
        cases = sorted(self.desk.store.all_cases(), key=lambda case: case.number)
        found = [
            *(f"{run.argv}: {run.code} {run.said[-300:]}" for run in self.runs if _misbehaved(run)),
            *self._wrong_mails(cases),
            *self._wrong_letters(cases),
            *self._wrong_acts(cases),
            wrong_books(self.desk),
        ]
        numbers = [case.number for case in cases]
        if numbers != list(range(1, len(numbers) + 1)):
            found.append(f"numbers {numbers}")
        return [one for one in found if one]

    def _wrong_mails(self, cases: list[Case]) -> list[str]:
        kept = [record for case in cases for record in case.messages]
        ids = Counter(record.message_id.strip("<>") for record in kept)
        expected = Counter(ident.strip("<>") for ident in self.delivered)
        filed, again = self.desk.names(".Cases.*/cur"), self.desk.names(".Ignored.*/cur")
        return [
            f"mails in cases, not delivered: {ids - expected}" * (ids != expected),
            f"mails delivered, in no case: {expected - ids}" * (ids != expected),
            "the folders of cases hold other mails" * (sorted(filed) != sorted(r.key for r in kept)),
            "the ledger and the folder of duplicates differ"
            * (len(again) != len(self.desk.store.entries("duplicate"))),
            f"left in the inbox: {self.desk.names('new')}" * bool(self.desk.names("new")),
            "raw mails are missing"
            * any(not (self.desk.home / "store" / record.path).is_file() for record in kept),
        ]

    def _wrong_letters(self, cases: list[Case]) -> list[str]:
        due = Counter(f"<{letter.message_id}>" for case in cases for letter in case.outgoing)
        sent = Counter[str]()
        for (_, ident), times in self.desk.sent().items():
            sent[ident] += times
        return [
            f"never sent: {set(due) - set(sent)}" * bool(set(due) - set(sent)),
            f"sent, but of no case: {set(sent) - set(due)}" * bool(set(sent) - set(due)),
            f"sent more than twice: {sent.most_common(1)}" * (max(sent.values(), default=0) > 2),
            f"still waiting: {self.desk.store.waiting()}" * bool(self.desk.store.waiting()),
        ]

    def _wrong_acts(self, cases: list[Case]) -> list[str]:
        """What was said to be done is in the history; what is there was at least begun."""
        wrong = []
        for act, event in (("close", "closed"), ("reopen", "reopened")):
            begun = Counter(run.argv[1] for run in self.runs if run.argv[0] == act)
            done = Counter(run.argv[1] for run in self.runs if run.argv[0] == act and run.code == 0)
            for case in cases:
                times = sum(1 for one in case.history if one.event == event)
                if not done[str(case.number)] <= times <= begun[str(case.number)]:
                    wrong.append(f"case {case.number} {event} {times} times, told {done[str(case.number)]}")
        return wrong


def _misbehaved(run: Run) -> bool:
    """Whether it printed or exited as it must not."""
    if "-" in run.argv:
        return bool(run.said) or run.code not in {0, 75, -9}
    # Told to end before it has begun, `--watch` ends as any other program does.
    return "Traceback" in run.said or run.code not in {0, 1, 75, -9, -15}


def soaked(seconds: float, seed: int = 7) -> tuple[str, list[str]]:
    """What was done in that time, in a line, and what was wrong in the end."""
    with tempfile.TemporaryDirectory(prefix="helpdeskctl-") as name:
        desk = Desk(Path(name))
        begin(desk)
        soak = Soak(desk, seconds, seed)
        registry = desk.home / "clienti.csv"
        # A registered customer's people get more than the few answers that strangers get.
        registry.write_text("name;addresses;domains\nCliente Spa;;cliente.example\n")
        registered = desk.run(desk.command("customers", "import", str(registry)))
        assert registered.returncode == 0, registered
        with ThreadPoolExecutor(MAIL_SYSTEMS + 3) as pool:
            actors = [pool.submit(soak.mail_system, number) for number in range(MAIL_SYSTEMS)]
            actors += [pool.submit(soak.cron), pool.submit(soak.watcher), pool.submit(soak.technician)]
            for actor in actors:
                actor.result()
        soak.afterwards()
        killed = sum(1 for run in soak.runs if run.code == -9)
        cases = sum(1 for _ in desk.store.all_cases())
        again = len(desk.store.entries("duplicate"))
        told = (
            f"soak: {len(soak.delivered)} mails, {len(soak.runs)} processes, {killed} killed; "
            f"{cases} cases, {again} duplicates"
        )
        return told, soak.wrong()


if __name__ == "__main__":
    line, failures = soaked(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
    sys.stdout.write("\n".join([line, f"{len(failures)} promises not kept", *failures]) + "\n")
    sys.exit(bool(failures))
