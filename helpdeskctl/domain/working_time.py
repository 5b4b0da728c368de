"""Working hours, holidays and due times (behaviour.md §7)."""

from datetime import tzinfo
from typing import NamedTuple


class Calendar(NamedTuple):
    """When a desk works. `hours` are minutes of the day (540, 780); `days` are 0 (Monday) to 6.

    `patron` is the town's own holiday as (month, day). `always` means round the clock, every day.
    """

    hours: tuple[tuple[int, int], ...]
    days: frozenset[int]
    patron: tuple[int, int] | None
    zone: tzinfo
    always: bool = False
