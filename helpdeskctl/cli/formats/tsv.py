"""Lines for pipes: tab-separated, uncut, no colour, no heading (behaviour.md §9)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from helpdeskctl.cli.formats import json
from helpdeskctl.cli.formats.cleaning import one_line, paragraphs
from helpdeskctl.domain.brief import columns
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.transitions import marks_at


def line(values: Iterable[object]) -> str:
    """One line; what a mail wrote can neither end it nor add a column."""
    return "\t".join("" if value is None else one_line(str(value)) for value in values)


def case(case: Case, now: datetime) -> str:
    """number, status, urgency, sector, owner, customer, subject, opened_at, due_at, marks."""
    return line((*columns(case), ",".join(marks_at(case, now))))


def whole_case(case: Case, texts: list[json.Texts], now: datetime) -> Iterator[str]:
    """A case whole, one fact, event, mail, attachment or line of text on each line, its name first."""
    facts = json.case(case, now)
    facts["requester"] = case.requester.address
    facts["contract"] = f"{case.contract.number} {case.contract.state}" if case.contract else ""
    facts["related"] = ",".join(f"{r.number} {r.why}" for r in case.related)
    for name, value in facts.items():
        yield line((name, ",".join(value) if isinstance(value, list) else value))
    for event in case.history:
        why = "; ".join(f"{f.effect} {f.rule} {f.field} {f.matched}" for f in event.because)
        yield line(("history", json.time(event.at), event.by, event.event, event.note, why))
    for mail, said in zip(case.messages, texts, strict=True):
        yield line(
            ("mail", json.time(mail.arrived_at), mail.kind, mail.sender.address, mail.subject, said.path)
        )
        for attachment in mail.attachments:
            yield line(("attachment", attachment.name, attachment.type, attachment.size, attachment.sha256))
        for written in paragraphs(said.text).splitlines():
            yield line(("text", written))
