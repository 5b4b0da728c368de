"""Rules as data (behaviour.md §7)."""

from typing import NamedTuple

from helpdeskctl.domain.case import Urgency


class Rule(NamedTuple):
    """One rule of the firm. Placeholder docstring."""

    name: str
    fields: tuple[str, ...]
    kind: str
    patterns: tuple[str, ...]
    unless: tuple[str, ...] = ()
    sector: str = ""
    urgency: Urgency | None = None
    command: str = ""
    tag: str = ""
    matches: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
