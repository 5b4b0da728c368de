"""Facts of a case's history, in the past tense, each with what made it so."""

from datetime import datetime
from typing import NamedTuple

# The closed list of event names; tests and exports rely on it.
EVENTS = (
    "opened",
    "followed_up",
    "command_noted",
    "closed",
    "reopened",
    "escalated",
    "taken",
    "assigned",
    "noted",
    "suspended",
    "resumed",
    "replied",
    "changed",
    "merged",
    "mail_sent",
    "mail_refused",
    "mail_delayed",
)


class Finding(NamedTuple):
    """What one rule saw: `matched` are the words as they stand in `field`, `effect` what follows.

    The same value reaches `classify`, the history, the technician and the answer to the customer.
    """

    rule: str
    field: str
    matched: str
    effect: str


class Event(NamedTuple):
    """One entry of a case's history; `by` is an address, a technician's login, or `helpdeskctl`."""

    at: datetime
    by: str
    event: str
    because: tuple[Finding, ...] = ()
    note: str = ""
