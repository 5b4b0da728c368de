"""Both languages say the same, with the same facts."""

import string

import pytest

from helpdeskctl.tray import words
from helpdeskctl.tray.words import Phrase, Sentence, language_of, said

ALL = {name: value for name, value in vars(words).items() if isinstance(value, Sentence)}
# What Italian and English write alike, because the desk's page publishes it so.
ALIKE = {"CONTRACT"}


def _facts(text: str) -> set[str]:
    return {name for _text, name, _form, _conversion in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_sentence_lacks_a_language_or_a_fact(name: str) -> None:
    sentence = ALL[name]
    assert sentence.it.strip()
    assert sentence.en.strip()
    assert _facts(sentence.it) == _facts(sentence.en)
    assert (sentence.it == sentence.en) == (name in ALIKE)


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "it"),
        ({"LANG": "C.UTF-8"}, "it"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "it_IT.UTF-8"}, "it"),
        ({"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "it_IT.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "it"),
    ],
)
def test_it_speaks_italian_unless_english_is_asked_for(environ: dict[str, str], language: str) -> None:
    assert language_of(environ) == language


def test_a_fact_may_be_a_sentence_in_the_same_language() -> None:
    outer = Sentence("Perché: {reason}.", "Why: {reason}.")
    reason = Phrase(Sentence("da {least}", "from {least}"), {"least": 3})
    assert said("it", outer, reason=reason) == "Perché: da 3."
    assert said("en", outer, reason=reason) == "Why: from 3."


def test_braces_in_a_fact_are_no_placeholders() -> None:
    assert said("en", Sentence("{path}", "{path}"), path="{path}/{0}") == "{path}/{0}"
