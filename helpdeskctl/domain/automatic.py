"""Mail that no person wrote: what it is, and whether it may be answered (behaviour.md §4, RFC 3834)."""

import re
from collections.abc import Iterable

from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.patterns import lazily
from helpdeskctl.domain.registry import Customer, is_of

# Subjects of vacation responders and read receipts, folded. Alone or before a colon: a customer whose
# out-of-office does not work writes about it, too.
_ANSWER_SUBJECTS = (
    "risposta automatica",
    "fuori sede",
    "fuori ufficio",
    "assente",
    "assenza",
    "assenza dall'ufficio",
    "assente dall'ufficio",
    "risponditore automatico",
    "notifica di assenza",
    "messaggio automatico",
    "messaggio di assenza",
    "assenza ufficio",
    "assente per ferie",
    "assenza per ferie",
    "in ferie",
    "ferie",
    "fuori dall'ufficio",
    "automatic reply",
    "automatic response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "out of office",
    "out of office autoreply",
    "out of office reply",
    "ooo",
    "vacation reply",
    "vacation message",
    "on vacation",
    "out of the office",
    "away from office",
    "away from the office",
    "autosvar",
    "automatische antwort",
    "abwesenheitsnotiz",
    "reponse automatique",
    "respuesta automatica",
    "letto",
    "letta",
    "read",
    "non letto",
    "not read",
    "conferma di lettura",
    "recapitato",
    "delivered",
)
_BULK = frozenset({"bulk", "junk", "list"})
_SUPPRESS = frozenset({"all", "autoreply", "oof"})
_ROBOTS = lazily(
    r"(?:mailer-daemon|postmaster|nobody|no[-_.]?reply|do[-_.]?not[-_.]?reply|non[-_.]?rispondere)(?:$|[+@])",
    re.IGNORECASE,
)


def automatic_answer(message: Message) -> Finding | None:
    """A machine's answer to a mail (out of office, receipts, delayed or delivered reports)."""
    if message.report is not None and message.report.kind != "failed":
        return Finding("report", "content-type", message.report.kind, "automatic answer")
    for name, said in (("auto-submitted", "auto-replied"), ("precedence", "auto_reply")):
        if _first_word(message.header(name)) == said:
            return Finding(name, name, said, "automatic answer")
    for name in ("x-autoreply", "x-autorespond"):
        if message.header(name) and _first_word(message.header(name)) != "no":
            return Finding("autoresponder", name, message.header(name)[:60], "automatic answer")
    phrase, colon, _ = fold(message.subject).partition(":")
    if phrase.strip().removesuffix(" re") in _ANSWER_SUBJECTS and (colon or len(phrase.split()) > 1):
        return Finding("subject of an automatic answer", "subject", phrase.strip(), "automatic answer")
    return None


def automatic_mail(message: Message) -> Finding | None:
    """Whether a machine sent it: Auto-Submitted, Precedence, List-*, the null Return-Path."""
    submitted = _first_word(message.header("auto-submitted"))
    if submitted not in {"", "no"}:
        return Finding("auto-submitted", "auto-submitted", submitted, "automatic mail")
    # Before the list's headers: a machine may write to a group address, too.
    if message.header("return-path").replace(" ", "") == "<>":
        return Finding("null return path", "return-path", "<>", "automatic mail")
    precedence = _first_word(message.header("precedence"))
    if precedence in _BULK:
        return Finding("precedence", "precedence", precedence, "automatic mail")
    for name in ("list-id", "list-post", "list-unsubscribe", "list-help"):
        if message.header(name):
            return Finding("mailing list", name, message.header(name)[:60], "automatic mail")
    return None


def by_machine(
    message: Message, sender: Address, customer: Customer | None, own_domains: Iterable[str]
) -> Finding | None:
    """What makes the mail a machine's; None for a person's, also one that came through a list.

    A list is only a group address in between where it is ours or the customer's own, or the sender is a
    registered customer; our own desk address may be one, and then every mail has its headers.
    """
    automatic = automatic_mail(message)
    if automatic and (automatic.rule == "mailing list" or automatic.matched == "list"):
        listed = _list_domain(message)
        theirs = customer.domains if customer else ()
        if is_of(customer, sender) or any(_within(listed, own) for own in (*own_domains, *theirs)):
            return None
    return automatic


def unanswerable(message: Message, sender: Address) -> Finding | None:
    """Why a person's or a machine's address gets no automatic answer, whoever wrote the mail."""
    robot = _ROBOTS().match(sender.address)
    if robot:
        return Finding("robot address", "from", robot[0].rstrip("@+"), "no answer")
    suppress = {word.strip().lower() for word in message.header("x-auto-response-suppress").split(",")}
    if suppress & _SUPPRESS:
        words = " ".join(sorted(suppress & _SUPPRESS))
        return Finding("suppressed", "x-auto-response-suppress", words, "no answer")
    return None


def _list_domain(message: Message) -> str:
    """The domain of a List-Id `<name.domain>` or List-Post `<mailto:name@domain>`."""
    posted = re.search(r"mailto:[^@>]{1,200}@([^>?\s]{1,200})", message.header("list-post"))
    if posted:
        return posted[1].lower()
    ident = re.search(r"<([^>]{1,300})>", message.header("list-id"))
    return ident[1].partition(".")[2].lower() if ident else ""


def _within(domain: str, other: str) -> bool:
    """Whether a mail domain is the other one, or a part of it: lists often have a host of their own."""
    return domain == other or domain.endswith("." + other)


def _first_word(value: str) -> str:
    """The value of a header without parameters and comments, in lower case."""
    # Most mail has none of these headers.
    return re.split(r"[;(\s]", value.strip(), maxsplit=1)[0].lower() if value else ""
