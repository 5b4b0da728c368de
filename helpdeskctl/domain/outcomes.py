"""The decision itself, and how each line of the table comes to one.

Pure functions from a `Situation` and what the line found to a `Decision`.
"""

from collections.abc import Mapping
from typing import NamedTuple

from helpdeskctl.domain import triage
from helpdeskctl.domain.case import Case, ContractCited, Related, Status, Terms, Urgency
from helpdeskctl.domain.completeness import incomplete
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.reference import cited_numbers
from helpdeskctl.domain.registry import terms
from helpdeskctl.domain.rights import command_refused, withheld_answer
from helpdeskctl.domain.rules import check
from helpdeskctl.domain.situation import (
    CommandSeen,
    Situation,
    candidates,
    customer_name,
    excused,
)

Because = tuple[Finding, ...]


class Decision(NamedTuple):
    """What will be done with one mail.

    `line` is the table's row; `sender` who speaks; `outcome` opened, followed_up, closed, reopened,
    ignored, duplicate or held; `case` the number (None for a new case and for none); `kind` what the
    mail is to its case. `command` is a command carried out; `noted` why one was read and not carried
    out. `terms` are what its contract promises the case.
    `acknowledge` tells that a new case is confirmed to its sender; `answer` names the automatic
    answer to anything else ("" for none). `urgency` is None where it stays as it is. `reason` is a
    sentence where the outcome needs one, with `facts` still to be filled in. `choices` are the cases a
    bare command could have meant.
    """

    outcome: str
    line: str = ""
    sender: Address = Address("", "")
    case: int | None = None
    kind: str = "follow_up"
    sector: str = ""
    urgency: Urgency | None = None
    command: str = ""
    noted: str = ""
    contract: ContractCited | None = None
    terms: Terms = Terms()
    customer: str = ""
    customer_by_contract: bool = False
    acknowledge: bool = False
    answer: str = ""
    because: Because = ()
    reason: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    marks: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    tags: tuple[str, ...] = ()
    choices: tuple[Case, ...] = ()


def resumed_or_duplicate(here: Situation, found: Because) -> Decision:
    """An interrupted run goes on with its first outcome; a second delivery is a duplicate."""
    known = here.context.known
    assert known is not None
    if known.same_delivery:
        return Decision(known.record.outcome, case=known.case.number, kind=known.record.kind, because=found)
    reason = "the same mail was delivered before"
    return Decision("duplicate", case=known.case.number, because=found, reason=reason)


def recorded_again(here: Situation, found: Because) -> Decision:
    """The same mail with another body, such as a list's footer: recorded, unanswered.

    What it repeats may have been a stranger's or a machine's, and is so again.
    """
    case = here.context.repeated
    assert case is not None
    marks = () if here.belongs(case) else ("stranger",)
    return Decision("followed_up", case=case.number, kind=_kind(here, case), because=found, marks=marks)


def ignored(_here: Situation, found: Because) -> Decision:
    """Not considered; the ledger and a folder keep it."""
    return Decision("ignored", because=found, reason=found[0].rule)


def personal(here: Situation, found: Because) -> Decision:
    """Not considered; its sender is told once a week how to open a case, where the firm wants that."""
    decision = ignored(here, found)
    if not here.policy.personal_reply or here.staff or here.context.noticed:
        return decision
    return decision if withheld_answer(here) else decision._replace(answer="personal")


def held(_here: Situation, found: Because) -> Decision:
    """A person has to look at it."""
    return Decision("held", because=found, reason=found[0].rule)


def unreadable(reason: str, facts: Mapping[str, object]) -> Decision:
    """For a mail that could not be read at all, or is over a limit."""
    told = tuple((name, str(value)) for name, value in facts.items())
    return Decision("held", line="unreadable", reason=reason, facts=told)


def bounced(here: Situation, found: Because) -> Decision:
    """A mail of ours did not arrive: recorded on its case, for a technician to call the customer."""
    case = here.context.returned or here.context.referenced
    if case is None:
        return Decision("ignored", because=found, reason="bounce of a mail that belongs to no case")
    return Decision("followed_up", case=case.number, kind="bounce", because=found, marks=("undelivered",))


def answered_by_machine(here: Situation, found: Because) -> Decision:
    """Recorded on the case it names, which it does not change; else ignored."""
    named_case = here.context.returned or here.context.referenced
    if named_case is None and (by_number := named(here)) and here.belongs(by_number[0]):
        named_case = by_number[0]
    if named_case is None:
        return Decision("ignored", because=found, reason=found[0].rule)
    return Decision("followed_up", case=named_case.number, kind="automatic", because=found)


def named(here: Situation) -> tuple[Case, Finding] | None:
    """The case a mail speaks of, with what named it: a Message-ID, else a number, else a bare command."""
    context = here.context
    if context.referenced:
        finding = Finding("Message-ID", "references", f"#{context.referenced.number}", "follow-up")
        return context.referenced, finding
    own = next((case for case in context.numbered if here.belongs(case)), None)
    if own:
        return own, Finding("case number", "subject", f"#{own.number}", "follow-up")
    seen = here.command("")
    if seen and not here.cited and not command_refused(here):
        fitting = _meant(here, seen)
        if len(fitting) == 1:
            return fitting[0], Finding("the only case it can mean", "command", f"#{fitting[0].number}", "")
    return None


def about_a_case(here: Situation, found: Because) -> Decision:
    """A follow-up or a command on a case that exists."""
    name = named(here)
    assert name is not None
    case, kind = name[0], _kind(here, name[0])
    news = ("news",) if kind == "follow_up" else ()
    if not here.belongs(case):
        return Decision("followed_up", case=case.number, kind=kind, because=found, marks=("stranger", *news))
    contract = (
        triage.contract(here, here.message.new_text) if kind == "follow_up" and not case.contract else None
    )
    because = (*found, *triage.tied(contract))
    base = Decision(
        "followed_up",
        case=case.number,
        kind=kind,
        because=because,
        contract=contract,
        terms=terms(contract, here.context.contracts, case.sector),
        marks=news,
    )
    if seen := here.command(case.subject):
        return _command(here, case, base, seen)
    if excuse := excused(here.message.subject, here.policy.rules):
        base = base._replace(because=(*base.because, excuse))
    return _answered(here, _raised(here, case, base), _follow_up_answer(here, case, kind))


def _command(here: Situation, case: Case, base: Decision, seen: CommandSeen) -> Decision:
    """A command carried out, or noted and why not."""
    base = base._replace(because=(*base.because, seen.finding))
    raised = _raised(here, case, base)
    # Counted as written: whether the others exist must not show.
    if {*here.cited} - {case.number, *cited_numbers(case.subject)}:
        return _answered(here, raised._replace(noted="it names several cases"), "several_numbers")
    if refused := command_refused(here):
        # A technician whose command was not obeyed must see that somewhere.
        marks = () if here.automatic else ("news",)
        return raised._replace(noted=refused, marks=marks)
    outcome = seen.command.outcome
    if seen.command.already(case):
        return _answered(here, raised._replace(noted="already so"), f"already_{outcome}")
    # What is closed presses nobody.
    obeyed = base if outcome == "closed" else raised
    return _answered(here, obeyed._replace(outcome=outcome, command=seen.command.name, marks=()), outcome)


def _raised(here: Situation, case: Case, base: Decision) -> Decision:
    """The decision with the urgency that the mail adds to its case."""
    urgency, finding = triage.added_urgency(here, case.subject)
    if base.kind != "follow_up" or finding is None or urgency <= case.urgency:
        return base
    return base._replace(urgency=urgency, because=(*base.because, finding))


def _meant(here: Situation, seen: CommandSeen) -> tuple[Case, ...]:
    """The cases that a command without a number could mean: of those the sender belongs to."""
    theirs = [case for case in here.context.candidates if here.belongs(case)]
    return candidates(theirs, seen.command, here.message.subject, here.policy.rules)


def _kind(here: Situation, case: Case) -> str:
    if here.automatic:
        return "automatic"
    if not here.staff or here.sender.address.lower() == case.requester.address.lower():
        return "follow_up"
    to_requester = case.requester.address.lower() in {a.lower() for a in here.message.recipients}
    return "reply" if to_requester and here.verdict != "fail" else "note"


def _follow_up_answer(here: Situation, case: Case, kind: str) -> str:
    """What a plain follow-up is told, once per case; a technician each time that nobody else got it."""
    if here.staff:
        return "internal_note" if kind == "note" else ""
    if case.status is Status.closed and "closed_follow_up" not in case.told:
        return "closed_follow_up"
    to_intake = any(address in here.policy.desk.intake for address in here.to_desk)
    return "intake_hint" if to_intake and "intake_hint" not in case.told else ""


def _answered(here: Situation, decision: Decision, answer: str) -> Decision:
    """The decision with its answer, unless none may go out; then with the reason."""
    withheld = withheld_answer(here) if answer else None
    if withheld:
        return decision._replace(reason=withheld.rule, because=(*decision.because, withheld))
    return decision._replace(answer=answer)


def opened(here: Situation, found: Because) -> Decision:
    """A new case: its sector, urgency, contract, customer, and whether it is confirmed."""
    message, policy, context = here.message, here.policy, here.context
    sector, by_sector = triage.sector(here)
    urgency, by_urgency = triage.urgency(here)
    contract = triage.contract(here, message.new_text, message.text)
    named_customer = context.contracts.get(contract.number.casefold()) if contract else None
    valid = bool(named_customer and contract and contract.state == "valid")
    promised = terms(contract, context.contracts, sector)
    tagged = [(rule, hit) for rule in policy.rules if rule.tag and (hit := check(rule, here.seen))]
    withheld = withheld_answer(here)
    seen = here.command("")
    choices: tuple[Case, ...] = ()
    if seen and here.bare_command() and not here.cited:
        choices = _meant(here, seen)
    lacking = None if here.automatic or message.encrypted else incomplete(message, policy.minimum)
    extra = tuple(f for f in (lacking, withheld, excused(message.subject, policy.rules)) if f)
    return Decision(
        "opened",
        kind="request",
        sector=sector,
        urgency=urgency,
        contract=contract,
        terms=promised,
        customer=customer_name(named_customer.customer if named_customer and valid else "", context.customer),
        customer_by_contract=valid and context.customer is None,
        acknowledge=withheld is None,
        reason=withheld.rule if withheld else "",
        because=(
            *found,
            *by_sector,
            *by_urgency,
            *triage.tied(contract),
            *triage.uncovered(contract, promised),
            *(hit for _, hit in tagged),
            *extra,
        ),
        marks=tuple(m for m, on in (("incomplete", lacking), ("encrypted", message.encrypted)) if on),
        related=_related(here),
        tags=tuple(dict.fromkeys(rule.tag for rule, _ in tagged)),
        choices=choices,
    )


def _related(here: Situation) -> tuple[Related, ...]:
    """The numbers cited: known or not, so that the answer betrays nothing."""
    own = {case.number for case in here.context.numbered if here.belongs(case)}
    return tuple(Related(number, "earlier" if number in own else "cited") for number in here.cited)
