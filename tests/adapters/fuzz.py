"""`make fuzz`: a hundred thousand mutated mails, on every core; what came of them.

The seeds are the example mails, the corpus, made-up monsters, and the mails of the interpreter's own test
suite where it is installed. Any exception, a mail that takes over two seconds, or a process over half a
gigabyte is a failure.
"""

import os
import random
import resource
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import process_time

from helpdeskctl.adapters.mail_parser import parse, peek
from helpdeskctl.domain.errors import UnreadableMailError
from tests.adapters.test_mail_parser import LIMITS, check_whole
from tests.adapters.test_mail_parser_fuzz import SEEDS, mutated
from tests.builders import NOW

_CHUNK = 1000
_MOST_SECONDS = 2.0
_MOST_BYTES = 512 * 1024 * 1024


def more_seeds() -> list[bytes]:
    """The corpus, and the interpreter's own test mails."""
    found = sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))
    standard = Path(os.__file__).parent / "test/test_email/data"
    return [path.read_bytes() for path in (*found, *sorted(standard.glob("*.txt")))]


def chunk(seed: int) -> tuple[Counter[str], float]:
    """What came of so many mails, and the longest that one took."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    chance, told, slowest = random.Random(seed), Counter[str](), 0.0
    seeds = [*SEEDS, *more_seeds()]
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/mail"
        for _ in range(_CHUNK):
            content = mutated(chance, seeds)
            with open(path, "wb") as file:
                file.write(content)
            begun = process_time()
            try:
                check_whole(parse(path, NOW, LIMITS))
                told["read"] += 1
            except UnreadableMailError:
                told["held"] += 1
            except BaseException:
                sys.stderr.write(f"{content!r}\n")
                raise
            peek(path)
            slowest = max(slowest, process_time() - begun)
    return told, slowest


def main(count: int) -> int:
    """Print the table; the exit code is 1 when something failed."""
    told, slowest = Counter[str](), 0.0
    with ProcessPoolExecutor() as pool:
        for some, longest in pool.map(chunk, range(count // _CHUNK)):
            told += some
            slowest = max(slowest, longest)
    line = f"mails {sum(told.values())}, read {told['read']}, held {told['held']}, slowest {slowest * 1000:.0f} ms"
    sys.stdout.write(line + "\n")
    return int(slowest > _MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
