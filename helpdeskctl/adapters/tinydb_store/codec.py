"""Cases and ledger entries as JSON documents, and back: pure.

A document's keys are the values' field names; times are ISO 8601 with their offset and come back in the
desk's zone. Keys it does not know are left alone, keys that have a default may lack. The decoders raise
KeyError, TypeError, ValueError or AttributeError for what is no such document.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from helpdeskctl.application.ports import LedgerEntry
from helpdeskctl.domain.case import (
    Case,
    ContractCited,
    Drafting,
    MailRecord,
    OutgoingMail,
    Promise,
    Related,
    Status,
    Suspension,
    Terms,
    Urgency,
    Work,
)
from helpdeskctl.domain.events import Event, Finding
from helpdeskctl.domain.message import Address, Attachment

_AS_IT_IS = frozenset({str, int, bool, type(None)})
_STATUSES = {status.value: status for status in Status}

Document = dict[str, Any]
Times = Callable[[str], datetime]
_Convert = Callable[[Any, Times], Any]


def encoded(value: Any) -> Any:
    """A value of the domain as JSON knows it."""
    if isinstance(value, tuple):
        # Most of what a case is made of stays as it is.
        items = [item if type(item) in _AS_IT_IS else encoded(item) for item in value]
        fields = getattr(value, "_fields", None)
        return dict(zip(fields, items, strict=True)) if fields else items
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Urgency):
        return value.name
    return value.value if isinstance(value, Status) else value


def times(zone: tzinfo) -> Times:
    """What reads a time into that zone; a time that was read already is remembered."""
    known: dict[str, datetime] = {}

    def at(text: str) -> datetime:
        if text not in known:
            known[text] = datetime.fromisoformat(text).astimezone(zone)
        return known[text]

    return at


def case(document: Mapping[str, Any], at: Times) -> Case:
    """The case of a document."""
    found: Case = _case(document, at)
    return found


def entry(document: Mapping[str, Any], at: Times) -> LedgerEntry:
    """The ledger entry of a document."""
    found: LedgerEntry = _entry(document, at)
    return found


def summary(document: Document) -> Document:
    """What a list shows of a case's document: no mails, no history, of its outgoing mail what waits.

    What most cases have in common is left out, for there may be ten thousand of them.
    """
    waiting = [
        mail | {"body": "", "headers": []} for mail in document["outgoing"] if mail["state"] == "waiting"
    ]
    shown = document | {"messages": [], "history": [], "outgoing": waiting}
    return {name: value for name, value in shown.items() if value != _COMMON_DOCUMENT.get(name)}


def summarized(document: Document, at: Times) -> Case:
    """The case of a summary."""
    values = list(_COMMON)
    for name, value in document.items():
        if name in _PLACES:
            place, convert = _PLACES[name]
            values[place] = convert(value, at) if convert else value
    return Case._make(values)


def _decoder(kind: Any, **convert: _Convert) -> _Convert:
    """What makes a value of that NamedTuple of a document; `convert` names the fields that JSON
    cannot hold as they are."""
    names: tuple[str, ...] = kind._fields
    defaults: Document = {name: encoded(value) for name, value in kind._field_defaults.items()}
    converted = [(names.index(name), one) for name, one in convert.items()]

    def decoded(document: Any, at: Times) -> Any:
        if defaults:
            document = defaults | document
        values = [document[name] for name in names]
        for place, one in converted:
            if values[place]:
                values[place] = one(values[place], at)
            elif values[place] is not None:
                values[place] = ()
        return kind._make(values)

    return decoded


def _several(one: _Convert) -> _Convert:
    return lambda values, at: tuple([one(value, at) for value in values])


def _tuple(values: Any, _at: Times) -> tuple[Any, ...]:
    return tuple(values)


def _time(text: Any, at: Times) -> datetime:
    return at(text)


def _address(document: Document, _at: Times) -> Address:
    return Address(document["name"], document["address"])


_findings = _several(_decoder(Finding))
_outgoing = _several(
    _decoder(
        OutgoingMail,
        sender=_address,
        to=_address,
        headers=_several(_tuple),
        queued_at=_time,
        next_at=_time,
        sent_at=_time,
    )
)
_entry = _decoder(
    LedgerEntry,
    sender=_address,
    arrived_at=_time,
    read_at=_time,
    because=_findings,
    outgoing=_outgoing,
    facts=_several(_tuple),
)
_CONVERT: dict[str, _Convert] = {
    "status": lambda word, _at: _STATUSES[word],
    "urgency": lambda word, _at: Urgency[word],
    "requester": _address,
    "contract": _decoder(ContractCited),
    "tags": _tuple,
    "opened_at": _time,
    "updated_at": _time,
    "waiting_since": _time,
    "due_at": _time,
    "responded_at": _time,
    "closed_at": _time,
    "marks": _tuple,
    "related": _several(_decoder(Related)),
    "suspensions": _several(_decoder(Suspension, since=_time, until=_time)),
    "told": _tuple,
    "messages": _several(
        _decoder(
            MailRecord,
            sender=_address,
            arrived_at=_time,
            attachments=_several(_decoder(Attachment)),
        )
    ),
    "history": _several(_decoder(Event, at=_time, because=_findings)),
    "outgoing": _outgoing,
    "promises": _several(_decoder(Promise, since=_time)),
    "terms": _decoder(Terms, respond=_several(_tuple)),
    "work": _several(_decoder(Work, at=_time)),
    "drafting": _decoder(Drafting, since=_time),
}
_case = _decoder(Case, **_CONVERT)

# A summary leaves out what it has in common with this case.
_COMMON = Case(
    number=0,
    status=Status.open,
    sector="",
    urgency=Urgency.normale,
    subject="",
    requester=Address("", ""),
    customer="",
    contract=None,
    owner="",
    tags=(),
    opened_at=datetime(1, 1, 1, tzinfo=UTC),
    updated_at=datetime(1, 1, 1, tzinfo=UTC),
    waiting_since=None,
    due_at=None,
    responded_at=None,
    closed_at=None,
    marks=(),
    related=(),
    suspensions=(),
    told=(),
    messages=(),
    history=(),
    outgoing=(),
)
_COMMON_DOCUMENT = encoded(_COMMON)
_PLACES = {name: (place, _CONVERT.get(name)) for place, name in enumerate(Case._fields)}
