"""`rules list`, `rules check`: which rules are in force, and what is wrong with them."""

import json
from collections.abc import Callable

from tests.cli.conftest import Call, Desk, mail

OWN = """
[[rules]]
name = "mago"
in = ["subject", "body"]
contains = ["mago"]
unless = ["immago"]
sector = "gestionale"
matches = ["Mago4 fermo", "Il gestionale"]
[[rules]]
name = "vpn"
in = "subject"
regex = "vpn|tunnel \\\\d+"
sector = "tecnico"
matches = ["VPN lenta"]
misses = ["tunnel"]
[[rules]]
name = "rete"
in = "subject"
word = "rete"
tag = "rete"
"""
PLAIN = '[[rules]]\nname = "mago"\nin = ["subject", "body"]\ncontains = "mago"\nsector = "gestionale"\n'


def test_the_rules_are_listed_for_programs(call: Call) -> None:
    rules = json.loads(call("rules", "list", "--json").out)
    assert [rule["name"] for rule in rules] == ["mago", "urgente", "critico", "riaprire", "chiudere"]
    assert rules[0] == {
        "name": "mago",
        "in": ["subject", "body"],
        "kind": "contains",
        "patterns": ["mago"],
        "unless": [],
        "effect": "sector=gestionale",
        "matches": ["Mago4 non stampa il DDT", "errore in MAGO.NET"],
        "misses": ["La stampante non stampa"],
    }
    assert "non chiudere" in rules[4]["unless"]


def test_the_rules_are_listed_for_pipes_uncut(call: Call) -> None:
    lines = [line.split("\t") for line in call("rules", "list").out.splitlines()]
    assert {len(line) for line in lines} == {8}
    assert lines[1] == ["urgente", "subject", "contains", "urgente", "", "urgency=urgente",
                        "R: R: I: URGENTE!! | Urgentemente: server fermo", "Senza urgenza: nuovo toner"]  # fmt: skip
    assert lines[4][4].count(" | ") > 100


def test_the_rules_are_listed_in_words_on_a_terminal(
    call: Call, desk: Desk, on_terminal: Callable[[int], None]
) -> None:
    desk.config.write_text(desk.config.read_text() + OWN)
    on_terminal(120)
    shown = call("--lang", "it", "rules", "list").out
    for words in (
        "contiene «mago»",
        "contiene la parola «rete»",
        "corrisponde a «vpn|tunnel \\d+»",
        "oggetto, testo",
    ):
        assert words in shown
    assert "settore gestionale" in shown and "etichetta rete" in shown
    on_terminal(60)
    assert max(map(len, call("rules", "list").out.splitlines())) <= 60


def test_a_rule_cannot_move_the_cursor(call: Call, desk: Desk, on_terminal: Callable[[int], None]) -> None:
    hostile = (
        '[[rules]]\nname = "x"\nin = "subject"\ncontains = "a\\u001b[31m\\u202e[b]x"\ntag = "t"\n'
        'matches = "\\u001b[2J[b]"\nunless = "\\u001b[1A"\n'
    )
    desk.config.write_text(desk.config.read_text() + hostile)
    shown = call("rules", "list").out + call("rules", "check").out
    on_terminal(120)
    shown += call("rules", "list").out + call("rules", "check").out
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "[b]x" in shown


def test_the_published_rules_are_right(call: Call) -> None:
    done = call("rules", "check")
    assert done.code == 0
    assert [line.split("\t")[0] for line in done.out.splitlines()] == ["rule"] * 5


def test_an_example_that_fails_fails_the_check(call: Call, desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text() + OWN)
    done = call("rules", "check", "--json")
    assert done.code == 1
    told = json.loads(done.out)
    assert told["problems"] == [
        {"kind": "not matched", "rule": "mago", "text": "Il gestionale", "other": "", "failure": True}
    ]
    assert call("rules", "check").out.splitlines()[-1].split("\t") == [
        "problem", "not matched", "mago", "Il gestionale", ""
    ]  # fmt: skip


def test_what_never_decides_is_told_and_fails_nothing(
    call: Call, desk: Desk, on_terminal: Callable[[int], None]
) -> None:
    later = '[[rules]]\nname = "web"\nin = "subject"\ncontains = "mago web"\nsector = "tecnico"\n'
    desk.config.write_text(desk.config.read_text() + PLAIN + later)
    done = call("rules", "check")
    assert done.code == 0
    assert done.out.splitlines()[-1].split("\t") == ["problem", "dead", "web", "", "mago"]
    on_terminal(100)
    assert (
        "web: l'intera regola non decide mai: mago vale ovunque valga questa." in call("rules", "check").out
    )


def test_rules_that_contradict_each_other_fail_the_check(call: Call, desk: Desk) -> None:
    other = '[[rules]]\nname = "b"\nin = "body"\ncontains = "MAGO"\nsector = "tecnico"\n'
    desk.config.write_text(desk.config.read_text() + PLAIN + other)
    done = call("--lang", "en", "rules", "check", "--no-mail")
    assert done.code == 1
    assert "problem\tcontradictory\tb\tMAGO\tmago" in done.out


def test_hits_are_counted_in_all_stored_mail(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Mago4 non stampa"), "1")
    desk.deliver(mail("URGENTE: server fermo", "Anche Mago è fermo, e la rete pure."), "2")
    desk.deliver(mail("Impossibile chiudere il bilancio"), "3")
    call("ingest")
    desk.deliver(mail("R: [Caso #1] Mago4 non stampa - chiudere"), "4")
    desk.deliver(mail("Mario", To="mario.rossi@projectpp.it"), "5")
    call("ingest")
    told = json.loads(call("rules", "check", "--json").out)
    assert {rule["name"]: rule["mails"] for rule in told["rules"]} == {
        # "Impossibile chiudere" is no command; a follow-up is read as well.
        "mago": 3, "urgente": 1, "critico": 0, "riaprire": 0, "chiudere": 1,
    }  # fmt: skip
    assert (told["mails"], told["unread"]) == (5, 0)
    without = json.loads(call("rules", "check", "--json", "--no-mail").out)
    assert {rule["mails"] for rule in without["rules"]} == {None}
    assert (without["mails"], without["unread"]) == (None, None)


def test_a_raw_mail_that_has_gone_is_told(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Mago4 non stampa"), "1")
    call("ingest")
    for raw in (desk.home / "store/mail").rglob("1*"):
        raw.unlink()
    done = call("--lang", "en", "rules", "check")
    assert done.code == 0
    assert done.err == "Mails that could not be read again: 1.\n"


def test_what_technicians_and_machines_write_is_read_by_no_rule(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante guasta"), "1")
    call("ingest")
    desk.deliver(mail("R: [Caso #1] Stampante guasta, urgente", From="mario.rossi@projectpp.it"), "2")
    call("ingest")
    told = json.loads(call("rules", "check", "--json").out)
    assert told["mails"] == 2
    assert {rule["mails"] for rule in told["rules"]} == {0}


def test_a_terminal_is_told_that_all_is_well_or_that_a_rule_is_dead(
    call: Call, desk: Desk, on_terminal: Callable[[int], None]
) -> None:
    on_terminal(80)
    assert "Le regole sono a posto." in call("--lang", "it", "rules", "check", "--no-mail").out
    own = '[[rules]]\nname = "fax"\nin = "subject"\nword = "fax"\nunless = "fax"\ntag = "fax"\n'
    desk.config.write_text(desk.config.read_text() + own)
    assert "fax: l'intera regola non vale mai." in call("--lang", "it", "rules", "check", "--no-mail").out
