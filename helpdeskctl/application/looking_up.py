"""Everything a decision must know, read from the store beforehand: `Context` from a `Snapshot`."""

from datetime import datetime, timedelta
from typing import NamedTuple

from helpdeskctl.application.ports import Snapshot
from helpdeskctl.domain.case import Case, Status
from helpdeskctl.domain.context import Context, Known, same_mail, same_with_other_body
from helpdeskctl.domain.limits import WEEK, noticed_lately
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.reference import bounced_number, cited_numbers, number_of
from helpdeskctl.domain.registry import Contract, Customer, cited_contracts, is_public
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.situation import desk_addresses, gives_command, speaker

# A mail may list thousands of references; the latest ones are the ones that matter.
_REFERENCES = 50
# So many of a sender's newest cases can be meant by a command without a number.
_CANDIDATES = 50
# So many contract numbers of one mail are looked up.
_CONTRACTS = 50
_RECENTLY = timedelta(days=30)


class Asked(NamedTuple):
    """One mail and where it lies: `key` is its Maildir base name, "" where it has none (classify)."""

    message: Message
    key: str


def look_up(asked: Asked, policy: Policy, store: Snapshot, secret: bytes, now: datetime) -> Context:
    """The context of one mail (behaviour.md §4), under the store's lock when it is to be acted on."""
    message = asked.message
    sender, _indirect = speaker(message, desk_addresses(policy))
    customer = registered_customer(sender.address, policy, store)
    by_id = _cases(store, "message_id", message.message_id)
    # Compared by who speaks: one copy may have come directly, another through a group address.
    said = message._replace(sender=sender)
    by_number = [_going_on(store, number) for number in cited_numbers(message.subject)[:_REFERENCES]]
    ours = [
        n for reference in message.references[:_REFERENCES] if (n := number_of(reference, secret)) is not None
    ]
    return Context(
        now=now,
        secret=secret,
        known=_known(asked, by_id, store),
        repeated=next((c for c in by_id if any(same_with_other_body(m, said) for m in c.messages)), None),
        referenced=_referenced(message, ours, store),
        ours_referenced=bool(ours),
        ours_itself=number_of(message.message_id, secret) is not None,
        returned=_returned(message, secret, store),
        numbered=tuple(case for case in by_number if case),
        candidates=_candidates(message, (sender, customer), policy, store, now),
        customer=customer,
        contracts=cited_and_known(message, store),
        registry_empty=not store.has_registry(),
        noticed=policy.personal_reply and _noticed(sender.address, store, now),
    )


def _going_on(store: Snapshot, number: int) -> Case | None:
    """The case of that number, or the one that goes on instead of it."""
    case = store.case(number)
    # A chain is as long as the cases merged one after the other; each leads to an older transaction's.
    while case and case.merged_into:
        case = store.case(case.merged_into)
    return case


def _cases(store: Snapshot, kind: str, value: str) -> tuple[Case, ...]:
    numbers = store.numbers(kind, value) if value else ()
    return tuple(case for number in numbers if (case := store.case(number)))


def _known(asked: Asked, by_id: tuple[Case, ...], store: Snapshot) -> Known | None:
    """The case that holds this very mail; the same file before another delivery of it."""
    for case in _cases(store, "key", asked.key):
        for record in case.messages:
            if record.key == asked.key:
                return Known(case, record, same_delivery=True)
    for case in (*by_id, *_cases(store, "digest", asked.message.digest)):
        for record in case.messages:
            if same_mail(record, asked.message):
                return Known(case, record, same_delivery=False)
    return None


def _referenced(message: Message, ours: list[int], store: Snapshot) -> Case | None:
    """The case of the first of our Message-IDs, else of the first that a case holds."""
    for number in ours:
        if case := _going_on(store, number):
            return case
    for reference in message.references[:_REFERENCES]:
        for case in _cases(store, "message_id", reference):
            return case
    return None


def _returned(message: Message, secret: bytes, store: Snapshot) -> Case | None:
    """The case whose mail a bounce or receipt returns: by our Message-ID, else by the address it came to."""
    numbers = [number_of(message.report.original, secret)] if message.report else []
    numbers += [bounced_number(a, secret) for a in (*message.envelope_recipients, *message.recipients)]
    found = (_going_on(store, number) for number in numbers if number)
    return next((case for case in found if case), None)


def registered_customer(address: str, policy: Policy, store: Snapshot) -> Customer | None:
    """The customer of an address: by itself, else by a mail domain that is not everybody's."""
    if found := store.customer("address", address.lower()):
        return found
    domain = Address("", address).domain.lower()
    return None if is_public(domain, policy.pec_providers) else store.customer("domain", domain)


def cited_and_known(message: Message, store: Snapshot) -> dict[str, Contract]:
    """The contracts cited that exist, by casefolded number."""
    cited = cited_contracts(message.new_text, message.text)[:_CONTRACTS]
    found = {number.casefold(): store.contract(number) for number in cited}
    return {number: contract for number, contract in found.items() if contract}


def _noticed(address: str, store: Snapshot, now: datetime) -> bool:
    return noticed_lately(address, store.lately_sent(now - WEEK, address.lower()), now)


def _candidates(
    message: Message, who: tuple[Address, Customer | None], policy: Policy, store: Snapshot, now: datetime
) -> tuple[Case, ...]:
    """The sender's or its customer's cases that are open or were closed lately: only for a command
    without a number."""
    if not gives_command(message, policy):
        return ()
    sender, customer = who
    theirs = {*store.numbers("requester", sender.address.lower())}
    if customer:
        theirs |= {*store.numbers("customer", customer.name)}
    cases = (store.case(number) for number in sorted(theirs)[-_CANDIDATES:])
    return tuple(
        case
        for case in cases
        if case
        and (case.status is not Status.closed or (case.closed_at and now - case.closed_at <= _RECENTLY))
    )
