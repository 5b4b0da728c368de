"""A case in brief says what the whole case would, and stands where it would."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from helpdeskctl.application.listing import pressing
from helpdeskctl.cli.formats import tsv
from helpdeskctl.domain.brief import brief, due_by, in_order, number, shown
from helpdeskctl.domain.case import Case, Drafting, Status, Urgency
from helpdeskctl.domain.transitions import SOON, marks_at
from tests.builders import NOW, case, outgoing

_TIMES = st.none() | st.integers(-200, 200).map(lambda minutes: NOW + timedelta(minutes=minutes))
_TEXTS = st.text(max_size=12) | st.sampled_from(["", "Stampante guasta", "Perché è lento?", "a\tb", " x  y "])


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
        drafting=draw(st.none() | st.just(Drafting("rossi", NOW - timedelta(hours=draw(st.integers(0, 9)))))),
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


def test_a_plain_case_needs_not_be_asked_for_whole() -> None:
    late = case(1, subject="Perché è lento?", due_at=NOW - timedelta(minutes=1), marks=("news",))
    soon = case(2, due_at=NOW + timedelta(minutes=59))
    sent = case(3, outgoing=(outgoing("a", state="sent"), outgoing("b", queued_at=NOW)))
    assert "" not in shown([brief(late), brief(soon), brief(sent)], NOW)


def test_a_case_is_asked_for_whole_once_its_mail_has_waited_for_too_long() -> None:
    line = brief(case(1, outgoing=(outgoing("a", queued_at=NOW),)))
    assert shown([line], NOW + timedelta(minutes=5)) != [""]
    assert shown([line], NOW + timedelta(minutes=5, seconds=1)) == [""]


def test_what_a_mail_says_ends_no_line() -> None:
    assert "\n" not in brief(case(1, subject="a\nb")) and shown([brief(case(1, subject="a\nb"))], NOW) == [""]


def test_times_are_told_as_instants() -> None:
    first = case(1, due_at=datetime.fromisoformat("2026-10-25T02:30:00+02:00"))
    then = case(2, due_at=datetime.fromisoformat("2026-10-25T02:15:00+01:00"))
    assert [number(line) for line in in_order([brief(then), brief(first)], NOW)] == [1, 2]
