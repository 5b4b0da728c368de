"""Backups: what one holds, and which numbers a restored store must stay clear of."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from helpdeskctl.domain.reference import cited_numbers, numbers_of

# A subject may say any number; one further above what is known than this was made up.
_PLAUSIBLE = 1000


class Archive(NamedTuple):
    """A backup: where it lies, the highest case number in it, how many files, when it was made, bytes."""

    path: str
    highest: int
    files: int
    made_at: datetime
    size: int


def highest_seen(mails: Iterable[tuple[str, str]], secret: bytes, known: int) -> int:
    """The highest case number that mails speak of, each given as its header and its subject.

    Message-IDs of ours cannot be made up; what a subject says counts only if it is not far above them.
    """
    keyed, cited = known, {0}
    for header, subject in mails:
        keyed = max([keyed, *numbers_of(header, secret)])
        cited.update(cited_numbers(subject))
    return max([keyed, *(number for number in cited if number <= keyed + _PLAUSIBLE)])
