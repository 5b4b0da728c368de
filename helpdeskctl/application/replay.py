"""All stored mail decided under two configurations: what would be otherwise, with nothing written.

"Before" is what the present configuration makes of a mail, whatever technicians changed later. Both
decisions see the mail as the rules saw it when it came: its case open and nothing of what followed.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from helpdeskctl.application.looking_up import cited_and_known, registered_customer
from helpdeskctl.application.ports import ParseMails, Snapshot
from helpdeskctl.application.stored_mail import Stored, reread
from helpdeskctl.domain.case import ContractCited, Urgency
from helpdeskctl.domain.context import Context
from helpdeskctl.domain.decision import decide
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.reference import number_of
from helpdeskctl.domain.registry import Customer
from helpdeskctl.domain.rights import command_refused
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.situation import Situation, desk_addresses, situation, speaker


class Reading(NamedTuple):
    """What a configuration makes of a mail. `outcome` is opened, followed_up, ignored or held.

    Sector and tags are given to new cases; the urgency of a follow-up is what it raises its case to, None
    for nothing. `command` is the one that the subject gives and that its sender may give, whatever the
    case's state was.
    """

    outcome: str
    sector: str = ""
    urgency: Urgency | None = None
    command: str = ""
    contract: ContractCited | None = None
    tags: tuple[str, ...] = ()


class Replayed(NamedTuple):
    """One mail under both; `because` are the findings of the second. `message` is None where neither
    could read it."""

    mail: Stored
    message: Message | None
    before: Reading
    after: Reading
    because: tuple[Finding, ...]

    @property
    def differing(self) -> tuple[str, ...]:
        """The names of what differs."""
        return tuple(
            name for name in Reading._fields if getattr(self.before, name) != getattr(self.after, name)
        )


class Under(NamedTuple):
    """A configuration to decide under: its policy, and its parser, which keeps its limits."""

    policy: Policy
    parse: ParseMails


Readable = Message | UnreadableMailError
Read = Callable[[Stored, Readable], tuple[Reading, tuple[Finding, ...]]]


def replay(mails: list[Stored], before: Under, after: Under, store: Snapshot) -> Iterator[Replayed | OSError]:
    """Each mail under both configurations; for one whose file cannot be opened, why.

    Under the very same parser a mail is parsed once.
    """
    first_read, then_read = _reader(before.policy, store), _reader(after.policy, store)
    again = None if after.parse is before.parse else reread(mails, after.parse)
    for mail, message in reread(mails, before.parse):
        second = next(again)[1] if again else message
        if isinstance(message, OSError):
            yield message
        elif isinstance(second, OSError):
            yield second
        else:
            readable = next((found for found in (second, message) if isinstance(found, Message)), None)
            yield Replayed(mail, readable, first_read(mail, message)[0], *then_read(mail, second))


def _reader(policy: Policy, store: Snapshot) -> Read:
    """What makes a reading of a mail under that policy."""
    secret, desk = store.secret(), desk_addresses(policy)

    @lru_cache(10_000)
    def customer_of(address: str) -> Customer | None:
        return registered_customer(address, policy, store)

    def read(mail: Stored, message: Readable) -> tuple[Reading, tuple[Finding, ...]]:
        if isinstance(message, UnreadableMailError):
            return Reading("held"), ()
        context = Context(
            now=mail.arrived_at,
            secret=secret,
            referenced=mail.case,
            ours_itself=number_of(message.message_id, secret) is not None,
            customer=customer_of(speaker(message, desk)[0].address),
            contracts=cited_and_known(message, store),
            registry_empty=not store.has_registry(),
        )
        made = decide(message, policy, context)
        command = _command(situation(message, policy, context), mail.case.subject if mail.case else "")
        reading = Reading(
            # A command is told apart: whether it could be carried out hung on the case's state.
            "followed_up" if made.case is not None else made.outcome,
            made.sector,
            made.urgency,
            command if made.outcome != "ignored" else "",
            made.contract,
            made.tags,
        )
        return reading, made.because

    return read


def _command(here: Situation, own_subject: str) -> str:
    """The command that the subject gives, by somebody who may give one."""
    seen = here.command(own_subject)
    return seen.command.name if seen and not command_refused(here) else ""
