"""Whatever a mail holds, a terminal, a pipe and a program get harmless text."""

import json
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdeskctl.cli.formats.cleaning import one_line, paragraphs
from tests.cli.conftest import Call, Desk, mail

# Joiners within a word belong to it; everything else of these kinds moves a cursor or turns the reading.
JOINERS = {"\u200c", "\u200d"}
HOSTILE = "[red]Ciao[/red] \x1b[31m\x9b2J\u202e\u2066 =1+1 <b>x</b> [/x] \x07\x00 \u200b fine"


def harmless(text: str) -> bool:
    return all(
        c in JOINERS or c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        for c in text
    )


@given(st.text(st.characters()))
def test_one_line_is_one_line_without_anything_that_moves_a_cursor(text: str) -> None:
    line = one_line(text)
    assert "\n" not in line and "\t" not in line and harmless(line)
    assert one_line(line) == line


@given(st.text(st.characters()))
def test_paragraphs_keep_their_lines_and_nothing_that_moves_a_cursor(text: str) -> None:
    shown = paragraphs(text)
    assert harmless(shown) and "\r" not in shown
    assert shown.count("\n") >= text.count("\n")
    assert paragraphs(shown) == shown


@given(st.text("abcàèéìòù €ñ@#-.,;:'\n", max_size=60))
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert paragraphs(text) == text
    assert one_line(text) == " ".join(text.split())


@pytest.fixture
def hostile(desk: Desk, call: Call) -> None:
    encoded = HOSTILE.encode().hex()
    word = "=?utf-8?q?" + "".join(f"={encoded[at : at + 2]}" for at in range(0, len(encoded), 2)) + "?="
    content = mail(
        word, f"{HOSTILE}\n\x1b]0;titolo\x07 Contratto: 12", From=f'"{word}" <anna@cliente.example>'
    )
    desk.deliver(content, "1")
    desk.deliver(mail(word, X_Spam_Flag="YES", Message_ID="<2@x>"), "2")
    assert call("ingest").code == 0
    call("note", "1", "-m", HOSTILE, "--as", HOSTILE.replace("\0", ""))
    call("set", "1", "--subject", HOSTILE.replace("\0", ""), "--reason", HOSTILE.replace("\0", ""))


COMMANDS = (
    (), ("list",), ("list", "--all"), ("show", "1"), ("show", "1", "--due"), ("held", "list"),
    ("outbox", "list"), ("attachments", "1"), ("classify", "--case", "1"), ("contracts", "list"),
)  # fmt: skip


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("argv", COMMANDS)
def test_nothing_of_a_mail_reaches_terminal_pipe_or_program_as_a_command(
    call: Call, on_terminal: Callable[[int], None], argv: tuple[str, ...]
) -> None:
    piped = call(*argv)
    assert piped.code == 0
    assert harmless(piped.out.replace("\t", " ")), argv
    found = call(*argv, "--json")
    assert found.out.isascii() and harmless(found.out)
    json.loads(found.out)
    on_terminal(100)
    shown = call(*argv, "--color", "never")
    assert shown.code == 0
    assert harmless(shown.out), argv


@pytest.mark.usefixtures("hostile")
def test_markup_is_shown_as_it_was_written(call: Call, on_terminal: Callable[[int], None]) -> None:
    on_terminal(200)
    assert "[red]Ciao[/red]" in call("list").out
    assert "[/x]" in call("show", "1").out


@pytest.mark.usefixtures("hostile")
def test_mail_of_ours_has_one_subject_line_and_no_header_of_the_customers(desk: Desk) -> None:
    for sent in desk.sent():
        assert harmless(sent["Subject"]) and harmless(sent["To"])
        assert "Bcc" not in sent
