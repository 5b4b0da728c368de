"""Customers and contracts: who belongs to whom, and what a contract number is worth (behaviour.md §5, §7).

By address and domain alone: a contract number in a mail never says who the sender is.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from helpdeskctl.domain.case import ContractCited, Terms
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.patterns import lazily

# Mailboxes anybody can open: sharing one of these domains makes nobody a colleague.
PUBLIC_DOMAINS = frozenset(
    """
    alice.it aliceposta.it aol.com arubapec.it email.it fastwebnet.it fastpiu.it gmail.com gmx.com gmx.de
    gmx.net googlemail.com hotmail.com hotmail.it icloud.com infinito.it inwind.it iol.it legalmail.it
    libero.it live.com live.it mac.com mail.com me.com msn.com outlook.com outlook.it pec.it pec.libero.it
    pecimprese.it poste.it postecert.it postacertificata.gov.it proton.me protonmail.com registerpec.it
    sicurezzapostale.it tim.it tin.it tiscali.it tiscalinet.it teletu.it vodafone.it virgilio.it yahoo.com
    yahoo.it ymail.com
    """.split()
)

_CONTRACT = lazily(
    r"(?<![^\W_])contr(?:atto|act)[\s*_\u200b\ufeff]{0,20}:[\s*_\u200b\ufeff]{0,20}"
    r"(?:n(?:\.?ro|r|um|umero)?(?:\s{0,5}[.\u00b0\u00ba]{1,2}\s{0,5}|\s{1,5}))?"
    r"([A-Za-z0-9][A-Za-z0-9./_-]{0,63})",
    re.IGNORECASE,
)


class Customer(NamedTuple):
    """A customer of the firm, known by its addresses and mail domains (all lower case)."""

    name: str
    addresses: tuple[str, ...]
    domains: tuple[str, ...]


class Contract(NamedTuple):
    """A contract: whose it is, from which to which day it is valid (both included, None: unbounded).

    `sectors` are those it covers (empty: all); `respond` the working minutes for each urgency by name,
    where they differ from the desk's; `calendar` is 24x7 or one that the configuration names, "" for
    the desk's own.
    """

    number: str
    customer: str
    valid_from: date | None
    valid_until: date | None
    sectors: tuple[str, ...] = ()
    respond: tuple[tuple[str, int], ...] = ()
    calendar: str = ""


class Registry(NamedTuple):
    """All that the firm knows of its customers."""

    customers: tuple[Customer, ...] = ()
    contracts: tuple[Contract, ...] = ()


def is_public(domain: str, providers: Iterable[str] = ()) -> bool:
    """Whether a mail domain belongs to everybody; `providers` are the PEC providers configured."""
    return not domain or domain in PUBLIC_DOMAINS or domain.startswith("pec.") or domain in providers


def is_of(customer: Customer | None, sender: Address, providers: Iterable[str] = ()) -> bool:
    """Whether the registry gives this address, or its domain, to the customer."""
    if customer is None:
        return False
    return sender.address.lower() in customer.addresses or (
        sender.domain in customer.domains and not is_public(sender.domain, providers)
    )


def cited_contracts(*texts: str) -> tuple[str, ...]:
    """The contract numbers of a mail's texts as written, in their order, each once."""
    found: dict[str, str] = {}
    for part in texts:
        if "contr" not in part.lower():
            continue
        for match in _CONTRACT().finditer(part):
            number = match[1].rstrip(".-/_")
            # A field left empty: what stands on the next line is another one's name.
            if "\n" in match[0] and not any(c.isdigit() for c in number):
                continue
            found.setdefault(number.casefold(), number)
    return tuple(found.values())


def contract_cited(
    numbers: Iterable[str], known: Mapping[str, Contract], sender_customer: str, today: date
) -> ContractCited | None:
    """The contract a case is tied to: the first that is valid, else the first written.

    `known` maps casefolded numbers to contracts; `sender_customer` is "" for an unknown sender.
    """
    judged = [
        ContractCited(number, _state(known.get(number.casefold()), sender_customer, today))
        for number in numbers
    ]
    valid = next((contract for contract in judged if contract.state == "valid"), None)
    # "Contratto: scaduto" names none; a number has a digit in it.
    likely = next((contract for contract in judged if any(c.isdigit() for c in contract.number)), None)
    return valid or likely or next(iter(judged), None)


def terms(cited: ContractCited | None, known: Mapping[str, Contract], sector: str) -> Terms:
    """What the contract promises a case of that sector: nothing unless it is valid and covers it."""
    contract = known.get(cited.number.casefold()) if cited and cited.state == "valid" else None
    if contract is None or (contract.sectors and sector not in contract.sectors):
        return Terms()
    return Terms(contract.number, contract.respond, contract.calendar)


def _state(contract: Contract | None, sender_customer: str, today: date) -> str:
    if contract is None:
        return "unknown"
    if sender_customer and sender_customer != contract.customer:
        return "foreign"
    begun = contract.valid_from is None or contract.valid_from <= today
    return "valid" if begun and (contract.valid_until is None or today <= contract.valid_until) else "expired"
