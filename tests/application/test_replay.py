"""A replay: two readings of each mail, parsed once where both have the same limits."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from helpdeskctl.application.replay import Replayed, Under, replay
from helpdeskctl.application.stored_mail import Stored, stored_mails
from helpdeskctl.domain.case import Status, Urgency
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.message import Message
from tests.builders import ANNA, NOW, case, entry, message, policy, record
from tests.fakes import MemoryStore

Parsed = Message | UnreadableMailError | OSError


class Parse:
    """Gives the same for every mail, and counts."""

    def __init__(self, found: Parsed) -> None:
        self.found = found
        self.read = 0

    def __call__(self, mails: Iterable[tuple[str, datetime]]) -> Iterator[Parsed]:
        for _ in mails:
            self.read += 1
            yield self.found


OPENING = Stored("x", NOW, 7, None, "request")


def one(before: Parse, after: Parse, mail: Stored = OPENING) -> Replayed | OSError:
    [found] = replay([mail], Under(policy(), before), Under(policy(), after), MemoryStore().snapshot())
    return found


def test_under_one_parser_a_mail_is_parsed_once() -> None:
    parse = Parse(message("Mago4 fermo"))
    found = one(parse, parse)
    assert isinstance(found, Replayed)
    assert (parse.read, found.differing, found.after.sector) == (1, (), "gestionale")


def test_a_mail_over_one_s_limits_is_held_there() -> None:
    readable, over = Parse(message("Mago4 fermo")), Parse(UnreadableMailError("Too large."))
    found = one(readable, over)
    assert isinstance(found, Replayed)
    assert (found.before.outcome, found.after.outcome) == ("opened", "held")
    assert found.message is readable.found
    unread = one(over, over)
    assert isinstance(unread, Replayed)
    assert (unread.message, unread.differing) == (None, ())


def test_a_file_that_goes_meanwhile_is_told() -> None:
    gone = Parse(FileNotFoundError(2, "gone"))
    assert one(gone, gone) is gone.found
    assert one(Parse(message()), gone) is gone.found


def test_a_follow_up_is_read_as_if_its_case_were_open_and_nothing_known_of_it() -> None:
    store = MemoryStore()
    opening = message("Monitor spento")
    answer = message("R: [Caso #7] Monitor spento", message_id="2@cliente.example")
    closed = case(
        7, subject="Monitor spento", status=Status.closed, closed_at=NOW, urgency=Urgency.critico,
        messages=(record(opening), record(answer, "2", kind="follow_up", outcome="followed_up")),
    )  # fmt: skip
    store.cases[7] = closed
    store.ledger["a"] = entry("a")
    # What is told of a day has no mail.
    store.ledger["b"] = entry("b", path="")
    first, second, ignored = stored_mails(store)
    assert (first.number, first.case, first.kind) == (7, None, "request")
    assert second.case is not None
    assert (second.case.status, second.case.urgency) == (Status.open, Urgency.normale)
    assert (ignored.number, ignored.case) == (None, None)
    parse = Parse(message("R: [Caso #7] Monitor spento: URGENTE, chiudere", sender=ANNA))
    found = one(parse, parse, second)
    assert isinstance(found, Replayed)
    assert (found.after.outcome, found.after.command) == ("followed_up", "close")
