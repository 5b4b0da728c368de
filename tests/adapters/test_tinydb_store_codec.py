"""Cases and ledger entries as JSON documents: nothing is lost, nothing is taken on trust."""

import json
from datetime import UTC, datetime, timedelta, timezone
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdeskctl.adapters.tinydb_store import codec
from helpdeskctl.application.ports import LedgerEntry
from helpdeskctl.domain.case import Case, MailRecord, OutgoingMail, Status
from helpdeskctl.domain.events import Event
from tests.builders import NOW, case, entry, outgoing

ROME = ZoneInfo("Europe/Rome")

# Lone surrogates come from file names and wrong charsets. Two that meet by chance make one letter, in
# JSON as anywhere: the low ones are enough.
TEXTS = st.text(st.characters(codec="utf-8") | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF))


def is_told_once(at: datetime) -> bool:
    """Whether Rome's clock shows that time once: Python calls no two values of the others equal."""
    return len({at.astimezone(ROME).replace(fold=fold).utcoffset() for fold in (0, 1)}) == 1


TIMES = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, ROME, timezone(timedelta(hours=-3, minutes=-30))]),
    allow_imaginary=False,
).filter(is_told_once)


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of that type, as far as the domain's values need it."""
    if kind in {str, datetime}:
        return TEXTS if kind is str else TIMES
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        if inner[-1] is Ellipsis:
            return st.lists(values(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(values, inner))
    if get_origin(kind) is UnionType:
        return st.one_of(*map(values, get_args(kind)))
    if hasattr(kind, "_fields"):
        return st.builds(kind, **{name: values(one) for name, one in get_type_hints(kind).items()})
    return st.from_type(kind)


def through_json(value: object) -> Any:
    return json.loads(json.dumps(codec.encoded(value)))


@settings(max_examples=150, deadline=None)
@given(values(Case))
def test_any_case_comes_back_as_it_was(one: Case) -> None:
    assert codec.case(through_json(one), codec.times(ROME)) == one


@settings(max_examples=100, deadline=None)
@given(values(LedgerEntry))
def test_any_entry_comes_back_as_it_was(one: LedgerEntry) -> None:
    assert codec.entry(through_json(one), codec.times(ROME)) == one


@settings(max_examples=100, deadline=None)
@given(values(Case))
def test_any_summary_tells_everything_but_mails_and_history(one: Case) -> None:
    document = json.loads(json.dumps(codec.summary(codec.encoded(one))))
    waiting = tuple(m._replace(body="", headers=()) for m in one.outgoing if m.state == "waiting")
    shown = one._replace(messages=(), history=(), outgoing=waiting)
    assert codec.summarized(document, codec.times(ROME)) == shown


def test_a_document_is_what_a_person_would_write() -> None:
    document = codec.encoded(case(7, status=Status.suspended, due_at=NOW))
    assert document["status"] == "suspended"
    assert document["urgency"] == "normale"
    assert document["requester"] == {"name": "Anna Verdi", "address": "anna.verdi@cliente.example"}
    assert document["due_at"] == "2026-11-24T09:00:00+00:00"
    assert set(document) == set(Case._fields)


def test_a_summary_says_only_what_is_particular() -> None:
    document = codec.summary(codec.encoded(case(7, waiting_since=None)))
    assert set(document) == {"number", "sector", "subject", "requester", "opened_at", "updated_at"}


def test_times_come_back_in_the_desks_zone() -> None:
    back = codec.case(codec.encoded(case(7)), codec.times(ROME))
    assert back.opened_at.tzinfo is ROME
    assert back.opened_at.hour == back.opened_at.astimezone(ROME).hour
    summary = codec.summarized(codec.summary(codec.encoded(case(7))), codec.times(ROME))
    assert summary.opened_at.tzinfo is ROME


def test_the_hour_that_comes_twice_comes_back_as_the_one_it_was() -> None:
    for fold in (0, 1):
        twice = datetime(2026, 10, 25, 2, 30, tzinfo=ROME, fold=fold)
        back = codec.case(codec.encoded(case(7, due_at=twice)), codec.times(ROME))
        assert back.due_at is not None
        assert back.due_at.utcoffset() == twice.utcoffset()


def test_keys_it_does_not_know_are_left_alone() -> None:
    one = case(7, outgoing=(outgoing(),))
    document = codec.encoded(one)
    document["later"] = document["messages"][0]["later"] = document["requester"]["later"] = 1
    assert codec.case(document, codec.times(ROME)) == one
    assert codec.summarized(codec.summary(codec.encoded(one)) | {"later": 1}, codec.times(ROME)).number == 7


@pytest.mark.parametrize(
    ("kind", "place"),
    [(Case, ()), (MailRecord, ("messages", 0)), (OutgoingMail, ("outgoing", 0)), (Event, ("history", 0))],
)
def test_a_key_may_lack_only_if_it_has_a_default(kind: Any, place: tuple[Any, ...]) -> None:
    one = case(7, outgoing=(outgoing(),))
    for name in kind._fields:
        document = codec.encoded(one)
        part = document
        for step in place:
            part = part[step]
        del part[name]
        if name in kind._field_defaults:
            codec.case(document, codec.times(ROME))
        else:
            with pytest.raises(KeyError):
                codec.case(document, codec.times(ROME))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "unheard of"),
        ("urgency", "unheard of"),
        ("opened_at", "yesterday"),
        ("requester", 7),
        ("messages", 7),
        ("messages", [7]),
        ("tags", 7),
    ],
)
def test_what_cannot_be_is_refused(name: str, value: object) -> None:
    document = codec.encoded(case(7)) | {name: value}
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        codec.case(document, codec.times(ROME))


def test_an_entry_without_its_facts_is_older_and_can_be_read() -> None:
    document = codec.encoded(entry())
    del document["facts"]
    assert codec.entry(document, codec.times(ROME)) == entry()
