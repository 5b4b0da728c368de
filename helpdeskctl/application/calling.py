"""A case for what did not come by mail, such as a telephone call: written down as a mail of the caller's.

From then on it is a case like any other; the same rules decide its sector, urgency and contract.
"""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from helpdeskctl.application.answering import Post
from helpdeskctl.application.desk import Desk, with_letters, writing
from helpdeskctl.application.looking_up import Asked, look_up
from helpdeskctl.application.ports import ParseMail, Snapshot
from helpdeskctl.domain import answers, effects, outcomes
from helpdeskctl.domain.case import Case, OutgoingMail, Urgency
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.registry import terms
from helpdeskctl.domain.situation import situation


class Call(NamedTuple):
    """What a caller said. None for sector and urgency lets the rules decide; `tell` confirms by mail."""

    caller: Address
    subject: str
    text: str
    sector: str | None = None
    urgency: Urgency | None = None
    tell: bool = True


def opened(call: Call, desk: Desk, post: Post, parse: ParseMail) -> Case:
    """The case of a call, confirmed to the caller where `call.tell`."""
    now = desk.clock()
    prepared = post.mailbox.prepare(post.compose(_as_mail(call, desk, now), now))
    with writing(desk) as store:
        message = parse(prepared.path, now)
        decision = _decision(call, message, desk, store, now)
        path = desk.store.keep(prepared.path, prepared.key, now)
        record = effects.record_of(message, decision, prepared.key, path)
        case = effects.opened(decision, record, store.next_number(), desk.policy, desk.by).case
        if call.tell and call.caller.address:
            empty = not store.has_registry()
            letter = answers.acknowledgement(decision, record, case, desk.policy, empty)
            case = with_letters(case, [letter], desk, store)
        store.put(case)
    post.mailbox.file_prepared(prepared, f"Cases.{now.astimezone(desk.policy.zone):%Y-%m}")
    return case


def _decision(call: Call, message: Message, desk: Desk, store: Snapshot, now: datetime) -> Decision:
    """What the rules make of it, but for what the technician said."""
    context = look_up(Asked(message, ""), desk.policy, store, store.secret(), now)
    decision = outcomes.opened(situation(message, desk.policy, context), ())
    because = [f for f in decision.because if not _overruled(f.effect, call)]
    sector = call.sector or decision.sector
    return decision._replace(
        sender=call.caller,
        because=tuple(because),
        sector=sector,
        terms=terms(decision.contract, context.contracts, sector),
        urgency=call.urgency if call.urgency is not None else decision.urgency,
        # A number that a caller names in passing is no case that this one has to do with.
        related=(),
        choices=(),
    )


def _overruled(effect: str, call: Call) -> bool:
    by_sector = call.sector is not None and effect.startswith("sector=")
    return by_sector or (call.urgency is not None and effect.startswith("urgency="))


def _as_mail(call: Call, desk: Desk, now: datetime) -> OutgoingMail:
    """What was said, as if the caller had written it to the intake address."""
    intake = desk.policy.desk.intake[0]
    said = "\0".join((now.isoformat(), call.caller.address, call.subject, call.text))
    ident = sha256(said.encode("utf-8", "replace")).hexdigest()[:20]
    return OutgoingMail(
        id=ident,
        kind="request",
        sender=call.caller,
        to=Address(desk.policy.desk.name, intake),
        envelope="",
        subject=call.subject,
        body=call.text,
        message_id=f"call.{ident}@{intake.rpartition('@')[2]}",
        headers=(),
        queued_at=now,
        attempts=0,
        next_at=now,
    )
