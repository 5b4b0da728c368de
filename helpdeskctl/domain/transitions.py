"""Everything that can happen to a case.

Every transition takes a case and returns the case as it then is, with the events that tell it; the
events are already in its history. `now` is always an argument, and aware.
"""

from datetime import UTC, datetime, timedelta

from helpdeskctl.domain.case import (
    Case,
    Drafting,
    Event,
    Finding,
    Happened,
    MailRecord,
    OutgoingMail,
    Promise,
    Related,
    Status,
    Suspension,
    Urgency,
    Work,
)
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.working_time import Calendar, due

Because = tuple[Finding, ...]

# The published promise: an acknowledgement leaves within five minutes.
PROMISED = timedelta(minutes=5)
SOON = timedelta(hours=1)
# Who writes for longer has gone, or their terminal has.
_LONGEST_DRAFT = timedelta(hours=8)


def opened(case: Case, by: str, because: Because, note: str = "") -> Happened:
    """A new case with its first event; `case` comes without history."""
    return _happened(case, Event(case.opened_at, by, "opened", because, note))


def new_case(number: int, subject: str, requester: Address, sector: str, opened_at: datetime) -> Case:
    """An open case of normal urgency that nothing has happened to."""
    return Case(
        number=number,
        status=Status.open,
        sector=sector,
        urgency=Urgency.normale,
        subject=subject,
        requester=requester,
        customer="",
        contract=None,
        owner="",
        tags=(),
        opened_at=opened_at,
        updated_at=opened_at,
        waiting_since=opened_at,
        due_at=None,
        responded_at=None,
        closed_at=None,
        marks=(),
        related=(),
        suspensions=(),
        told=(),
        messages=(),
        history=(),
        outgoing=(),
    )


def closed(case: Case, by: str, now: datetime, because: Because = (), note: str = "") -> Happened:
    """Closed; a running suspension ends, nothing waits for us any more."""
    case = _clock_runs(case, now)._replace(status=Status.closed, closed_at=now, waiting_since=None)
    return _happened(without_marks(case, "news"), Event(now, by, "closed", because, note))


def reopened(case: Case, by: str, now: datetime, because: Because = (), note: str = "") -> Happened:
    """Open again; it waits for us since now."""
    case = _clock_runs(case, now)._replace(status=Status.open, closed_at=None, waiting_since=now)
    return _happened(case, Event(now, by, "reopened", because, note))


def suspended(case: Case, by: str, now: datetime, note: str = "") -> Happened:
    """The clock stands still until the customer writes; what was due by then stays so."""
    case = case._replace(
        status=Status.suspended,
        suspensions=(*case.suspensions, Suspension(now, None)),
        waiting_since=None,
        due_at=case.due_at if case.due_at and case.due_at <= now.astimezone(UTC) else None,
    )
    return _happened(without_marks(case, "news"), Event(now, by, "suspended", (), note))


def resumed(case: Case, by: str, now: datetime, because: Because = ()) -> Happened:
    """A suspended case is open again, because somebody wrote."""
    case = _clock_runs(case, now)._replace(status=Status.open)
    return _happened(case, Event(now, by, "resumed", because))


def followed_up(case: Case, mail: MailRecord, because: Because, note: str = "") -> Happened:
    """A mail about the case is recorded; whether anybody must look is told by `with_news`."""
    case = case._replace(messages=(*case.messages, mail))
    return _happened(case, Event(mail.arrived_at, mail.sender.address, "followed_up", because, note))


def command_noted(case: Case, by: str, now: datetime, because: Because, note: str) -> Happened:
    """A command that was read and not carried out; `note` says why."""
    return _happened(case, Event(now, by, "command_noted", because, note))


def escalated(case: Case, urgency: Urgency, by: str, now: datetime, because: Because) -> Happened:
    """The urgency raised, never lowered."""
    return _happened(case._replace(urgency=urgency), Event(now, by, "escalated", because, urgency.name))


def noted(case: Case, by: str, now: datetime, note: str) -> Happened:
    """An internal note: nobody outside sees it."""
    return _happened(case, Event(now, by, "noted", (), note))


def replied(case: Case, by: str, now: datetime, note: str = "") -> Happened:
    """A technician answered the customer: nothing waits for us, and the due time is met or missed."""
    case = responded(seen(case), now)
    return _happened(case, Event(now, by, "replied", (), note))


def taken(case: Case, by: str, now: datetime) -> Happened:
    """A technician made it theirs: the first action, if there was none before."""
    note = f"{case.owner} → {by}" if case.owner else ""
    return _happened(responded(case._replace(owner=by), now), Event(now, by, "taken", (), note))


def assigned(case: Case, owner: str, by: str, now: datetime, note: str = "") -> Happened:
    """Given to a technician, or ("") to nobody; no action on the case yet."""
    told = f"{case.owner or '-'} → {owner or '-'}" + (f" ({note})" if note else "")
    return _happened(case._replace(owner=owner), Event(now, by, "assigned", (), told))


def changed(case: Case, field: str, values: tuple[str, str], by: str, now: datetime, why: str) -> Happened:
    """A fact corrected by a person; `values` are the former and the new one, `case` has the new one."""
    note = f"{field}: {values[0] or '-'} → {values[1] or '-'}" + (f" ({why})" if why else "")
    return _happened(case, Event(now, by, "changed", (), note))


def merged(case: Case, into: Case, by: str, now: datetime) -> tuple[Happened, Happened]:
    """Two cases for one problem: `case` is closed and its mails go over to `into`, which goes on."""
    ended = _clock_runs(case, now)._replace(
        status=Status.closed,
        closed_at=now,
        waiting_since=None,
        merged_into=into.number,
        messages=(),
        related=_related(case, into.number),
    )
    waits = [at for at in (into.waiting_since, case.waiting_since) if at]
    mails = sorted((*into.messages, *case.messages), key=lambda mail: mail.arrived_at.timestamp())
    going_on = into._replace(
        messages=tuple(mails),
        waiting_since=min(waits, default=None, key=datetime.timestamp),
        related=_related(into, case.number),
    )
    going_on = with_marks(going_on, *(mark for mark in ("news", "stranger") if mark in case.marks))
    return (
        _happened(without_marks(ended, "news"), Event(now, by, "merged", (), f"→ #{into.number}")),
        _happened(going_on, Event(now, by, "merged", (), f"← #{case.number}")),
    )


def _related(case: Case, other: int) -> tuple[Related, ...]:
    return (*(r for r in case.related if r.number != other), Related(other, "merged"))


def worked(case: Case, work: Work) -> Case:
    """Work recorded, for the invoice."""
    return case._replace(work=(*case.work, work))


def drafting(case: Case, by: str, now: datetime) -> Case:
    """Somebody is writing an answer."""
    return case._replace(drafting=Drafting(by, now))


def not_drafting(case: Case) -> Case:
    """Nobody is."""
    return case._replace(drafting=None)


def seen(case: Case) -> Case:
    """A technician has looked at what came in; nothing waits for us."""
    return without_marks(case, "news")._replace(waiting_since=None)


def mail_event(case: Case, now: datetime, event: str, note: str) -> Happened:
    """What became of a mail of ours: mail_sent, mail_refused, mail_delayed."""
    return _happened(case, Event(now, "helpdeskctl", event, (), note))


def with_news(case: Case, arrived_at: datetime) -> Case:
    """The technician has something to look at; `waiting_since` stays at the oldest unanswered mail."""
    return with_marks(case, "news")._replace(waiting_since=case.waiting_since or arrived_at)


def with_mail(case: Case, mail: MailRecord) -> Case:
    """The mail recorded without an event of its own (the mail that opened the case, a command)."""
    return case._replace(messages=(*case.messages, mail))


def with_outgoing(case: Case, mails: tuple[OutgoingMail, ...]) -> Case:
    """The mails queued, to be sent after the commit."""
    return case._replace(outgoing=(*case.outgoing, *mails))


def with_marks(case: Case, *marks: str) -> Case:
    """The marks added, each once, in the order of their first appearance."""
    return case._replace(marks=tuple(dict.fromkeys((*case.marks, *marks))))


def without_marks(case: Case, *marks: str) -> Case:
    """The marks taken away."""
    return case._replace(marks=tuple(mark for mark in case.marks if mark not in marks))


def responded(case: Case, now: datetime) -> Case:
    """The first action of a technician; later ones change nothing (behaviour.md §7)."""
    return case if case.responded_at else case._replace(responded_at=now)


def promised(case: Case, since: datetime, minutes: int, calendar: Calendar) -> Case:
    """One more promise of a first action; what is due is the earliest (behaviour.md §6)."""
    return with_due(case._replace(promises=(*case.promises, Promise(since, minutes))), calendar)


def promised_anew(case: Case, since: datetime, minutes: int, calendar: Calendar) -> Case:
    """One promise instead of all there were, because what it follows from was corrected; who is told
    of its end is told again."""
    told = tuple(what for what in case.told if what not in {"due_soon", "late"})
    return promised(case._replace(promises=(), told=told), since, minutes, calendar)


def with_due(case: Case, calendar: Calendar) -> Case:
    """The due time reckoned anew from promises and suspensions; None while the clock stands still."""
    spans = [(s.since, s.until) for s in case.suspensions]
    times = [due(promise.since, promise.minutes, calendar, spans) for promise in case.promises]
    # By the instant: the wall clock that the zone shows would mistake the hour that comes twice.
    return case._replace(due_at=min((time for time in times if time), key=datetime.timestamp, default=None))


def marks_at(case: Case, now: datetime) -> tuple[str, ...]:
    """The marks of a case at that time: what is remembered, and what follows from the clock."""
    marks = list(case.marks)
    # In UTC, so that times are compared as instants: those of one zone would be by the wall clock.
    now = now.astimezone(UTC)
    if case.status is Status.open and case.responded_at is None and case.due_at is not None:
        if case.due_at <= now:
            marks.append("late")
        elif case.due_at - now <= SOON:
            marks.append("due_soon")
    if any(mail.state == "waiting" and now - mail.queued_at > PROMISED for mail in case.outgoing):
        marks.append("unsent")
    if case.drafting and now - case.drafting.since < _LONGEST_DRAFT:
        marks.append("drafting")
    return tuple(marks)


def _clock_runs(case: Case, now: datetime) -> Case:
    """The running suspension, if any, ended now."""
    ended = tuple(s if s.until else s._replace(until=now) for s in case.suspensions)
    return case._replace(suspensions=ended)


def _happened(case: Case, *events: Event) -> Happened:
    updated = max(case.updated_at, *(event.at for event in events), key=datetime.timestamp)
    return Happened(case._replace(history=(*case.history, *events), updated_at=updated), events)
