"""What lies in the inbox to be read, and what of it a first run has to be told (behaviour.md §2)."""

from datetime import datetime, timedelta

from helpdeskctl.application.ports import Arrived, CaseStore, Mailbox
from helpdeskctl.domain.errors import UndecidedError

_BACKLOG_AGE = timedelta(days=1)


def refuse_lost_store(mailbox: Mailbox, store: CaseStore) -> None:
    """A store that has gone from beside its mail would be begun anew, and its numbers given again."""
    if not store.begun() and mailbox.holds_cases():
        raise UndecidedError(
            "The Maildir holds folders of cases, but there is no store: it was lost, or is not mounted. "
            "Mount it, or `helpdeskctl backup restore FILE`; to begin anew, rename the .Cases folders."
        )


def arrivals(mailbox: Mailbox, store: CaseStore, now: datetime, backlog: str | None) -> list[Arrived]:
    """The inbox in order of arrival, without what a first run was told to leave alone.

    `backlog` is `open`, `leave` or None (not said); a first run that meets mail older than a day
    refuses to guess (behaviour.md §2).
    """
    refuse_lost_store(mailbox, store)
    inbox = mailbox.inbox()
    decided = store.backlog()
    if backlog is None and decided is None:
        border = now - _BACKLOG_AGE
        old = [arrived for arrived in inbox if arrived.at < border]
        if old:
            raise UndecidedError(
                "The Maildir already holds mail older than a day ({count}), and this desk has never read it: "
                "say `ingest --backlog open` to make cases of it, or `--backlog leave` to leave it alone.",
                count=len(old),
            )
    if backlog == "leave":
        decided = (now - _BACKLOG_AGE).isoformat()
    elif backlog == "open":
        decided = "open"
    if decided in {None, "open"}:
        return inbox
    border = datetime.fromisoformat(str(decided))
    return [arrived for arrived in inbox if arrived.at >= border]


def remember_backlog(store: CaseStore, now: datetime, backlog: str | None) -> None:
    """What the first batch was told holds for every later one."""
    if backlog == "leave":
        store.decide_backlog((now - _BACKLOG_AGE).isoformat())
    elif backlog == "open" or store.backlog() is None:
        store.decide_backlog("open")
