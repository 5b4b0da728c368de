"""Which mails are due for what happened, to whom, with which facts and headers (behaviour.md §8)."""

from datetime import timedelta
from typing import Any

import pytest

from helpdeskctl.domain import answers, effects
from helpdeskctl.domain.answers import Letter, Postmark
from helpdeskctl.domain.case import Case, ContractCited, Related, Status, Urgency
from helpdeskctl.domain.decision import decide
from helpdeskctl.domain.message import Address, Attachment, Message
from helpdeskctl.domain.reference import bounced_number, loop_mark, number_of
from helpdeskctl.domain.registry import Contract
from helpdeskctl.domain.settings import Policy
from tests.builders import ANNA, NOW, ROSSI, SECRET, STRANGER, case, context, headers, message, policy, record

TURNO, ALTRO = "turno@projectpp.it", "altro@projectpp.it"


def notified() -> Policy:
    """Both sectors are told of their cases."""
    rules = policy()
    return rules._replace(sectors=tuple(s._replace(notify=(TURNO, ALTRO)) for s in rules.sectors))


def due(mail: Message, before: Case | None = None, rules: Policy | None = None, **known: Any) -> list[Letter]:
    """The letters that reading the mail calls for."""
    rules = rules or policy()
    found = context(**({"referenced": before} if before else {}), **known)
    told = decide(mail, rules, found)
    kept = effects.record_of(mail, told, "2", "mail/2")
    happened = (
        effects.about(told, kept, before, rules, NOW) if before else effects.opened(told, kept, 8, rules)
    )
    return list(answers.due(told, kept, happened, rules, found.registry_empty))


def facts(mail: Message, **known: Any) -> dict[str, Any]:
    """What the acknowledgement of a new case may tell."""
    (letter,) = due(mail, **known)
    assert letter.template == "acknowledgement"
    return dict(letter.facts)


def test_a_new_case_is_confirmed_with_its_number_and_sector() -> None:
    (letter,) = due(message("Mago4 URGENTE"))
    assert (letter.kind, letter.to, letter.automatic, letter.answers) == (
        "acknowledgement", ANNA, True, "1@cliente.example",
    )  # fmt: skip
    told = letter.facts
    assert (told["number"], told["token"]) == (8, "[Caso #8]")
    assert (told["sector"], told["sector_address"]) == ("Gestionale", "supporto.gestionale@projectpp.it")
    assert (told["urgency"], told["subject"], told["arrived"]) == ("urgente", "Mago4 URGENTE", NOW)


def test_nothing_of_the_mail_is_echoed_but_subject_and_file_names() -> None:
    files = (Attachment("schermata.png", "image/png", 3, "f"),)
    told = facts(message(text="parola segreta", attachments=files))
    assert told["attachments"] == ("schermata.png",)
    assert "segreta" not in repr(told)


@pytest.mark.parametrize(
    ("contracts", "registry_empty", "contract", "doubtful", "promised"),
    [
        ({"12": Contract("12", "Rossi", None, None)}, False, "12", "", True),
        ({"12": Contract("12", "Rossi", None, (NOW - timedelta(days=9)).date())}, False, "", "12", False),
        ({}, False, "", "12", False),
        # Where no contract is known at all, none can be doubted.
        ({}, True, "12", "", False),
    ],
)
def test_a_time_is_promised_only_under_a_valid_contract(
    contracts: dict[str, Contract], registry_empty: bool, contract: str, doubtful: str, promised: bool
) -> None:
    told = facts(message(text="Contratto: 12"), contracts=contracts, registry_empty=registry_empty)
    assert (told["contract"], told["contract_doubtful"]) == (contract, doubtful)
    assert bool(told["due"]) is promised


def test_whose_contract_a_number_is_is_never_told() -> None:
    contracts = {"12": Contract("12", "Officine Rossi", None, None)}
    told = facts(message(text="Contratto: 12"), contracts=contracts, registry_empty=False)
    assert "Rossi" not in repr(told)


def test_what_was_missing_or_misunderstood_is_said() -> None:
    told = facts(message("aiuto", text=""))
    assert (told["subject_lacking"], told["text_lacking"]) == ("1", "1")
    told = facts(message("Problema emissione fatture", text="chiamateci"))
    assert (told["subject_lacking"], told["text_lacking"]) == ("", "1")
    told = facts(message("Impossibile chiudere il bilancio"))
    assert (told["not_command"], told["text_lacking"], told["cited"]) == ("chiudere", "", "")
    assert facts(message("caso 99"))["cited"] == "#99"
    told = facts(message("chiudere"), candidates=(case(7), case(9)))
    assert [one.partition(" S")[0] for one in told["choices"]] == ["[Caso #7]", "[Caso #9]"]


def test_an_old_case_of_the_senders_own_is_related_and_not_called_unknown() -> None:
    old = case(7, status=Status.closed, closed_at=NOW - timedelta(days=40))
    assert facts(message("caso 7 ancora"), numbered=(old,))["cited"] == ""


@pytest.mark.parametrize(
    ("subject", "before", "template", "understood"),
    [
        ("chiudere", case(7), "closed", "chiudere"),
        ("RIAPRIRE il caso chiuso", case(7, status=Status.closed), "reopened", "RIAPRIRE"),
        ("chiuso", case(7, status=Status.closed), "already_closed", "chiuso"),
        ("grazie", case(7, status=Status.closed), "closed_follow_up", ""),
    ],
)
def test_an_answer_tells_what_was_understood(
    subject: str, before: Case, template: str, understood: str
) -> None:
    (letter,) = due(message(subject, message_id="2@cliente.example"), before)
    assert (letter.kind, letter.template, letter.to) == ("answer", template, ANNA)
    assert letter.answers == "2@cliente.example"
    assert letter.facts["understood"] == understood


def test_an_answer_goes_to_who_wrote_and_not_to_the_requester() -> None:
    joined = case(7, messages=(record(message(sender=STRANGER), kind="follow_up"),))
    (letter,) = due(message("chiudere", sender=STRANGER), joined)
    assert letter.to == STRANGER


# --- notices ---


def to_whom(letters: list[Letter]) -> list[str]:
    return [letter.to.address for letter in letters if letter.kind == "notice"]


def test_the_sector_is_told_of_what_is_new_to_it() -> None:
    letters = due(message("Mago4 URGENTE"), rules=notified())
    assert to_whom(letters) == [TURNO, ALTRO]
    told = letters[-1].facts
    assert (told["opened"], told["reopened"], told["followed_up"], told["escalated"]) == ("1", "", "", "")
    assert told["requester"] == ANNA.address
    assert letters[-1].automatic


@pytest.mark.parametrize(
    ("subject", "before", "told"),
    [
        ("ancora", case(7), {"followed_up": "1", "escalated": ""}),
        ("ora URGENTE", case(7), {"followed_up": "1", "escalated": "urgente"}),
        ("riaprire", case(7, status=Status.closed), {"reopened": "1", "followed_up": ""}),
    ],
)
def test_the_sector_is_told_what_happened(subject: str, before: Case, told: dict[str, str]) -> None:
    notice = next(letter for letter in due(message(subject), before, notified()) if letter.kind == "notice")
    assert {name: notice.facts[name] for name in told} == told


def test_the_owner_is_told_too_and_nobody_twice() -> None:
    owned = case(7, owner="rossi")
    assert to_whom(due(message("ancora"), owned, notified())) == [TURNO, ALTRO, ROSSI.address]
    rules = notified()
    rules = rules._replace(sectors=tuple(s._replace(notify=(ROSSI.address,)) for s in rules.sectors))
    assert to_whom(due(message("ancora"), owned, rules)) == [ROSSI.address]


@pytest.mark.parametrize(
    "mail",
    [
        message("chiudere"),
        message("x", headers=headers(auto_submitted="auto-replied")),
        message("x", sender=Address("", ROSSI.address)),
    ],
    ids=["closed", "automatic", "staff"],
)
def test_what_needs_nobody_is_told_to_nobody(mail: Message) -> None:
    assert to_whom(due(mail, case(7), notified())) == []


def test_nobody_is_told_of_their_own_doing() -> None:
    own = case(7, requester=Address("", TURNO.upper()))
    mail = message("ancora", sender=Address("", TURNO.upper()))
    assert to_whom(due(mail, own, notified())) == [ALTRO]


def test_a_held_mail_is_told_to_the_default_sector() -> None:
    letters = answers.held_notices("0123456789", (STRANGER, "Offerta"), spam=True, policy=notified())
    assert [letter.to.address for letter in letters] == [TURNO, ALTRO]
    assert dict(letters[0].facts) | {"spam": "1", "from": STRANGER.address} == dict(letters[0].facts)
    unread = answers.held_notices("0123456789", (STRANGER, ""), spam=False, policy=notified())
    assert unread[0].facts["spam"] == ""


# --- technicians' mail ---


def test_a_technicians_mail_threads_under_the_requesters_latest() -> None:
    def kept(ident: str, **changes: Any) -> Any:
        return record(message(message_id=ident, **changes))

    messages = (
        kept("1@cliente.example"),
        kept("2@cliente.example", sender=Address("", ANNA.address.upper())),
        kept("3@altro.example", sender=STRANGER),
        kept("", digest="d"),
    )
    [letter] = answers.to_requester(case(7, messages=messages), "question", "Quale?", policy())
    assert (letter.kind, letter.answers, letter.automatic) == ("question", "2@cliente.example", False)
    assert letter.facts["note"] == "Quale?"
    [first] = answers.to_requester(case(7, messages=()), "question", "", policy())
    assert first.answers == ""
    assert answers.to_requester(case(7, requester=Address("", "")), "question", "", policy()) == ()


# --- as mail ---

MARK = Postmark(policy(), SECRET, NOW)


def as_mail(letter: Letter, mark: Postmark = MARK, seed: str = "k") -> Any:
    return answers.outgoing(letter, ("Oggetto", "Testo\n"), (7, "tecnico"), mark, seed)


def test_automatic_mail_says_so_and_comes_back_to_nobody() -> None:
    mail = as_mail(Letter("acknowledgement", "acknowledgement", ANNA, {}, answers="1@cliente.example"))
    told = dict(mail.headers)
    assert told["Auto-Submitted"] == "auto-replied"
    assert told["X-Auto-Response-Suppress"] == "All"
    assert told["X-Helpdeskctl-Loop"] == loop_mark(SECRET)
    assert (told["Reply-To"], told["In-Reply-To"]) == ("supporto.tecnico@projectpp.it", "<1@cliente.example>")
    assert mail.sender.address == "supporto.tecnico@projectpp.it"
    assert mail.envelope == ""
    notice = as_mail(Letter("notice", "notice", Address("", TURNO), {}))
    assert dict(notice.headers)["Auto-Submitted"] == "auto-generated"
    assert "In-Reply-To" not in dict(notice.headers)


def test_a_technicians_mail_has_no_header_of_a_machine_and_comes_back_to_the_sector() -> None:
    mail = as_mail(Letter("closing", "closed_by_technician", ANNA, {}, automatic=False))
    assert {name for name, _ in mail.headers} == {"Reply-To", "References"}
    assert mail.envelope == "supporto.tecnico@projectpp.it"


def test_every_mail_leads_back_to_its_case_by_message_id_and_by_references() -> None:
    for answered in ("", "1@cliente.example"):
        mail = as_mail(Letter("answer", "closed", ANNA, {}, answers=answered))
        assert number_of(mail.message_id, SECRET) == 7
        anchor = dict(mail.headers)["References"].split()[-1].strip("<>")
        assert number_of(anchor, SECRET) == 7


def test_bounces_come_back_to_the_address_set_for_them_and_tell_the_case() -> None:
    mark = MARK._replace(policy=policy(bounces="rimbalzi@projectpp.it"))
    mail = as_mail(Letter("answer", "closed", ANNA, {}), mark)
    assert mail.envelope.startswith("rimbalzi+7-")
    assert bounced_number(mail.envelope, SECRET) == 7


def test_the_same_cause_gives_the_same_mail_and_another_cause_another() -> None:
    letter = Letter("answer", "closed", ANNA, {})
    assert as_mail(letter) == as_mail(letter)
    others = [
        as_mail(letter, seed="l"),
        as_mail(letter._replace(to=STRANGER)),
        as_mail(letter._replace(kind="notice")),
    ]
    assert len({mail.id for mail in (as_mail(letter), *others)}) == 4
    # Made of whatever a Maildir key may hold.
    assert as_mail(letter, seed="\udce8").id


def test_what_a_case_is_tied_to_is_in_every_mail_about_it() -> None:
    told = answers.case_facts(
        case(
            7, urgency=Urgency.critico, contract=ContractCited("12", "valid"), related=(Related(5, "cited"),)
        ),
        policy(language="en"),
    )
    assert (told["token"], told["urgency"], told["desk"]) == ("[Case #7]", "critico", policy().desk.name)
    assert (told["contract"], told["due"]) == ("", "")
