"""Where a mail goes and how it presses: sector, urgency, contract, each with what made it so. Pure."""

from helpdeskctl.domain import registry
from helpdeskctl.domain.case import ContractCited, Terms, Urgency
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.rules import check
from helpdeskctl.domain.situation import Situation, added


def sector(here: Situation) -> tuple[str, tuple[Finding, ...]]:
    """The sector address it was sent to, else the first rule that hits, else the default."""
    by_address = [s for s in here.policy.sectors if s.address in here.to_desk]
    if len(by_address) == 1:
        one = by_address[0]
        return one.key, (Finding("sector address", "recipient", one.address, f"sector={one.key}"),)
    for rule in here.policy.rules:
        if rule.sector and (hit := check(rule, here.seen)):
            return rule.sector, (hit,)
    key = here.policy.default_sector.key
    return key, (Finding("default sector", "", "", f"sector={key}"),)


def urgency(here: Situation) -> tuple[Urgency, tuple[Finding, ...]]:
    """The highest that hits; `normale` else."""
    hits = [(r.urgency, hit) for r in here.policy.rules if r.urgency and (hit := check(r, here.seen))]
    if not hits:
        return Urgency.normale, ()
    return max(urgency for urgency, _ in hits), tuple(hit for _, hit in hits)


def added_urgency(here: Situation, own_subject: str) -> tuple[Urgency, Finding | None]:
    """The highest that the subject adds to the case's own, with what made it; `normale` else."""
    highest: tuple[Urgency, Finding | None] = (Urgency.normale, None)
    for rule in here.policy.rules:
        if rule.urgency and rule.urgency > highest[0]:
            finding = added(rule, here.message.subject, own_subject)
            highest = (rule.urgency, finding) if finding else highest
    return highest


def contract(here: Situation, *texts: str) -> ContractCited | None:
    """The contract that the texts cite, earlier ones first, judged on the day of arrival."""
    context = here.context
    customer = context.customer.name if context.customer else ""
    today = here.message.arrived_at.astimezone(here.policy.zone).date()
    cited = registry.cited_contracts(*texts)
    return registry.contract_cited(cited, context.contracts, customer, today)


def uncovered(contract: ContractCited | None, terms: Terms) -> tuple[Finding, ...]:
    """Tells that a valid contract promises nothing here, because it is for other sectors."""
    if contract is None or contract.state != "valid" or terms.contract:
        return ()
    return (Finding("contract", "sector", contract.number, "not covered"),)


def tied(contract: ContractCited | None) -> tuple[Finding, ...]:
    """What ties a case to the contract."""
    return (Finding("contract", "body", contract.number, f"contract={contract.state}"),) if contract else ()
