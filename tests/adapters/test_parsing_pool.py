"""Many mails at once: in their order, whatever process has read them."""

import os
import subprocess
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from helpdeskctl.adapters import parsing_pool
from helpdeskctl.adapters.mail_parser import parse
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.settings import Limits
from tests.builders import NOW

ROOT = Path(__file__).parents[2]
LIMITS = Limits(1, 8, 10, 5)
PARSE = partial(parse, limits=LIMITS)


def mails(folder: Path, many: int) -> list[tuple[str, datetime]]:
    for number in range(many):
        (folder / str(number)).write_text(f"From: a@b.example\nSubject: Caso {number}\n\nTesto\n")
    return [(str(folder / str(number)), NOW) for number in range(many)]


def subject(one: parsing_pool.Parsed) -> str:
    return one.subject if isinstance(one, Message) else type(one).__name__


@pytest.mark.parametrize("many", [0, 1, 200, 201, 430])
def test_the_order_is_kept(tmp_path: Path, many: int) -> None:
    found = parsing_pool.parsed(mails(tmp_path, many), PARSE)
    assert list(map(subject, found)) == [f"Caso {number}" for number in range(many)]


@pytest.mark.parametrize("many", [10, 300])
def test_a_mail_that_cannot_be_read_is_its_error_in_its_place(tmp_path: Path, many: int) -> None:
    located = mails(tmp_path, many)
    os.unlink(located[3][0])
    Path(located[5][0]).write_bytes(b"Subject: " + b"x" * 9000 + b"\n\n")
    found = list(parsing_pool.parsed(located, PARSE))
    assert [subject(found[n]) for n in (3, 4, 5, 6)] == [
        "FileNotFoundError",
        "Caso 4",
        "UnreadableMailError",
        "Caso 6",
    ]
    over = found[5]
    # The sentence and its facts come through, so that it can be translated.
    assert isinstance(over, UnreadableMailError)
    with pytest.raises(UnreadableMailError) as told:
        PARSE(*located[5])
    assert (over.sentence, over.facts, str(over)) == (told.value.sentence, told.value.facts, str(told.value))


def test_nobody_reads_far_ahead(tmp_path: Path) -> None:
    taken = 0

    def counted() -> "object":
        nonlocal taken
        for one in mails(tmp_path, 1000):
            taken += 1
            yield one

    found = parsing_pool.parsed(counted(), PARSE)  # type: ignore[arg-type]
    assert subject(next(found)) == "Caso 0"
    assert taken <= 201 + 50 * (2 * len(os.sched_getaffinity(0)) + 1)
    found.close()  # type: ignore[attr-defined]


def test_no_process_outlives_the_one_that_asked(tmp_path: Path) -> None:
    mails(tmp_path, 400)
    code = (
        "import os, signal, sys\n"
        "from functools import partial\n"
        "from multiprocessing import active_children\n"
        "from helpdeskctl.adapters import parsing_pool\n"
        "from helpdeskctl.adapters.mail_parser import parse\n"
        "from tests.adapters.test_parsing_pool import LIMITS, NOW\n"
        "located = iter([(f'{sys.argv[1]}/{n}', NOW) for n in range(400)])\n"
        "found = parsing_pool._by_processes(located, partial(parse, limits=LIMITS), 2)\n"
        "next(found)\n"
        "print(*(child.pid for child in active_children()), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )
    # They hold the pipe that it wrote to: it is read to its end when the last of them has ended.
    assert len(done.stdout.split()) == 2, done.stderr
