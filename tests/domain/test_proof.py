"""The proof of what was promised, and kept or missed."""

from datetime import datetime, timedelta

import pytest

from helpdeskctl.domain import transitions
from helpdeskctl.domain.case import Case, Suspension, Terms
from helpdeskctl.domain.events import Event
from helpdeskctl.domain.proof import proof
from tests.builders import NOW, case, outgoing, policy

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Ten o'clock in Rome; the case came an hour before.
OPENED = NOW - HOUR


def promised(minutes: int = 120, **changes: object) -> Case:
    return transitions.promised(case(7, **changes), OPENED, minutes, policy().calendar)


def test_a_first_action_in_time_keeps_the_promise_and_says_whose_it_was() -> None:
    taken = transitions.taken(promised(), "rossi", NOW).case
    found = proof(taken, policy(), NOW + 9 * HOUR)
    assert (found.state, found.responded_by, found.used, found.minutes) == ("kept", "rossi", 60, 120)
    assert (found.opened_at, found.responded_at, found.due_at) == (OPENED, NOW, OPENED + 2 * HOUR)


def test_a_reply_is_a_first_action_and_who_closed_the_case_before_took_none() -> None:
    closed = transitions.closed(promised(), "anna.verdi@cliente.example", NOW).case
    again = transitions.reopened(closed, "anna.verdi@cliente.example", NOW + MINUTE).case
    replied = transitions.replied(again, "rossi", NOW + 2 * MINUTE).case
    assert proof(replied, policy(), NOW + HOUR).responded_by == "rossi"


def test_what_was_promised_is_what_the_promise_that_ends_first_allows() -> None:
    calendar = policy().calendar
    raised = transitions.promised(promised(), OPENED + 30 * MINUTE, 60, calendar)
    assert (proof(raised, policy(), NOW).minutes, raised.due_at) == (60, OPENED + 90 * MINUTE)
    # Raised shortly before it was due: the hour that begins then ends later.
    late = transitions.promised(promised(), OPENED + 100 * MINUTE, 60, calendar)
    assert (proof(late, policy(), NOW).minutes, late.due_at) == (120, OPENED + 120 * MINUTE)
    still = transitions.suspended(late, "rossi", OPENED + 110 * MINUTE).case
    assert (proof(still, policy(), NOW + HOUR).minutes, still.due_at) == (120, None)
    # While the clock stands still, it is the one that would end first if it went on now.
    held = transitions.suspended(raised, "rossi", NOW).case
    assert (proof(held, policy(), NOW + HOUR).minutes, held.due_at) == (60, None)
    # Ten minutes were lost before the second promise; it begins after them, and ends later.
    lost = promised(suspensions=(Suspension(OPENED + 10 * MINUTE, OPENED + 20 * MINUTE),))
    both = transitions.promised(lost, NOW, 100, calendar)
    assert (proof(both, policy(), NOW + 9 * HOUR).minutes, both.due_at) == (120, OPENED + 130 * MINUTE)


def test_a_promise_that_never_ends_was_one_all_the_same() -> None:
    nobody_works = policy(calendar=policy().calendar._replace(days=frozenset()))
    assert proof(promised(), nobody_works, NOW).minutes == 120


def test_the_promise_that_ends_first_in_the_night_in_which_an_hour_comes_twice() -> None:
    always = policy(calendar=policy().calendar._replace(always=True))
    # 02:50, and then 02:10.
    first, then = (
        datetime.fromisoformat(text).astimezone(always.zone)
        for text in ("2026-10-25T00:50+02:00", "2026-10-25T02:40+02:00")
    )
    one = transitions.promised(case(7, opened_at=first), first, 120, always.calendar)
    both = transitions.promised(one, then, 30, always.calendar)
    assert proof(both, always, NOW).minutes == 120


@pytest.mark.parametrize(("after", "state"), [(119, "running"), (120, "running"), (121, "late")])
def test_without_an_action_the_time_runs_until_it_is_over(after: int, state: str) -> None:
    assert proof(promised(), policy(), OPENED + after * MINUTE).state == state


@pytest.mark.parametrize(("after", "state"), [(120, "kept"), (121, "missed")])
def test_the_last_minute_is_in_time(after: int, state: str) -> None:
    done = transitions.closed(
        transitions.responded(promised(), OPENED + after * MINUTE), "bianchi", OPENED + after * MINUTE
    ).case
    found = proof(done, policy(), NOW)
    assert (found.state, found.responded_by) == (state, "bianchi")


def test_time_in_which_the_clock_stood_still_is_not_used() -> None:
    held = transitions.suspended(promised(), "rossi", NOW).case
    again = transitions.resumed(held, "anna", NOW + HOUR).case
    again = transitions.with_due(again, policy().calendar)
    found = proof(again, policy(), NOW + 2 * HOUR)
    assert found.stood == ((NOW, NOW + HOUR),)
    assert (found.used, found.due_at, found.state) == (120, OPENED + 3 * HOUR, "running")
    still = proof(held, policy(), NOW + 2 * HOUR)
    assert (still.used, still.due_at, still.state) == (60, None, "running")


def test_seconds_in_which_the_clock_stood_still_add_up() -> None:
    stood = [NOW + minutes * MINUTE for minutes in (1, 3, 5)]
    spans = tuple(Suspension(since, since + 40 * MINUTE / 60) for since in stood)
    found = proof(promised(suspensions=spans), policy(), NOW + 10 * MINUTE)
    assert found.used == 68


def test_a_first_action_while_the_clock_stands_still_is_in_time() -> None:
    held = transitions.suspended(promised(), "rossi", OPENED).case
    replied = transitions.replied(held, "rossi", OPENED + 48 * HOUR).case
    found = proof(replied, policy(), OPENED + 50 * HOUR)
    assert (found.state, found.used) == ("kept", 0)


def test_a_contracts_own_hours_are_those_that_count() -> None:
    always = case(7, terms=Terms("12", (("normale", 30),), "24x7"))
    calendar = policy().calendar_of(always.terms)
    found = proof(transitions.promised(always, OPENED, 30, calendar), policy(), NOW + 24 * HOUR)
    assert (found.contract, found.calendar.always, found.minutes) == ("12", True, 30)
    assert found.used == 25 * 60


def test_a_case_without_promises_has_nothing_to_prove() -> None:
    found = proof(case(7), policy(), NOW)
    assert (found.state, found.minutes) == ("none", 0)


@pytest.mark.parametrize(("after", "in_time"), [(5 * MINUTE, True), (6 * MINUTE, False)])
def test_the_confirmation_is_measured_against_the_five_minutes(after: timedelta, in_time: bool) -> None:
    sent = outgoing(state="sent", sent_at=OPENED + after)
    found = proof(promised(outgoing=(outgoing("n", kind="notice"), sent)), policy(), NOW)
    assert (found.confirmed, found.confirmed_after, found.confirmed_in_time) == (sent, after, in_time)


def test_the_confirmation_is_measured_by_the_instants_in_the_night_in_which_the_clock_jumps() -> None:
    zone = policy().zone
    # 01:58, then 03:01: three minutes; and 02:58, then 02:08: ten.
    for arrived, left, minutes in (
        ("2026-03-29T01:58+01:00", "2026-03-29T03:01+02:00", 3),
        ("2026-10-25T02:58+02:00", "2026-10-25T02:08+01:00", 10),
    ):
        at, gone = (datetime.fromisoformat(text).astimezone(zone) for text in (arrived, left))
        found = proof(case(7, opened_at=at, outgoing=(outgoing(state="sent", sent_at=gone),)), policy(), NOW)
        assert (found.confirmed_after, found.confirmed_in_time) == (minutes * MINUTE, minutes <= 5)


def test_a_confirmation_that_waits_or_was_never_written_is_not_in_time() -> None:
    waiting = proof(promised(outgoing=(outgoing(),)), policy(), NOW)
    assert (waiting.confirmed_after, waiting.confirmed_in_time) == (None, False)
    assert proof(promised(), policy(), NOW).confirmed is None


def test_the_history_alone_tells_who_acted_first() -> None:
    odd = promised(responded_at=NOW, history=(Event(NOW, "x", "noted"),))
    assert proof(odd, policy(), NOW).responded_by == ""


@pytest.mark.parametrize(("after", "state"), [(120, "withdrawn"), (121, "missed")])
def test_a_case_that_its_customer_closes_in_time_needs_no_action(after: int, state: str) -> None:
    done = transitions.closed(promised(), "anna.verdi@cliente.example", OPENED + after * MINUTE).case
    found = proof(done, policy(), NOW + 48 * HOUR)
    assert (found.state, found.responded_at, found.used) == (state, None, after)
