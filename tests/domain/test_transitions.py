"""Everything that can happen to a case, and what it leaves in the history."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.domain import transitions
from helpdeskctl.domain.case import (
    Case,
    Drafting,
    Happened,
    Promise,
    Related,
    Status,
    Suspension,
    Urgency,
    Work,
)
from helpdeskctl.domain.events import EVENTS, Event, Finding
from helpdeskctl.domain.working_time import Calendar
from tests.builders import ANNA, NOW, case, message, outgoing, record

ROME = ZoneInfo("Europe/Rome")
OFFICE = Calendar(((540, 780), (840, 1080)), frozenset(range(5)), None, ROME)
ALWAYS = OFFICE._replace(always=True)
HOUR = timedelta(hours=1)
BECAUSE = (Finding("chiudere", "subject", "chiudere", "command=close"),)
MAIL = record(message("R: [Caso #7] Stampante guasta"), "seguito", kind="follow_up", outcome="followed_up")

TRANSITIONS: Mapping[str, Callable[[Case], Happened]] = {
    "opened": lambda one: transitions.opened(one, "anna", BECAUSE, "nota"),
    "closed": lambda one: transitions.closed(one, "anna", NOW, BECAUSE, "nota"),
    "reopened": lambda one: transitions.reopened(one, "anna", NOW, BECAUSE, "nota"),
    "suspended": lambda one: transitions.suspended(one, "rossi", NOW, "nota"),
    "resumed": lambda one: transitions.resumed(one, "anna", NOW, BECAUSE),
    "followed_up": lambda one: transitions.followed_up(one, MAIL, BECAUSE, "nota"),
    "command_noted": lambda one: transitions.command_noted(one, "anna", NOW, BECAUSE, "nota"),
    "escalated": lambda one: transitions.escalated(one, Urgency.critico, "anna", NOW, BECAUSE),
    "noted": lambda one: transitions.noted(one, "rossi", NOW, "nota"),
    "replied": lambda one: transitions.replied(one, "rossi", NOW, "nota"),
    "mail_sent": lambda one: transitions.mail_event(one, NOW, "mail_sent", "nota"),
}


@pytest.mark.parametrize("name", TRANSITIONS)
def test_a_transition_adds_its_event_to_the_history_and_gives_it_back(name: str) -> None:
    before = case()
    happened = TRANSITIONS[name](before)
    assert [event.event for event in happened.events] == [name]
    assert name in EVENTS
    assert happened.case.history == (*before.history, *happened.events)


@pytest.mark.parametrize("name", TRANSITIONS)
def test_a_transition_leaves_what_it_was_given_and_the_facts_of_the_case(name: str) -> None:
    before = case(tags=("rete",), told=("intake_hint",), minutes=30, outgoing=(outgoing(),))
    copy = before._replace()
    after = TRANSITIONS[name](before).case
    assert before == copy
    for field in (
        "number",
        "sector",
        "subject",
        "requester",
        "opened_at",
        "tags",
        "told",
        "minutes",
        "outgoing",
    ):
        assert getattr(after, field) == getattr(before, field)


@pytest.mark.parametrize("name", TRANSITIONS)
def test_a_case_is_as_recent_as_the_latest_that_happened(name: str) -> None:
    assert TRANSITIONS[name](case()).case.updated_at == (case().updated_at if name == "opened" else NOW)
    # An event older than the last one, as when the clock was put back, does not make it older.
    later = case(updated_at=NOW + HOUR)
    assert TRANSITIONS[name](later).case.updated_at == NOW + HOUR


def test_the_latest_that_happened_is_that_in_the_second_hour_when_one_comes_twice() -> None:
    first = datetime(2026, 10, 25, 0, 50, tzinfo=UTC).astimezone(ROME)
    then = datetime(2026, 10, 25, 1, 10, tzinfo=UTC).astimezone(ROME)
    after = transitions.noted(case(updated_at=first), "rossi", then, "nota").case
    assert after.updated_at.astimezone(UTC) == then.astimezone(UTC)


@pytest.mark.parametrize("name", [n for n in TRANSITIONS if n not in {"opened", "followed_up", "mail_sent"}])
def test_an_event_tells_who_did_it_and_when(name: str) -> None:
    event = TRANSITIONS[name](case()).events[0]
    assert event.at == NOW
    assert event.by in {"anna", "rossi"}


@pytest.mark.parametrize("name", TRANSITIONS)
def test_an_event_tells_why_and_what_was_said(name: str) -> None:
    event = TRANSITIONS[name](case()).events[0]
    assert event.because == (() if name in {"suspended", "noted", "replied", "mail_sent"} else BECAUSE)
    assert event.note == {"resumed": "", "escalated": "critico"}.get(name, "nota")


def test_what_was_done_without_a_word_has_no_note() -> None:
    silent = (
        transitions.opened(case(), "anna", BECAUSE),
        transitions.closed(case(), "anna", NOW),
        transitions.reopened(case(), "anna", NOW),
        transitions.suspended(case(), "rossi", NOW),
        transitions.followed_up(case(), MAIL, BECAUSE),
        transitions.replied(case(), "rossi", NOW),
        transitions.assigned(case(owner="anna"), "rossi", "rossi", NOW),
    )
    assert [one.events[0].note for one in silent] == [""] * 6 + ["anna → rossi"]


def test_a_new_case_is_open_normal_and_waits_for_us() -> None:
    one = transitions.new_case(12, "Stampante", ANNA, "tecnico", NOW)
    assert (one.number, one.status, one.urgency, one.sector) == (12, Status.open, Urgency.normale, "tecnico")
    assert one.opened_at == one.updated_at == one.waiting_since == NOW
    assert one.requester == ANNA
    assert (one.subject, one.customer, one.owner, one.minutes, one.contract) == ("Stampante", "", "", 0, None)
    for nothing in (
        "history",
        "messages",
        "marks",
        "tags",
        "related",
        "told",
        "suspensions",
        "outgoing",
        "promises",
    ):
        assert getattr(one, nothing) == ()
    happened = transitions.opened(one, ANNA.address, BECAUSE, "al telefono")
    assert happened.events == (Event(NOW, ANNA.address, "opened", BECAUSE, "al telefono"),)


def test_a_closed_case_waits_for_nobody() -> None:
    before = case(marks=("news", "incomplete"), suspensions=(Suspension(NOW - HOUR, None),))
    after = transitions.closed(before, "rossi", NOW, BECAUSE, "fatto").case
    assert (after.status, after.closed_at, after.waiting_since) == (Status.closed, NOW, None)
    assert after.marks == ("incomplete",)
    assert after.suspensions == (Suspension(NOW - HOUR, NOW),)
    assert after.history[-1] == Event(NOW, "rossi", "closed", BECAUSE, "fatto")


def test_a_reopened_case_waits_since_then() -> None:
    before = case(status=Status.closed, closed_at=NOW - HOUR, waiting_since=None, responded_at=NOW - HOUR)
    after = transitions.reopened(before, "anna", NOW, BECAUSE).case
    assert (after.status, after.closed_at, after.waiting_since) == (Status.open, None, NOW)
    # When somebody first acted is told once and for all.
    assert after.responded_at == NOW - HOUR


def test_a_suspended_case_has_its_clock_stopped_until_it_is_resumed() -> None:
    before = case(due_at=NOW + HOUR, marks=("news",))
    still = transitions.suspended(before, "rossi", NOW, "quale stampante?").case
    assert (still.status, still.due_at, still.waiting_since, still.marks) == (
        Status.suspended,
        None,
        None,
        (),
    )
    assert still.suspensions == (Suspension(NOW, None),)
    again = transitions.resumed(still, "anna", NOW + HOUR).case
    assert again.status is Status.open
    assert again.suspensions == (Suspension(NOW, NOW + HOUR),)
    # A second question is a second span.
    twice = transitions.suspended(again, "rossi", NOW + 2 * HOUR).case
    assert twice.suspensions == (Suspension(NOW, NOW + HOUR), Suspension(NOW + 2 * HOUR, None))
    for ended in (
        transitions.resumed(twice, "anna", NOW + 3 * HOUR).case,
        transitions.reopened(twice, "anna", NOW + 3 * HOUR).case,
    ):
        assert ended.suspensions == (Suspension(NOW, NOW + HOUR), Suspension(NOW + 2 * HOUR, NOW + 3 * HOUR))


@pytest.mark.parametrize("minutes", [60, 120])
def test_what_was_due_when_suspended_stays_due(minutes: int) -> None:
    before = transitions.promised(case(), NOW - 2 * HOUR, minutes, ALWAYS)
    still = transitions.suspended(before, "rossi", NOW).case
    assert still.due_at == before.due_at
    assert transitions.with_due(still, ALWAYS).due_at == before.due_at


def test_what_was_due_in_the_hour_that_comes_twice_stays_due() -> None:
    due = datetime(2026, 10, 25, 0, 50, tzinfo=UTC).astimezone(ROME)
    # On the clock, 02:50 and then 02:10.
    still = transitions.suspended(
        case(due_at=due), "rossi", datetime(2026, 10, 25, 1, 10, tzinfo=UTC).astimezone(ROME)
    )
    assert still.case.due_at == due


def test_a_follow_up_is_recorded_with_when_it_came_and_from_whom() -> None:
    happened = transitions.followed_up(case(), MAIL, BECAUSE, "perché")
    assert happened.case.messages == (*case().messages, MAIL)
    assert happened.events == (Event(MAIL.arrived_at, ANNA.address, "followed_up", BECAUSE, "perché"),)
    assert happened.case.status is Status.open and happened.case.marks == ()


def test_a_command_noted_changes_nothing_but_the_history() -> None:
    before = case()
    after = transitions.command_noted(before, "anna", NOW, BECAUSE, "already so").case
    assert after._replace(history=before.history, updated_at=before.updated_at) == before
    assert after.history[-1].note == "already so"


def test_an_escalation_tells_the_new_urgency() -> None:
    after = transitions.escalated(case(), Urgency.critico, "anna", NOW, BECAUSE).case
    assert after.urgency is Urgency.critico
    assert after.history[-1].note == "critico"


def test_a_reply_clears_the_news_and_meets_the_due_time_once() -> None:
    before = case(marks=("news", "stranger"))
    after = transitions.replied(before, "rossi", NOW, "provate a spegnerla").case
    assert (after.marks, after.waiting_since, after.responded_at) == (("stranger",), None, NOW)
    assert after.history[-1].note == "provate a spegnerla"
    assert transitions.replied(after, "rossi", NOW + HOUR).case.responded_at == NOW


def test_who_takes_a_case_has_it_and_was_the_first_to_act() -> None:
    after = transitions.taken(case(), "rossi", NOW).case
    assert (after.owner, after.responded_at, after.history[-1]) == (
        "rossi",
        NOW,
        Event(NOW, "rossi", "taken"),
    )
    over = transitions.taken(after, "bianchi", NOW + HOUR).case
    assert (over.owner, over.responded_at, over.history[-1].note) == ("bianchi", NOW, "rossi → bianchi")


@pytest.mark.parametrize(
    ("before", "owner", "note", "told"),
    [
        ("", "rossi", "", "- → rossi"),
        ("rossi", "bianchi", "in ferie", "rossi → bianchi (in ferie)"),
        ("rossi", "", "", "rossi → -"),
    ],
)
def test_who_gives_a_case_away_has_not_acted_on_it(before: str, owner: str, note: str, told: str) -> None:
    after = transitions.assigned(case(owner=before), owner, "anna", NOW, note).case
    assert (after.owner, after.responded_at) == (owner, None)
    assert after.history[-1] == Event(NOW, "anna", "assigned", (), told)


@pytest.mark.parametrize(
    ("values", "why", "told"),
    [
        (("", "Officine Rossi"), "", "customer: - → Officine Rossi"),
        (("Officine Rossi", ""), "omonimo", "customer: Officine Rossi → - (omonimo)"),
    ],
)
def test_what_was_corrected_is_told_with_what_it_was(values: tuple[str, str], why: str, told: str) -> None:
    after = transitions.changed(case(), "customer", values, "rossi", NOW, why).case
    assert after.history[-1] == Event(NOW, "rossi", "changed", (), told)


# --- two cases that are one ---


def test_the_merged_case_is_closed_and_its_mails_go_over_in_the_order_in_which_they_came() -> None:
    mails = [record(message(f"Mail {n}"), str(n), arrived_at=NOW + n * HOUR) for n in range(4)]
    gone = case(
        7, messages=(mails[1], mails[3]), suspensions=(Suspension(NOW, None),), marks=("news", "encrypted")
    )
    stays = case(8, messages=(mails[0], mails[2]), marks=("incomplete",))
    ended, going_on = (one.case for one in transitions.merged(gone, stays, "rossi", NOW + HOUR))
    assert (ended.status, ended.closed_at, ended.waiting_since) == (Status.closed, NOW + HOUR, None)
    assert (ended.messages, ended.merged_into, ended.marks) == ((), 8, ("encrypted",))
    assert ended.suspensions == (Suspension(NOW, NOW + HOUR),)
    assert going_on.messages == tuple(mails)
    assert (going_on.status, going_on.marks) == (Status.open, ("incomplete", "news"))
    assert ended.history[-1] == Event(NOW + HOUR, "rossi", "merged", (), "→ #8")
    assert going_on.history[-1] == Event(NOW + HOUR, "rossi", "merged", (), "← #7")


def test_a_stranger_who_wrote_to_the_merged_case_is_one_in_the_other() -> None:
    _, going_on = transitions.merged(case(7, marks=("stranger",)), case(8), "rossi", NOW)
    assert going_on.case.marks == ("stranger",)


def test_of_two_merged_cases_the_one_that_waited_longer_tells_how_long_it_waits() -> None:
    first = datetime(2026, 10, 25, 0, 50, tzinfo=UTC).astimezone(ROME)
    then = datetime(2026, 10, 25, 1, 10, tzinfo=UTC).astimezone(ROME)
    # On the clock, 02:50 and then 02:10.
    for times, since in (
        ((first, then), first),
        ((then, first), first),
        ((None, then), then),
        ((then, None), then),
        ((None, None), None),
    ):
        gone, stays = (case(n, waiting_since=at) for n, at in zip((7, 8), times, strict=True))
        assert transitions.merged(gone, stays, "rossi", NOW)[1].case.waiting_since == since
    mails = [record(message(str(at)), str(at), arrived_at=at) for at in (first, then)]
    gone, stays = case(7, messages=(mails[1],)), case(8, messages=(mails[0],))
    assert transitions.merged(gone, stays, "rossi", NOW)[1].case.messages == tuple(mails)


def test_merged_cases_name_each_other_once() -> None:
    gone = case(7, related=(Related(3, "cited"), Related(8, "earlier")))
    stays = case(8, related=(Related(7, "cited"), Related(9, "cited")))
    ended, going_on = (one.case for one in transitions.merged(gone, stays, "rossi", NOW))
    assert ended.related == (Related(3, "cited"), Related(8, "merged"))
    assert going_on.related == (Related(9, "cited"), Related(7, "merged"))


# --- what leaves no trace in the history ---


def test_work_is_added_to_what_was_done_before() -> None:
    more = Work(NOW + HOUR, "bianchi", 15, billable=False)
    before = case(minutes=30)
    assert transitions.worked(before, more) == before._replace(work=(*before.work, more))


def test_a_draft_is_somebodys_until_it_is_given_up_or_eight_hours_have_gone() -> None:
    before = case()
    writing = transitions.drafting(before, "rossi", NOW)
    assert writing.drafting == Drafting("rossi", NOW)
    assert transitions.not_drafting(writing) == before
    assert transitions.marks_at(writing, NOW + 8 * HOUR - timedelta(seconds=1)) == ("drafting",)
    assert transitions.marks_at(writing, NOW + 8 * HOUR) == ()


def test_a_note_of_ours_answers_nobody() -> None:
    before = case(marks=("news",))
    after = transitions.noted(before, "rossi", NOW, "ricambio ordinato").case
    assert (after.marks, after.waiting_since, after.responded_at) == (("news",), before.waiting_since, None)


@pytest.mark.parametrize("event", ["mail_sent", "mail_refused", "mail_delayed"])
def test_what_became_of_a_mail_is_told_by_the_program(event: str) -> None:
    happened = transitions.mail_event(case(), NOW, event, "acknowledgement")
    assert happened.events == (Event(NOW, "helpdeskctl", event, (), "acknowledgement"),)


def test_news_wait_since_the_oldest_mail_not_yet_answered() -> None:
    first = transitions.with_news(case(waiting_since=None), NOW)
    second = transitions.with_news(first, NOW + HOUR)
    assert second.waiting_since == NOW
    assert second.marks == ("news",)


def test_a_mail_and_letters_are_added_to_those_there() -> None:
    before = case(outgoing=(outgoing("a1"),))
    assert transitions.with_mail(before, MAIL).messages == (*before.messages, MAIL)
    assert transitions.with_mail(before, MAIL).history == before.history
    queued = transitions.with_outgoing(before, (outgoing("b2"), outgoing("c3"))).outgoing
    assert [mail.id for mail in queued] == ["a1", "b2", "c3"]


def test_marks_stand_once_in_the_order_of_their_first_appearance() -> None:
    marked = transitions.with_marks(case(marks=("stranger",)), "news", "stranger", "encrypted", "news")
    assert marked.marks == ("stranger", "news", "encrypted")
    assert transitions.without_marks(marked, "news", "undelivered").marks == ("stranger", "encrypted")


# --- when it is due ---


def test_the_earliest_promise_is_what_is_due() -> None:
    opened = NOW.astimezone(ROME)
    normal = transitions.promised(case(), opened, 8 * 60, OFFICE)
    assert normal.due_at == opened + timedelta(days=1)
    raised = transitions.promised(normal, opened + HOUR, 60, OFFICE)
    assert raised.due_at == opened + 2 * HOUR
    # A later promise that ends after the first one moves nothing.
    late = transitions.promised(normal, opened + timedelta(hours=7), 4 * 60, OFFICE)
    assert late.due_at == normal.due_at
    assert [promise.minutes for promise in late.promises] == [480, 240]


def test_what_is_promised_anew_stands_instead_of_all_that_was_and_is_told_of_again() -> None:
    opened = NOW.astimezone(ROME)
    before = transitions.promised(case(told=("due_soon", "intake_hint", "late")), opened, 60, OFFICE)
    after = transitions.promised_anew(before, opened, 240, OFFICE)
    assert (after.promises, after.due_at) == ((Promise(opened, 240),), opened + 5 * HOUR)
    assert after.told == ("intake_hint",)


def test_a_case_without_a_promise_is_never_due() -> None:
    assert transitions.with_due(case(due_at=NOW), OFFICE).due_at is None


def test_suspended_time_moves_what_is_due() -> None:
    opened = NOW.astimezone(ROME)
    waiting = transitions.promised(case(), opened, 60, OFFICE)
    still = transitions.suspended(waiting, "rossi", opened + timedelta(minutes=30)).case
    assert transitions.with_due(still, OFFICE).due_at is None
    again = transitions.with_due(transitions.resumed(still, "anna", opened + HOUR).case, OFFICE)
    assert again.due_at == opened + timedelta(minutes=90)
    # What can no longer be met because the clock stands still does not hide what was due before.
    both = still._replace(promises=(*still.promises, Promise(opened, 15)))
    assert transitions.with_due(both, OFFICE).due_at == opened + timedelta(minutes=15)


def test_the_earlier_of_two_times_in_the_hour_that_comes_twice() -> None:
    first = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
    second = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    late = transitions.promised(case(), second, 0, ALWAYS)
    due = transitions.promised(late, first, 0, ALWAYS).due_at
    # 02:40 in summer time comes before 02:10 in winter time.
    assert due is not None and due.astimezone(UTC) == first


@pytest.mark.parametrize(
    ("changes", "marks"),
    [
        ({}, ()),
        ({"due_at": NOW + timedelta(minutes=61)}, ()),
        ({"due_at": NOW + HOUR}, ("due_soon",)),
        ({"due_at": NOW + timedelta(minutes=1)}, ("due_soon",)),
        ({"due_at": NOW}, ("late",)),
        ({"due_at": NOW - HOUR}, ("late",)),
        ({"due_at": NOW - HOUR, "responded_at": NOW - HOUR}, ()),
        ({"due_at": NOW - HOUR, "status": Status.suspended}, ()),
        ({"due_at": NOW - HOUR, "status": Status.closed}, ()),
        ({"due_at": NOW, "marks": ("news",)}, ("news", "late")),
        ({"outgoing": (outgoing(queued_at=NOW - timedelta(minutes=6)),)}, ("unsent",)),
        ({"outgoing": (outgoing(queued_at=NOW - timedelta(minutes=5)),)}, ()),
        ({"outgoing": (outgoing(queued_at=NOW - HOUR, state="sent"),)}, ()),
        ({"outgoing": (outgoing(queued_at=NOW - HOUR, state="refused"),)}, ()),
        ({"outgoing": (outgoing(), outgoing("b2", queued_at=NOW - HOUR)), "due_at": NOW}, ("late", "unsent")),
    ],
)  # fmt: skip
def test_what_follows_from_the_time_of_day(changes: dict[str, Any], marks: tuple[str, ...]) -> None:
    assert transitions.marks_at(case(**changes), NOW) == marks


def test_the_hour_that_comes_twice_hurries_nobody_and_hides_nothing() -> None:
    summer = datetime(2026, 10, 25, 0, 58, tzinfo=UTC).astimezone(ROME)
    winter = datetime(2026, 10, 25, 1, 8, tzinfo=UTC).astimezone(ROME)
    # On the clock, 02:58 and then 02:08: ten minutes.
    waiting = case(outgoing=(outgoing(queued_at=summer),), due_at=summer)
    assert transitions.marks_at(waiting, winter) == ("late", "unsent")
    # The night the clock goes on: 01:58 and then 03:01 are three minutes.
    queued = datetime(2026, 3, 29, 0, 58, tzinfo=UTC).astimezone(ROME)
    shortly = datetime(2026, 3, 29, 1, 1, tzinfo=UTC).astimezone(ROME)
    assert transitions.marks_at(case(outgoing=(outgoing(queued_at=queued),)), shortly) == ()
    assert transitions.marks_at(case(due_at=shortly + HOUR), queued) == ()
    assert transitions.marks_at(case(due_at=shortly), queued) == ("due_soon",)


def test_the_published_event_names_are_each_there_once() -> None:
    published = (
        "opened, followed_up, command_noted, closed, reopened, escalated, taken, assigned, noted, suspended, resumed,"
        " replied, changed, merged, mail_sent, mail_refused, mail_delayed"
    )
    assert ", ".join(EVENTS) == published


def test_urgencies_are_in_the_order_of_their_meaning() -> None:
    assert [urgency.name for urgency in sorted(Urgency)] == ["normale", "urgente", "critico"]
