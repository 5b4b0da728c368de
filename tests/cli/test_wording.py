"""Every name of the domain has its word, and nothing but the published names exists."""

import ast
from pathlib import Path

import pytest

import helpdeskctl
from helpdeskctl.cli.formats import wording
from helpdeskctl.cli.main import said
from helpdeskctl.domain.case import Status
from helpdeskctl.domain.events import EVENTS, Event
from tests.builders import NOW

DOMAIN = Path(helpdeskctl.__file__).parent / "domain"
MARKS = "news incomplete undelivered unsent late due_soon stranger drafting encrypted".split()
KINDS = "request follow_up automatic bounce reply note acknowledgement answer notice closing question personal".split()


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_has_its_word(event: str) -> None:
    assert wording.event_word(event)


def test_every_event_that_happens_is_a_published_one() -> None:
    tree = ast.parse((DOMAIN / "transitions.py").read_text())
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Event"]
    named = {c.args[2].value for c in calls if isinstance(c.args[2], ast.Constant)}
    assert named <= set(EVENTS)
    assert len(named) > 8


def test_every_mark_status_outcome_and_kind_has_its_word() -> None:
    assert all(map(wording.mark_word, MARKS))
    assert all(map(wording.status_word, Status))
    assert all(map(wording.mail_word, KINDS))
    assert all(map(wording.outcome_word, "opened followed_up closed reopened ignored duplicate held".split()))
    assert all(map(wording.sending_word, ("waiting", "sent", "refused")))


def test_a_note_beside_a_mail_names_its_kind_in_the_language_spoken() -> None:
    from helpdeskctl.cli.words import speak

    speak("it")
    assert (
        wording.note_words(Event(NOW, "x", "mail_sent", (), "acknowledgement, a@b.example"))
        == "conferma, a@b.example"
    )
    assert wording.note_words(Event(NOW, "x", "command_noted", (), "already so")) == "è già così"
    assert wording.note_words(Event(NOW, "x", "closed", (), "already so")) == "already so"
    speak("en")


@pytest.mark.parametrize(
    ("error", "said_of_it"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (PermissionError(13, "Permission denied", "/srv/store"), "/srv/store: Permission denied."),
        (TimeoutError("timed out"), "timed out"),
    ],
)
def test_trouble_of_the_system_is_said_with_or_without_a_file(error: OSError, said_of_it: str) -> None:
    assert said_of_it in said(error)
    assert "None" not in said(error)
