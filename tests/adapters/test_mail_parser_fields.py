"""What is left out of a mail's header before it is taken apart: what nobody here reads, and nothing else."""

import re
from pathlib import Path

import pytest

import helpdeskctl.adapters.mail_parser as package
from helpdeskctl.adapters.mail_parser import parse
from helpdeskctl.adapters.mail_parser.headers import FIELDS, fields_read
from helpdeskctl.domain.settings import Limits
from tests.builders import NOW

MAILS = Path(__file__).parents[1] / "mails"
LIMITS = Limits(mail_mb=50, header_kb=256, parts=1000, nesting=50)

# How the package asks for a field: by the functions of `headers`, of its fields, or of a part.
ASKED = re.compile(
    r"(?:first|message_ids|addresses|bare_addresses|\.fields\.get|(?:part|root)\.get)\([^()]*\)"
    r"|\"[a-z-]+\" in header\.fields|    names = \(.*\)"
)
NAME = re.compile(r'"([a-z-]+)"')
# Of reports within a mail (RFC 3464), not of its own header.
OF_REPORTS = {
    "action", "status", "diagnostic-code", "final-recipient", "original-recipient", "original-message-id",
}  # fmt: skip


def test_every_field_that_is_asked_for_is_left_in() -> None:
    sources = [path.read_text() for path in Path(str(package.__file__)).parent.glob("*.py")]
    found = [one[0] for source in sources for one in ASKED.finditer(source)]
    asked = {name for one in found for name in NAME.findall(one)}
    assert {"subject", "date", "reply-to", "x-original-to", "x-ricevuta", "resent-cc"} <= asked
    assert asked - OF_REPORTS <= FIELDS


@pytest.mark.parametrize("path", sorted(MAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_a_mail_says_the_same_as_with_all_of_its_header(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = parse(str(path), NOW, LIMITS)
    monkeypatch.setattr("helpdeskctl.adapters.mail_parser.reading.fields_read", lambda block: block)
    assert parse(str(path), NOW, LIMITS) == read


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
