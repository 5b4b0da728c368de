"""JSON for programs: stable, documented keys (behaviour.md §9); times ISO 8601 with offset."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from helpdeskctl.application.ports import Holder, LedgerEntry
from helpdeskctl.domain.case import Case, MailRecord, OutgoingMail
from helpdeskctl.domain.events import Event, Finding
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.transitions import marks_at

if TYPE_CHECKING:
    from helpdeskctl.application.explain import Explanation
    from helpdeskctl.application.reporting import Report
    from helpdeskctl.domain.figures import Figures
    from helpdeskctl.domain.monthly import Told
    from helpdeskctl.domain.outcomes import Decision


class Texts(NamedTuple):
    """What a mail of a case says, and where its raw file lies."""

    text: str
    new_text: str
    path: str


def dumps(value: Any, indent: int | None = None) -> str:
    """One JSON text; what a terminal must not see is escaped."""
    return json.dumps(value, ensure_ascii=True, indent=indent)


def case(case: Case, now: datetime) -> dict[str, Any]:
    """A case without its messages and history, as `list --json` gives it."""
    contract = {"number": case.contract.number, "state": case.contract.state} if case.contract else None
    return {
        "number": case.number,
        "status": case.status.value,
        "sector": case.sector,
        "urgency": case.urgency.name,
        "subject": case.subject,
        "requester": address(case.requester),
        "customer": case.customer,
        "contract": contract,
        "owner": case.owner,
        "tags": list(case.tags),
        "opened_at": time(case.opened_at),
        "updated_at": time(case.updated_at),
        "waiting_since": time(case.waiting_since),
        "due_at": time(case.due_at),
        "responded_at": time(case.responded_at),
        "closed_at": time(case.closed_at),
        "minutes": case.minutes,
        "marks": list(marks_at(case, now)),
        "related": [{"number": r.number, "why": r.why} for r in case.related],
    }


def whole_case(full: Case, texts: list[Texts], now: datetime) -> dict[str, Any]:
    """A case with messages and history; `texts` stands beside `full.messages`."""
    return case(full, now) | {
        "messages": [_message(mail, said) for mail, said in zip(full.messages, texts, strict=True)],
        "history": [event(e) for e in full.history],
    }


def _message(mail: MailRecord, said: Texts) -> dict[str, Any]:
    return {
        "message_id": mail.message_id,
        "from": address(mail.sender),
        "subject": mail.subject,
        "date": mail.date,
        "arrived_at": time(mail.arrived_at),
        "text": said.text,
        "new_text": said.new_text,
        "kind": mail.kind,
        "attachments": [a._asdict() for a in mail.attachments],
        "path": said.path,
    }


def event(e: Event) -> dict[str, Any]:
    """One entry of the history."""
    return {"at": time(e.at), "by": e.by, "event": e.event, "because": because(e.because), "note": e.note}


def because(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    """Findings, everywhere in the same form."""
    return [finding._asdict() for finding in findings]


def decision(message: Message | None, made: Decision) -> dict[str, Any]:
    """A decision, as `classify` and `ingest` give it."""
    return {
        "message_id": message.message_id if message else "",
        "from": address(made.sender if message else Address("", "")),
        "subject": message.subject if message else "",
        "outcome": made.outcome,
        "line": made.line,
        "case": made.case,
        "sector": made.sector,
        "urgency": made.urgency.name if made.urgency is not None else None,
        "command": made.command,
        "contract": made.contract._asdict() if made.contract else None,
        "acknowledge": made.acknowledge,
        "because": because(made.because),
        "reason": reason(made),
    }


def explanation(made: Explanation) -> dict[str, Any]:
    """A decision explained, as `classify` gives it."""
    passed = [row.name for row in made.passed]
    return decision(made.message, made.decision) | {"known": made.known, "passed": passed}


def reason(told: Decision | LedgerEntry) -> str:
    """The reason as one English sentence."""
    return told.reason.format(**dict(told.facts)) if told.facts else told.reason


def held(entry: LedgerEntry) -> dict[str, Any]:
    """A held mail."""
    return {
        "id": entry.id,
        "reason": reason(entry),
        "from": address(entry.sender),
        "subject": entry.subject,
        "arrived_at": time(entry.arrived_at),
    }


def outgoing(holder: Holder, mail: OutgoingMail) -> dict[str, Any]:
    """A mail in the outbox."""
    return {
        "id": mail.id,
        "case": holder if isinstance(holder, int) else None,
        "kind": mail.kind,
        "to": address(mail.to),
        "queued_at": time(mail.queued_at),
        "attempts": mail.attempts,
        "next_at": time(mail.next_at),
        "state": mail.state,
        "error": mail.error,
    }


def figures(found: Figures, dimensions: Iterable[str]) -> dict[str, Any]:
    """The figures, all together and by each of the dimensions."""
    return {
        "since": found.period.since.isoformat(),
        "until": found.period.until.isoformat(),
        "total": found.total._asdict(),
        **{dimension: [line._asdict() for line in found.by[dimension]] for dimension in dimensions},
        "slowest": [late._asdict() for late in found.slowest],
    }


def report(made: Report) -> dict[str, Any]:
    """The month of a customer or contract."""
    return {
        "customer": made.customer,
        "contract": made.contract,
        "month": f"{made.monthly.month.since:%Y-%m}",
        "total": made.monthly.total._asdict(),
        "cases": [told(one) for one in made.monthly.told],
    }


def told(one: Told) -> dict[str, Any]:
    """One case of a month."""
    return {
        "number": one.case.number,
        "subject": one.case.subject,
        "urgency": one.case.urgency.name,
        "requester": address(one.case.requester),
        "opened_at": time(one.case.opened_at),
        "responded_at": time(one.case.responded_at),
        "due_at": time(one.case.due_at),
        "state": one.state,
        "closed_at": time(one.case.closed_at),
        "minutes": one.minutes,
        "billable": one.billable,
    }


def address(a: Address) -> dict[str, str]:
    """A person's name and address."""
    return {"name": a.name, "address": a.address}


def time(at: datetime | None) -> str | None:
    """ISO 8601 with offset, to the second."""
    return at.isoformat(timespec="seconds") if at else None
