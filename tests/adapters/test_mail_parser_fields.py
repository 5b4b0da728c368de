"""A mail's own fields are kept from the libraries and read here; what nobody reads is left out, nothing else."""

import re
from pathlib import Path

import pytest

import helpdeskctl.adapters.mail_parser as package
from helpdeskctl.adapters.mail_parser import parse
from helpdeskctl.adapters.mail_parser.headers import FIELDS, parted
from helpdeskctl.adapters.mail_parser.mending import is_well_formed
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
OF_THE_CONTENT = {"content-type", "content-transfer-encoding", "content-disposition"}
# Of reports within a mail (RFC 3464), not of its own header.
OF_REPORTS = {
    "action", "status", "diagnostic-code", "final-recipient", "original-recipient", "original-message-id",
}  # fmt: skip


def test_every_field_that_is_asked_for_is_left_in() -> None:
    sources = [path.read_text() for path in Path(str(package.__file__)).parent.glob("*.py")]
    found = [one[0] for source in sources for one in ASKED.finditer(source)]
    asked = {name for one in found for name in NAME.findall(one)}
    assert {"subject", "date", "reply-to", "x-original-to", "x-ricevuta", "resent-cc"} <= asked
    assert asked - OF_REPORTS <= FIELDS | OF_THE_CONTENT


@pytest.mark.parametrize("path", sorted(MAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_a_mail_says_the_same_as_when_the_libraries_take_its_header_apart(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = parse(str(path), NOW, LIMITS)
    monkeypatch.setattr("helpdeskctl.adapters.mail_parser.reading.is_well_formed", lambda block: False)
    assert parse(str(path), NOW, LIMITS) == read


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_what_tells_of_the_content_is_for_the_library_the_rest_is_the_mails_own(end: bytes) -> None:
    lines = (
        b"Received: from a by b", b"\twith ESMTPS; Mon, 2 Mar 2026 08:21:00 +0100",
        b"From: Anna <anna@rossi.example>", b"X-Mailer: Posta 1.0", b"SUBJECT: Il modem", b"\tnon va \xe8",
        b"CONTENT-type: text/plain;", b' charset="utf-8"', b"DKIM-Signature: v=1;", b" b=abc", b"", b"",
    )  # fmt: skip
    content, own = parted(end.join(lines))
    assert content == end.join((b"CONTENT-type: text/plain;", b' charset="utf-8"', b"", b""))
    folded = f"Il modem{end.decode()}\tnon va \udce8"
    assert own == [("From", "Anna <anna@rossi.example>"), ("SUBJECT", folded)]


def test_a_name_that_only_begins_like_one_is_another() -> None:
    assert parted(b"To-Do: a\nFromage: b\nContents: d\nTo:\n c\n\n") == (b"\n", [("To", "c")])


@pytest.mark.parametrize("header", [b"To: a\rb\n\n", b"To : a\n\n", b"To: a\nwhat is this\n\n", b"To: a"])
def test_a_header_that_is_not_as_it_should_be_is_left_to_what_mends_it(header: bytes) -> None:
    assert not is_well_formed(header)
