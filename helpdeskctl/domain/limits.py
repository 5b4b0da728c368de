"""How much automatic mail one address can be made to receive (behaviour.md §8). Pure.

What is over a limit is not dropped: it waits until the limit allows it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from helpdeskctl.domain.case import OutgoingMail
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.reference import oldest_subject

# The kinds that nobody at the desk wrote, and that go to who wrote to it.
LIMITED = frozenset({"acknowledgement", "answer", "personal"})
_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
# So many to one address: unknown, registered.
_AN_HOUR, A_DAY = (10, 60), (40, 200)
# To unknown addresses: with one subject, and in all. An autoresponder may change its address at each
# answer, so the subject counts whatever the address.
_SAME_SUBJECT, _ALL_UNKNOWN = 3, 120


class SentBefore(NamedTuple):
    """An automatic mail that was sent: when, to whom (lower case), of which kind, with which subject."""

    at: datetime
    address: str
    kind: str
    subject: str


def allowed_at(
    mail: OutgoingMail, before: Sequence[SentBefore], registered: Iterable[str], now: datetime
) -> datetime:
    """When the mail may be sent: now, or when enough of what was sent before lies far enough back.

    `registered` are the addresses among those mailed, and the mail's own, that belong to customers.
    """
    known, address = set(registered), mail.to.address.lower()
    limited = [one for one in before if one.kind in LIMITED]
    own = [one.at for one in limited if one.address == address]
    grade = address in known
    waits = [_free(own, _AN_HOUR[grade], _HOUR, now), _free(own, A_DAY[grade], _DAY, now)]
    if not grade:
        unknown = [one for one in limited if one.address not in known]
        subject = _topic(mail.subject)
        alike = [one.at for one in unknown if _topic(one.subject) == subject]
        waits += [_free(alike, _SAME_SUBJECT, _HOUR, now)]
        waits += [_free([one.at for one in unknown], _ALL_UNKNOWN, _HOUR, now)]
    return max(waits)


def noticed_lately(address: str, before: Iterable[SentBefore], now: datetime) -> bool:
    """Whether that address got the notice about personal addresses within a week."""
    return any(
        one.kind == "personal" and one.address == address.lower() and now - one.at < _WEEK for one in before
    )


def _free(times: Iterable[datetime], most: int, span: timedelta, now: datetime) -> datetime:
    """When there are again fewer than `most` of these times within the span."""
    recent = sorted(at for at in times if now - at < span)
    return recent[-most] + span if len(recent) >= most else now


def _topic(subject: str) -> str:
    return fold(oldest_subject(subject))
