"""One mail beside the desk that reads it: who speaks, to whom, with which words and rights.

The predicates of the decision's table are asked of this value; it decides nothing itself.
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from helpdeskctl.domain import reference, registry
from helpdeskctl.domain.authentication import verdict
from helpdeskctl.domain.automatic import by_machine
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.context import Context
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.folding import Folded, fold, folded, words_at
from helpdeskctl.domain.mail_commands import COMMANDS, MailCommand
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.patterns import lazily
from helpdeskctl.domain.rules import Rule, View, hits, occurrences, view
from helpdeskctl.domain.settings import Policy

# What may stand beside a bare command without saying anything ("Caso chiuso, grazie").
_FILLER = frozenset(
    """
    a al alla anche ancora avete buona buonasera buongiorno caro case caso cortesemente cordiali cortesia da
    del della di e favore gentilmente giornata grazie i il in la lo mille n nr numero ok per please pratica
    prego puoi possiamo potete possibile questo richiesta saluti segnalazione si ticket tutto un vi the this
    thank thanks you
    """.split()
)
# One address in a header that the parser hands on as it stands; what surrounds it may be anything.
_ADDRESS = lazily(r"([^\s<>,;:\"()@]{1,200})@([^\s<>,;:\"()@]{1,250})")
# What a person does on a case; a mail system that returned something does not belong to it for that.
_TAKES_PART = frozenset({"request", "follow_up"})


class CommandSeen(NamedTuple):
    """A command that the subject gives, with the words that gave it."""

    command: MailCommand
    finding: Finding


class Situation(NamedTuple):
    """What follows at once from mail, policy and context.

    `sender` is who speaks; `indirect` tells that a group or shared mailbox stood in between (no
    commands then). `to_desk` are the desk addresses it was sent to. `cited` are the case numbers in
    the subject. `trusted` marks a sender treated as a person whatever the headers say.
    """

    message: Message
    policy: Policy
    context: Context
    sender: Address
    indirect: bool
    trusted: bool
    to_desk: tuple[str, ...]
    to_staff: tuple[str, ...]
    cited: tuple[int, ...]
    seen: View

    @property
    def staff(self) -> bool:
        """Whether the sender is one of ours, as far as an address can tell."""
        return is_staff(self.sender.address, self.policy)

    @property
    def verdict(self) -> str:
        """What the trusted server found about the sender: pass, fail or none."""
        return verdict(self.message, self.policy.authserv_id)

    @property
    def automatic(self) -> Finding | None:
        """What makes the mail a machine's, or None for a person's."""
        if self.trusted:
            return None
        return by_machine(self.message, self.sender, self.context.customer, own_domains(self.policy))

    def belongs(self, case: Case) -> bool:
        """Whether the sender may speak about the case: by address and domain alone (behaviour.md §5)."""
        address = self.sender.address.lower()
        # A mail without sender is nobody's, also where the case's own mail had none.
        if not address:
            return False
        if self.staff or address == case.requester.address.lower():
            return True
        customer = self.context.customer
        if customer and customer.name == case.customer and not case.customer_by_contract:
            return True
        taken_part = (m for m in case.messages if m.kind in _TAKES_PART and not m.stranger)
        return any(m.sender.address.lower() == address for m in taken_part)

    def command(self, own_subject: str) -> CommandSeen | None:
        """The command that the subject adds to the case's own; "riaprire" outranks "chiuso"."""
        for command in COMMANDS:
            for rule in self.policy.rules:
                if rule.command == command.name and (
                    finding := added(rule, self.message.subject, own_subject)
                ):
                    return CommandSeen(command, finding)
        return None

    def bare_command(self) -> bool:
        """Whether the subject holds nothing but commands, numbers and filler."""
        return not content_words(self.message.subject, self.policy.rules)


def situation(message: Message, policy: Policy, context: Context) -> Situation:
    """The mail beside its desk."""
    desk = desk_addresses(policy)
    sender, indirect = speaker(message, desk)
    mailbox = set(policy.desk.mailbox)
    enveloped = tuple(a.lower() for a in message.envelope_recipients if a.lower() not in mailbox)
    written = tuple(a.lower() for a in message.recipients if a.lower() not in mailbox)
    to_desk = tuple(a for a in enveloped if a in desk) or tuple(a for a in written if a in desk)
    everyone = (*enveloped, *written)
    return Situation(
        message=message,
        policy=policy,
        context=context,
        sender=sender,
        indirect=indirect,
        trusted=sender.address.lower() in policy.trusted,
        to_desk=to_desk,
        to_staff=tuple(a for a in everyone if is_staff(a, policy)),
        cited=reference.cited_numbers(message.subject),
        seen=view(message.subject, message.text, sender, everyone, (a.name for a in message.attachments)),
    )


def desk_addresses(policy: Policy) -> frozenset[str]:
    """The intake addresses and each sector's, in lower case."""
    return frozenset((*policy.desk.intake, *(sector.address for sector in policy.sectors)))


def is_staff(address: str, policy: Policy) -> bool:
    """A technician's address or one of the staff patterns; a desk address never is."""
    address = address.lower()
    ours = any(address == t.address.lower() for t in policy.technicians) or any(
        fnmatchcase(address, pattern.lower()) for pattern in policy.desk.staff
    )
    return ours and address not in desk_addresses(policy)


def speaker(message: Message, desk: frozenset[str]) -> tuple[Address, bool]:
    """Who speaks, and whether a group or shared mailbox stood in between (behaviour.md §3)."""
    if message.sender.address.lower() not in desk:
        return message.sender, False
    for header in ("x-original-from", "x-original-sender"):
        said = message.header(header)[:1000]
        if original := _ADDRESS().search(said):
            name = said[: original.start()].strip(' "<')
            return Address(name, f"{original[1]}@{original[2].lower()}"), True
    if len(message.reply_to) == 1 and message.reply_to[0].address.lower() not in desk:
        return message.reply_to[0], True
    return message.sender, True


def own_domains(policy: Policy) -> Iterator[str]:
    """The mail domains of the desk's own addresses."""
    for address in desk_addresses(policy):
        yield address.rpartition("@")[2]


def added(rule: Rule, subject: str, own_subject: str) -> Finding | None:
    """A finding if a word of the rule occurs more often in the subject than in the case's own
    (behaviour.md §6)."""
    if "subject" not in rule.fields:
        return None
    bare = _bare(subject)
    # Most subjects have none of these words.
    if not any(True for _ in hits(rule, bare)):
        return None
    own = _bare(own_subject)
    for word in _words_of(rule):
        spans = list(occurrences(word, bare))
        if len(spans) > sum(1 for _ in occurrences(word, own)):
            return Finding(rule.name, "subject", words_at(bare, *spans[-1]), rule.effect)
    return None


@lru_cache(maxsize=16)
def _bare(subject: str) -> Folded:
    """The bare subject, folded once for all the rules that ask for it."""
    return folded(reference.bare_subject(subject))


@lru_cache(maxsize=64)
def _words_of(rule: Rule) -> tuple[Rule, ...]:
    """The rule for each of its patterns alone."""
    if rule.compiled:
        return tuple(rule._replace(compiled=(pattern,)) for pattern in rule.compiled)
    return tuple(rule._replace(patterns=(pattern,)) for pattern in rule.patterns)


def gives_command(message: Message, policy: Policy) -> bool:
    """Whether the subject holds a command and no case number: then candidates must be looked up."""
    if reference.cited_numbers(message.subject):
        return False
    return any(rule.command and added(rule, message.subject, "") for rule in policy.rules)


def excused(subject: str, rules: Iterable[Rule]) -> Finding | None:
    """A command word that an `unless` phrase made no command: what is then said in the answer."""
    bare = _bare(subject)
    for rule in rules:
        if rule.command and (spans := list(hits(rule, bare))):
            kept = set(occurrences(rule, bare))
            for span in spans:
                if span not in kept:
                    return Finding(rule.name, "subject", words_at(bare, *span), "no command")
    return None


def content_words(subject: str, rules: Iterable[Rule]) -> tuple[str, ...]:
    """What a subject says besides commands, case numbers and filler, as folded words."""
    rest = fold(reference.without_numbers(subject))
    commands = [rule for rule in rules if rule.command]
    return tuple(
        word
        for token in rest.replace("'", " ").split()
        if (word := "".join(c for c in token if c.isalnum()))
        and not word.isdigit()
        and word not in _FILLER
        and not any(True for rule in commands for _ in occurrences(rule, folded(word)))
    )


def candidates(
    cases: Iterable[Case], command: MailCommand, subject: str, rules: tuple[Rule, ...]
) -> tuple[Case, ...]:
    """The sender's cases that a command without a number means: those it could apply to now, and,
    where the subject says more than the command, only those with that very subject."""
    fitting = [case for case in cases if not command.already(case)]
    words = content_words(subject, rules)
    if words:
        fitting = [case for case in fitting if content_words(case.subject, rules) == words]
    return tuple(fitting)


def customer_name(case_customer: str, sender_customer: registry.Customer | None) -> str:
    """The customer a new case belongs to: the sender's, else the one its contract names."""
    return sender_customer.name if sender_customer else case_customer
