"""Large mails are read in little memory, and to the same result as if they were held whole."""

import base64
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdeskctl.adapters.mail_parser import contents, cutting, parse
from helpdeskctl.adapters.mail_parser.cutting import cuts_of, lightened
from helpdeskctl.domain.message import Attachment, Message
from helpdeskctl.domain.settings import Limits

LIMITS = Limits(50, 256, 1000, 50)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
CORPUS = sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_what_is_cut_out_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> tuple[Message, list[tuple[Attachment, bytes]]]:
        pieces = [(a, b"".join(content())) for a, content in contents(str(path), LIMITS)]
        return parse(str(path), NOW, LIMITS), pieces

    whole = read()
    monkeypatch.setattr(cutting, "HEAVY", 0)
    assert read() == whole


LINES = st.lists(
    st.one_of(
        st.integers(1, 40).map(lambda n: b"Zm9vYmFyZm9vYmFyZm9vYmFy\r\n" * n),
        st.integers(1, 40).map(lambda n: b"Zm9vYmFyZm9vYmFyZm9vYmFy\n" * n),
        st.binary(max_size=60),
        st.sampled_from([b"\n", b"--x\n", b"Zm9v\n", b"Zm9vYmFyZm9vYmFyZm9vYg==\n", b"\r", b"a" * 400]),
    )
)


@given(LINES, st.integers(1, 300), st.integers(0, 200))
@settings(max_examples=300, deadline=None)
def test_with_the_cuts_put_back_every_byte_is_there(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], size: int, heavy: int
) -> None:
    content = b"".join(lines)
    path = tmp_path_factory.getbasetemp() / "lines"
    path.write_bytes(b"Header: x\n" + content)
    cuts = cuts_of(str(path))
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cutting, "HEAVY", heavy)
        patched.setattr(cutting, "_PIECE", 300)
        light = b"".join(lightened(pieces, len(b"Header: x\n"), cuts))
    restored = b"".join(cuts.segments(light.decode("ascii", "surrogateescape")))
    assert restored == content


def _large(megabytes: int, nested: bool) -> bytes:
    inner = EmailMessage()
    inner["From"], inner["To"] = "Anna Verdi <anna@cliente.example>", "nuovocaso@projectpp.it"
    inner["Subject"] = "Schermata"
    inner.set_content("Ecco il registro.")
    inner.add_attachment(
        bytes(range(256)) * (4000 * megabytes), "application", "zip", filename="registro.zip"
    )
    if not nested:
        return inner.as_bytes()
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "Luca <luca@cliente.example>", "I: Schermata"
    outer.set_content("Inoltro.")
    outer.add_attachment(inner)
    return outer.as_bytes()


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_large_attachment_is_whole(tmp_path: Path, nested: bool, line_end: bytes) -> None:
    mail = _large(2, nested)
    path = tmp_path / "mail"
    path.write_bytes(mail.replace(b"\n", line_end))
    [found] = parse(str(path), NOW, LIMITS).attachments
    [(attachment, content)] = contents(str(path), LIMITS)
    expected = bytes(range(256)) * 8000
    raw = b"".join(content())
    assert attachment == found
    assert (found.size, found.sha256) == (len(raw), sha256(raw).hexdigest())
    if nested:
        assert base64.b64encode(expected)[:60] in raw
        start = raw.index(b"\n\n", raw.index(b"application/zip")) + 2
        assert base64.b64decode(raw[start : raw.index(b"\n--", start)]) == expected
    else:
        assert raw == expected


def _peak(path: Path) -> int:
    """The most memory that reading the mail took, in MB, in a process of its own."""
    program = (
        "import sys, re, datetime\n"
        "from helpdeskctl.adapters.mail_parser import parse\n"
        "from helpdeskctl.domain.settings import Limits\n"
        "m = parse(sys.argv[1], datetime.datetime.now(datetime.UTC), Limits(50, 256, 1000, 50))\n"
        "assert m.attachments[0].size > 1000\n"
        # ru_maxrss would be that of the process that started this one, if it was larger.
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def sizes(tmp_path: Path) -> Iterator[int]:
    for megabytes in (1, 25):
        path = tmp_path / str(megabytes)
        path.write_bytes(_large(megabytes, nested=False))
        yield _peak(path)


def test_twenty_five_megabytes_take_hardly_more_memory_than_one(tmp_path: Path) -> None:
    one, twenty_five = sizes(tmp_path)
    assert twenty_five <= 40
    assert twenty_five - one <= 8
