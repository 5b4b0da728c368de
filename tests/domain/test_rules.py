"""Rules as data, and text as they compare it."""

import re
from time import process_time
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdeskctl.domain.case import Urgency
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.folding import fold, folded, words_at
from helpdeskctl.domain.rules import Rule, check, occurrences, view
from tests.builders import policy


def rule(**changes: object) -> Rule:
    plain = Rule("mago", ("subject", "body"), "contains", ("mago",), sector="gestionale")
    return plain._replace(**changes)  # type: ignore[arg-type]


def found(one: Rule, subject: str = "", body: str = "") -> Finding | None:
    return check(one, view(subject, body, ("anna@cliente.example",), ("nuovocaso@projectpp.it",), ("a.pdf",)))


@pytest.mark.parametrize(
    "text",
    [
        "mago", "Mago4 non stampa", "errore in MAGO.NET", "immagona", "ma\u00adgo", "m\u200bago",
        "\uff4d\uff41\uff47\uff4f", "ma\u0300go", "MÁGO", "è Màgo?",
    ],
)  # fmt: skip
def test_contains_means_anywhere_whatever_case_accents_and_unicode_form(text: str) -> None:
    assert found(rule(), subject=text) is not None
    assert found(rule(), body=text) is not None


@pytest.mark.parametrize("text", ["", "ma go", "mag", "La stampante non stampa", "ogam"])
def test_what_does_not_contain_it_is_not_hit(text: str) -> None:
    assert found(rule(), subject=text, body=text) is None


def test_a_finding_tells_the_words_as_a_person_wrote_them_and_where() -> None:
    assert found(rule(), subject="Errore MÀGO4, grazie") == Finding(
        "mago", "subject", "MÀGO4", "sector=gestionale"
    )
    assert found(rule(), subject="x", body="il mago.net") == Finding(
        "mago", "body", "mago", "sector=gestionale"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a mago e", "mago"),
        ("il NUOVOMAGO4, ora", "NUOVOMAGO4"),
        ("xmago", "xmago"),
        ("a  b\n\nc «Màgo» d", "Màgo"),
        ("¨a¨ mago¨", "mago"),
    ],
)
def test_the_words_told_are_whole_and_no_others(text: str, words: str) -> None:
    hit = found(rule(), subject=text)
    assert hit is not None and hit.matched == words


def test_only_the_fields_of_the_rule_are_looked_at() -> None:
    assert found(rule(fields=("subject",)), body="mago") is None
    assert found(rule(fields=("attachment",), patterns=(".pdf",))) is not None
    assert found(rule(fields=("sender",), patterns=("@cliente.example",))) is not None
    assert found(rule(fields=("recipient",), patterns=("nuovocaso@",))) is not None


def test_a_word_stands_by_itself() -> None:
    sql = rule(kind="word", patterns=("sql",))
    assert (
        found(sql, subject="Errore SQL Server") and found(sql, subject="sql") and found(sql, subject="(sql)")
    )
    for text in ("mysqldump", "sql2019", "mysql", "xsql", "sqlx", "sql x".replace(" ", "\u200b")):
        assert not found(sql, subject=text), text
    assert found(sql, subject="x sql") and found(sql, subject="sql x")
    assert found(sql, subject="mysql, sql")


def test_a_regex_sees_the_folded_text() -> None:
    compiled = (re.compile(r"err\w+ \d{3}"),)
    regex = rule(kind="regex", patterns=(r"err\w+ \d{3}",), compiled=compiled)
    assert found(regex, subject="ERRORE  123") is not None
    assert found(regex, subject="errore 12") is None
    # An expression that matches nothing at all hits nothing.
    assert found(regex._replace(compiled=(re.compile("x*"),)), subject="abc") is None


def test_what_lies_within_an_unless_phrase_does_not_count_but_the_rest_does() -> None:
    close = rule(patterns=("chiudere", "chiuso"), unless=("impossibile chiudere", "si è chiuso"))
    assert found(close, subject="Impossibile chiudere la fattura") is None
    assert found(close, subject="il programma si e' chiuso") is not None
    assert found(close, subject="Il programma SI È  CHIUSO") is None
    hit = found(close, subject="Impossibile chiudere la fattura - chiudere")
    assert hit is not None and hit.matched == "chiudere"
    assert len(list(occurrences(close, folded("impossibile chiudere, chiudere, chiuso")))) == 2


def test_a_word_lies_within_one_unless_phrase_wherever_others_begin_or_end() -> None:
    close = rule(patterns=("chiudere",), unless=("non", "non riesco a chiudere", "riesco a chiudere ora"))
    assert found(close, subject="non riesco a chiudere") is None
    assert found(close, subject="non riesco a chiudere ora") is None
    # A short phrase that begins later does not end the long one that began before.
    long = rule(patterns=("chiudere",), unless=("non so se si puo chiudere", "so"))
    assert found(long, subject="non so se si può chiudere") is None
    assert found(long, subject="chiudere: non so se") is not None
    # Two phrases that meet in the midst of the word do not cover it together.
    halves = rule(patterns=("chiudere",), unless=("non chiu", "dere"))
    assert found(halves, subject="non chiudere") is not None


def test_an_unless_phrase_begins_a_word() -> None:
    close = rule(patterns=("chiuso",), unless=("non chiuso",))
    assert found(close, subject="Stampante Canon chiuso") is not None
    assert found(close, subject="(non chiuso)") is None


@pytest.mark.parametrize(
    ("changes", "effect"),
    [
        ({}, "sector=gestionale"),
        ({"sector": "", "urgency": Urgency.critico}, "urgency=critico"),
        ({"sector": "", "command": "close"}, "command=close"),
        ({"sector": "", "tag": "rete"}, "tag=rete"),
    ],
)
def test_an_effect_is_told_in_one_pair(changes: dict[str, object], effect: str) -> None:
    assert rule(**changes).effect == effect


@pytest.mark.parametrize("published", policy().rules, ids=lambda one: one.name)
def test_every_published_rule_keeps_its_own_examples(published: Rule) -> None:
    assert published.matches and published.misses
    for text in published.matches:
        assert found(published._replace(fields=("subject",)), subject=text), text
    for text in published.misses:
        assert not found(published._replace(fields=("subject",)), subject=text), text


@pytest.mark.parametrize(
    "subject",
    [
        "Impossibile chiudere il caso", "Non riesco a chiudere la contabilità", "NON CHIUDERE", "Come chiudere?",
        "Mago si è chiuso da solo", "Il caso non è chiuso", "Caso non ancora chiuso", "Non si riesce a chiudere",
        "Non mi fa chiudere il mese", "Errore nel chiudere il registro", "Impossibile riaprire il file",
        "Non riesco a riaprire Outlook",
    ],
)  # fmt: skip
def test_what_is_plainly_no_command_is_none(subject: str) -> None:
    assert not any(found(one, subject=subject) for one in policy().rules if one.command)


def test_the_published_words_are_those_of_the_page() -> None:
    words = {pattern for one in policy().rules for pattern in one.patterns}
    assert words == {"mago", "urgente", "critico", "chiudere", "chiuso", "riaprire"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  A\t b\n", "a b"),
        ("è", "e"),
        ("STRASSE ß", "strasse ss"),
        ("l\u2019ora", "l'ora"),
        ("\ufb01ne", "fine"),
        ("perche\u0300", "perche"),
        ("e` ora", "e' ora"),
        ("è\u00b4", "e'"),
        ("\uff21\uff22", "ab"),
        ("a\u200b\ufeff\u00adb", "ab"),
        ("a\u3000\u2003\u00a0b", "a b"),
        ("a\u302eb", "ab"),
        ("\u0301", ""),
        ("İ", "i"),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert fold(text) == expected
    assert fold(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Più  Mago4\u200b, ora", "a\u0300 mago", "\u00ad\u00admago", "Straße mago!", "a¨b c¸d mago x", "¨ mago", "mago",
        " \n mago", "\ufdfa mago", "m\u0301a\u200bg\u00ado",
    ],
)  # fmt: skip
def test_the_words_found_are_those_of_the_original(text: str) -> None:
    whole = folded(text)
    start = whole.folded.index("mago")
    assert "mago" in fold(words_at(whole, start, start + 4))


@given(st.text(alphabet="ab \n¨\u0301\u200bßİ\u00a0\ufb01è`", max_size=40), st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_around_it_a_word_is_found_and_shown(before: str, after: str) -> None:
    hit = found(rule(), subject=f"{before} Mago {after}")
    assert hit is not None and fold(hit.matched).startswith("mago")


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_the_folded_form_depends_on_no_unicode_form(text: str) -> None:
    assert fold(normalize("NFC", text)) == fold(normalize("NFD", text)) == fold(text)


def test_long_words_are_cut_where_they_say_no_more() -> None:
    whole = folded("x" * 500 + "mago")
    assert len(words_at(whole, 500, 504)) <= 60


@pytest.mark.parametrize(
    "unit", ["non chiudere ", "si è chiuso ", "chiuso", "\u0301\u0323", "è", "\u302e\U0001d165", " ", "mag\u200b", "¨"]
)  # fmt: skip
def test_rules_take_time_in_proportion_to_the_text(unit: str) -> None:
    def seconds(size: int) -> float:
        # Once repeated, once as a run of each character: marks then have to be put in order.
        together = unit * (size // len(unit))
        apart = "".join(char * (size // len(unit)) for char in unit)
        begun = process_time()
        seen = view(together, f"{apart} mago", (), (), ())
        for one in policy().rules:
            check(one, seen)
        return process_time() - begun

    seconds(10_000)
    assert seconds(1_000_000) < max(seconds(10_000), 0.001) * 1000
