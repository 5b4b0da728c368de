"""An opaque signature: what it wraps is the mail; what is damaged stays an attachment."""

import shutil
import subprocess
from pathlib import Path

import pytest

from helpdeskctl.adapters.mail_parser import parse
from helpdeskctl.adapters.mail_parser.cms import signed_content
from tests.adapters.test_mail_parser import LIMITS, b64, mail
from tests.builders import NOW

INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nNon si stampa pi\xc3\xb9 la fattura 12.\r\n"
OID = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(size)]) + size + content


def endless(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x80]) + content + b"\0\0"


def signed(content: bytes, wrap: object = tlv, octets: bytes | None = None) -> bytes:
    assert callable(wrap)
    octets = octets if octets is not None else tlv(0x04, content)
    encapsulated = wrap(0x30, DATA + wrap(0xA0, octets))
    body = wrap(0x30, tlv(0x02, b"\x01") + tlv(0x31, b"") + encapsulated + tlv(0x31, b""))
    return bytes(wrap(0x30, OID + wrap(0xA0, body)))


@pytest.mark.parametrize(
    "raw",
    [
        signed(INNER),
        signed(INNER, endless),
        signed(INNER, endless, endless(0x24, tlv(0x04, INNER[:20]) + tlv(0x04, INNER[20:]))),
        signed(INNER, tlv, tlv(0x24, tlv(0x04, INNER))),
    ],
)
def test_what_was_signed_is_found(raw: bytes) -> None:
    assert signed_content(raw) == INNER
    for end in range(0, len(raw), 7):
        signed_content(raw[:end])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x30",
        b"x" * 50,
        signed(INNER)[:-30],
        signed(INNER).replace(OID, DATA),
        b"\x30\x80" * 5000,
        b"\x30\x84\xff\xff\xff\xff",
    ],
)
def test_what_is_none_or_damaged_is_nothing(raw: bytes) -> None:
    assert signed_content(raw) is None


def read(tmp_path: Path, raw: bytes, name: str = "smime.p7m") -> object:
    path = tmp_path / "m"
    kind = f"application/pkcs7-mime; smime-type=signed-data; name={name}"
    path.write_bytes(mail(b64(raw), Content_Type=kind, Content_Transfer_Encoding="base64"))
    found = parse(str(path), NOW, LIMITS)
    return found.text, [a.name for a in found.attachments], found.encrypted


def test_the_mail_within_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, signed(INNER)) == ("Non si stampa più la fattura 12.", [], False)


def test_a_signed_document_stays_a_document(tmp_path: Path) -> None:
    assert read(tmp_path, signed(b"<fattura/>"), "fattura.xml.p7m") == ("", ["fattura.xml.p7m"], False)


def test_a_damaged_one_is_kept(tmp_path: Path) -> None:
    assert read(tmp_path, b"x" * 100) == ("", ["smime.p7m"], False)
    twice = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\nx"
    assert read(tmp_path, signed(twice)) == ("", ["smime.p7m"], False)


@pytest.mark.system
def test_what_openssl_signs_is_read(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    assert openssl is not None
    (tmp_path / "in").write_bytes(INNER)
    run = [
        openssl,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=x",
        "-keyout",
        "k",
        "-out",
        "c",
    ]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)
    for stream in ([], ["-stream"]):
        sign = [
            openssl,
            "smime",
            "-sign",
            "-nodetach",
            "-signer",
            "c",
            "-inkey",
            "k",
            "-in",
            "in",
            "-outform",
            "DER",
            *stream,
        ]
        raw = subprocess.run(sign, cwd=tmp_path, check=True, capture_output=True).stdout
        content = signed_content(raw)
        assert content is not None and b"la fattura 12." in content
