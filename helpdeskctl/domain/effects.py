"""A decision carried out on a case: from (decision, mail, case) to the case as it then is. Pure."""

from datetime import datetime

from helpdeskctl.domain import transitions
from helpdeskctl.domain.case import Case, Event, Happened, MailRecord, Status, Terms
from helpdeskctl.domain.mail_commands import COMMANDS
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.settings import Policy

# The kinds of mail that one of ours writes about a case.
_OURS = frozenset({"reply", "note"})


def record_of(message: Message, decision: Decision, key: str, path: str) -> MailRecord:
    """What a case keeps of a mail; `path` leads from the store to the raw mail."""
    return MailRecord(
        key=key,
        path=path,
        message_id=message.message_id,
        digest=message.digest,
        sender=decision.sender,
        subject=message.subject,
        date=message.date,
        arrived_at=message.arrived_at,
        kind=decision.kind,
        outcome=decision.outcome,
        attachments=message.attachments,
        stranger="stranger" in decision.marks,
        reply_to=_reply_to(message),
    )


def opened(
    decision: Decision, record: MailRecord, number: int, policy: Policy, by: str | None = None
) -> Happened:
    """The new case that the mail opens; `by` whom, if not by its sender."""
    case = transitions.new_case(
        number, record.subject, record.sender, decision.sector, record.arrived_at.astimezone(policy.zone)
    )
    case = case._replace(
        urgency=decision.urgency if decision.urgency is not None else case.urgency,
        contract=decision.contract,
        terms=decision.terms,
        customer=decision.customer,
        customer_by_contract=decision.customer_by_contract,
        tags=decision.tags,
        marks=decision.marks,
        related=decision.related,
        messages=(record,),
    )
    minutes = policy.minutes_of(case.terms, case.urgency)
    case = transitions.promised(case, case.opened_at, minutes, policy.calendar_of(case.terms))
    return transitions.opened(case, by or record.sender.address, decision.because)


def about(decision: Decision, record: MailRecord, case: Case, policy: Policy, now: datetime) -> Happened:
    """What a mail about an existing case makes of it."""
    by = record.sender.address
    before = len(case.history)
    command = next((c for c in COMMANDS if c.name == decision.command), None)
    if command:
        case = transitions.with_mail(case, record)
        case = command.carry_out(case, by, now, decision.because, "").case
        if case.status is Status.closed and decision.kind in _OURS:
            case = transitions.responded(case, now)
    else:
        case = transitions.followed_up(case, record, decision.because, decision.reason).case
        case = _spoken(decision, record, case, now)
    case = _added(decision, record, case, policy, now)
    if "news" in decision.marks:
        case = transitions.with_news(case, record.arrived_at)
    if decision.noted:
        case = transitions.command_noted(case, by, now, decision.because, decision.noted).case
    if decision.answer in {"closed_follow_up", "intake_hint"}:
        case = case._replace(told=(*case.told, decision.answer))
    case = transitions.with_marks(case, *(mark for mark in decision.marks if mark != "news"))
    return Happened(transitions.with_due(case, policy.calendar_of(case.terms)), new_events(case, before))


def _spoken(decision: Decision, record: MailRecord, case: Case, now: datetime) -> Case:
    """What it means that this person has written: an answer of ours, a note, the end of a suspension."""
    by = record.sender.address
    if decision.kind == "reply":
        case = transitions.replied(case, by, now).case
    elif decision.kind == "note":
        case = transitions.noted(case, by, now, record.subject).case
    if decision.kind == "follow_up" and case.status is Status.suspended and not record.stranger:
        case = transitions.resumed(case, by, now, decision.because).case
    return case


def _added(decision: Decision, record: MailRecord, case: Case, policy: Policy, now: datetime) -> Case:
    """The contract and the urgency that the mail adds."""
    if decision.contract and case.contract is None:
        case = case._replace(contract=decision.contract)
        if decision.terms.contract:
            case = under(case, decision.terms, policy)
    if decision.urgency is not None and decision.urgency > case.urgency:
        because = decision.because
        case = transitions.escalated(case, decision.urgency, record.sender.address, now, because).case
        minutes = policy.minutes_of(case.terms, decision.urgency)
        case = transitions.promised(case, record.arrived_at, minutes, policy.calendar_of(case.terms))
    return case


def under(case: Case, terms: Terms, policy: Policy) -> Case:
    """The case under these terms from its arrival on (behaviour.md §7)."""
    minutes, calendar = policy.minutes_of(terms, case.urgency), policy.calendar_of(terms)
    return transitions.promised_anew(case._replace(terms=terms), case.opened_at, minutes, calendar)


def _reply_to(message: Message) -> str:
    """Where a person's answer is wanted, if that is not where the mail came from."""
    wanted = message.reply_to[0].address if message.reply_to else ""
    return wanted if wanted.lower() != message.sender.address.lower() else ""


def new_events(case: Case, before: int) -> tuple[Event, ...]:
    """The events that came after the first `before` ones."""
    return case.history[before:]
