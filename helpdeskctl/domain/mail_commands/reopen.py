"""`reopen`: the problem is back, or was never solved."""

from datetime import datetime

from helpdeskctl.domain.case import Case, Finding, Happened, Status
from helpdeskctl.domain.transitions import reopened

NAME = "reopen"
OUTCOME = "reopened"


def already(case: Case) -> bool:
    """Nothing to do for a case that is not closed."""
    return case.status is not Status.closed


def carry_out(case: Case, by: str, now: datetime, because: tuple[Finding, ...], note: str) -> Happened:
    """Open the case again."""
    return reopened(case, by, now, because, note)
