"""A case in brief says what the whole case would, and stands where it would."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from helpdeskctl.application.listing import pressing
from helpdeskctl.cli.formats import tsv
from helpdeskctl.domain.brief import brief, due_by, in_order, number, shown
from helpdeskctl.domain.case import Case, Drafting, Status, Urgency
from helpdeskctl.domain.transitions import SOON, marks_at
from tests.builders import NOW, case, outgoing, policy

_TIMES = st.none() | st.integers(-200, 200).map(lambda minutes: NOW + timedelta(minutes=minutes))
# Mostly such as are shown at once.
_TEXTS = st.one_of(
    *[st.sampled_from(["", "Stampante guasta", "Perché è lento?"])] * 8,
    st.sampled_from(["a\tb", " x  y "]),
    st.text(max_size=12),
)


@st.composite
def cases(draw: st.DrawFn, number: int) -> Case:
    waiting = draw(st.none() | st.integers(-20, 5))
    at = NOW + timedelta(minutes=waiting or 0)
    return case(
        number,
        status=draw(st.sampled_from(Status)),
        urgency=draw(st.sampled_from(Urgency)),
        subject=draw(_TEXTS),
        customer=draw(_TEXTS),
        owner=draw(_TEXTS),
        due_at=draw(_TIMES),
        responded_at=draw(_TIMES),
        marks=draw(st.sampled_from([(), ("news",), ("news", "incomplete")])),
        outgoing=() if waiting is None else (outgoing("a", queued_at=at), outgoing("b", state="sent")),
        drafting=Drafting("rossi", NOW) if draw(st.integers(0, 9)) == 0 else None,
    )


_DESKS = st.integers(1, 5).flatmap(lambda n: st.tuples(*(cases(k) for k in range(1, n + 1))))


@given(_DESKS, st.integers(-300, 300))
def test_lines_and_order_are_those_of_the_whole_cases(desk: tuple[Case, ...], minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    ordered = in_order(map(brief, desk), now)
    whole = sorted(desk, key=pressing(now))
    assert [number(line) for line in ordered] == [one.number for one in whole]
    for text, one in zip(shown(ordered, now), whole, strict=True):
        assert text in {"", tsv.case(one, now)}


@given(_DESKS, st.integers(-300, 300))
def test_those_due_by_then_are_those_marked_so(desk: tuple[Case, ...], minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    due = {number(line) for line in due_by(map(brief, desk), now + SOON)}
    assert due == {one.number for one in desk if {"late", "due_soon"} & {*marks_at(one, now)}}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(policy().zone)


def test_a_line_is_what_a_list_says_of_the_case_and_its_marks_at_that_time() -> None:
    one = case(
        12,
        urgency=Urgency.urgente,
        owner="rossi",
        customer="Officine Rossi",
        opened_at=at("2026-11-24T09:00:00.5+01:00"),
        due_at=at("2026-11-24T11:00:00.500001+01:00"),
    )
    columns = "12\topen\turgente\ttecnico\trossi\tOfficine Rossi\tStampante guasta al secondo piano"
    times = "\t2026-11-24T09:00:00+01:00\t2026-11-24T11:00:00+01:00\t"
    due = at("2026-11-24T11:00:00.500001+01:00")
    for now, mark in (
        (due - timedelta(minutes=60, seconds=1), ""),
        (due - timedelta(minutes=60), "due_soon"),
        (due - timedelta(microseconds=1), "due_soon"),
        (due, "late"),
    ):
        assert shown([brief(one)], now) == [columns + times + mark]
        marked = "news,incomplete" + (f",{mark}" if mark else "")
        assert shown([brief(one._replace(marks=("news", "incomplete")))], now) == [columns + times + marked]
    assert due_by([brief(one)], due) == [brief(one)]
    assert due_by([brief(one)], due - timedelta(microseconds=1)) == []
    never = one._replace(due_at=None)
    assert shown([brief(never)], due) == [columns + "\t2026-11-24T09:00:00+01:00\t\t"]


def test_what_presses_stands_by_urgency_by_when_it_is_due_and_by_number_and_what_is_closed_last() -> None:
    pressing_first = [
        case(1, due_at=NOW),
        case(9, urgency=Urgency.critico),
        case(2, urgency=Urgency.urgente, due_at=NOW + timedelta(hours=2)),
        case(4, due_at=NOW + timedelta(hours=3)),
        case(3, due_at=NOW + timedelta(hours=4)),
        case(10),
        case(123_456_789),
        case(5, urgency=Urgency.critico, due_at=NOW, status=Status.closed, marks=("news",)),
    ]
    lines = in_order(map(brief, reversed(pressing_first)), NOW)
    assert [number(line) for line in lines] == [one.number for one in pressing_first]


def test_hours_and_minutes_are_those_that_pass_in_the_night_in_which_an_hour_comes_twice() -> None:
    now = at("2026-10-25T02:30+02:00")
    # An hour and three quarters away, though the clock will say 03:15 by then.
    due = brief(case(1, due_at=at("2026-10-25T03:15+01:00")))
    assert not shown([due], now)[0].endswith("due_soon")
    queued = brief(case(1, outgoing=(outgoing("a", queued_at=at("2026-10-25T02:58+02:00")),)))
    assert shown([queued], at("2026-10-25T02:03+01:00")) != [""]
    assert shown([queued], at("2026-10-25T02:04+01:00")) == [""]


def test_a_plain_case_needs_not_be_asked_for_whole() -> None:
    late = case(1, subject="Perché è lento?", due_at=NOW - timedelta(minutes=1), marks=("news",))
    soon = case(2, due_at=NOW + timedelta(minutes=59))
    before = NOW - timedelta(hours=1)
    sent = case(3, outgoing=(outgoing("a", state="sent", queued_at=before), outgoing("b", queued_at=NOW)))
    assert "" not in shown([brief(late), brief(soon), brief(sent)], NOW)


def test_a_case_is_asked_for_whole_once_its_mail_has_waited_for_too_long() -> None:
    line = brief(case(1, outgoing=(outgoing("a", queued_at=NOW),)))
    assert shown([line], NOW + timedelta(minutes=5)) != [""]
    assert shown([line], NOW + timedelta(minutes=5, seconds=1)) == [""]
    mails = (outgoing("a", queued_at=NOW + timedelta(minutes=9)), outgoing("b", queued_at=NOW))
    assert shown([brief(case(1, outgoing=mails))], NOW + timedelta(minutes=6)) == [""]


def test_what_a_mail_says_ends_no_line() -> None:
    assert "\n" not in brief(case(1, subject="a\nb")) and shown([brief(case(1, subject="a\nb"))], NOW) == [""]


def test_times_are_told_as_instants() -> None:
    first = case(1, due_at=datetime.fromisoformat("2026-10-25T02:30:00+02:00"))
    then = case(2, due_at=datetime.fromisoformat("2026-10-25T02:15:00+01:00"))
    assert [number(line) for line in in_order([brief(then), brief(first)], NOW)] == [1, 2]
