"""winmail.dat: opened in a process of its own, kept whatever happens."""

import struct
from pathlib import Path

import pytest

from helpdeskctl.adapters.mail_parser import contents, parse, tnef
from tests.adapters.test_mail_parser import LIMITS, b64, multipart, part
from tests.builders import NOW


def attribute(level: int, tag: int, content: bytes) -> bytes:
    return struct.pack("<BII", level, tag, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def winmail(*files: tuple[str, bytes]) -> bytes:
    stream = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    for name, content in files:
        stream += attribute(2, 0x00069002, b"\0" * 14)
        stream += attribute(2, 0x00018010, name.encode() + b"\0")
        stream += attribute(2, 0x0006800F, content)
    return stream


def outlook(stream: bytes, text: str = "Vedi allegato, grazie.") -> bytes:
    winmail_part = part(
        b64(stream),
        Content_Type='application/ms-tnef; name="winmail.dat"',
        Content_Transfer_Encoding="base64",
    )
    return multipart("mixed", part(text, Content_Type="text/plain"), winmail_part)


def test_its_files_are_attachments_and_it_is_kept_as_well(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(outlook(winmail(("fattura.pdf", b"%PDF-1"), ("../foto.png", b"\x89PNG" * 1000))))
    found = parse(str(path), NOW, LIMITS)
    assert [(a.name, a.size) for a in found.attachments][1:] == [("fattura.pdf", 6), ("foto.png", 4000)]
    assert found.attachments[0].name == "winmail.dat"
    assert found.text == "Vedi allegato, grazie."
    given = {one.attachment.name: b"".join(one.pieces()) for one in contents(str(path), LIMITS)}
    assert given["fattura.pdf"] == b"%PDF-1"
    assert given["winmail.dat"].startswith(struct.pack("<I", 0x223E9F78))


@pytest.mark.parametrize(
    "stream", [b"", b"x" * 100, winmail(("a", b"b"))[:40], winmail(("a", b"b"))[:-3] + b"\xff" * 50]
)
def test_one_that_is_damaged_is_kept_as_it_is(tmp_path: Path, stream: bytes) -> None:
    path = tmp_path / "m"
    path.write_bytes(outlook(stream))
    found = parse(str(path), NOW, LIMITS)
    assert found.attachments[0].name == "winmail.dat"
    assert found.attachments[0].size == len(stream)


def test_one_that_takes_too_long_is_kept_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tnef, "_SECONDS", 0.01)
    assert tnef.opened(winmail(("a", b"b"))).files == ()
