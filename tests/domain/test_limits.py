"""How much automatic mail one address can be made to receive."""

from datetime import datetime, timedelta

import pytest

from helpdeskctl.domain.limits import SentBefore, allowed_to_one, allowed_to_unknown, noticed_lately
from helpdeskctl.domain.message import Address
from tests.builders import ANNA, NOW, outgoing, policy

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def sent(
    times: list[timedelta], address: str = ANNA.address, kind: str = "acknowledgement", subject: str = ""
) -> list[SentBefore]:
    """What was sent so long ago; each with a subject of its own where none is given."""
    return [
        SentBefore(NOW - ago, address, kind, subject or f"[Caso #{n}] Problema {n}")
        for n, ago in enumerate(times)
    ]


@pytest.mark.parametrize(
    ("ago", "registered", "waits"),
    [
        ([], False, timedelta(0)),
        ([MINUTE * n for n in range(1, 10)], False, timedelta(0)),
        ([MINUTE * n for n in range(1, 11)], False, HOUR - 10 * MINUTE),
        ([HOUR] * 20, False, timedelta(0)),
        ([MINUTE * n for n in range(1, 11)], True, timedelta(0)),
        ([MINUTE] * 59, True, timedelta(0)),
        ([MINUTE] * 60, True, HOUR - MINUTE),
        ([2 * HOUR] * 39, False, timedelta(0)),
        ([2 * HOUR] * 40, False, DAY - 2 * HOUR),
        ([2 * HOUR] * 199, True, timedelta(0)),
        ([2 * HOUR] * 200, True, DAY - 2 * HOUR),
        ([2 * DAY] * 200, True, timedelta(0)),
    ],
)
def test_to_one_address(ago: list[timedelta], registered: bool, waits: timedelta) -> None:
    assert allowed_to_one(sent(ago), registered, NOW) - NOW == waits


def nobody(_address: str) -> bool:
    """Whether it is a customer's."""
    return False


def everybody(_address: str) -> bool:
    """Whether it is a customer's."""
    return True


def unasked(address: str) -> bool:
    """The registry, where it must not be asked."""
    raise AssertionError(address)


@pytest.mark.parametrize("kind", ["acknowledgement", "answer", "personal"])
def test_whatever_nobody_wrote_counts(kind: str) -> None:
    before = sent([MINUTE] * 10, kind=kind, subject="Altro")
    assert allowed_to_one(before, False, NOW) == NOW + HOUR - MINUTE
    assert allowed_to_unknown(outgoing(subject="Altro"), before, nobody, NOW) == NOW + HOUR - MINUTE


def test_an_hour_is_sixty_minutes_in_the_night_in_which_the_clock_jumps() -> None:
    # 01:58, then 03:01: three minutes; and 02:58, then 02:08: ten.
    for then, now, passed in (
        ("2026-03-29T01:58+01:00", "2026-03-29T03:01+02:00", 3),
        ("2026-10-25T02:58+02:00", "2026-10-25T02:08+01:00", 10),
    ):
        at, present = (datetime.fromisoformat(text).astimezone(policy().zone) for text in (then, now))
        before = [one._replace(at=at) for one in sent([MINUTE] * 10, subject="Altro")]
        left = [
            allowed_to_one(before, False, present),
            allowed_to_unknown(outgoing(subject="Altro"), before, nobody, present),
        ]
        assert [one.timestamp() - present.timestamp() for one in left] == [(60 - passed) * 60] * 2


def test_the_same_subject_to_unknown_addresses_comes_to_rest_even_if_they_change() -> None:
    before = [
        one
        for n in range(3)
        for one in sent([MINUTE], f"ferie{n}@altro.example", subject=f"[Caso #{n}] Re: Sono in ferie")
    ]
    mail = outgoing(subject="[Caso #9] SONO IN FERIE")
    assert allowed_to_unknown(mail, before, nobody, NOW) == NOW - MINUTE + HOUR
    assert allowed_to_unknown(mail, before[:2], unasked, NOW) == NOW
    assert allowed_to_unknown(mail, before, everybody, NOW) == NOW
    assert allowed_to_unknown(outgoing(subject="[Caso #9] Altro"), before, unasked, NOW) == NOW


def test_all_unknown_addresses_together() -> None:
    before = [
        one for n in range(120) for one in sent([MINUTE], f"a{n}@altro.example", subject=f"Problema {n}")
    ]
    mail = outgoing(subject="Altro")
    assert allowed_to_unknown(mail, before, nobody, NOW) == NOW - MINUTE + HOUR
    assert allowed_to_unknown(mail, before, lambda address: address == "a7@altro.example", NOW) == NOW
    assert allowed_to_unknown(mail, before[1:], unasked, NOW) == NOW
    assert allowed_to_unknown(mail, sent([HOUR] * 500), unasked, NOW) == NOW
    # Whichever limit lasts longer.
    alike = sent([2 * MINUTE] * 3, subject="Altro")
    assert allowed_to_unknown(mail, before + alike, nobody, NOW) == NOW - MINUTE + HOUR


def test_notices_to_technicians_count_for_nothing() -> None:
    notices = sent([MINUTE] * 500, kind="notice", subject="Altro")
    assert allowed_to_one(notices, False, NOW) == NOW
    assert allowed_to_unknown(outgoing(subject="Altro"), notices, nobody, NOW) == NOW


def test_a_personal_address_is_explained_once_a_week() -> None:
    assert noticed_lately("ANNA.verdi@cliente.example", sent([6 * DAY], kind="personal"), NOW)
    others = sent([DAY], "altri@altro.example") + sent([DAY]) + sent([DAY, 8 * DAY], kind="personal")
    assert noticed_lately(ANNA.address, others, NOW)
    assert not noticed_lately(ANNA.address, sent([7 * DAY], kind="personal"), NOW)
    assert not noticed_lately(ANNA.address, sent([DAY]), NOW)
    assert not noticed_lately(Address("", "x@y.example").address, sent([DAY], kind="personal"), NOW)
