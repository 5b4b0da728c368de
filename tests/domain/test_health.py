"""Judgements of what was seen: pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from helpdeskctl.domain import health
from helpdeskctl.domain.health import Directory, Judgement, Quota
from helpdeskctl.domain.limits import SentBefore
from tests.builders import NOW, outgoing

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def states(found: Iterator[Judgement]) -> list[str]:
    """The states; each sentence fits its facts and has a cure."""
    judged = list(found)
    for one in judged:
        assert one.detail.format(**dict(one.facts))
        assert one.cure.format(**dict(one.facts))
    return [one.state for one in judged]


def told(found: Iterator[Judgement]) -> str:
    return " ".join(one.detail.format(**dict(one.facts)) for one in found)


def test_a_directory_must_be_there_and_writable() -> None:
    good = Directory("a", there=True, writable=True, mode=0o700)
    assert states(health.rights([good])) == []
    assert states(health.rights([good, good._replace(there=False), good._replace(writable=False)])) == [
        "failed",
        "failed",
    ]


@pytest.mark.parametrize(
    ("mode", "shared", "expected"),
    [
        (0o600, False, []),
        (0o640, False, ["failed"]),
        (0o640, True, []),
        (0o2770, True, []),
        (0o644, True, ["failed"]),
        (0o601, False, ["failed"]),
    ],
)
def test_a_secret_is_for_its_owner_or_the_group(mode: int, shared: bool, expected: list[str]) -> None:
    assert states(health.secrecy([Directory("s", True, True, mode)], shared)) == expected


def test_folders_that_nobody_subscribed_to_are_named() -> None:
    assert states(health.subscription(["Held"], None)) == []
    assert states(health.subscription(["Held"], ["Held", "Posta"])) == []
    assert "Cases.2026-11" in told(health.subscription(["Cases.2026-11", "Held"], ["Held"]))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, []),
        (Quota(1000, 0, 899, 10**6), []),
        (Quota(1000, 0, 901, 0), ["warning"]),
        (Quota(0, 100, 0, 100), ["failed"]),
        (Quota(1000, 100, 950, 99), ["warning"]),
    ],
)
def test_a_mailbox_that_fills_up_is_told_before_it_is_full(found: Quota | None, expected: list[str]) -> None:
    assert states(health.quota(found)) == expected


@pytest.mark.parametrize(
    ("free", "files", "expected"),
    [
        (10_000, None, []),
        (10_000, 10_000, []),
        (499, 10_000, ["warning"]),
        (49, 10_000, ["failed"]),
        (9999, 999, ["warning"]),
        (9999, 0, ["failed"]),
    ],
)
def test_a_disk_that_fills_up_is_told(free: int, files: int | None, expected: list[str]) -> None:
    assert states(health.space("/x", free, files)) == expected


def test_a_lock_that_is_held_names_its_holder() -> None:
    assert states(health.locked(None, 5)) == []
    assert "Process 123 " in told(health.locked(123, 5))
    assert states(health.locked(0, 5)) == ["failed"]


def test_an_acknowledgement_older_than_five_minutes_is_an_alarm() -> None:
    mail = outgoing(queued_at=NOW - 5 * MINUTE)
    assert states(health.unsent([mail], NOW, "sendmail")) == []
    late = mail._replace(queued_at=NOW - 6 * MINUTE, error="451 later")
    assert states(health.unsent([mail, late], NOW, "sendmail")) == ["failed"]
    assert "1 acknowledgements" in told(health.unsent([mail, late], NOW, "smtp"))
    assert states(health.unsent([late], NOW, "none")) == ["warning"]
    assert states(health.unsent([], NOW, "none")) == []


def sent(address: str, days: float, times: int) -> list[SentBefore]:
    return [SentBefore(NOW - DAY * days, address, "answer", "x")] * times


def test_a_limit_reached_two_days_running_is_told() -> None:
    both = sent("a@b.example", 0.5, 40) + sent("a@b.example", 1.5, 40)
    assert states(health.limited(both, (), NOW)) == ["warning"]
    assert states(health.limited(both, ("a@b.example",), NOW)) == []
    assert states(health.limited(sent("a@b.example", 0.5, 80), (), NOW)) == []
    apart = sent("a@b.example", 0.5, 40) + sent("a@b.example", 2.5, 40)
    assert states(health.limited(apart, (), NOW)) == []
    assert states(health.limited(both[1:], (), NOW)) == []


def test_held_mail_waits_a_day_at_most() -> None:
    assert states(health.held([DAY])) == []
    assert "2 mails" in told(health.held([DAY * 1.5, DAY * 3.5, MINUTE]))
    assert "3 days" in told(health.held([DAY * 1.5, DAY * 3.5, MINUTE]))


def test_an_inbox_that_nobody_reads_is_an_alarm() -> None:
    assert states(health.unread([NOW - 5 * MINUTE], NOW)) == []
    assert states(health.unread([NOW - 5 * MINUTE, NOW - 6 * MINUTE], NOW)) == ["failed"]


def test_what_comes_from_the_future_shows_a_clock_that_goes_wrong() -> None:
    assert states(health.clock([], NOW)) == []
    assert states(health.clock([NOW + 5 * MINUTE, NOW - DAY], NOW)) == []
    assert states(health.clock([NOW + 6 * MINUTE], NOW)) == ["failed"]
    assert states(health.clock([datetime(2200, 1, 1, tzinfo=UTC)], NOW)) == ["failed"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":0 w\n| /usr/local/bin/helpdeskctl ingest -\n", []),
        (":0\n| /usr/local/bin/helpdeskctl ingest -\n", [1]),
        ("HELPDESKCTL=/x\n\n:0 c\n$MAILDIR/\n\n:0\n| $HELPDESKCTL ingest -\n", [6]),
        (":0wc\n| $HELPDESKCTL ingest -\n", []),
        (":0 Wc:\n* ^To:.*nuovocaso\n# a comment\n| $HELPDESKCTL ingest -\n", []),
        (":0 c:\n* ^To:.*nuovocaso\n# | x\n| $HELPDESKCTL ingest -\n", [1]),
        (":0\n| formail -s\n:0\n$MAILDIR/\n", []),
        ("# :0\n# | helpdeskctl ingest -\n", []),
        (":0 f\n| helpdeskctl list\n", []),
        ("", []),
    ],
)
def test_a_recipe_without_w_is_found(text: str, expected: list[int]) -> None:
    assert health.careless_recipes(text) == expected
    assert len(states(health.recipes("~/.procmailrc", text))) == len(expected)


def test_cron_s_mail_is_told() -> None:
    assert states(health.cron(0)) == []
    assert states(health.cron(3)) == ["warning"]


def test_what_store_and_maildir_tell_differently_is_named() -> None:
    assert states(health.drift([], [], [])) == []
    assert states(health.drift(["a"], ["b"], ["c"])) == ["warning", "warning", "failed"]
    many = told(health.drift([f"m{n}" for n in range(9)], [], []))
    assert "9 mails" in many and "m4, …" in many and "m5" not in many


def test_cases_that_the_index_does_not_know_by_their_contract_are_named() -> None:
    assert told(health.unfound([])) == ""
    said = "6 cases are not found by their contract: #3, #4, #5, #6, #7, …."
    assert told(health.unfound(range(3, 9))) == said
