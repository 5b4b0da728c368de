"""What the log says: a line a mail, and nothing that a mail could make of it."""

from datetime import timedelta

from helpdeskctl.application.ingest import Report
from helpdeskctl.application.logbook import failure, line, logged, logged_alone
from helpdeskctl.application.ports import Arrived
from helpdeskctl.domain.errors import MailboxError
from helpdeskctl.domain.outcomes import Decision
from tests.builders import NOW, message

OPENED = Decision("opened", case=7, sector="tecnico")


def report(key: str = "1795421000.M1P1.posta", message_id: str = "a@rossi.example") -> Report:
    return Report(Arrived(key, NOW), message(message_id=message_id, subject="Segreto aziendale"), OPENED)


def test_a_line_names_the_mail_its_outcome_and_its_case_but_not_what_it_says() -> None:
    told = line(report(), NOW, timedelta(milliseconds=12.4))
    assert told == (
        f"{NOW.isoformat(timespec='seconds')} mail key=1795421000.M1P1.posta id=a@rossi.example "
        "outcome=opened case=7 sector=tecnico ms=12"
    )


def test_a_mail_cannot_forge_a_line_or_a_value() -> None:
    told = line(report("1\n2026 mail", "x outcome=closed\r\n\x1b[31m\u202e" + "y" * 5000), NOW, timedelta())
    assert told.isascii() and told.isprintable()
    assert told.count("outcome=") == 2
    assert [word.partition("=")[0] for word in told.split(" ")[2:]] == [
        "key", "id", "outcome", "case", "sector", "ms",
    ]  # fmt: skip
    assert len(told) < 400


def test_what_there_is_not_is_a_dash() -> None:
    told = line(Report(Arrived("1", NOW), None, Decision("held")), NOW, timedelta())
    assert "id=- outcome=held case=- sector=- ms=0" in told


def test_each_mail_is_told_once_and_handed_on() -> None:
    told: list[tuple[str, bool]] = []
    times = iter(NOW + timedelta(seconds=n) for n in range(20))
    reports = [report("1"), report("2")]
    assert list(logged(reports, lambda line, failed: told.append((line, failed)), lambda: next(times))) == (
        reports
    )
    assert [(text.split(" ")[2], failed) for text, failed in told] == [("key=1", False), ("key=2", False)]


def test_a_mail_read_alone_is_told_unless_somebody_else_took_it() -> None:
    told: list[str] = []
    times = iter(NOW + timedelta(seconds=n) for n in range(20))
    reports = iter((report("1"), None))
    given = [
        logged_alone(lambda: next(reports), lambda line, _: told.append(line), lambda: next(times))
        for _ in range(2)
    ]
    assert given == [report("1"), None]
    assert [line.split(" ")[2] for line in told] == ["key=1"]


def test_our_own_sentences_are_told_and_the_words_of_a_bug_are_not() -> None:
    error = MailboxError("There is no Maildir at {path}.", path="/nowhere\n\x1b[31m")
    assert failure("ingest", error, NOW).endswith(
        "failed ingest: MailboxError: There is no Maildir at /nowhere [31m."
    )
    try:
        int("Segreto aziendale")
    except ValueError as bug:
        told = failure("ingest", bug, NOW)
    assert "Segreto" not in told
    assert "ValueError at tests.application.test_logbook:" in told
