"""Every mail that the desk may write, about a made-up case: for who wants to see or replace a text."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from helpdeskctl.application.correspondence import written
from helpdeskctl.application.ports import Texts
from helpdeskctl.domain import answers, transitions
from helpdeskctl.domain.answers import Letter, Postmark
from helpdeskctl.domain.case import Case, ContractCited, MailRecord, OutgoingMail, Terms, Urgency
from helpdeskctl.domain.events import Event, Finding
from helpdeskctl.domain.message import Address, Attachment
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.settings import Policy

_REQUESTER = Address("Anna Verdi", "anna.verdi@rossi.example")


def previews(texts: Texts, policy: Policy, now: datetime) -> dict[str, OutgoingMail]:
    """The text's name → a mail made of it."""
    case = _case(policy, now)
    mark = Postmark(policy, b"preview", now)
    found: dict[str, OutgoingMail] = {}
    for letter in _letters(case, policy, now):
        [mail] = written([letter], (case.number, case.sector), mark, "preview", texts)
        found.setdefault(letter.template, mail)
    return dict(sorted(found.items()))


def _letters(case: Case, policy: Policy, now: datetime) -> Iterator[Letter]:
    record = case.messages[0]
    because = (Finding("minimum requirements", "text", "", "incomplete"),)
    decision = Decision("opened", because=because, acknowledge=True)
    yield answers.acknowledgement(decision, record, case, policy, registry_empty=False)
    several = answers.several((f"[Caso #7] {case.subject}", "[Caso #8] Monitor spento"), policy)
    yield Letter("acknowledgement", "acknowledgements", _REQUESTER, several)
    command = answers.case_facts(case, policy) | {"understood": "chiudere"}
    for template in ("closed", "reopened", "already_closed", "already_reopened", "closed_follow_up"):
        yield Letter("answer", template, _REQUESTER, command)
    for template in ("intake_hint", "internal_note", "several_numbers"):
        yield Letter("answer", template, _REQUESTER, answers.case_facts(case, policy))
    for template in ("closed_by_technician", "reopened_by_technician", "question"):
        yield from answers.to_requester(case, template, "…", policy)
    yield answers.reply(case, "…", "rossi", _REQUESTER, policy)
    # Whoever is told by mail in this configuration, the text is shown as one person would get it.
    told = policy._replace(sectors=tuple(s._replace(notify=("turno@rossi.example",)) for s in policy.sectors))
    yield from answers.notices(case, [Event(now, "", "opened")], told, besides="")
    yield from answers.held_notices("0123456789", (_REQUESTER, case.subject), spam=False, policy=told)
    yield from answers.daily_notices((f"0123456789 {_REQUESTER.address}: …",), (), told)
    yield answers.personal_notice(_REQUESTER, "", policy)


def _case(policy: Policy, now: datetime) -> Case:
    subject = "Problema emissione fatture"
    attached = (Attachment("schermata.png", "image/png", 48_213, "0" * 64),)
    arrived = now - timedelta(minutes=1)
    record = MailRecord(
        "1", "", "1@rossi.example", "", _REQUESTER, subject, "", arrived, "request", "opened", attached
    )
    case = transitions.new_case(7, subject, _REQUESTER, policy.default_sector.key, arrived)
    case = case._replace(
        urgency=Urgency.urgente,
        contract=ContractCited("2026/15", "valid"),
        terms=Terms("2026/15"),
        messages=(record,),
    )
    return transitions.promised(case, arrived, policy.response.urgente, policy.calendar)
