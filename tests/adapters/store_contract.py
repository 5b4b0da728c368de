"""What every store promises (behaviour.md §10): one class that each adapter's tests inherit."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from helpdeskctl.application.ports import CaseStore
from helpdeskctl.domain import brief
from helpdeskctl.domain.case import Case, Promise, Related, Status, Suspension
from helpdeskctl.domain.events import Event, Finding
from helpdeskctl.domain.message import Attachment
from helpdeskctl.domain.registry import Contract, Customer, Registry
from tests.builders import ANNA, NOW, STRANGER, case, entry, message, numbers, outgoing, record


class StoreContract:
    """Override the fixture `store` with an empty one."""

    @pytest.fixture
    def store(self) -> CaseStore:
        raise NotImplementedError

    def put(self, store: CaseStore, *cases: Case) -> None:
        with store.transaction() as writing:
            for one in cases:
                writing.put(one)

    def test_an_empty_store_knows_nothing(self, store: CaseStore) -> None:
        assert store.open_cases() == []
        assert list(store.all_cases()) == []
        assert store.entries("held") == []
        assert store.waiting() == []
        assert store.backlog() is None
        assert store.snapshot().case(1) is None
        assert store.snapshot().entry("0123456789") is None
        assert store.snapshot().numbers("key", "x") == ()

    def test_a_case_comes_back_as_it_was(self, store: CaseStore) -> None:
        full = case(
            1,
            status=Status.suspended,
            tags=("a", "b"),
            marks=("news", "incomplete"),
            related=(Related(3, "cited"),),
            suspensions=(Suspension(NOW, None), Suspension(NOW, NOW + timedelta(hours=1))),
            promises=(Promise(NOW, 480),),
            told=("intake_hint",),
            outgoing=(outgoing("a", sent_at=NOW, state="sent", error="x"), outgoing("b")),
            messages=(
                record(
                    message("\udce8 \x00 \u2028 \U0001f600"),
                    attachments=(Attachment("a.png", "image/png", 3, "f" * 64),),
                    stranger=True,
                ),
            ),
            history=(Event(NOW, ANNA.address, "opened", (Finding("r", "f", "m\udc80", "e"),), "nota"),),
            waiting_since=NOW,
            due_at=NOW,
            responded_at=NOW,
            closed_at=NOW,
            minutes=90,
            customer_by_contract=True,
        )
        self.put(store, full)
        assert store.snapshot().case(1) == full
        assert list(store.all_cases()) == [full]

    def test_what_was_put_is_seen_at_once_by_the_same_transaction(self, store: CaseStore) -> None:
        with store.transaction() as writing:
            assert writing.next_number() == 1
            writing.put(case(1))
            assert writing.next_number() == 2
            assert writing.case(1) == case(1)
            assert writing.numbers("requester", "ANNA.VERDI@cliente.example") == (1,)
            writing.record(entry())
            assert writing.entry(entry().id) == entry()

    def test_nothing_is_written_when_an_error_passes(self, store: CaseStore) -> None:
        self.put(store, case(1))
        with pytest.raises(ZeroDivisionError), store.transaction() as writing:
            writing.put(case(1, status=Status.closed))
            writing.put(case(2))
            writing.record(entry())
            raise ZeroDivisionError
        assert list(store.all_cases()) == [case(1)]
        assert store.entries("ignored") == []

    def test_numbers_go_on_from_the_highest(self, store: CaseStore) -> None:
        self.put(store, *(case(n) for n in range(1, 53)))
        with store.transaction() as writing:
            assert writing.next_number() == 53

    def test_cases_are_found_by_what_they_hold(self, store: CaseStore) -> None:
        one = case(1, customer="Officine Rossi", messages=(record(message(message_id="a@x.example"), "k1"),))
        two = case(2, messages=(record(message(message_id="b@x.example"), "k2"),))
        self.put(store, one, two)
        found = store.snapshot()
        assert found.numbers("key", "k1") == (1,)
        assert found.numbers("message_id", "b@x.example") == (2,)
        assert found.numbers("requester", "Anna.Verdi@CLIENTE.example") == (1, 2)
        assert found.numbers("customer", "officine ROSSI") == (1,)
        assert found.numbers("digest", one.messages[0].digest) == (1, 2)
        assert found.numbers("message_id", "") == ()

    def test_a_mail_added_later_is_found_too(self, store: CaseStore) -> None:
        self.put(store, case(1))
        more = case(1, messages=(*case(1).messages, record(message(message_id="z@x.example"), "k9")))
        self.put(store, more)
        assert store.snapshot().numbers("key", "k9") == (1,)

    def test_only_what_is_not_done_with_is_listed(self, store: CaseStore) -> None:
        self.put(
            store,
            case(1),
            case(2, status=Status.closed, waiting_since=None),
            case(3, status=Status.suspended),
            case(4, status=Status.closed, marks=("news",), waiting_since=None),
        )
        assert numbers(store.open_cases()) == [1, 3, 4]
        self.put(store, case(1, status=Status.closed, waiting_since=None))
        assert numbers(store.open_cases()) == [3, 4]
        self.put(store, case(2))
        assert numbers(store.open_cases()) == [2, 3, 4]

    def test_a_listed_case_tells_what_a_list_shows(self, store: CaseStore) -> None:
        full = case(1, outgoing=(outgoing("a"), outgoing("b", state="sent")))
        self.put(store, full)
        (listed,) = store.open_cases()
        assert (listed.messages, listed.history) == ((), ())
        assert [mail.queued_at for mail in listed.outgoing if mail.state == "waiting"] == [NOW]
        assert listed._replace(messages=full.messages, history=full.history, outgoing=full.outgoing) == full

    def test_listed_cases_come_in_brief_and_whole_when_asked_for(self, store: CaseStore) -> None:
        assert store.open_briefs().lines == []
        self.put(
            store,
            case(1, subject="Perché è lento?"),
            case(2, subject="Una riga\ne un'altra"),
            case(3, status=Status.closed, waiting_since=None),
        )
        found = store.open_briefs()
        assert sorted(map(brief.number, found.lines)) == [1, 2]
        assert found.cases([2, 1]) == [store.open_cases()[1], store.open_cases()[0]]
        assert sorted(found.lines) == sorted(map(brief.brief, store.open_cases()))
        self.put(store, case(1, status=Status.closed, waiting_since=None))
        assert [brief.number(line) for line in store.open_briefs().lines] == [2]

    def test_all_cases_are_searched_by_what_they_say(self, store: CaseStore) -> None:
        assert store.searched("guasta") == set()
        other = record(message(sender=ANNA._replace(name="Zoë", address="zoe@altro.example")), "k2")
        attached = record(
            message(), "k3", attachments=(Attachment("schermata \udce8.png", "image/png", 1, "0" * 64),)
        )
        self.put(
            store,
            case(1, customer="Officine Però"),
            case(2, messages=(other,), subject="Il toner è finito"),
            case(3, messages=(attached,), status=Status.closed, waiting_since=None),
        )
        assert store.searched("officine pero") == {1}
        assert store.searched("toner") == store.searched("zoe@altro") == store.searched("#2") == {2}
        assert store.searched("schermata") == {3}
        assert store.searched("anna.verdi@") == {1, 2, 3}
        assert store.searched("nulla di simile") == set()
        self.put(store, case(2, messages=(other,), subject="La cartuccia è finita"))
        assert (store.searched("toner"), store.searched("cartuccia")) == (set(), {2})

    def test_mail_that_waits_is_known_by_its_holder(self, store: CaseStore) -> None:
        later = NOW + timedelta(minutes=5)
        with store.transaction() as writing:
            writing.put(case(1, outgoing=(outgoing("a", next_at=later), outgoing("b"))))
            writing.record(entry("aaaaaaaaaa", outgoing=(outgoing("c"),)))
        assert sorted((str(w.holder), w.next_at) for w in store.waiting()) == [
            ("1", NOW),
            ("aaaaaaaaaa", NOW),
        ]
        self.put(store, case(1, outgoing=(outgoing("a", next_at=later), outgoing("b", state="sent"))))
        assert [w for w in store.waiting() if w.holder == 1] == [(1, later)]
        self.put(store, case(1, outgoing=(outgoing("a", state="refused"),)))
        assert [w.holder for w in store.waiting()] == ["aaaaaaaaaa"]

    def test_an_entry_is_kept_replaced_and_dropped(self, store: CaseStore) -> None:
        held = entry(
            "aaaaaaaaaa", outcome="held", facts=(("size", "60"),), because=(Finding("a", "b", "c", "d"),)
        )
        with store.transaction() as writing:
            writing.record(held)
            writing.record(entry("bbbbbbbbbb", outcome="held", arrived_at=NOW - timedelta(days=1)))
            writing.record(entry("cccccccccc"))
        assert [e.id for e in store.entries("held")] == ["bbbbbbbbbb", "aaaaaaaaaa"]
        assert store.snapshot().entry("aaaaaaaaaa") == held
        with store.transaction() as writing:
            writing.record(held._replace(outcome="ignored"))
            writing.forget("bbbbbbbbbb")
            writing.forget("never seen")
        assert store.entries("held") == []
        assert sorted(e.id for e in store.entries("ignored")) == ["aaaaaaaaaa", "cccccccccc"]
        assert store.snapshot().entry("bbbbbbbbbb") is None

    def test_a_snapshot_keeps_to_itself_what_is_put_into_it(self, store: CaseStore) -> None:
        trying = store.snapshot()
        trying.put(case(1))
        trying.record(entry())
        assert trying.next_number() == 2
        assert trying.numbers("key", "apertura-1") == (1,)
        assert store.snapshot().case(1) is None
        assert store.entries("ignored") == []

    def test_customers_and_contracts_are_found(self, store: CaseStore) -> None:
        rossi = Customer("Officine Rossi", ("capo@libero.example",), ("rossi.example",))
        contract = Contract(
            "2026/A", "Officine Rossi", date(2026, 1, 1), None, ("tecnico",), (("critico", 60),)
        )
        assert store.registry() == Registry()
        assert not store.snapshot().has_registry()
        for registry in (Registry((rossi,), ()), Registry((rossi,), (contract,))):
            store.replace_registry(registry)
            assert store.registry() == registry
        found = store.snapshot()
        assert found.has_registry()
        assert found.customer("address", "capo@libero.example") == rossi
        assert found.customer("domain", "rossi.example") == rossi
        assert found.customer("domain", "libero.example") is None
        assert found.contract("2026/a") == contract
        assert found.contract("9") is None
        store.replace_registry(Registry((), (contract,)))
        assert store.snapshot().customer("domain", "rossi.example") is None

    def test_what_was_sent_lately_is_known(self, store: CaseStore) -> None:
        assert store.snapshot().lately_sent(NOW) == ()
        sent = outgoing("a", state="sent", sent_at=NOW)
        self.put(
            store,
            case(1, outgoing=(sent, outgoing("b"), outgoing("c", kind="notice", state="sent", sent_at=NOW))),
        )
        later = outgoing("d", kind="personal", state="sent", sent_at=NOW + timedelta(minutes=1), to=STRANGER)
        with store.transaction() as writing:
            writing.record(entry("aaaaaaaaaa", outgoing=(later,)))
            writing.put(
                case(1, outgoing=(sent, outgoing("b", state="sent", sent_at=NOW + timedelta(minutes=2))))
            )
        found = [(one.address, one.kind, one.at) for one in store.snapshot().lately_sent(NOW)]
        assert found == [
            (ANNA.address, "acknowledgement", NOW),
            (STRANGER.address, "personal", NOW + timedelta(minutes=1)),
            (ANNA.address, "acknowledgement", NOW + timedelta(minutes=2)),
        ]
        after = store.snapshot().lately_sent(NOW + timedelta(seconds=1))
        assert [one.kind for one in after] == ["personal", "acknowledgement"]
        to_anna = store.snapshot().lately_sent(NOW + timedelta(seconds=1), ANNA.address)
        assert [one.at for one in to_anna] == [NOW + timedelta(minutes=2)]
        assert store.snapshot().lately_sent(NOW, "nessuno@cliente.example") == ()

    def test_the_secret_stays_the_same(self, store: CaseStore) -> None:
        with store.transaction() as writing:
            secret = writing.secret()
            assert len(secret) >= 10
            assert writing.secret() == secret
        assert store.snapshot().secret() == secret
        with store.transaction() as writing:
            assert writing.secret() == secret

    def test_what_was_decided_about_older_mail_is_remembered(self, store: CaseStore) -> None:
        store.decide_backlog("open")
        assert store.backlog() == "open"

    def test_the_senders_lock_is_given(self, store: CaseStore) -> None:
        with store.sending() as ours:
            assert ours

    def test_the_mail_that_is_handed_over_is_remembered_until_its_fate_is_written(
        self, store: CaseStore
    ) -> None:
        with store.sending():
            assert store.handed_over() == ""
            store.hand_over("5d0c1f22ab90e17c")
        with store.sending():
            assert store.handed_over() == "5d0c1f22ab90e17c"
            store.hand_over("ab")
            assert store.handed_over() == "ab"
            store.hand_over("")
            assert store.handed_over() == ""

    def test_a_raw_mail_is_kept_where_it_can_be_read(self, store: CaseStore, tmp_path: Path) -> None:
        mail = tmp_path / "una"
        mail.write_bytes(b"Subject: x\n\n")
        kept = store.keep(str(mail), "1.M2P3.host", datetime(2026, 11, 24, tzinfo=UTC))
        assert store.keep(str(mail), "1.M2P3.host", datetime(2026, 11, 24, tzinfo=UTC)) == kept
        with open(store.raw(kept), "rb") as file:
            assert file.read() == b"Subject: x\n\n"

    def test_a_case_is_no_longer_found_by_what_it_was_corrected_from(self, store: CaseStore) -> None:
        self.put(store, case(1), case(2))
        self.put(store, case(1, requester=STRANGER, customer="Altro srl", messages=()))
        found = store.snapshot()
        assert found.numbers("requester", ANNA.address) == (2,)
        assert found.numbers("requester", STRANGER.address) == (1,)
        assert found.numbers("customer", "Altro srl") == (1,)
        assert found.numbers("key", "apertura-1") == ()
        self.put(store, case(1))
        assert store.snapshot().numbers("requester", ANNA.address) == (1, 2)

    def test_a_correction_is_seen_by_the_same_transaction(self, store: CaseStore) -> None:
        self.put(store, case(1))
        with store.transaction() as writing:
            writing.put(case(1, requester=STRANGER, messages=()))
            assert writing.numbers("requester", ANNA.address) == ()
            writing.put(case(1))
            assert writing.numbers("requester", ANNA.address) == (1,)
            assert writing.numbers("requester", STRANGER.address) == ()

    def test_a_snapshot_shows_what_it_was_told_to_change(self, store: CaseStore) -> None:
        self.put(store, case(1))
        with store.transaction() as writing:
            writing.record(entry("aaaaaaaaaa"))
        trying = store.snapshot()
        trying.put(case(1, subject="Altro", messages=()))
        trying.forget("aaaaaaaaaa")
        assert trying.case(1) == case(1, subject="Altro", messages=())
        assert trying.numbers("key", "apertura-1") == ()
        assert trying.entry("aaaaaaaaaa") is None
        assert store.snapshot().case(1) == case(1)
        assert store.snapshot().entry("aaaaaaaaaa") is not None

    def test_no_trace_is_left_of_a_transaction_that_failed(self, store: CaseStore) -> None:
        self.put(store, case(1))
        with pytest.raises(ZeroDivisionError), store.transaction() as writing:
            writing.put(case(2, outgoing=(outgoing(),)))
            writing.record(entry("aaaaaaaaaa", outcome="held", outgoing=(outgoing(),)))
            raise ZeroDivisionError
        assert store.waiting() == []
        assert store.entries("held") == []
        assert store.snapshot().numbers("key", "apertura-2") == ()
        assert numbers(store.open_cases()) == [1]
        assert store.snapshot().next_number() == 2

    def test_a_transaction_without_anything_changes_nothing(self, store: CaseStore) -> None:
        self.put(store, case(1))
        with store.transaction():
            pass
        assert list(store.all_cases()) == [case(1)]

    def test_hostile_texts_are_found_again(self, store: CaseStore) -> None:
        texts = ("\0", "\u2028\t\r\n;", "\udce9", '"}{', "\x1b[31m", "a b", "x" * 10_000)
        cases = [
            case(n, subject=text, messages=(record(message(text, message_id=text), text),))
            for n, text in enumerate(texts, 1)
        ]
        self.put(store, *cases)
        assert list(store.all_cases()) == cases
        assert [one.subject for one in store.open_cases()] == list(texts)
        for number, text in enumerate(texts, 1):
            assert store.snapshot().numbers("message_id", text) == (number,)
            assert store.snapshot().numbers("key", text) == (number,)

    def test_many_entries_of_one_day_are_all_kept(self, store: CaseStore) -> None:
        many = [entry(f"{n:010x}", arrived_at=NOW + timedelta(seconds=n)) for n in range(450)]
        for start in range(0, len(many), 90):
            with store.transaction() as writing:
                for one in many[start : start + 90]:
                    writing.record(one)
        assert store.entries("ignored") == many
        assert store.snapshot().entry("0000000101") == many[0x101]

    def test_an_entry_recorded_on_a_later_day_is_still_one(self, store: CaseStore) -> None:
        held = entry("aaaaaaaaaa", outcome="held", outgoing=(outgoing(),))
        later = held._replace(outcome="ignored", read_at=NOW + timedelta(days=3), outgoing=())
        for one in (held, later):
            with store.transaction() as writing:
                writing.record(one)
        assert store.entries("held") == []
        assert store.entries("ignored") == [later]
        assert store.waiting() == []

    def test_what_was_forgotten_may_come_again(self, store: CaseStore) -> None:
        held = entry("aaaaaaaaaa", outcome="held", outgoing=(outgoing(),))
        with store.transaction() as writing:
            writing.record(held)
        with store.transaction() as writing:
            writing.forget("aaaaaaaaaa")
            writing.put(case(1))
            assert writing.entry("aaaaaaaaaa") is None
        assert (store.waiting(), store.entries("held")) == ([], [])
        with store.transaction() as writing:
            writing.record(held)
        assert store.entries("held") == [held]
        assert [waiting.holder for waiting in store.waiting()] == ["aaaaaaaaaa"]
