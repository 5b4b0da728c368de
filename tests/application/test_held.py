"""Mail that a person has to look at, found and read again (behaviour.md §9)."""

import pytest

from helpdeskctl.application.held import held, held_entry, opened, retry
from helpdeskctl.domain.errors import NoSuchCaseError, StoreLockedError
from helpdeskctl.domain.message import Message
from tests.application.test_ingest import Bench, bench, unlike
from tests.builders import entry, headers
from tests.fakes import TOO_LARGE, MemoryStore

SPAM = unlike(1, headers=headers(x_spam_flag="YES", precedence="bulk"))


def holding(mail: Message | BaseException) -> Bench:
    """A desk that holds this one mail."""
    desk = bench(a=mail)
    assert [report.decision.outcome for report in desk.run()] == ["held"]
    return desk


def test_held_mail_is_found_by_its_id_and_nothing_else_is() -> None:
    store = MemoryStore()
    store.ledger = {"aaaaaaaaaa": entry("aaaaaaaaaa", outcome="held"), "bbbbbbbbbb": entry("bbbbbbbbbb")}
    assert [e.id for e in held(store)] == ["aaaaaaaaaa"]
    assert held_entry(store, "aaaaaaaaaa").id == "aaaaaaaaaa"
    for ident in ("bbbbbbbbbb", "cccccccccc"):
        with pytest.raises(NoSuchCaseError, match=ident):
            held_entry(store, ident)


def test_what_has_become_readable_becomes_a_case() -> None:
    desk = holding(TOO_LARGE)
    desk.parser.mails["a"] = unlike(1)
    report = retry(held(desk.store)[0], desk.ports)
    assert report is not None and report.decision.outcome == "opened"
    assert held(desk.store) == []
    assert desk.box.folders == {"Held": [], "Cases.2026-11": ["a"]}


def test_what_is_still_unreadable_is_held_still_and_stays_one_entry() -> None:
    desk = holding(TOO_LARGE)
    report = retry(held(desk.store)[0], desk.ports)
    assert report is not None and report.decision.outcome == "held"
    assert len(desk.store.ledger) == 1
    assert desk.box.folders["Held"] == ["a"]


def test_a_person_makes_a_case_of_what_was_marked_as_spam() -> None:
    desk = holding(SPAM)
    report = opened(held(desk.store)[0], desk.ports)
    assert report is not None and report.decision.outcome == "opened"
    # The flag alone is passed over: a machine's mail is a machine's all the same.
    assert not report.decision.acknowledge
    assert desk.store.cases[1].subject == SPAM.subject
    assert held(desk.store) == []


def test_a_person_makes_a_case_of_what_cannot_be_read() -> None:
    desk = holding(TOO_LARGE)
    (waiting,) = held(desk.store)
    report = opened(waiting, desk.ports)
    assert report is not None and report.decision.outcome == "opened"
    made = desk.store.cases[1]
    assert (made.requester.address, made.subject) == ("ignoto@cliente.example", "a")
    assert made.messages[0].path == waiting.path
    assert made.messages[0].digest == f"held.{waiting.id}"


def test_a_locked_store_leaves_the_mail_where_the_next_run_finds_it() -> None:
    desk = holding(TOO_LARGE)
    desk.parser.mails["a"] = StoreLockedError("Locked.")
    with pytest.raises(StoreLockedError):
        retry(held(desk.store)[0], desk.ports)
    assert list(desk.box.arrived) == ["a"]
    assert [e.key for e in held(desk.store)] == ["a"]
