"""The draft: what a mail program gets, and what the desk makes of it once it is sent."""

import json
import subprocess
import sys
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from helpdeskctl.tray.draft import draft, eml, mailto
from helpdeskctl.tray.settings import Settings
from tests.cli.conftest import Call, Desk, call, desk

__all__ = ["call", "desk"]

NOW = datetime(2026, 11, 24, 15, 3, 9)  # noqa: DTZ001
# Any bytes: nothing but the picture's own program reads them.
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
ITALIAN = Settings(contract="AB/12")
BOTH = pytest.mark.parametrize("settings", [ITALIAN, ITALIAN._replace(language="en")], ids=["it", "en"])


def _read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_it_is_unsent_addressed_and_without_a_subject_sender_or_date() -> None:
    message = _read(eml(draft(ITALIAN, PICTURE, NOW)))
    assert message["X-Unsent"] == "1"
    assert message["To"] == "nuovocaso@projectpp.it"
    assert message["Subject"] == ""
    assert not {"From", "Date", "Message-ID", "Sender"} & set(message.keys())


def test_it_asks_what_the_page_asks_and_cites_the_contract() -> None:
    text = draft(ITALIAN, None, NOW).text
    assert "Che cosa stavo facendo:" in text
    assert "Su quale documento" in text
    assert "Quale messaggio ho visto:" in text
    assert "\nContratto: AB/12\n" in text
    assert "Contratto" not in draft(Settings(), None, NOW).text


def test_the_picture_is_attached_byte_for_byte_under_a_name_with_its_time() -> None:
    attached = list(_read(eml(draft(ITALIAN, PICTURE, NOW))).iter_attachments())
    assert [a.get_filename() for a in attached] == ["schermata-2026-11-24-150309.png"]
    assert attached[0].get_content_type() == "image/png"
    assert attached[0].get_content() == PICTURE
    assert not list(_read(eml(draft(ITALIAN, None, NOW))).iter_attachments())


def test_every_line_of_it_fits_a_mail_and_ends_as_in_a_mail() -> None:
    content = eml(draft(ITALIAN, PICTURE, NOW))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.isascii()


@BOTH
def test_a_link_carries_the_same_and_says_which_file_to_attach(settings: Settings) -> None:
    made = draft(settings, PICTURE, NOW)
    link = urlsplit(mailto(made, settings.language))
    assert (link.scheme, link.path) == ("mailto", made.to)
    (body,) = parse_qs(link.query, strict_parsing=True)["body"]
    assert made.picture_name in body
    assert body.replace("\r\n", "\n").endswith(made.text)
    assert made.picture_name not in mailto(made._replace(picture=None), settings.language)
    # Windows hands a link on as a command line of some 2,000 characters.
    assert len(link.geturl()) < 1500


def _sent(content: bytes, subject: str, **headers: str) -> bytes:
    """What a mail program sends of a draft: its own headers, the subject filled in, ours of a draft off."""
    message = _read(content)
    del message["Subject"], message["X-Unsent"]
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message.as_bytes()


def _decision(content: bytes) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "helpdeskctl", "classify", "-", "--json"],
        input=content, capture_output=True, check=True,
    )  # fmt: skip
    decision: dict[str, Any] = json.loads(done.stdout)
    return decision


FROM = {"From": "Anna Verdi <anna.verdi@cliente.example>", "Message-ID": "<1@cliente.example>"}


@BOTH
def test_no_rule_of_the_desk_fires_by_what_the_draft_says_itself(desk: Desk, settings: Settings) -> None:
    content = eml(draft(settings._replace(contract=""), PICTURE, NOW))
    decision = _decision(_sent(content, "Non si stampa il registro delle fatture", **FROM))
    assert (decision["outcome"], decision["sector"], decision["urgency"]) == ("opened", "tecnico", "normale")
    assert decision["command"] == ""
    assert {b["rule"] for b in decision["because"]} == {"default sector"}


@BOTH
def test_it_is_incomplete_only_until_its_subject_says_something(desk: Desk, settings: Settings) -> None:
    content = eml(draft(settings, PICTURE, NOW))
    empty = _decision(_sent(content, "", **FROM))
    told = _decision(_sent(content, "Problema emissione fatture", **FROM))
    assert "minimum requirements" in {b["rule"] for b in empty["because"]}
    assert "minimum requirements" not in {b["rule"] for b in told["because"]}


def test_sent_to_the_desk_it_is_a_case_with_its_contract_and_its_picture(desk: Desk, call: Call) -> None:
    made = draft(ITALIAN._replace(to="supporto.gestionale@projectpp.it"), PICTURE, NOW)
    content = _sent(eml(made), "Fido calcolato male", **FROM)
    piped = subprocess.run(
        [sys.executable, "-m", "helpdeskctl", "ingest", "-"], input=content, capture_output=True, check=False
    )
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, b"", b"")
    case = json.loads(call("show", "1", "--json").out)
    assert (case["sector"], case["contract"]["number"]) == ("gestionale", "AB/12")
    assert "incomplete" not in case["marks"]
    (kept,) = case["messages"][0]["attachments"]
    assert (kept["name"], kept["type"], kept["size"]) == (made.picture_name, "image/png", len(PICTURE))
    assert kept["sha256"] == sha256(PICTURE).hexdigest()
