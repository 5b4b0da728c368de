"""What rules say of themselves: examples that fail, texts that never decide, contradictions."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdeskctl.domain.case import Urgency
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.rule_check import FAILURES, Problem, problems
from helpdeskctl.domain.rules import Rule, check, view
from tests.builders import policy


def rule(name: str, *patterns: str, **changes: Any) -> Rule:
    """A rule on the subject; without another effect, one for the sector gestionale."""
    made = Rule(name, ("subject",), "contains", patterns)._replace(**changes)
    return made if made.effect != "tag=" else made._replace(sector="gestionale")


def kinds(*rules: Rule) -> list[tuple[str, ...]]:
    return [tuple(problem) for problem in problems(rules)]


def test_the_published_rules_are_right() -> None:
    rules = policy().rules
    assert problems(rules) == ()
    # So that an example of each is really tried.
    assert all(one.matches and one.misses for one in rules)


def test_an_example_that_comes_out_otherwise_is_told() -> None:
    wrong = rule("mago", "mago", matches=("Mago4", "Il gestionale"), misses=("Stampante", "IMAGO spento"))
    assert kinds(wrong) == [
        ("not matched", "mago", "Il gestionale", ""),
        ("not missed", "mago", "IMAGO spento", ""),
    ]
    assert {"not matched", "not missed"} <= FAILURES


def test_an_exception_counts_in_an_example() -> None:
    closing = rule("chiudere", "chiudere", unless=("non chiudere",), command="close")
    assert kinds(closing._replace(matches=("chiudere",), misses=("NON CHIUDERE",))) == []
    assert [k for k, *_ in kinds(closing._replace(matches=("non chiudere",)))] == ["not matched"]


def test_a_command_s_example_is_read_without_reply_prefixes() -> None:
    answering = rule("re", "re:", command="close", matches=("Re: Re: stampante",))
    assert [k for k, *_ in kinds(answering)] == ["not matched"]
    assert kinds(rule("re", "re:", matches=("Re: stampante",))) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rule("a", "mago"), rule("b", "MAGO", sector="tecnico")),
        (rule("a", "rete", "mago"), rule("b", "mago", "vpn", sector="tecnico")),
        (rule("a", "mago", fields=("subject", "body")), rule("b", "mago", sector="tecnico")),
        (rule("a", "x", command="reopen"), rule("b", "x", command="close")),
        (rule("a", "x", urgency=Urgency.critico), rule("b", "x", urgency=Urgency.urgente)),
        # Exceptions of other words do not matter, nor do those that both have.
        (rule("a", "x", unless=("senza x",)), rule("b", "x", unless=("Senza X", "per x"), sector="tecnico")),
        (rule("a", "x", "y", unless=("per y",)), rule("b", "x", sector="tecnico")),
        (rule("a", "^ddt", kind="regex"), rule("b", "^ddt", kind="regex", sector="tecnico")),
        (
            rule("a", "d+", kind="regex", unless=("x",)),
            rule("b", "d+", kind="regex", unless=("y", "x"), sector="tecnico"),
        ),
    ],
)
def test_one_text_with_two_effects_is_a_contradiction(first: Rule, second: Rule) -> None:
    found = [p for p in problems((first, second)) if p.kind == "contradictory"]
    assert found == [Problem("contradictory", "b", second.patterns[0], "a")]


def test_the_weaker_rule_loses_wherever_it_stands() -> None:
    strong, weak = rule("a", "x", urgency=Urgency.critico), rule("b", "x", urgency=Urgency.urgente)
    assert kinds(weak, strong) == kinds(strong, weak) == [("contradictory", "b", "x", "a")]
    closing, reopening = rule("c", "x", command="close"), rule("r", "x", command="reopen")
    assert kinds(closing, reopening) == [("contradictory", "c", "x", "r")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Another kind of effect, another field, another kind of match that comes first, several tags.
        (rule("a", "x"), rule("b", "x", urgency=Urgency.urgente)),
        (rule("a", "x", urgency=Urgency.urgente), rule("b", "x")),
        (rule("a", "x", tag="rete"), rule("b", "x")),
        (rule("a", "x"), rule("b", "x", fields=("body",), sector="tecnico")),
        (rule("a", "x"), rule("b", "x", fields=("subject", "body"), sector="tecnico")),
        (rule("a", "x", kind="word"), rule("b", "x", sector="tecnico")),
        (rule("a", "x", tag="rete"), rule("b", "x", tag="vpn")),
        # What the first excuses is left to the second.
        (rule("a", "fattura", unless=("fattura proforma",)), rule("b", "fattura", sector="tecnico")),
        (rule("a", "mago", unless=("mago merlino",)), rule("b", "mago web", sector="tecnico")),
        # The longer text first is how an exception is written.
        (rule("a", "mago web", sector="tecnico"), rule("b", "mago")),
        # A word within a word is none.
        (rule("a", "sql", kind="word"), rule("b", "sql server", sector="tecnico")),
        (rule("a", "sql", kind="word"), rule("b", "mysqldump", kind="word", sector="tecnico")),
        # Of expressions nothing is known but that two are the same.
        (rule("a", "d+", kind="regex"), rule("b", "ddt", sector="tecnico")),
        (rule("a", "ddt"), rule("b", "ddt [0-9]+", kind="regex", sector="tecnico")),
        (rule("a", "^ddt", kind="regex"), rule("b", "il ^ddt oggi", sector="tecnico")),
        (rule("a", "^ddt", kind="regex"), rule("b", "^ddt", sector="tecnico")),
        (rule("a", "d+", kind="regex"), rule("b", "t+", kind="regex", sector="tecnico")),
        (rule("a", "d+", kind="regex", unless=("x",)), rule("b", "d+", kind="regex", sector="tecnico")),
        # Each command word counts for itself, against the case's own subject.
        (rule("a", "chiudere", command="close"), rule("b", "chiudere tutto", command="close")),
    ],
)  # fmt: skip
def test_what_may_decide_is_left_in_peace(first: Rule, second: Rule) -> None:
    assert kinds(first, second) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rule("a", "mago"), rule("b", "Mago Web", sector="tecnico")),
        (rule("a", "MAGO"), rule("b", "mago web", sector="tecnico")),
        (rule("a", "mago"), rule("b", "mago4")),
        (rule("a", "sql", kind="word"), rule("b", "sql server", kind="word", sector="tecnico")),
        (rule("a", "sql", kind="word"), rule("b", "my sql server", sector="tecnico")),
        (rule("a", "mago"), rule("b", "mago", kind="word", sector="tecnico")),
        (rule("a", "x", tag="rete"), rule("b", "xy", tag="rete")),
        (rule("a", "x", urgency=Urgency.urgente), rule("b", "xy", urgency=Urgency.urgente)),
    ],
)
def test_a_rule_that_never_decides_is_dead(first: Rule, second: Rule) -> None:
    assert kinds(first, second) == [("dead", "b", "", "a")]


def test_one_text_of_several_that_never_decides_is_shadowed() -> None:
    assert kinds(rule("a", "mago"), rule("b", "mago web", "portale", sector="tecnico")) == [
        ("shadowed", "b", "mago web", "a")
    ]
    # No contradiction where both have the same effect.
    assert kinds(rule("a", "mago"), rule("b", "mago", "portale")) == [("shadowed", "b", "mago", "a")]
    # Its own rule does it, too.
    assert kinds(rule("a", "mago", "mago4")) == [("shadowed", "a", "mago4", "a")]


def test_two_rules_may_shadow_a_third() -> None:
    assert kinds(rule("a", "mago"), rule("b", "vpn"), rule("c", "mago4", "vpn lenta", sector="tecnico")) == [
        ("dead", "c", "", "a, b")
    ]


def test_of_a_dead_rule_only_the_other_rules_that_decide_before_it_are_named() -> None:
    first = rule("a", "mago")
    assert kinds(first, rule("b", "mago web", "mago web 2", sector="tecnico")) == [("dead", "b", "", "a")]
    excused = rule("b", "fax", "mago web", kind="word", unless=("fax",), sector="tecnico")
    assert kinds(first, excused) == [("dead", "b", "", "a")]
    assert kinds(rule("a", "fax"), rule("b", "fax", kind="word", unless=("fax",))) == [("dead", "b", "", "")]


def test_a_word_that_is_its_own_exception_never_hits() -> None:
    assert kinds(rule("a", "fax", "telefax", kind="word", unless=("FAX",))) == [("dead", "a", "fax", "")]
    assert kinds(rule("a", "FAX", kind="word", unless=("fax",))) == [("dead", "a", "", "")]
    # What comes after it is looked at, too.
    several = rule("a", "fax", "telefono", "telefono fisso", kind="word", unless=("fax",))
    assert kinds(several) == [("dead", "a", "fax", ""), ("shadowed", "a", "telefono fisso", "a")]


def test_an_exception_without_the_words_excuses_nothing() -> None:
    misspelt = rule("a", "chiudere", unless=("non chiudere", "non chiudre"), command="close")
    assert kinds(misspelt) == [("idle", "a", "non chiudre", "")]
    assert kinds(rule("a", "d+", kind="regex", unless=("x",))) == []


def test_only_examples_and_contradictions_are_failures() -> None:
    assert frozenset({"not matched", "not missed", "contradictory"}) == FAILURES


TEXT = st.text("ab ", min_size=1, max_size=5).filter(fold)
RULES = st.lists(
    st.builds(
        lambda kind, patterns, unless, fields, sector: Rule(
            "", fields, kind, tuple(patterns), tuple(unless), sector=sector
        ),
        st.sampled_from(["contains", "word"]),
        st.lists(TEXT, min_size=1, max_size=2),
        st.lists(TEXT, max_size=2),
        st.sampled_from([("subject",), ("body",), ("subject", "body")]),
        st.sampled_from(["gestionale", "tecnico"]),
    ),
    min_size=2,
    max_size=4,
)


@given(RULES, st.lists(st.text("ab ", max_size=8), min_size=2, max_size=2))
@settings(max_examples=500, deadline=None)
def test_what_is_said_never_to_decide_never_does(rules: list[Rule], texts: list[str]) -> None:
    named = [one._replace(name=str(place)) for place, one in enumerate(rules)]
    seen = view(texts[0], texts[1], (), (), ())
    deciding = next((one.name for one in named if check(one, seen)), None)
    assert deciding not in {
        problem.rule for problem in problems(named) if problem.kind == "dead" and not problem.text
    }
    for problem in problems(named):
        if problem.kind in {"shadowed", "contradictory", "dead"} and problem.text:
            # The rule with that text alone decides nothing either.
            alone = [
                one._replace(patterns=(problem.text,)) if one.name == problem.rule else one for one in named
            ]
            first = next((one.name for one in alone if check(one, seen)), None)
            assert first != problem.rule or problem.other == problem.rule
