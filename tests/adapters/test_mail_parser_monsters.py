"""Hand-made monsters: read or held, within two seconds and within the memory that a mail may cost."""

import base64
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdeskctl.adapters.mail_parser.html import as_texts
from tests.adapters.test_mail_parser import mail, multipart, part

READ = """
import json, sys, time
from datetime import UTC, datetime
from helpdeskctl.adapters.mail_parser import parse
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.settings import Limits
begun = time.process_time()
try:
    found = parse(sys.argv[1], datetime.now(UTC), Limits(50, 256, 1000, 50))
    told = {"text": len(found.text), "attachments": [a.size for a in found.attachments]}
except UnreadableMailError as error:
    told = {"held": str(error)}
told["seconds"] = time.process_time() - begun
with open("/proc/self/status") as status:
    told["mb"] = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024
print(json.dumps(told))
"""


def read(tmp_path: Path, content: bytes) -> dict[str, object]:
    path = tmp_path / "monster"
    path.write_bytes(content)
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    told: dict[str, object] = json.loads(done.stdout)
    return told


def nested(kind: str, depth: int) -> bytes:
    return (
        b"".join(b'Content-Type: %s; boundary="b%d"\n\n--b%d\n' % (kind.encode(), n, n) for n in range(depth))
        + b"x"
    )


def monsters() -> Iterator[tuple[str, bytes]]:
    yield "10,000 nested parts", nested("multipart/mixed", 10_000)
    yield "900 nested parts", nested("multipart/mixed", 900)
    yield "900 nested messages", b"Content-Type: message/rfc822\n\n" * 900 + b"x"
    yield "100,000 parts", multipart("mixed", *[b"\nx"] * 100_000)
    yield "100,000 headers", b"".join(b"X-%d: y\n" % n for n in range(100_000)) + b"\nx"
    yield "250 kB of encoded words", mail(Subject="=?utf-8?b?" + "QUJD" * 60_000 + "?=")
    yield "many encoded words", mail(Subject=" ".join(["=?utf-8?q?a?="] * 15_000))
    yield "1 MB encoded words", mail(Subject="=?utf-8?b?" + "QUJD" * 300_000 + "?=")
    yield (
        "a part's header of 4 MB",
        multipart("mixed", part("x", Content_Type="text/plain; name=" + "=?utf-8?q?a?= " * 300_000)),
    )
    yield "200 kB of From", mail(From="a, " * 60_000 + "<x@y.example>")
    yield "nested brackets in From", mail(From="(" * 100_000)
    yield "200 kB of References", mail(References="<a@b> " * 30_000)
    yield "200 kB of boundary", mail("x", Content_Type="multipart/mixed; boundary=" + "x" * 200_000)
    yield "10 MB of one line", mail("x" * 10_000_000)
    yield "5 MB of line ends", mail("\n" * 5_000_000)
    yield "5 MB of quotes", mail("> " * 2_500_000)
    yield "1 MB of NUL", mail(b"\0" * 1_000_000)
    yield "5 MB of surrogates", mail(b"\xed\xa0\x80" * 1_700_000)
    yield "a million flowed lines", mail("a \n" * 1_000_000, Content_Type="text/plain; format=flowed")
    yield "60,000 addresses without commas", mail(From="a@b " * 60_000)
    yield "30,000 lines among the headers", b"garbage\n" * 30_000 + mail("x")
    yield (
        "20 MB without the boundary",
        mail("--x\n\n" + "testo\n" * 3_000_000, Content_Type="multipart/mixed"),
    )
    yield (
        "45 containers without a boundary",
        mail(
            "Content-Type: multipart/mixed\n\n--x\n" * 45 + "testo\n" * 500_000,
            Content_Type="multipart/mixed",
        ),
    )
    yield "pages that add up", multipart("mixed", *[part("<ol>" * 24_000, Content_Type="text/html")] * 20)
    yield "HTML nested 100,000 deep", mail("<div>" * 100_000 + "x", Content_Type="text/html")
    yield "5 MB of HTML tables", mail("<table><tr><td>x" * 300_000, Content_Type="text/html")
    yield "HTML attributes", mail("<p " + "a=b " * 500_000 + ">x", Content_Type="text/html")
    yield "begin without end", mail("begin 644 x\n" + "M" * 61 + "\n" + ("M" + "x" * 60 + "\n") * 50_000)
    yield "many begins", mail("begin 644 x\n" * 200_000)
    yield "TNEF of noise", multipart("mixed", part(b"x" * 2_000_000, Content_Type="application/ms-tnef"))
    yield (
        "CMS nested",
        mail(b"\x30\x80" * 500_000, Content_Type="application/pkcs7-mime; smime-type=signed-data"),
    )
    yield (
        "delivery status of 10,000 blocks",
        multipart(
            "report; report-type=delivery-status",
            part("Action: failed\n\n" * 10_000, Content_Type="message/delivery-status"),
        ),
    )


MONSTERS = dict(monsters())


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_is_read_or_held_soon(tmp_path: Path, name: str) -> None:
    told = read(tmp_path, MONSTERS[name])
    seconds, mb = told["seconds"], told["mb"]
    # Of the processor, so that a busy machine does not matter; a quadratic one would take minutes.
    assert isinstance(seconds, float) and seconds < 10, told
    assert isinstance(mb, int) and mb < 400, told


def test_a_small_mail_and_a_large_attachment_cost_only_so_much_memory(tmp_path: Path) -> None:
    small = read(tmp_path, mail())
    content = os.urandom(1024) * 24_415
    large = read(
        tmp_path,
        multipart(
            "mixed",
            part("testo", Content_Type="text/plain"),
            part(
                base64.encodebytes(content),
                Content_Type="application/zip",
                Content_Transfer_Encoding="base64",
            ),
        ),
    )
    assert large["attachments"] == [len(content)]
    assert isinstance(small["mb"], int) and small["mb"] <= 30
    assert isinstance(large["mb"], int) and large["mb"] <= 130


@pytest.mark.parametrize("size", [50_000, 1_000_000])
@pytest.mark.parametrize(
    "bomb",
    [
        "".join(f"<font size={i}><p>" for i in range(60_000)),
        "".join(f"<font size={i}>" for i in range(2000)) + "<div></font>" * 90_000,
        "".join(f"<b class={i}><marquee>" for i in range(50_000)),
        "<svg><td></svg>" + "".join(f"<font color={i}><p>" for i in range(50_000)),
        "<p " + " ".join(f"a{i}=1" for i in range(125_000)) + ">",
        "<table><tr><td>" * 70_000,
    ],
    ids=["font", "close", "marquee", "svg", "attributes", "tables"],
)
def test_no_page_takes_more_than_it_is_worth(bomb: str, size: int) -> None:
    began = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    [text] = as_texts(["visto " + bomb[:size]])
    ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    assert text.startswith("visto")
    # A second here, and what the process of its own is allowed there.
    for before, after, most in zip(began, ended, (2, 7), strict=True):
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < most


def test_a_large_page_of_a_person_reads_as_a_small_one() -> None:
    page = "<p>Riga <b>in grassetto</b> e <a href='x'>collegata</a></p><div style='display:none'>no</div>"
    [small], [large] = as_texts([page]), as_texts([page * 2000])
    assert small == "Riga in grassetto e collegata"
    assert large == "\n\n".join([small] * 2000)
