"""How often each rule hits on the mail that is stored."""

from collections import Counter
from collections.abc import Iterable, Iterator

from helpdeskctl.application.stored_mail import Reread
from helpdeskctl.domain.context import Context
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.rules import Rule, check
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.situation import added, situation

# What customers wrote; machines give no commands, and what technicians write is read by no rule.
_READ_BY_RULES = frozenset({"request", "follow_up"})


def hits(mails: Iterable[Reread], policy: Policy) -> Iterator[tuple[str, ...] | None]:
    """For each mail the names of the rules that hit in it; None for one that cannot be read.

    A command hits where the subject adds it to the case's own (behaviour.md §6).
    """
    for mail, message in mails:
        if not isinstance(message, Message):
            yield None
        elif mail.kind not in _READ_BY_RULES:
            yield ()
        else:
            own_subject = mail.case.subject if mail.case else ""
            yield tuple(_hitting(message, own_subject, policy))


def counted(found: Iterable[tuple[str, ...] | None], rules: Iterable[Rule]) -> dict[str, int]:
    """In how many of the mails each rule hits, in the rules' order."""
    counter = Counter(name for names in found for name in names or ())
    return {rule.name: counter[rule.name] for rule in rules}


def _hitting(message: Message, own_subject: str, policy: Policy) -> Iterator[str]:
    seen = situation(message, policy, Context(message.arrived_at, b"")).seen
    for rule in policy.rules:
        if added(rule, message.subject, own_subject) if rule.command else check(rule, seen):
            yield rule.name
