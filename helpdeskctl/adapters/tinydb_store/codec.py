"""Cases and ledger entries as JSON documents, and back: pure.

A document's keys are the values' field names; times are ISO 8601 with their offset.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from helpdeskctl.application.ports import LedgerEntry
from helpdeskctl.domain.case import (
    Case,
    ContractCited,
    MailRecord,
    OutgoingMail,
    Promise,
    Related,
    Status,
    Suspension,
    Urgency,
)
from helpdeskctl.domain.events import Event, Finding
from helpdeskctl.domain.message import Address, Attachment

T = TypeVar("T")
Document = dict[str, Any]


def encoded(value: Any) -> Any:
    """A value of the domain as JSON knows it."""
    if isinstance(value, tuple):
        if fields := getattr(value, "_fields", None):
            return {name: encoded(item) for name, item in zip(fields, value, strict=True)}
        return [encoded(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Urgency):
        return value.name
    return value.value if isinstance(value, Status) else value


def case(document: Mapping[str, Any]) -> Case:
    """The case of a document. Raises TypeError, ValueError, KeyError or AttributeError for a damaged one."""
    return _decoded(Case, document)


def entry(document: Mapping[str, Any]) -> LedgerEntry:
    """The ledger entry of a document; errors as for a case."""
    return _decoded(LedgerEntry, document)


def _decoded(kind: Callable[..., T], document: Mapping[str, Any]) -> T:
    convert = _CONVERT[kind]
    return kind(
        **{
            name: convert[name](value) if name in convert and value is not None else value
            for name, value in document.items()
        }
    )


def _one(kind: Callable[..., T]) -> Callable[[Any], T]:
    return lambda value: _decoded(kind, value)


def _several(kind: Callable[..., T]) -> Callable[[Any], tuple[T, ...]]:
    return lambda values: tuple(_decoded(kind, value) for value in values)


def _pairs(values: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in values)


_time = datetime.fromisoformat
# What is not named here stands in JSON as it is.
_CONVERT: Mapping[Any, Mapping[str, Callable[[Any], Any]]] = {
    Address: {},
    Attachment: {},
    ContractCited: {},
    Related: {},
    Finding: {},
    Suspension: {"since": _time, "until": _time},
    Promise: {"since": _time},
    Event: {"at": _time, "because": _several(Finding)},
    MailRecord: {"sender": _one(Address), "arrived_at": _time, "attachments": _several(Attachment)},
    OutgoingMail: {
        "sender": _one(Address),
        "to": _one(Address),
        "headers": _pairs,
        "queued_at": _time,
        "next_at": _time,
        "sent_at": _time,
    },
    LedgerEntry: {
        "sender": _one(Address),
        "arrived_at": _time,
        "read_at": _time,
        "because": _several(Finding),
        "outgoing": _several(OutgoingMail),
        "facts": _pairs,
    },
    Case: {
        "status": Status,
        "urgency": Urgency.__getitem__,
        "requester": _one(Address),
        "contract": _one(ContractCited),
        "tags": tuple,
        "opened_at": _time,
        "updated_at": _time,
        "waiting_since": _time,
        "due_at": _time,
        "responded_at": _time,
        "closed_at": _time,
        "marks": tuple,
        "related": _several(Related),
        "suspensions": _several(Suspension),
        "told": tuple,
        "messages": _several(MailRecord),
        "history": _several(Event),
        "outgoing": _several(OutgoingMail),
        "promises": _several(Promise),
    },
}
