"""What a decision must know, read from a store beforehand (behaviour.md §2, §4, §5)."""

from datetime import timedelta
from typing import Any

import pytest

from helpdeskctl.application.looking_up import Asked, look_up
from helpdeskctl.domain.case import Case, Status
from helpdeskctl.domain.context import Context
from helpdeskctl.domain.message import Address, Message, Report
from helpdeskctl.domain.reference import bounce_address, message_id
from helpdeskctl.domain.registry import Contract, Customer, Registry
from tests.builders import (
    ANNA,
    INTAKE,
    NOW,
    SECRET,
    STRANGER,
    case,
    headers,
    message,
    numbers,
    outgoing,
    policy,
    record,
)
from tests.fakes import MemoryStore

ROSSI_SPA = Customer("Officine Rossi", ("capo@libero.it",), ("rossi.example", "libero.it"))
OURS = message_id(7, "0", SECRET, "projectpp.it")
DAY = timedelta(days=1)


def found(
    mail: Message, *cases: Case, key: str = "", registry: Registry | None = None, **rules: Any
) -> Context:
    store = MemoryStore()
    store.cases = {one.number: one for one in cases}
    store.registered = registry or Registry()
    return look_up(Asked(mail, key), policy(**rules), store.snapshot(), SECRET, NOW)


def of(context_case: Case | None) -> int | None:
    return context_case.number if context_case else None


# --- known already ---


def test_the_same_file_is_known_before_another_delivery_of_the_mail() -> None:
    mail = message()
    first, second = case(7, messages=(record(mail, "a"),)), case(8, messages=(record(mail, "b"),))
    known = found(mail, first, second, key="b").known
    assert known is not None and (known.case.number, known.same_delivery) == (8, True)
    known = found(mail, first, second, key="c").known
    assert known is not None and (known.case.number, known.same_delivery) == (7, False)


def test_a_file_is_known_whatever_is_read_from_it_now() -> None:
    held = case(7, messages=(record(message(), "a"),))
    known = found(message("Altro", message_id="9@cliente.example"), held, key="a").known
    assert known is not None and known.same_delivery
    assert known.record.key == "a"


def test_a_mail_without_message_id_is_known_by_its_digest() -> None:
    mail = message(message_id="")
    held = case(7, messages=(record(message("Altro", message_id=""), "x"), record(mail, "a")))
    known = found(mail, held).known
    assert known is not None and (known.record.key, known.same_delivery) == ("a", False)
    assert found(message("Un altro ancora", message_id=""), held).known is None


def test_message_id_and_digest_are_both_asked() -> None:
    held = case(7, messages=(record(message(), "a"),))
    assert found(message(message_id="9@cliente.example"), held).known is None
    assert found(message(digest="0" * 64), held).known is None


@pytest.mark.parametrize(
    ("mail", "repeats"),
    [
        (message(text="con un piè di pagina"), True),
        (message(text="altro", date="2026-11-25T09:58:00+01:00"), False),
        (message(text="altro", sender=STRANGER), False),
        (message(text="altro", message_id=""), False),
        # one copy directly, another through a group address that rewrites From
        (
            message(
                sender=Address("Anna", INTAKE), headers=headers(x_original_from=ANNA.address), text="piè"
            ),
            True,
        ),
    ],
)
def test_the_same_mail_with_another_body_is_found(mail: Message, repeats: bool) -> None:
    held = case(7, messages=(record(message(), "a"),))
    assert (of(found(mail, held).repeated) == 7) is repeats


# --- which case ---


@pytest.mark.parametrize(
    ("references", "case_found", "ours"),
    [
        ((OURS,), 7, True),
        (("x@y.example", OURS), 7, True),
        # ours before the customers', wherever they stand
        (("8@cliente.example", OURS), 7, True),
        (("8@cliente.example",), 8, False),
        (("x@y.example",), None, False),
        # of a case that there is not
        ((message_id(99, "0", SECRET, "projectpp.it"),), None, True),
        ((message_id(99, "0", SECRET, "projectpp.it"), "8@cliente.example"), 8, True),
        # a mail of ours about no case
        ((message_id(0, "0", SECRET, "projectpp.it"),), None, True),
        # made up
        ((message_id(7, "0", b"guessed", "projectpp.it"),), None, False),
        # more than anybody needs to read
        ((*(f"{n}@x.example" for n in range(50)), OURS), None, False),
    ],
)
def test_the_case_of_a_reference(references: tuple[str, ...], case_found: int | None, ours: bool) -> None:
    other = case(8, messages=(record(message(message_id="8@cliente.example"), "b"),))
    context = found(message(message_id="9@cliente.example", references=references), case(7), other)
    assert (of(context.referenced), context.ours_referenced) == (case_found, ours)


def test_our_own_mail_is_known_by_its_message_id() -> None:
    assert found(message(message_id=OURS)).ours_itself
    assert not found(message()).ours_itself


def test_an_empty_store_has_no_mail_of_its_own_whatever_somebody_made_up() -> None:
    # The key of a store that has none yet is known to everybody.
    mail = message(
        message_id=message_id(7, "0", b"", "projectpp.it"),
        references=(message_id(7, "1", b"", "projectpp.it"),),
        recipients=(bounce_address("rimbalzi@projectpp.it", 7, b""),),
    )
    store = MemoryStore()
    store.cases = {7: case(7)}
    context = look_up(Asked(mail, ""), policy(), store.snapshot(), b"", NOW)
    assert not context.ours_itself and not context.ours_referenced
    assert (context.referenced, context.returned) == (None, None)


def test_the_numbers_of_the_subject_that_exist_in_its_order() -> None:
    context = found(message("chiudere caso 9, caso 99 e caso 7"), case(7), case(8), case(9))
    assert numbers(context.numbered) == [9, 7]


@pytest.mark.parametrize(
    ("mail", "returned"),
    [
        (message(report=Report("failed", "", OURS, "")), 7),
        (message(report=Report("failed", "", "x@y.example", "")), None),
        (message(recipients=(bounce_address("rimbalzi@projectpp.it", 7, SECRET),)), 7),
        (message(envelope_recipients=(bounce_address("rimbalzi@projectpp.it", 7, SECRET),)), 7),
        (message(recipients=("rimbalzi+7-00000000000000000000@projectpp.it",)), None),
        (message(report=Report("failed", "", message_id(0, "0", SECRET, "projectpp.it"), "")), None),
        (message(), None),
    ],
)
def test_the_case_whose_mail_came_back(mail: Message, returned: int | None) -> None:
    assert of(found(mail, case(7)).returned) == returned


# --- who ---


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("luca@rossi.example", True),
        ("Luca@Rossi.Example", True),
        ("capo@libero.it", True),
        # a domain that is everybody's makes no colleagues, whoever wrote it into the registry
        ("altro@libero.it", False),
        ("luca@pec.rossi.example", False),
        ("luca", False),
        ("", False),
    ],
)
def test_a_customer_is_known_by_address_else_by_domain(address: str, known: bool) -> None:
    context = found(message(sender=Address("", address)), registry=Registry((ROSSI_SPA,)))
    assert (context.customer == ROSSI_SPA) is known
    assert not context.registry_empty


def test_a_providers_domain_makes_no_colleagues() -> None:
    mail = message(sender=Address("", "luca@rossi.example"))
    context = found(mail, registry=Registry((ROSSI_SPA,)), pec_providers=("rossi.example",))
    assert context.customer is None


def test_behind_a_group_address_the_customer_is_who_wrote() -> None:
    mail = message(sender=Address("", INTAKE), reply_to=(Address("", "luca@rossi.example"),))
    assert found(mail, registry=Registry((ROSSI_SPA,))).customer == ROSSI_SPA


def test_the_contracts_cited_that_exist() -> None:
    contract = Contract("A-12", "Officine Rossi", None, None)
    mail = message(text="Contratto: a-12\nContratto: 99")
    context = found(mail, registry=Registry((), (contract,)))
    assert context.contracts == {"a-12": contract}
    assert found(mail).registry_empty


def test_candidates_are_the_senders_and_its_customers_open_or_closed_lately() -> None:
    luca = Address("Luca", "luca@rossi.example")
    cases = (
        case(1, requester=luca),
        case(2, customer="Officine Rossi"),
        case(3),
        case(4, requester=luca, status=Status.closed, closed_at=NOW - 29 * DAY),
        case(5, requester=luca, status=Status.closed, closed_at=NOW - 31 * DAY),
        case(6, requester=luca, status=Status.suspended),
    )
    registry = Registry((ROSSI_SPA,))
    context = found(message("chiudere", sender=luca), *cases, registry=registry)
    assert numbers(context.candidates) == [1, 2, 4, 6]
    # Nobody looks for them where no command needs them.
    assert found(message("Stampante", sender=luca), *cases, registry=registry).candidates == ()
    assert found(message("chiudere caso 1", sender=luca), *cases, registry=registry).candidates == ()


def test_only_the_newest_candidates_are_read() -> None:
    context = found(message("chiudere"), *(case(n) for n in range(1, 61)))
    assert numbers(context.candidates) == list(range(11, 61))


@pytest.mark.parametrize(("days", "reply", "noticed"), [(1, True, True), (8, True, False), (1, False, False)])
def test_who_got_the_notice_lately_is_known(days: int, reply: bool, noticed: bool) -> None:
    sent = outgoing(kind="personal", state="sent", sent_at=NOW - days * DAY)
    context = found(message(), case(7, outgoing=(sent,)), personal_reply=reply)
    assert context.noticed is noticed
