"""The words of the domain as technicians read them: statuses, marks, events, kinds, findings.

The domain names things once, in English; here each name becomes a word of the language spoken. JSON
and tab-separated lines keep the domain's names.
"""

from collections.abc import Iterable

from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import ContractCited, Status
from helpdeskctl.domain.events import Event, Finding
from helpdeskctl.domain.message import Address


def status_word(status: Status) -> str:
    """A status."""
    return {Status.open: _("open"), Status.suspended: _("suspended"), Status.closed: _("closed")}[status]


def mark_word(mark: str) -> str:
    """A mark; the same words stand in the documentation."""
    words = {
        "news": _("new mail"),
        "incomplete": _("incomplete"),
        "undelivered": _("undelivered"),
        "unsent": _("unsent"),
        "late": _("late"),
        "due_soon": _("due soon"),
        "stranger": _("stranger"),
        "drafting": _("being answered"),
        "encrypted": _("encrypted"),
    }
    return words[mark]


def event_word(event: str) -> str:
    """What happened to a case."""
    words = {
        "opened": _("opened"),
        "followed_up": _("new mail"),
        "command_noted": _("command not carried out"),
        "closed": _("closed"),
        "reopened": _("reopened"),
        "escalated": _("urgency raised"),
        "taken": _("taken"),
        "assigned": _("assigned"),
        "noted": _("note"),
        "suspended": _("suspended"),
        "resumed": _("resumed"),
        "replied": _("answered"),
        "changed": _("changed"),
        "merged": _("merged"),
        "mail_sent": _("mail sent"),
        "mail_refused": _("mail refused"),
        "mail_delayed": _("mail delayed"),
    }
    return words[event]


def note_words(event: Event) -> str:
    """What is noted beside an event: a person's words, a reason of ours, a mail and what was said of it."""
    note = event.note
    if event.event in {"mail_sent", "mail_refused", "mail_delayed"}:
        kind, comma, rest = note.partition(", ")
        note = mail_word(kind) + comma + rest
    elif note and event.event in {"command_noted", "followed_up"}:
        note = _(note)
    elif event.event == "changed":
        field, colon, rest = note.partition(": ")
        note = fact_word(field) + colon + rest
    return one_line(note)


def fact_word(fact: str) -> str:
    """A fact of a case that can be corrected."""
    words = {
        "sector": _("sector"),
        "urgency": _("urgency"),
        "customer": _("customer"),
        "contract": _("contract"),
        "requester": _("requester"),
        "subject": _("subject"),
    }
    return words.get(fact, fact)


def outcome_word(outcome: str) -> str:
    """What became of a mail."""
    words = {
        "opened": _("case opened"),
        "followed_up": _("added to its case"),
        "closed": _("case closed"),
        "reopened": _("case reopened"),
        "ignored": _("not considered"),
        "duplicate": _("delivered twice"),
        "held": _("held for a person to look at"),
    }
    return words[outcome]


def mail_word(kind: str) -> str:
    """What a mail is to its case."""
    words = {
        "request": _("request"),
        "follow_up": _("follow-up"),
        "automatic": _("automatic mail"),
        "bounce": _("bounce"),
        "reply": _("our answer"),
        "note": _("internal note"),
        "acknowledgement": _("acknowledgement"),
        "answer": _("automatic answer"),
        "notice": _("notice"),
        "closing": _("closing note"),
        "question": _("question"),
        "personal": _("notice about personal addresses"),
    }
    return words[kind]


def sending_word(state: str) -> str:
    """Where an outgoing mail stands."""
    return {"waiting": _("waiting"), "sent": _("sent"), "refused": _("refused")}[state]


def promise_words(state: str) -> str:
    """How the promise of a first action stands (`helpdeskctl.domain.proof`)."""
    words = {
        "kept": _("kept"),
        "missed": _("missed"),
        "running": _("the time is still running"),
        "late": _("missed, and nobody has acted yet"),
        "withdrawn": _("closed before anybody had to act"),
        "none": _("nothing was promised"),
    }
    return words[state]


def field_word(field: str) -> str:
    """A part of a mail; header names stay as they are."""
    words = {
        "subject": _("subject"),
        "body": _("text"),
        "sender": _("sender"),
        "recipient": _("recipient"),
        "attachment": _("attachment"),
        "references": _("references"),
        "arrival": _("time of arrival"),
        "report": _("delivery report"),
        "command": _("command"),
    }
    return words.get(field, field)


def effect_words(effect: str) -> str:
    """What follows from a finding: a pair such as `sector=tecnico`, or a word of the domain."""
    what, equals, value = effect.partition("=")
    pairs = {
        "sector": _("sector {value}"),
        "urgency": _("urgency {value}"),
        "command": _("command {value}"),
        "contract": _("contract {value}"),
        "tag": _("tag {value}"),
    }
    if equals:
        # A contract's state and a command are words of ours; the rest is the firm's own.
        return pairs[what].format(value=_(value) if what in {"contract", "command"} and value else value)
    return _(effect) if effect else ""


def contract_words(contract: ContractCited | None) -> str:
    """A contract number with its state."""
    if contract is None:
        return ""
    return f"{one_line(contract.number)} ({_(contract.state)})"


def because_line(finding: Finding) -> str:
    """One finding as a sentence: what follows, by which rule, from which words where."""
    matched = f" «{one_line(finding.matched)}»" if finding.matched else ""
    field = f" ({field_word(finding.field)})" if finding.field else ""
    rule = f"{_(finding.rule)}{matched}{field}"
    effect = effect_words(finding.effect)
    return f"{effect} ← {rule}" if effect else rule


def reason_words(reason: str, facts: tuple[tuple[str, str], ...]) -> str:
    """Why a mail is held, ignored or not answered."""
    if not reason:
        return ""
    return one_line(_(reason).format(**dict(facts)) if facts else _(reason))


def person(address: Address) -> str:
    """Name and address on one line."""
    name, bare = one_line(address.name), one_line(address.address)
    return f"{name} <{bare}>" if name and bare else name or bare


def size_words(size: int) -> str:
    """A size as people read it."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def listed(words: Iterable[str]) -> str:
    """Words one after the other, with commas."""
    return ", ".join(words)


def domain_words() -> tuple[str, ...]:
    """Every word that the domain hands out and a technician reads: effects, rules, states, reasons.

    Nobody calls it but the test that finds each of them in the catalogue.
    """
    return (
        # effects
        _("no command"), _("no answer"), _("incomplete"), _("follow-up"), _("held"), _("ignored"),
        _("undelivered"), _("recorded"), _("not covered"), _("automatic answer"), _("automatic mail"),
        # states of a contract, commands
        _("valid"), _("expired"), _("unknown"), _("foreign"), _("close"), _("reopen"),
        # what found it
        _("sector address"), _("default sector"), _("minimum requirements"), _("contract"),
        _("Message-ID"), _("case number"), _("the only case it can mean"),
        _("same Message-ID, sender and date"), _("Message-ID of ours"), _("loop header of ours"),
        _("spam flag"), _("bounce"), _("sent to the bounce address"), _("personal address"),
        _("mail of cron"), _("report"), _("auto-submitted"), _("autoresponder"), _("precedence"),
        _("subject of an automatic answer"), _("mailing list"), _("null return path"),
        _("robot address"), _("suppressed"), _("no sender address"), _("sent by a desk address"),
        _("older than five days"), _("sender verification failed"),
        # lines of the table
        _("known"), _("repeated"), _("own mail"), _("spam"), _("personal"), _("cron"), _("names a case"),
        _("new"), _("unreadable"),
        # why a case is related
        _("cited"), _("earlier"), _("merged"),
        # reasons
        _("bounce of a mail that belongs to no case"), _("the same mail was delivered before"),
        _("it names several cases"), _("over the limit of automatic mail"),
        _("an earlier run could not write down whether it was sent"), _("already so"),
        _("automatic mail gives no commands"),
        _("it came through a group address"), _("the certified envelope is marked as faulty"),
        _("the certified envelope names another sender"), _("the sender could not be verified"),
        _("the certified mail's provider is not known"), _("a staff address alone proves nothing"),
    )  # fmt: skip
