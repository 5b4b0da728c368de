"""Mutated mails: whatever arrives is read or held with a reason, soon, and never with a crash."""

import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdeskctl.adapters.mail_parser import parse, peek
from helpdeskctl.domain.errors import UnreadableMailError
from tests.adapters.test_mail_parser import INNER, LIMITS, check_whole, dsn, mail, multipart, part, pec
from tests.builders import NOW

EXAMPLES = Path(__file__).parents[2] / "examples/maildir/new"
SEEDS = [
    *(path.read_bytes() for path in sorted(EXAMPLES.iterdir())),
    pec(INNER),
    dsn("failed"),
    multipart("alternative", part("a", Content_Type="text/plain"), part("<p>b", Content_Type="text/html")),
]
PIECES = [
    b"\0", b"\xff", b"\r\n", b"\n\n", b"--", b"=?utf-8?b?", b"?=", b"Content-Type: multipart/mixed; boundary=x\n", b"\x1b[2J",
    b"Content-Transfer-Encoding: base64\n", b"charset=", b"message/rfc822", b'"', b"<", b"\xed\xa0\x80", b";" * 50, b"(" * 200, b"=",
]  # fmt: skip


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds with a few of its bytes cut, doubled, changed, or taken from another."""
    content = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(content) + 1)
        match chance.randrange(5):
            case 0:
                content[at : at + chance.randint(1, 40)] = b""
            case 1:
                content[at:at] = chance.choice(PIECES)
            case 2:
                content[at : at + 1] = bytes([chance.randrange(256)])
            case 3:
                other = chance.choice(seeds)
                start = chance.randrange(len(other))
                content[at:at] = other[start : start + chance.randint(1, 400)]
            case _:
                content[at:at] = content[at : at + chance.randint(1, 200)]
    return bytes(content)


@pytest.mark.parametrize("seed", range(20))
def test_mutated_mails_are_read_or_held(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "mail"
    for _ in range(100):
        content = mutated(chance, SEEDS)
        path.write_bytes(content)
        begun = process_time()
        with suppress(UnreadableMailError):
            check_whole(parse(str(path), NOW, LIMITS))
        peek(str(path))
        assert process_time() - begun < 5, content[:200]


@given(st.binary(max_size=400), st.text(max_size=100), st.text(max_size=100))
@settings(max_examples=200, deadline=None)
def test_made_up_mails_are_read_or_held(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, subject: str, name: str
) -> None:
    path = tmp_path_factory.mktemp("m") / "mail"
    path.write_bytes(
        mail(
            body, Subject=subject.encode("utf-8", "surrogatepass"), From=name.encode("utf-8", "surrogatepass")
        )
    )
    check_whole(parse(str(path), NOW, LIMITS))
