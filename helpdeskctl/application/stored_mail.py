"""Every mail that the store keeps, to be read again: those of cases, and those that belong to none."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from helpdeskctl.application.ports import CaseStore, ParseMails
from helpdeskctl.domain.case import Case, MailRecord, Status, Urgency
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.message import Message

# What a mail came to that was read and belongs to no case; a duplicate is the mail of a case already.
_NO_CASE = ("ignored", "held")


class Stored(NamedTuple):
    """A raw mail: its path, when it arrived, and the case that holds it (None for none).

    `case` is as it was for the rules: open, with no urgency and no contract of its own, and without the
    mail where that opened it. `kind` is what the mail is to its case.
    """

    path: str
    arrived_at: datetime
    number: int | None
    case: Case | None
    kind: str


# A mail read again, or why it could not be.
Reread = tuple[Stored, Message | UnreadableMailError | OSError]


def stored_mails(store: CaseStore) -> list[Stored]:
    """The mails of all cases by number, each in its order; then those of the ledger, oldest first."""
    found = [_of(case, mail, store) for case in store.all_cases() for mail in case.messages]
    entries = [entry for outcome in _NO_CASE for entry in store.entries(outcome)]
    found += [
        Stored(store.raw(entry.path), entry.arrived_at, None, None, "request")
        for entry in entries
        # A notice of ours has no mail that it answers.
        if entry.path
    ]
    return found


def reread(mails: list[Stored], parse: ParseMails) -> Iterator[Reread]:
    """Each mail, read again from its file."""
    parsed = parse((mail.path, mail.arrived_at) for mail in mails)
    return zip(mails, parsed, strict=True)


def _of(case: Case, mail: MailRecord, store: CaseStore) -> Stored:
    plain = None
    if mail.outcome != "opened":
        plain = case._replace(
            status=Status.open,
            urgency=Urgency.normale,
            contract=None,
            closed_at=None,
            history=(),
            outgoing=(),
        )
    return Stored(store.raw(mail.path), mail.arrived_at, case.number, plain, mail.kind)
