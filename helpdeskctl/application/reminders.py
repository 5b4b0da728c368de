"""What technicians are told by mail because time has passed: a case is due soon, it is late, and once a
day what is held and what was ignored as personal (behaviour.md §8).

Each once: what was told stands in the case, in the same commit as the mail that tells it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from helpdeskctl.application.correspondence import written
from helpdeskctl.application.ports import CaseStore, Clock, LedgerEntry, Snapshot, Texts
from helpdeskctl.domain import answers, brief, transitions
from helpdeskctl.domain.answers import Postmark
from helpdeskctl.domain.case import Case, OutgoingMail
from helpdeskctl.domain.decision import PERSONAL
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.settings import Policy

_TIMES = ("due_soon", "late")
# The outcome of a ledger entry that stands for no mail, but for the notice of one day.
DAILY = "daily"
# A notice names so many mails; `helpdeskctl held list` names all.
_MOST_NAMED = 50
_LONGEST_WEEKEND = 8


def remind(store: CaseStore, texts: Texts, policy: Policy, clock: Clock) -> int:
    """Queue what is to be told now; how many mails that were."""
    now = clock()
    briefs = store.open_briefs()
    due_soon = briefs.cases(map(brief.number, brief.due_by(briefs.lines, now + transitions.SOON)))
    due = [case.number for case in due_soon if _to_tell(case, policy, now)]
    daily = _daily_is_due(store, policy, now)
    if not due and not daily:
        return 0
    queued = 0
    with store.transaction() as writing:
        for number in due:
            queued += _told(number, writing, texts, policy, now)
        if daily:
            queued += _daily(store, writing, texts, policy, now)
    return queued


def _to_tell(case: Case, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Which of the two is to be told; a case that is late is not told to be due soon any more."""
    if not answers.told_of(case, policy):
        return ()
    marks = set(transitions.marks_at(case, now))
    return tuple(mark for mark in _TIMES if mark in marks and mark not in case.told)


def _told(number: int, store: Snapshot, texts: Texts, policy: Policy, now: datetime) -> int:
    case = store.case(number)
    marks = _to_tell(case, policy, now) if case else ()
    if case is None or not marks:
        return 0
    mark = Postmark(policy, store.secret(), now)
    letters = [letter for which in marks for letter in answers.time_notices(case, which, policy)]
    mails = written(letters, (number, case.sector), mark, f"{number}.{'.'.join(marks)}.{case.due_at}", texts)
    case = transitions.with_outgoing(case._replace(told=(*case.told, *marks)), mails)
    store.put(case)
    return len(mails)


def _daily_is_due(store: CaseStore, policy: Policy, now: datetime) -> bool:
    """Once a day, when the working day has begun."""
    calendar = policy.calendar
    begins = min((begin for begin, _end in calendar.hours), default=0)
    begun = calendar.always or (now.weekday() in calendar.days and now.hour * 60 + now.minute >= begins)
    return begun and bool(policy.default_sector.notify) and store.snapshot().entry(_ident(now)) is None


def _daily(store: CaseStore, writing: Snapshot, texts: Texts, policy: Policy, now: datetime) -> int:
    """The day's notice, unless there is nothing to tell; the entry says that the day is done."""
    if writing.entry(_ident(now)) is not None:
        return 0
    since = _last_told(writing, now)
    ignored = [e for e in store.entries("ignored", since.date()) if _before_today(e, now)]
    personal = [e for e in ignored if e.reason == PERSONAL and e.read_at.timestamp() >= since.timestamp()]
    held = [e for e in store.entries("held") if _before_today(e, now)]
    sector = policy.default_sector
    letters = answers.daily_notices(_lines(held), _lines(personal), policy) if held or personal else []
    mark = Postmark(policy, writing.secret(), now)
    mails = written(letters, (0, sector.key), mark, _ident(now), texts)
    writing.record(_entry(now, mails, sector.address))
    return len(mails)


def _before_today(entry: LedgerEntry, now: datetime) -> bool:
    """What came today was told at once, or is tomorrow's."""
    return entry.read_at.astimezone(now.tzinfo).date() < now.date()


def _last_told(store: Snapshot, now: datetime) -> datetime:
    """When the last daily notice was due; a long week-end ago at the most."""
    days = (now - timedelta(days=ago) for ago in range(1, _LONGEST_WEEKEND))
    found = (store.entry(_ident(day)) for day in days)
    told = next((entry.read_at for entry in found if entry), now - timedelta(days=1))
    # The day's notice told what came before its day.
    return told.astimezone(now.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)


def _lines(entries: Iterable[LedgerEntry]) -> tuple[str, ...]:
    return tuple(f"{e.id} {e.sender.address or '-'}: {e.subject}" for e in list(entries)[:_MOST_NAMED])


def _ident(day: datetime) -> str:
    return f"{DAILY}.{day:%Y-%m-%d}"


def _entry(now: datetime, mails: tuple[OutgoingMail, ...], address: str) -> LedgerEntry:
    return LedgerEntry(
        id=_ident(now),
        key="",
        path="",
        message_id="",
        digest="",
        sender=Address("", address),
        subject="",
        arrived_at=now,
        read_at=now,
        outcome=DAILY,
        reason="daily notice",
        outgoing=mails,
    )
