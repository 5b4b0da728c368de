"""What is left out of a mail's header before it is taken apart: what nobody here reads, and nothing else."""

import re
from pathlib import Path

import pytest

import helpdeskctl.adapters.mail_parser as package
from helpdeskctl.adapters.mail_parser.headers import FIELDS, fields_read

NAME = r'"([a-z][a-z-]*)"'
# How the package asks for a field: by the functions of `headers`, of its fields, or of a part.
ASKED = re.compile(
    rf"(?:(?:first|message_ids|addresses|bare_addresses)\(\w+(?:, {NAME})(?:, {NAME})*(?:, {NAME})*\)"
    rf"|\.fields\.get\({NAME}|{NAME} in header\.fields|(?:part|root)\.get\({NAME})"
)
# Of reports within a mail (RFC 3464), not of its own header.
OF_REPORTS = {
    "action", "status", "diagnostic-code", "final-recipient", "original-recipient", "original-message-id",
}  # fmt: skip


def test_every_field_that_is_asked_for_is_left_in() -> None:
    sources = [path.read_text() for path in Path(str(package.__file__)).parent.glob("*.py")]
    asked = {
        name for source in sources for found in ASKED.finditer(source) for name in found.groups() if name
    }
    assert {"subject", "date", "reply-to", "x-original-to", "x-ricevuta", "content-disposition"} <= asked
    assert asked - OF_REPORTS <= FIELDS


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_ways_a_mail_came_are_left_out(end: bytes) -> None:
    kept = end.join([b"From: Anna <anna@rossi.example>", b"SUBJECT: Il modem", b"\tnon va", b"", b""])
    header = end.join(
        [
            b"Received: from a by b",
            b"\twith ESMTPS; Mon, 2 Mar 2026 08:21:00 +0100",
            b"From: Anna <anna@rossi.example>",
            b"X-Mailer: Posta 1.0",
            b"SUBJECT: Il modem",
            b"\tnon va",
            b"DKIM-Signature: v=1;",
            b" b=abc",
            b"",
            b"",
        ]
    )
    assert fields_read(header) == kept


def test_what_follows_the_header_stays() -> None:
    assert fields_read(b"X-A: 1\nTo: b\n\nX-B: text\n") == b"To: b\n\nX-B: text\n"
    assert fields_read(b"X-A: 1\n\nX-B: text\n") == b"\nX-B: text\n"


def test_a_name_that_only_begins_like_one_is_another() -> None:
    assert fields_read(b"To-Do: a\nFromage: b\nTo: c\n\n") == b"To: c\n\n"
