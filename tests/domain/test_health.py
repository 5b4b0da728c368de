"""Judgements of what was seen: pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpdeskctl.domain import health
from helpdeskctl.domain.errors import NoSuchCaseError
from helpdeskctl.domain.health import Directory, Judgement, Quota
from helpdeskctl.domain.limits import SentBefore
from tests.builders import NOW, outgoing, policy

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def states(found: Iterator[Judgement]) -> list[str]:
    """The states; each sentence fits its facts and has a cure."""
    judged = list(found)
    for one in judged:
        assert one.detail.format(**dict(one.facts))
        assert one.cure.format(**dict(one.facts))
    return [one.state for one in judged]


def told(found: Iterator[Judgement]) -> str:
    return " ".join(one.detail.format(**dict(one.facts)) for one in found)


def facts(found: Iterator[Judgement]) -> dict[str, Any]:
    """The facts of the one judgement there is."""
    (one,) = found
    return dict(one.facts)


def test_what_an_error_says_is_all_there_is_to_tell() -> None:
    judged = health.broken(NoSuchCaseError("There is no case #{number}.", number=7))
    assert judged == Judgement("failed", "There is no case #{number}.", "", (("number", 7),))


def test_a_directory_must_be_there_and_writable() -> None:
    good = Directory("a", there=True, writable=True, mode=0o700)
    assert states(health.rights([good])) == []
    assert states(health.rights([good, good._replace(there=False), good._replace(writable=False)])) == [
        "failed",
        "failed",
    ]
    assert facts(health.rights([good._replace(there=False)])) == {"path": "a"}
    assert facts(health.rights([good._replace(writable=False)])) == {"path": "a"}


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


@pytest.mark.parametrize(("shared", "wanted"), [(True, "o-rwx"), (False, "go-rwx")])
def test_what_others_can_read_is_told_with_what_is_to_be_taken_away(shared: bool, wanted: str) -> None:
    open_to_all = Directory("s", True, True, 0o641)
    assert facts(health.secrecy([open_to_all], shared)) == {"path": "s", "mode": "0641", "wanted": wanted}
    assert states(health.secrecy([open_to_all._replace(there=False)], shared)) == []


def test_folders_that_nobody_subscribed_to_are_named() -> None:
    assert states(health.subscription(["Held"], None)) == []
    assert states(health.subscription(["Held"], ["Held", "Posta"])) == []
    hidden = health.subscription(["Held", "Ignored", "Cases.2026-11", "Cases.2026-12"], ["Held"])
    assert facts(hidden) == {"folders": "Cases.2026-11, Cases.2026-12, Ignored"}
    assert states(health.subscription(["Ignored"], [])) == ["warning"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, []),
        (Quota(1000, 0, 900, 10**6), []),
        (Quota(1000, 0, 901, 0), ["warning"]),
        (Quota(0, 100, 0, 100), ["failed"]),
        (Quota(1000, 100, 950, 99), ["warning"]),
    ],
)
def test_a_mailbox_that_fills_up_is_told_before_it_is_full(found: Quota | None, expected: list[str]) -> None:
    assert states(health.quota(found)) == expected


def test_the_part_of_a_quota_that_is_used_is_told_in_percent() -> None:
    assert facts(health.quota(Quota(2000, 0, 1909, 0))) == {"percent": 95}


@pytest.mark.parametrize(
    ("free", "files", "expected"),
    [
        (10_000, None, []),
        (10_000, 10_000, []),
        (500, 1000, []),
        (499, 10_000, ["warning"]),
        (50, 10_000, ["warning"]),
        (49, 10_000, ["failed"]),
        (9999, 999, ["warning"]),
        (9999, 0, ["failed"]),
    ],
)
def test_a_disk_that_fills_up_is_told(free: int, files: int | None, expected: list[str]) -> None:
    assert states(health.space("/x", free, files)) == expected


def test_the_room_that_is_left_is_told() -> None:
    assert facts(health.space("/x", 40, 2000)) == {"path": "/x", "free": 40, "files": 2000}
    assert facts(health.space("/x", 40, None))["files"] == "-"


def test_a_lock_that_is_held_names_its_holder() -> None:
    assert states(health.locked(None, 5)) == []
    assert facts(health.locked(123, 5)) == {"holder": 123, "seconds": 5}
    assert facts(health.locked(0, 5))["holder"] == "?"
    assert states(health.locked(0, 5)) == ["failed"]


def test_an_acknowledgement_older_than_five_minutes_is_an_alarm() -> None:
    mail = outgoing(queued_at=NOW - 5 * MINUTE)
    assert states(health.unsent([mail], NOW, "sendmail")) == []
    late = mail._replace(queued_at=NOW - 6 * MINUTE, error="451 later")
    assert states(health.unsent([mail, late], NOW, "sendmail")) == ["failed"]
    assert "1 acknowledgements" in told(health.unsent([mail, late], NOW, "smtp"))
    older = outgoing(kind="notice", queued_at=NOW - 7 * MINUTE)
    assert facts(health.unsent([mail, late, older], NOW, "smtp")) == {
        "count": 2,
        "acknowledgements": 1,
        "since": "2026-11-24 08:53+00:00",
        "error": "-",
    }
    assert facts(health.unsent([late], NOW, "smtp"))["error"] == "451 later"
    assert facts(health.unsent([mail, late], NOW, "none")) == {"count": 2}
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
    more = both + [one._replace(address="a@a.example") for one in both]
    assert facts(health.limited(more, (), NOW)) == {"addresses": "a@a.example, a@b.example"}
    # Today's limit and the day before yesterday's, or one that is still to come, are not two days running.
    assert states(health.limited(sent("a@b.example", 0.5, 40) + sent("a@b.example", -0.5, 40), (), NOW)) == []


def test_held_mail_waits_a_day_at_most() -> None:
    assert states(health.held([DAY])) == []
    assert states(health.held([DAY * 1.5])) == ["warning"]
    assert facts(health.held([DAY * 1.5, DAY * 3.5, MINUTE])) == {"count": 2, "days": 3}


def test_an_inbox_that_nobody_reads_is_an_alarm() -> None:
    assert states(health.unread([NOW - 5 * MINUTE], NOW)) == []
    old = [NOW - 6 * MINUTE, NOW - 90 * MINUTE]
    assert states(health.unread([NOW - 5 * MINUTE, *old], NOW)) == ["failed"]
    # In the desk's zone, whatever the one in which the times come.
    here = NOW.astimezone(policy().zone)
    assert facts(health.unread([here, *old], here)) == {"count": 2, "since": "2026-11-24 08:30+01:00"}


def test_what_comes_from_the_future_shows_a_clock_that_goes_wrong() -> None:
    assert states(health.clock([], NOW)) == []
    assert states(health.clock([NOW + 5 * MINUTE, NOW - DAY], NOW)) == []
    assert states(health.clock([NOW + 6 * MINUTE], NOW)) == ["failed"]
    assert states(health.clock([datetime(2200, 1, 1, tzinfo=UTC)], NOW)) == ["failed"]
    here = NOW.astimezone(policy().zone)
    assert facts(health.clock([NOW - DAY, NOW + 30 * MINUTE, NOW], here)) == {
        "now": "2026-11-24 10:00+01:00",
        "latest": "2026-11-24 10:30+01:00",
    }


def test_minutes_are_those_that_passed_in_the_night_in_which_the_clock_jumps() -> None:
    # 01:58, then 03:01: three minutes; and 02:58, then 02:08: ten.
    for then, now, alarm in (
        ("2026-03-29T01:58+01:00", "2026-03-29T03:01+02:00", []),
        ("2026-10-25T02:58+02:00", "2026-10-25T02:08+01:00", ["failed"]),
    ):
        early, late = (datetime.fromisoformat(text).astimezone(policy().zone) for text in (then, now))
        assert states(health.unsent([outgoing(queued_at=early)], late, "smtp")) == alarm
        assert states(health.unread([early], late)) == alarm
        assert states(health.clock([late, early], early)) == alarm
    # Noon, and half past eleven on the next day: a day and half an hour.
    noon = datetime(2026, 10, 24, 12, 0, tzinfo=policy().zone)
    morning = datetime(2026, 10, 25, 11, 30, tzinfo=policy().zone)
    both = [SentBefore(at, "a@b.example", "answer", "x") for at in (noon, morning)] * 40
    assert states(health.limited(both, (), morning)) == ["warning"]
    first = datetime.fromisoformat("2026-10-25T02:40+02:00").astimezone(policy().zone)
    second = datetime.fromisoformat("2026-10-25T02:10+01:00").astimezone(policy().zone)
    mails = [outgoing("b", queued_at=second), outgoing("a", queued_at=first)]
    assert facts(health.unsent(mails, second + HOUR, "smtp"))["since"] == "2026-10-25 02:40+02:00"
    assert facts(health.unread([second, first], second + HOUR))["since"] == "2026-10-25 02:40+02:00"


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
        (":0\n\n  | helpdeskctl ingest -\n", [1]),
        (":0 w\n{\n  :0\n  | helpdeskctl ingest -\n}\n", [3]),
        (":0\nhelpdeskctl/ingest/\n", []),
        (":0\n$MAILDIR/\n| helpdeskctl ingest -\n", []),
        ("| helpdeskctl ingest -\n", []),
        ("", []),
    ],
)
def test_a_recipe_without_w_is_found(text: str, expected: list[int]) -> None:
    assert health.careless_recipes(text) == expected
    found = [dict(one.facts) for one in health.recipes("~/.procmailrc", text)]
    assert found == [{"path": "~/.procmailrc", "line": line} for line in expected]
    assert states(health.recipes("~/.procmailrc", text)) == ["failed"] * len(expected)


def test_cron_s_mail_is_told() -> None:
    assert states(health.cron(0)) == []
    assert states(health.cron(3)) == ["warning"]
    assert facts(health.cron(3)) == {"count": 3}


def test_what_store_and_maildir_tell_differently_is_named() -> None:
    assert states(health.drift([], [], [])) == []
    assert states(health.drift(["a"], ["b"], ["c"])) == ["warning", "warning", "failed"]
    for lost in (
        health.drift(["a", "b"], [], []),
        health.drift([], ["a", "b"], []),
        health.drift([], [], ["a", "b"]),
    ):
        assert facts(lost) == {"count": 2, "mails": "a, b"}
    assert facts(health.drift(list("abcde"), [], []))["mails"] == "a, b, c, d, e"
    many = told(health.drift([f"m{n}" for n in range(9)], [], []))
    assert "9 mails" in many and "m4, …" in many and "m5" not in many


def test_cases_that_the_index_does_not_know_by_their_contract_are_named() -> None:
    assert told(health.unfound([])) == ""
    said = "6 cases are not found by their contract: #3, #4, #5, #6, #7, …."
    assert told(health.unfound(range(3, 9))) == said
    assert states(health.unfound([3])) == ["warning"]
