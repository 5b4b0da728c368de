"""The proof of what was promised, and kept or missed."""

from datetime import timedelta

import pytest

from helpdeskctl.domain import transitions
from helpdeskctl.domain.case import Case, Terms
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
    assert found.due_at == OPENED + 2 * HOUR


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


def test_spans_that_overlap_are_counted_once() -> None:
    one = promised()
    twice = transitions.suspended(transitions.suspended(one, "a", NOW).case, "b", NOW + HOUR).case
    assert proof(twice, policy(), NOW + 2 * HOUR).used == 60


def test_a_contracts_own_hours_are_those_that_count() -> None:
    always = case(7, terms=Terms("12", (("normale", 30),), "24x7"))
    calendar = policy().calendar_of(always.terms)
    found = proof(transitions.promised(always, OPENED, 30, calendar), policy(), NOW + 24 * HOUR)
    assert (found.contract, found.calendar.always, found.minutes) == ("12", True, 30)
    assert found.used == 25 * 60


def test_a_case_without_promises_has_nothing_to_prove() -> None:
    assert proof(case(7), policy(), NOW).state == "none"


@pytest.mark.parametrize(("after", "in_time"), [(5 * MINUTE, True), (6 * MINUTE, False)])
def test_the_confirmation_is_measured_against_the_five_minutes(after: timedelta, in_time: bool) -> None:
    sent = outgoing(state="sent", sent_at=OPENED + after)
    found = proof(promised(outgoing=(outgoing("n", kind="notice"), sent)), policy(), NOW)
    assert (found.confirmed, found.confirmed_after, found.confirmed_in_time) == (sent, after, in_time)


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
