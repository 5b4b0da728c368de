"""Large stores, made through the store's own transactions: `python -m benchmarks.filling STORE CASES OPEN`.

Run with the interpreter that is measured. Every case has its mail, its history and its requester, as if
it had come by mail; all but the last OPEN are closed.
"""

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks import mails
from helpdeskctl.adapters.tinydb_store import TinyDbStore
from helpdeskctl.domain.case import Case, MailRecord, Status
from helpdeskctl.domain.events import Event
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.transitions import new_case

_ROME = ZoneInfo("Europe/Rome")
_BEGUN = datetime(2026, 3, 2, 8, 0, tzinfo=_ROME)
_AT_ONCE = 2000


def example(number: int, is_open: bool) -> Case:
    """The case of that number."""
    at = _BEGUN + timedelta(seconds=7 * number)
    anna = Address("Anna Verdi", mails.address(number))
    record = MailRecord(
        key=f"{1_770_000_000 + number}.M{number}P1.prova",
        path=f"mail/{at:%Y-%m-%d}/{1_770_000_000 + number}.M{number}P1.prova",
        message_id=f"{number:08x}.passata@cliente.example",
        digest=f"{number:064x}",
        sender=anna,
        subject=mails.subject(number),
        date=at.isoformat(),
        arrived_at=at,
        kind="request",
        outcome="opened",
    )
    case = new_case(number, mails.subject(number), anna, "tecnico", at)._replace(
        messages=(record,),
        history=(Event(at, anna.address, "opened", ()),),
        due_at=at + timedelta(hours=8),
        customer=f"Cliente {number % 500}",
    )
    if is_open:
        return case
    closed = Event(at + timedelta(hours=2), "rossi", "closed", ())
    return case._replace(
        status=Status.closed, waiting_since=None, closed_at=closed.at, history=(*case.history, closed)
    )


def fill(path: str, cases: int, still_open: int) -> None:
    """A store of so many cases, the last ones open."""
    store = TinyDbStore(path, _ROME)
    for start in range(1, cases + 1, _AT_ONCE):
        with store.transaction() as writing:
            # Made with the first case: a store that has cases and no secret has lost it.
            writing.secret()
            for number in range(start, min(start + _AT_ONCE, cases + 1)):
                writing.put(example(number, is_open=number > cases - still_open))


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
