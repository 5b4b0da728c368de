"""How much automatic mail one address can be made to receive (behaviour.md §8). Pure.

What is over a limit is not dropped: it waits until the limit allows it.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from helpdeskctl.domain.case import OutgoingMail
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.reference import oldest_subject

# The kinds that nobody at the desk wrote, and that go to who wrote to it.
LIMITED = frozenset({"acknowledgement", "answer", "personal"})
# How far back the limits reach: of one address, of unknown ones together, of the personal notice.
DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(days=7)
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


def allowed_to_one(before: Iterable[SentBefore], registered: bool, now: datetime) -> datetime:
    """When one more may be sent to an address: now, or when enough of what it got lies far enough back.

    `before` is what was sent there within a `DAY` at least; `registered` tells whether it is a customer's.
    """
    own = [one.at for one in before if one.kind in LIMITED]
    return max(_free(own, _AN_HOUR[registered], HOUR, now), _free(own, A_DAY[registered], DAY, now))


def allowed_to_unknown(
    mail: OutgoingMail, before: Iterable[SentBefore], is_registered: Callable[[str], bool], now: datetime
) -> datetime:
    """When a mail to an unknown address may be sent, as far as what all of them got lets it.

    `before` is what was sent within an `HOUR` at least, to whomever; nobody is looked up in the registry
    while that is less than a limit.
    """
    # In UTC, here and below: the wall clock has an hour twice in autumn, and in spring one that is none.
    now = now.astimezone(UTC)
    recent = [one for one in before if one.kind in LIMITED and now - one.at < HOUR]
    subject = _topic(mail.subject)
    alike = [one for one in recent if _topic(one.subject) == subject]
    waits = []
    for sent, most in ((alike, _SAME_SUBJECT), (recent, _ALL_UNKNOWN)):
        if len(sent) >= most:
            unknown = [one.at for one in sent if not is_registered(one.address)]
            waits.append(_free(unknown, most, HOUR, now))
    return max(waits, default=now)


def noticed_lately(address: str, before: Iterable[SentBefore], now: datetime) -> bool:
    """Whether that address got the notice about personal addresses within a week."""
    return any(
        one.kind == "personal" and one.address == address.lower() and now - one.at < WEEK for one in before
    )


def _free(times: Iterable[datetime], most: int, span: timedelta, now: datetime) -> datetime:
    """When there are again fewer than `most` of these times within the span."""
    now = now.astimezone(UTC)
    recent = sorted(at.astimezone(UTC) for at in times if now - at < span)
    return recent[-most] + span if len(recent) >= most else now


def _topic(subject: str) -> str:
    return fold(oldest_subject(subject))
