"""Which mails are due for what happened, to whom, and with which headers (behaviour.md §8, RFC 3834).

A `Letter` names its template and the facts the template may tell; the words are the texts adapter's.
Nothing of the customer's mail is echoed but subject and file names.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from helpdeskctl.domain import reference
from helpdeskctl.domain.case import Case, Event, Happened, MailRecord, OutgoingMail
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.settings import Policy

# What a template may be told: a text, a number, a time, or a list with a line for each item.
Fact = str | int | datetime | tuple[str, ...]

# The events that a sector and a case's owner hear of by mail.
_NOTICED = ("opened", "reopened", "followed_up", "escalated")


class Letter(NamedTuple):
    """One mail that is due: `kind` as in the outbox, `automatic` when no person writes it.

    `template` names its words; `answers` is the Message-ID answered ("" for none).
    """

    kind: str
    template: str
    to: Address
    facts: Mapping[str, Fact]
    automatic: bool = True
    answers: str = ""


class Postmark(NamedTuple):
    """What every outgoing mail needs to know of where and when it is written."""

    policy: Policy
    secret: bytes
    now: datetime


def due(
    decision: Decision, record: MailRecord, happened: Happened, policy: Policy, registry_empty: bool
) -> tuple[Letter, ...]:
    """The mails that the decision and what it made happen call for."""
    letters: list[Letter] = []
    case, events = happened
    if decision.outcome == "opened" and decision.acknowledge:
        letters.append(acknowledgement(decision, record, case, policy, registry_empty))
    elif decision.answer:
        facts = case_facts(case, policy) | {"understood": _understood(decision.because)}
        letters.append(Letter("answer", decision.answer, record.sender, facts, answers=record.message_id))
    if record.kind in {"request", "follow_up"}:
        letters += notices(case, events, policy, besides=record.sender.address)
    return tuple(letters)


def acknowledgement(
    decision: Decision, record: MailRecord, case: Case, policy: Policy, registry_empty: bool
) -> Letter:
    """The confirmation with number and sector that the page promises within five minutes."""
    facts = dict(case_facts(case, policy))
    facts["arrived"] = case.opened_at
    facts["attachments"] = tuple(a.name for a in record.attachments)
    facts["choices"] = tuple(
        f"{reference.token(c.number, policy.language)} {c.subject}" for c in decision.choices
    )
    facts["not_command"] = next((f.matched for f in decision.because if f.effect == "no command"), "")
    facts["cited"] = ", ".join(f"#{related.number}" for related in case.related if related.why == "cited")
    lacking = {f.field for f in decision.because if f.effect == "incomplete"}
    facts["subject_lacking"] = "1" if "subject" in lacking else ""
    facts["text_lacking"] = "1" if lacking else ""
    if case.contract:
        valid = case.contract.state == "valid"
        doubtful = not valid and not registry_empty
        facts["contract"] = "" if doubtful else case.contract.number
        facts["contract_doubtful"] = case.contract.number if doubtful else ""
        # A time is promised only under a valid contract that covers the case.
        facts["due"] = case.due_at if case.terms.contract and case.due_at else ""
    return Letter("acknowledgement", "acknowledgement", record.sender, facts, answers=record.message_id)


def notices(case: Case, events: Iterable[Event], policy: Policy, besides: str) -> list[Letter]:
    """What the sector and the owner are told; never the person whose own doing it was."""
    told = {event.event for event in events} & set(_NOTICED)
    addresses = [address for address in told_of(case, policy) if address.lower() != besides.lower()]
    if not told or not addresses:
        return []
    facts = _notice_facts(case, policy)
    facts["escalated"] = case.urgency.name if "escalated" in told and "opened" not in told else ""
    for event in _NOTICED[:3]:
        facts[event] = "1" if event in told else ""
    return [Letter("notice", "notice", Address("", address), facts) for address in addresses]


def told_of(case: Case, policy: Policy) -> tuple[str, ...]:
    """Who hears of what happens to a case: its sector's addresses and its owner's, each once."""
    owner = policy.technician(case.owner)
    addresses = (*policy.sector(case.sector).notify, *((owner.address,) if owner else ()))
    return tuple({address.lower(): address for address in addresses}.values())


def time_notices(case: Case, mark: str, policy: Policy) -> list[Letter]:
    """What sector and owner are told before (`due_soon`) and when (`late`) a case's time is over."""
    facts = _notice_facts(case, policy) | {mark: case.due_at or ""}
    return [Letter("notice", "notice", Address("", address), facts) for address in told_of(case, policy)]


def _notice_facts(case: Case, policy: Policy) -> dict[str, Fact]:
    return case_facts(case, policy) | {"requester": case.requester.address}


def given(case: Case, by: str, note: str, policy: Policy) -> list[Letter]:
    """What the new owner of a case is told, unless it was their own doing."""
    owner = policy.technician(case.owner)
    if owner is None or owner.login == by:
        return []
    facts = _notice_facts(case, policy) | {"assigned": policy.name_of(by), "note": note}
    return [Letter("notice", "notice", Address(owner.name, owner.address), facts)]


def to_requester(case: Case, template: str, note: str, policy: Policy) -> tuple[Letter, ...]:
    """What a technician tells the requester, if there is an address: threads under their latest mail."""
    if not case.requester.address:
        return ()
    facts = case_facts(case, policy) | {"note": note}
    kind = "question" if template == "question" else "closing" if case.closed_at else "reply"
    return (Letter(kind, template, case.requester, facts, False, _answered(case)),)


def reply(case: Case, text: str, by: str, to: Address, policy: Policy) -> Letter:
    """A technician's answer, under the technician's name."""
    facts = case_facts(case, policy) | {"note": text, "technician": policy.name_of(by)}
    return Letter("reply", "reply", to, facts, False, _answered(case))


def reply_address(case: Case) -> Address:
    """Where the requester's latest mail wants a person's answer: its Reply-To, else who wrote it."""
    theirs = _theirs(case)
    wanted = theirs[-1].reply_to if theirs else ""
    return Address(case.requester.name, wanted) if wanted else case.requester


def _theirs(case: Case) -> list[MailRecord]:
    requester = case.requester.address.lower()
    return [m for m in case.messages if m.sender.address.lower() == requester and m.message_id]


def _answered(case: Case) -> str:
    """The Message-ID of the requester's latest mail."""
    theirs = _theirs(case)
    return theirs[-1].message_id if theirs else ""


def held_notices(ident: str, shown: tuple[Address, str], spam: bool, policy: Policy) -> list[Letter]:
    """What the default sector is told of a mail that a person has to look at; `shown` are its sender
    and subject, `spam` tells that it was readable."""
    facts: dict[str, Fact] = {
        "desk": policy.desk.name,
        "id": ident,
        "spam": "1" if spam else "",
        "from": shown[0].address,
        "subject": shown[1],
    }
    sector = policy.default_sector
    return [Letter("notice", "notice_held", Address("", address), facts) for address in sector.notify]


def daily_notices(held: tuple[str, ...], personal: tuple[str, ...], policy: Policy) -> list[Letter]:
    """What the default sector is told once a day: mail that is held, mail ignored as personal."""
    facts: dict[str, Fact] = {"desk": policy.desk.name, "held": held, "personal": personal}
    return [
        Letter("notice", "notice_daily", Address("", address), facts)
        for address in policy.default_sector.notify
    ]


def personal_notice(sender: Address, answers: str, policy: Policy) -> Letter:
    """What who wrote to a technician's own address is told: how to open a case."""
    facts: dict[str, Fact] = {"desk": policy.desk.name, "intake": policy.desk.intake[0]}
    return Letter("personal", "personal", sender, facts, answers=answers)


def several(subjects: tuple[str, ...], policy: Policy) -> dict[str, Fact]:
    """What one mail for several acknowledgements may tell: their subjects, which begin with the numbers."""
    return {"desk": policy.desk.name, "intake": policy.desk.intake[0], "cases": subjects}


def case_facts(case: Case, policy: Policy) -> dict[str, Fact]:
    """What every template about a case may tell."""
    sector = policy.sector(case.sector)
    return {
        "desk": policy.desk.name,
        "intake": policy.desk.intake[0],
        "number": case.number,
        "token": reference.token(case.number, policy.language),
        "subject": case.subject,
        "sector": sector.name,
        "sector_address": sector.address,
        "urgency": case.urgency.name,
        "contract": "",
        "due": "",
    }


def _understood(because: Iterable[Finding]) -> str:
    """The words of the mail that made a command."""
    return next((f.matched for f in because if f.effect.startswith("command=")), "")


def outgoing(
    letter: Letter, text: tuple[str, str], about: tuple[int, str], mark: Postmark, seed: str
) -> OutgoingMail:
    """The letter as a mail to be queued: `text` is subject and body, `about` the case's number (0 for
    none) and sector, `seed` makes the mail's id its own.

    Automatic mail carries what RFC 3834 asks, so that no machine answers it, and our keyed loop
    header, so that we know it when it comes back.
    """
    policy, number, sector = mark.policy, about[0], mark.policy.sector(about[1])
    domain = sector.address.rpartition("@")[2]
    distinct = "\0".join((seed, letter.kind, letter.template, letter.to.address))
    nonce = sha256(distinct.encode("utf-8", "replace")).hexdigest()[:16]
    headers = [("Reply-To", sector.address)]
    if letter.answers:
        headers.append(("In-Reply-To", f"<{letter.answers}>"))
    # Relays that rewrite our Message-ID leave References alone: one of ours stands there always.
    anchor = f"<{reference.message_id(number, '0', mark.secret, domain)}>"
    headers.append(("References", f"<{letter.answers}> {anchor}" if letter.answers else anchor))
    if letter.automatic:
        headers += automatic_headers(letter.kind, mark.secret)
    bounces = reference.bounce_address(policy.bounces, number, mark.secret) if policy.bounces else ""
    return OutgoingMail(
        id=nonce,
        kind=letter.kind,
        sender=policy.from_address(sector),
        to=letter.to,
        envelope=bounces if letter.automatic else sector.address,
        subject=text[0],
        body=text[1],
        message_id=reference.message_id(number, nonce, mark.secret, domain),
        headers=tuple(headers),
        queued_at=mark.now,
        attempts=0,
        next_at=mark.now,
    )


def automatic_headers(kind: str, secret: bytes) -> list[tuple[str, str]]:
    """What tells machines that a machine wrote this (RFC 3834; notices are no replies)."""
    return [
        ("Auto-Submitted", "auto-generated" if kind == "notice" else "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Helpdeskctl-Loop", reference.loop_mark(secret)),
    ]
