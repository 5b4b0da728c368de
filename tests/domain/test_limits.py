"""How much automatic mail one address can be made to receive."""

from datetime import timedelta

import pytest

from helpdeskctl.domain.limits import SentBefore, allowed_at, noticed_lately
from helpdeskctl.domain.message import Address
from tests.builders import ANNA, NOW, outgoing

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
    ],
)
def test_to_one_address(ago: list[timedelta], registered: bool, waits: timedelta) -> None:
    known = [ANNA.address] if registered else []
    assert allowed_at(outgoing(subject="[Caso #99] Altro"), sent(ago), known, NOW) - NOW == waits


def test_an_address_does_not_use_up_anothers_share() -> None:
    before = sent([MINUTE] * 30, "altri@altro.example")
    assert allowed_at(outgoing(subject="[Caso #99] Altro"), before, [], NOW) == NOW


def test_the_same_subject_to_unknown_addresses_comes_to_rest_even_if_they_change() -> None:
    before = [
        one
        for n in range(3)
        for one in sent([MINUTE], f"ferie{n}@altro.example", subject=f"[Caso #{n}] Re: Sono in ferie")
    ]
    mail = outgoing(subject="[Caso #9] SONO IN FERIE")
    assert allowed_at(mail, before, [], NOW) == NOW - MINUTE + HOUR
    assert allowed_at(mail, before[:2], [], NOW) == NOW
    assert allowed_at(mail, before, [ANNA.address], NOW) == NOW
    assert allowed_at(outgoing(subject="[Caso #9] Altro"), before, [], NOW) == NOW


def test_all_unknown_addresses_together() -> None:
    before = [
        one for n in range(120) for one in sent([MINUTE], f"a{n}@altro.example", subject=f"Problema {n}")
    ]
    assert allowed_at(outgoing(subject="Altro"), before, [], NOW) == NOW - MINUTE + HOUR
    assert allowed_at(outgoing(subject="Altro"), before, [ANNA.address], NOW) == NOW
    assert allowed_at(outgoing(subject="Altro"), before[1:], [], NOW) == NOW


def test_notices_to_technicians_count_for_nothing() -> None:
    assert allowed_at(outgoing(subject="Altro"), sent([MINUTE] * 50, kind="notice"), [], NOW) == NOW


def test_a_personal_address_is_explained_once_a_week() -> None:
    assert noticed_lately("ANNA.verdi@cliente.example", sent([6 * DAY], kind="personal"), NOW)
    assert not noticed_lately(ANNA.address, sent([7 * DAY], kind="personal"), NOW)
    assert not noticed_lately(ANNA.address, sent([DAY]), NOW)
    assert not noticed_lately(Address("", "x@y.example").address, sent([DAY], kind="personal"), NOW)
