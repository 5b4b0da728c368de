"""A desk with years of made-up cases: for benchmarks, pictures, and tests of what is seen in a browser.

The same number always gives the same desk. Names are made up; addresses are of `.example`.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from helpdeskctl.application.ports import CaseStore
from helpdeskctl.domain import transitions
from helpdeskctl.domain.case import Case, ContractCited, Urgency, Work
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.registry import Contract, Customer, Registry
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.working_time import due
from tests.builders import outgoing

CUSTOMERS = (
    "Officine Rossi", "Cantina Bianchi", "Edil Verdi", "Trasporti Galli", "Weber Italia", "Panificio Aurora",
    "Studio Neri", "Farmacia del Ponte", "Agriturismo Le Querce", "Tipografia Moderna", "Legnami Alpini",
    "Ottica Centrale",
)  # fmt: skip
_PROBLEMS = (
    "Stampante etichette non in linea", "Mago4: errore in stampa DDT", "Posta elettronica ferma",
    "Backup notturno non riuscito", "Fattura elettronica scartata", "PC lento all'avvio", "VPN che cade",
    "Nuovo utente per il gestionale", "Schermata bianca in contabilità", "Lettore badge guasto",
)  # fmt: skip
_TECHNICIANS = ("rossi", "bianchi", "verdi")
_MINUTE = timedelta(minutes=1)


def cases(count: int, last: datetime, policy: Policy) -> Iterator[Case]:
    """So many cases, the last of them at `last`, over about two years; fewer in August."""
    chance = random.Random(7)
    step = timedelta(days=730) / count
    for number in range(1, count + 1):
        at = last - step * (count - number)
        if at.month == 8 and chance.random() < 0.5:
            at += timedelta(days=31)
        yield _case(number, min(at, last), last, policy, chance)


def fill(store: CaseStore, count: int, last: datetime, policy: Policy) -> None:
    """The desk's registry and cases put into a store."""
    registered = [Customer(name, (), (_domain(name),)) for name in CUSTOMERS]
    contracts = [
        Contract(f"2026/{place:03}", name, None, None) for place, name in enumerate(CUSTOMERS, start=1)
    ]
    store.replace_registry(Registry(tuple(registered), tuple(contracts)))
    for some in _batches(cases(count, last, policy), 2000):
        with store.transaction() as snapshot:
            for case in some:
                snapshot.put(case)


def _case(number: int, at: datetime, last: datetime, policy: Policy, chance: random.Random) -> Case:
    # Some customers write more than others.
    place = min(int(chance.expovariate(0.3)), len(CUSTOMERS) - 1)
    customer = CUSTOMERS[place]
    urgency = Urgency(chance.choices((0, 1, 2), (75, 20, 5))[0])
    problem = chance.choice(_PROBLEMS)
    sector = (
        "gestionale" if "Mago" in problem or "contabil" in problem or "gestionale" in problem else "tecnico"
    )
    person = Address("Anna Verdi", f"anna.verdi@{_domain(customer)}")
    case = transitions.new_case(number, problem, person, sector, at)._replace(
        urgency=urgency, customer=customer, contract=ContractCited(f"2026/{place + 1:03}", "valid")
    )
    case = transitions.opened(case, person.address, ()).case
    case = transitions.promised(case, at, policy.response.minutes(urgency), policy.calendar)
    # Now and then the mail system is out of order.
    slow = 4 if chance.random() < 0.02 else 1
    after = timedelta(seconds=round(chance.lognormvariate(1.5 * slow, 0.9)))
    mail = outgoing(f"{number:010}", to=person, body="", queued_at=at, next_at=at)
    case = transitions.with_outgoing(case, (mail._replace(state="sent", sent_at=at + after),))
    return _worked(case, last, policy, chance)


def _worked(case: Case, last: datetime, policy: Policy, chance: random.Random) -> Case:
    """Taken mostly in time, worked on, closed some days later; what lies after `last` is still to come."""
    login = chance.choice(_TECHNICIANS)
    allowed = policy.response.minutes(case.urgency)
    within = int(allowed * min(chance.lognormvariate(-1.2, 0.8), 3))
    taken = due(case.opened_at, within, policy.calendar) or last
    if taken > last:
        return case
    case = transitions.taken(case, login, taken).case
    work = Work(taken, login, chance.choice((15, 30, 45, 60, 90, 120)), chance.random() < 0.8)
    case = transitions.worked(case, work)
    closed = taken + chance.expovariate(0.2) * timedelta(days=1)
    if closed > last:
        return case
    case = transitions.closed(case, login, closed).case
    again = closed + timedelta(days=2)
    if chance.random() < 0.03 and again < last:
        case = transitions.reopened(case, case.requester.address, again).case
    return case


def _domain(customer: str) -> str:
    return f"{customer.lower().replace(' ', '')}.example"


def _batches(found: Iterator[Case], size: int) -> Iterator[list[Case]]:
    batch: list[Case] = []
    for one in found:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


LAST = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
