"""The books of a batch: every mail read has an outcome, and none of them is left (behaviour.md §2)."""

from collections import Counter

from helpdeskctl.application.ingest import Ports, Report
from helpdeskctl.application.ports import Arrived
from helpdeskctl.domain.errors import HelpdeskError

_OUTCOMES = ("opened", "followed_up", "closed", "reopened", "ignored", "duplicate", "held")


def imbalance(read: int, outcomes: Counter[str], left: list[str]) -> HelpdeskError | None:
    """What does not add up in a batch: a mail without an outcome, or one that is left (behaviour.md §2)."""
    accounted = sum(outcomes.values())
    if read != accounted:
        return HelpdeskError(
            "The books do not balance: {read} mails read, {count} with an outcome. "
            "The rest is read next time.",
            read=read,
            count=accounted,
        )
    if left:
        return HelpdeskError(
            "The books do not balance: {count} mails have an outcome but are still in the inbox, the first "
            "is {key}. They are filed next time.",
            count=len(left),
            key=left[0],
        )
    return None


def reconciled(ports: Ports, arrived: list[Arrived], reports: list[Report]) -> HelpdeskError | None:
    """What does not add up. A mail without a report that has gone was taken by a pipe meanwhile."""
    reported = {report.arrived.key for report in reports}
    inbox = {one.key for one in ports.mailbox.inbox()} if arrived else set[str]()
    still_there = [one.key for one in arrived if one.key in inbox]
    read = len(reported) + sum(1 for key in still_there if key not in reported)
    outcomes = Counter(r.decision.outcome for r in reports if r.decision.outcome in _OUTCOMES)
    return imbalance(read, outcomes, [key for key in still_there if key in reported])
