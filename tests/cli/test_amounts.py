"""Numbers as people write them."""

from collections.abc import Iterator

import pytest

from helpdeskctl.cli.formats import amounts
from helpdeskctl.cli.times import days, month, span
from helpdeskctl.cli.words import speak
from helpdeskctl.domain.figures import Late, Line, month_of


@pytest.fixture(params=["it", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    speak(request.param)
    yield request.param
    speak("it")


def test_thousands_and_decimals_are_those_of_the_language(language: str) -> None:
    written = {"it": ("1.234.567", "33,3 %"), "en": ("1,234,567", "33.3 %")}
    assert (amounts.number(1234567), amounts.percent(1, 3)) == written[language]


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0, 0, "-"),
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (9999, 10000, "99,9 %"),
        (99999, 100000, "99,9 %"),
        (1, 4, "25 %"),
    ],
)
def test_what_is_not_quite_all_is_not_rounded_to_it(part: int, whole: int, written: str) -> None:
    speak("it")
    assert amounts.percent(part, whole) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min 00 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 00 min"),
        (90061, "25 h 01 min"),
    ],
)
def test_a_span_has_its_two_largest_units(seconds: int, written: str) -> None:
    assert span(seconds) == written


def test_a_month_and_its_days_are_written_out(language: str) -> None:
    found = month_of(2026, 2)
    assert month(found.since) == {"it": "febbraio 2026", "en": "February 2026"}[language]
    assert days(*found) == "01/02/2026 – 28/02/2026"


def test_a_summary_tells_what_there_is_to_tell_and_nothing_else() -> None:
    speak("en")
    nothing = Line("", 0, 0, 0, 0, 0, 0, None, None, None, 0, 0, 0, 0, 0)
    assert [name for name, _value in amounts.summary(nothing)] == [
        "Cases opened", "Cases closed", "Open at the end",
    ]  # fmt: skip
    full = Line("", 1200, 3, 1100, 100, 1000, 990, 4, 20, 700, 900, 100, 5, 90, 60)
    assert dict(amounts.summary(full, (Late(7, 700),))) == {
        "Cases opened": "1,200",
        "Cases closed": "1,100 (opened again: 3)",
        "Open at the end": "100",
        "Acknowledged within five minutes": "99 % (990 of 1,000)",
        "Time to acknowledge": "half within 4 s, 95 % within 20 s, the longest 11 min 40 s",
        "Acknowledged too late": "#7 11 min 40 s",
        "First action in time": "90 % (900 of 1,000)",
        "First action still to come": "5",
        "Hours": "1:30, of which 1:00 to invoice",
    }
    speak("it")
