"""A store in which mail waits: `python -m benchmarks.waiting STORE WAITING SENT`.

Run with the interpreter that is measured. So many acknowledgements wait, and so many were sent in the
last week; every twentieth is for somebody who is no customer's.
"""

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks import mails
from benchmarks.filling import example
from helpdeskctl.adapters.tinydb_store import TinyDbStore
from helpdeskctl.domain.case import Case, OutgoingMail
from helpdeskctl.domain.message import Address

_ROME = ZoneInfo("Europe/Rome")
_PEOPLE = 4000
_STRANGER = 20
_AT_ONCE = 2000


def answered(number: int, queued_at: datetime, is_sent: bool) -> Case:
    """The case of that number with its acknowledgement."""
    person = number % _PEOPLE
    domain = "altri.example" if person % _STRANGER == 0 else mails.DOMAINS[person % len(mails.DOMAINS)]
    mail = OutgoingMail(
        id=f"{number:016x}",
        kind="acknowledgement",
        message_id=f"{number:08x}.conferma@projectpp.it",
        sender=Address("Assistenza", "supporto.tecnico@projectpp.it"),
        to=Address("", f"persona{person}@{domain}"),
        subject=f"[Caso #{number}] {mails.subject(number)}",
        body="" if is_sent else mails.text(number),
        headers=(("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")),
        envelope="",
        queued_at=queued_at,
        attempts=int(is_sent),
        next_at=queued_at,
        state="sent" if is_sent else "waiting",
        sent_at=queued_at if is_sent else None,
    )
    return example(number, is_open=False)._replace(outgoing=(mail,))


def fill(path: str, waiting: int, sent: int) -> None:
    """First what was sent, then what waits."""
    store, now = TinyDbStore(path, _ROME), datetime.now(_ROME)
    week_ago = now - timedelta(days=7)
    for start in range(1, sent + waiting + 1, _AT_ONCE):
        with store.transaction() as writing:
            writing.secret()
            for number in range(start, min(start + _AT_ONCE, sent + waiting + 1)):
                at = week_ago + timedelta(days=7) * number / sent if number <= sent else now
                writing.put(answered(number, at, is_sent=number <= sent))


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
