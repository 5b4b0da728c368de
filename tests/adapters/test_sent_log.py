"""The log of what was sent, read from its end."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.adapters.tinydb_store import TinyDbStore, sent_log
from helpdeskctl.domain.errors import StoreDamagedError
from tests.builders import ANNA, NOW, case, outgoing

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def line(ident: str, at: datetime, address: str = "anna@cliente.example") -> str:
    return f"{json.dumps(ident)}\t{json.dumps([at.isoformat(), address, 'answer', 'Àltro'])}\t\n"


def log(store: Path, *lines: str) -> str:
    (store / "index").mkdir(exist_ok=True)
    (store / "index/sent").write_text("".join(lines))
    return str(store)


def times(store: str, since: datetime, address: str = "") -> list[datetime]:
    return sorted(datetime.fromisoformat(told[0]) for told in sent_log.lately(store, since, address))


def test_without_a_log_nothing_was_sent(tmp_path: Path) -> None:
    assert sent_log.lately(str(tmp_path), NOW) == []
    assert sent_log.lately(log(tmp_path), NOW) == []


@pytest.mark.parametrize("address", ["", "anna@cliente.example"])
def test_every_line_is_read_however_the_pieces_cut_the_log(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [NOW + n * MINUTE for n in range(20)]
    store = log(tmp_path, "\t000000000123\t\n", *(line(f"m{n}", at) for n, at in enumerate(sent)))
    for piece in (1, 7, 99, 100, 101, 500, 10_000):
        monkeypatch.setattr(sent_log, "_PIECE", piece)
        assert times(store, NOW, address) == sent
        assert times(store, NOW + 15 * MINUTE, address) == sent[15:]


def test_what_went_to_others_is_not_asked_for(tmp_path: Path) -> None:
    store = log(tmp_path, line("a", NOW), line("b", NOW, "altri@cliente.example"))
    assert len(times(store, NOW)) == 2
    assert [told[1] for told in sent_log.lately(store, NOW, "altri@cliente.example")] == [
        "altri@cliente.example"
    ]
    # An address that stands in a subject is none.
    assert times(store, NOW, "Àltro") == []


def test_a_line_that_a_crash_has_torn_or_told_again_counts_once_or_not_at_all(tmp_path: Path) -> None:
    again = [line("a", NOW), line("b", NOW + MINUTE)]
    torn = line("c", NOW + 2 * MINUTE)[:-9]
    assert times(log(tmp_path, *again, f"{torn}\n", *again, torn), NOW) == [NOW, NOW + MINUTE]


def test_a_clock_that_was_wrong_for_a_while_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = log(tmp_path, line("a", NOW), line("b", NOW - DAY), line("c", NOW + MINUTE))
    monkeypatch.setattr(sent_log, "_PIECE", 2 * len(line("a", NOW)))
    assert times(store, NOW) == [NOW, NOW + MINUTE]


def test_damage_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreDamagedError, match="reindex"):
        sent_log.lately(log(tmp_path, '"a"\t[nonsense]\t\n'), NOW)


def test_of_a_long_log_only_the_end_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = 0
    read = os.pread

    def counting(fd: int, length: int, offset: int) -> bytes:
        nonlocal counted
        counted += length
        return read(fd, length, offset)

    costs = []
    for many in (5_000, 50_000):
        # A mail each minute: the last day is the same in both.
        store = log(tmp_path, *(line(f"m{n}", NOW - n * MINUTE) for n in range(many, 0, -1)))
        with monkeypatch.context() as watched:
            watched.setattr(os, "pread", counting)
            counted = 0
            assert len(sent_log.lately(store, NOW - DAY, "anna@cliente.example")) == 24 * 60
            costs.append(counted)
    assert costs[1] <= costs[0] + 2 * 64 * 1024 < 400_000


def test_a_new_index_has_it_by_time(tmp_path: Path) -> None:
    store = TinyDbStore(str(tmp_path), ZoneInfo("Europe/Rome"))
    with store.transaction() as writing:
        for number in range(1, 9):
            at = NOW + timedelta(minutes=number * 7 % 8)
            sent = outgoing(f"m{number}", state="sent", sent_at=at, to=ANNA)
            writing.put(case(number, outgoing=(sent,)))
    store.reindex()
    lines = (tmp_path / "index/sent").read_text().splitlines()[1:]
    found = [json.loads(told.split("\t")[1])[0] for told in lines]
    assert len(found) == 8
    assert found == sorted(found)
