"""What a technician corrects in a case: its facts, and that two cases are one problem."""

from typing import NamedTuple

from helpdeskctl.application.desk import Desk, existing, refuse_merged, writing
from helpdeskctl.application.ports import Snapshot
from helpdeskctl.domain import effects, transitions
from helpdeskctl.domain.case import Case, ContractCited, Terms, Urgency
from helpdeskctl.domain.errors import RefusedError
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.registry import contract_cited, terms


class Corrections(NamedTuple):
    """What is to be other than it is; None leaves a fact alone, "" takes it away."""

    sector: str | None = None
    urgency: Urgency | None = None
    customer: str | None = None
    contract: str | None = None
    requester: Address | None = None
    subject: str | None = None


def correct(number: int, desk: Desk, wanted: Corrections, why: str) -> Case:
    """The case with these facts, each with the reason in its history; what is due is reckoned anew
    from the arrival where urgency, sector or contract changed (behaviour.md §7)."""
    now = desk.clock()
    with writing(desk) as store:
        before = existing(store, number)
        _refuse_unknown(wanted, desk, store)
        case = _corrected(before, wanted, desk, store)
        facts = tuple(zip(_facts(before), _facts(case), strict=True))
        if all(old == new for (_, old), (_, new) in facts):
            raise RefusedError("Case #{number} is like that already: nothing was changed.", number=number)
        promised = (before.urgency, before.sector, before.contract) != (
            case.urgency,
            case.sector,
            case.contract,
        )
        if promised:
            case = effects.under(case, _terms(case, store), desk.policy)
        for (field, old), (_, new) in facts:
            if old != new:
                case = transitions.changed(case, field, (old, new), desk.by, now, why).case
        store.put(case)
    return case


def merge(number: int, into: int, desk: Desk) -> tuple[Case, Case]:
    """The first case closed, its mails and whoever writes about it handed over to the second."""
    now = desk.clock()
    with writing(desk) as store:
        case, goes_on = existing(store, number), existing(store, into)
        if number == into:
            raise RefusedError("A case cannot be merged into itself: nothing was changed.")
        refuse_merged(case)
        refuse_merged(goes_on)
        if case.customer and goes_on.customer and case.customer != goes_on.customer:
            # Who belongs to one would read the mail of the other.
            said = "Cases #{number} and #{into} are of two customers, {one} and {other}: nothing was changed."
            raise RefusedError(said, number=number, into=into, one=case.customer, other=goes_on.customer)
        ended, going_on = transitions.merged(case, goes_on, desk.by, now)
        calendar = desk.policy.calendar_of(ended.case.terms)
        done = transitions.with_due(ended.case, calendar)
        store.put(done)
        store.put(going_on.case)
    return done, going_on.case


def _refuse_unknown(wanted: Corrections, desk: Desk, store: Snapshot) -> None:
    keys = [sector.key for sector in desk.policy.sectors]
    if wanted.sector is not None and wanted.sector not in keys:
        said = "There is no sector {sector}: those of the configuration are {known}."
        raise RefusedError(said, sector=wanted.sector, known=", ".join(keys))
    if wanted.customer and store.has_registry():
        names = [one.name for one in desk.store.registry().customers]
        if wanted.customer not in names:
            said = "There is no customer {name}: `helpdeskctl customers list` shows all."
            raise RefusedError(said, name=wanted.customer)


def _corrected(case: Case, wanted: Corrections, desk: Desk, store: Snapshot) -> Case:
    if wanted.sector is not None:
        case = case._replace(sector=wanted.sector)
    if wanted.urgency is not None:
        case = case._replace(urgency=wanted.urgency)
    if wanted.customer is not None:
        # Said by a person of ours: no longer only what a number in a mail tells.
        case = case._replace(customer=wanted.customer, customer_by_contract=False)
    if wanted.requester is not None:
        case = case._replace(requester=wanted.requester)
    if wanted.subject is not None:
        case = case._replace(subject=wanted.subject)
    if wanted.contract is not None or (wanted.customer is not None and case.contract):
        number = wanted.contract if wanted.contract is not None else _number(case.contract)
        case = case._replace(contract=_cited(number, case, desk, store))
    return case


def _cited(number: str, case: Case, desk: Desk, store: Snapshot) -> ContractCited | None:
    """The contract as it stood on the day the case came."""
    if not number:
        return None
    found = store.contract(number)
    known = {number.casefold(): found} if found else {}
    day = case.opened_at.astimezone(desk.policy.zone).date()
    customer = "" if case.customer_by_contract else case.customer
    return contract_cited((number,), known, customer, day)


def _terms(case: Case, store: Snapshot) -> Terms:
    found = store.contract(case.contract.number) if case.contract else None
    known = {found.number.casefold(): found} if found else {}
    return terms(case.contract, known, case.sector)


def _number(contract: ContractCited | None) -> str:
    return contract.number if contract else ""


def _facts(case: Case) -> tuple[tuple[str, str], ...]:
    contract = f"{case.contract.number} {case.contract.state}" if case.contract else ""
    return (
        ("sector", case.sector),
        ("urgency", case.urgency.name),
        ("customer", case.customer),
        ("contract", contract),
        ("requester", case.requester.address),
        ("subject", case.subject),
    )
