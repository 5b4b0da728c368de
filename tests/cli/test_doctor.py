"""`helpdeskctl doctor`: what it looks at, end to end."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.application.health import CHECKS
from tests.cli.conftest import Call, Desk, mail


@pytest.fixture
def working(call: Call, desk: Desk) -> Desk:
    """A desk with two cases, to which nothing is wrong."""
    desk.config.write_text(
        desk.config.read_text().replace("[mail]\n", '[mail]\nbounces = "rimbalzi@projectpp.it"\n')
    )
    (desk.home / "clienti.csv").write_text("nome;indirizzi;domini\nOfficine Rossi;;rossi.example\n")
    assert call("customers", "import", str(desk.home / "clienti.csv")).code == 0
    desk.deliver(mail("Stampante guasta al secondo piano"), "1")
    desk.deliver(mail("Mago4 non stampa il DDT"), "2")
    assert call("ingest").code == 0
    return desk


def findings(call: Call, *more: str) -> dict[str, list[dict[str, str]]]:
    """What is not ok, by check."""
    told = call("--lang", "en", "doctor", "--json", *more)
    found = json.loads(told.out)
    assert all(set(one) == {"check", "state", "detail", "cure"} for one in found)
    assert list(dict.fromkeys(one["check"] for one in found)) == [name for name, _check in CHECKS]
    wrong = [one for one in found if one["state"] != "ok"]
    assert told.code == any(one["state"] == "failed" for one in wrong)
    by_check: dict[str, list[dict[str, str]]] = {}
    for one in wrong:
        by_check.setdefault(one["check"], []).append(one)
    return by_check


def test_of_a_desk_that_works_everything_is_ok(call: Call, working: Desk) -> None:
    assert findings(call) == {}
    assert findings(call, "--deep") == {}


def test_in_a_pipe_it_is_lines_of_four_columns(call: Call, working: Desk) -> None:
    told = call("doctor")
    assert [line.split("\t") for line in told.out.splitlines()] == [
        [name, "ok", "", ""] for name, _ in CHECKS
    ]


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_on_a_terminal_each_finding_stands_with_its_cure(
    call: Call, working: Desk, on_terminal: Callable[[int], None], columns: int
) -> None:
    (working.home / "sendmail").unlink()
    on_terminal(columns)
    told = call("--lang", "it", "doctor")
    assert told.code == 1
    assert "→" in told.out and "Installare" in told.out
    assert all(len(line) <= columns for line in told.out.splitlines())


def unreadable_configuration(desk: Desk) -> None:
    desk.config.write_text("[maildir\n")


def no_bounces(desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text().replace('bounces = "rimbalzi@projectpp.it"\n', ""))


def no_maildir(desk: Desk) -> None:
    shutil.rmtree(desk.maildir / "new")


def hidden_folders(desk: Desk) -> None:
    (desk.maildir / "subscriptions").write_text("Posta\n")


def full_quota(desk: Desk) -> None:
    (desk.maildir / "maildirsize").write_text("1000S\n950 1\n")


def unread_mail(desk: Desk) -> None:
    desk.deliver(mail("Un'altra"), "3", age=400)


def careless_recipe(desk: Desk) -> None:
    (desk.home / ".procmailrc").write_text(":0\n| /usr/local/bin/helpdeskctl ingest -\n")


def readable_secret(desk: Desk) -> None:
    (desk.home / "store/secret").chmod(0o644)


def lost_store(desk: Desk) -> None:
    (desk.home / "store").rename(desk.home / "altrove")


def truncated_shard(desk: Desk) -> None:
    path = desk.home / "store/cases/0000/00000001.json"
    path.write_bytes(path.read_bytes()[:-9])


def truncated_part_of_the_registry(desk: Desk) -> None:
    (part,) = (desk.home / "store/index").glob("registry.*/*")
    part.write_bytes(part.read_bytes()[:-9])


def lost_index(desk: Desk) -> None:
    shutil.rmtree(desk.home / "store/index")


def mail_of_tomorrow(desk: Desk) -> None:
    desk.deliver(mail("Dal futuro"), "3", age=-86400)


def no_program(desk: Desk) -> None:
    (desk.home / "sendmail").unlink()


def moved_mail(desk: Desk) -> None:
    (folder,) = desk.maildir.glob(".Cases.*")
    (folder / "cur/straniera:2,S").write_bytes(mail("Straniera"))


def mail_back_in_the_inbox(desk: Desk) -> None:
    (path,) = desk.maildir.glob(".Cases.*/cur/1:*")
    path.rename(desk.maildir / "new/1")


def lost_raw_mail(desk: Desk) -> None:
    next(desk.home.glob("store/mail/*/1")).unlink()


def no_registry(desk: Desk) -> None:
    (desk.home / "store/registry.json").unlink()
    (desk.home / "store/registry.json.previous").unlink(missing_ok=True)


def unwritable_log(desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text() + '[log]\nfile = "/nowhere/mail.log"\n')


@pytest.mark.parametrize(
    ("act", "check", "state"),
    [
        (no_bounces, "configuration", "warning"),
        (no_maildir, "maildir", "failed"),
        (hidden_folders, "subscription", "warning"),
        (full_quota, "quota", "warning"),
        (unread_mail, "inbox", "failed"),
        (careless_recipe, "procmail", "failed"),
        (readable_secret, "rights", "failed"),
        (lost_store, "rights", "failed"),
        (truncated_shard, "store", "failed"),
        (truncated_part_of_the_registry, "store", "failed"),
        (lost_index, "store", "failed"),
        (mail_of_tomorrow, "clock", "failed"),
        (no_program, "transport", "failed"),
        (moved_mail, "drift", "warning"),
        (mail_back_in_the_inbox, "drift", "warning"),
        (lost_raw_mail, "drift", "failed"),
        (no_registry, "registry", "warning"),
        (unwritable_log, "log", "warning"),
    ],
)
def test_what_is_wrong_is_found_and_has_a_cure(
    call: Call, working: Desk, act: Callable[[Desk], None], check: str, state: str
) -> None:
    act(working)
    found = findings(call)
    assert [one["state"] for one in found[check]] == [state]
    assert found[check][0]["cure"] or "`helpdeskctl" in found[check][0]["detail"]
    assert "{" not in found[check][0]["detail"] + found[check][0]["cure"]


def test_a_configuration_that_cannot_be_read_is_the_one_finding(call: Call, working: Desk) -> None:
    unreadable_configuration(working)
    told = call("doctor", "--json")
    (one,) = json.loads(told.out)
    assert (told.code, one["check"], one["state"]) == (1, "configuration", "failed")


def test_without_a_configuration_that_is_said(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HELPDESKCTL_CONFIG")
    assert findings(call)["configuration"][0]["state"] == "warning"


def test_damage_is_told_once_however_many_checks_meet_it(call: Call, working: Desk) -> None:
    truncated_shard(working)
    found = findings(call)
    assert sum("truncated" in one["detail"] for ones in found.values() for one in ones) == 1
    assert "said above" in found["clock"][0]["detail"]


def test_an_old_acknowledgement_is_an_alarm(
    call: Call, working: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import datetime, timedelta

    from helpdeskctl.cli import bootstrap

    (working.home / "exit").write_text("75")
    working.deliver(mail("Terza richiesta di oggi"), "3")
    call("ingest")
    assert findings(call) == {}
    monkeypatch.setattr(bootstrap, "clock", lambda zone: lambda: datetime.now(zone) + timedelta(minutes=6))
    (found,) = findings(call)["outbox"]
    assert found["state"] == "failed"
    assert "2 mails" in found["detail"]


def test_cron_s_own_mail_and_held_mail_are_told(
    call: Call, working: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    working.deliver(
        mail(
            "Cron <helpdesk@posta> /usr/local/bin/helpdeskctl", From="root@posta.example", X_Cron_Env="<A=b>"
        ),
        "3",
    )
    working.deliver(mail("Vinci subito", X_Spam_Flag="YES"), "4", age=2 * 86400)
    call("ingest")
    found = findings(call)
    assert set(found) == {"cron", "held"}


def test_a_lock_that_is_held_is_told(call: Call, working: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from helpdeskctl.adapters.tinydb_store import TinyDbStore
    from helpdeskctl.application import health

    monkeypatch.setattr(health, "_PATIENCE", 0)
    with TinyDbStore(str(working.home / "store"), ZoneInfo("Europe/Rome")).transaction():
        (found,) = findings(call)["lock"]
    assert f"Process {os.getpid()} " in found["detail"] or "Process ? " in found["detail"]


def test_mail_left_alone_at_the_first_run_is_no_alarm(call: Call, desk: Desk) -> None:
    desk.deliver(mail("vecchia"), "1", age=3 * 86400)
    call("ingest", "--backlog", "leave")
    assert "inbox" not in findings(call)


def test_repair_brings_a_damaged_store_back_and_sends_nothing(call: Call, working: Desk) -> None:
    before = json.loads(call("list", "--all", "--json").out)
    sent = len(working.sent())
    (working.home / "store/cases/0000/00000001.json").write_bytes(b"")
    assert call("ingest").code in {0, 1}
    told = call("--lang", "en", "doctor", "--repair")
    assert told.code == 0
    assert "cases/0000/00000001.json: restored from its former self" in told.err
    after = json.loads(call("list", "--all", "--json").out)
    assert [c["number"] for c in after] == [c["number"] for c in before]
    assert len(working.sent()) == sent
    call("ingest")
    assert len(working.sent()) == sent
    assert "nothing to repair" in call("--lang", "en", "doctor", "--repair").err


def test_reindex_makes_a_missing_index_again(call: Call, working: Desk) -> None:
    shutil.rmtree(working.home / "store/index")
    told = call("--lang", "en", "doctor", "--reindex")
    assert (told.code, told.err) == (0, "The index was made anew.\n")
    assert len(call("list").out.splitlines()) == 2


def test_an_index_from_before_there_were_contracts_is_told(
    call: Call, working: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpdeskctl.adapters.tinydb_store import index

    (working.home / "contratti.csv").write_text("numero;cliente\n2026/0117;Officine Rossi\n")
    assert call("contracts", "import", str(working.home / "contratti.csv")).code == 0
    assert call("set", "2", "--contract", "2026/0117").code == 0
    known = index.keys_of
    with monkeypatch.context() as before:
        before.setattr(index, "keys_of", lambda d: {key for key in known(d) if key[0] != "contract"})
        assert call("doctor", "--reindex").code == 0
    (found,) = findings(call)["store"]
    assert (found["state"], found["detail"]) == ("warning", "1 cases are not found by their contract: #2.")
    assert "`helpdeskctl doctor --reindex`" in found["cure"]
    assert findings(call, "--reindex") == {}


def test_a_newer_store_is_refused_by_every_one_of_them(call: Call, working: Desk) -> None:
    (working.home / "store/format").write_text('{"version": 2}\n')
    for option in ("--repair", "--reindex"):
        told = call("--lang", "en", "doctor", option)
        assert told.code == 1
        assert "newer one" in told.err
    assert "newer one" in findings(call)["store"][0]["detail"] or any(
        "newer one" in one["detail"] for ones in findings(call).values() for one in ones
    )


def test_a_quick_look_reads_few_files_however_many_cases_there_are(
    call: Call, working: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpdeskctl.adapters.tinydb_store import TinyDbStore, files
    from tests.builders import case

    def many(first: int, last: int) -> int:
        """The files of the store that a look reads once there are so many cases."""
        with TinyDbStore(str(working.home / "store"), ZoneInfo("Europe/Rome")).transaction() as t:
            for number in range(first, last + 1):
                t.put(case(number, messages=()))
        read: list[str] = []
        real = files.read

        def noted(path: str) -> bytes | None:
            read.append(path)
            return real(path)

        with monkeypatch.context() as patch:
            patch.setattr(files, "read", noted)
            call("doctor")
        return sum("/cases/" in path for path in read)

    few = many(3, 500)
    assert many(501, 3000) <= few + 2
    assert Path(working.home / "store/cases/0000").is_dir()
