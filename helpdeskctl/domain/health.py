"""What is wrong with a desk, judged from what was seen of it. Pure.

Each judgement is told with its cure. Sentences are English, with their facts apart, to be translated.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from helpdeskctl.domain.case import OutgoingMail
from helpdeskctl.domain.errors import HelpdeskError
from helpdeskctl.domain.limits import A_DAY, SentBefore
from helpdeskctl.domain.transitions import PROMISED

# Clocks of two machines differ by so much without harm.
_AHEAD = timedelta(minutes=5)
_A_DAY = timedelta(days=1)
_LITTLE_SPACE, _NO_SPACE = 500, 50
_ALMOST_FULL = 0.9
_NAMED = 5


class Judgement(NamedTuple):
    """One thing that was looked at: `state` is ok, warning or failed; `detail` and `cure` are sentences
    in which `facts` are still to be filled in."""

    state: str
    detail: str = ""
    cure: str = ""
    facts: tuple[tuple[str, object], ...] = ()


Judgements = Iterator[Judgement]


class Directory(NamedTuple):
    """A directory as the file system shows it: `mode` are its permission bits, 0 where there is none."""

    path: str
    there: bool
    writable: bool
    mode: int


class Quota(NamedTuple):
    """A mailbox's quota and its use: bytes and mails, 0 for what is not limited."""

    most_bytes: int
    most_mails: int
    used_bytes: int
    used_mails: int


def warning(detail: str, cure: str, **facts: object) -> Judgement:
    """Something to look at; the desk works."""
    return Judgement("warning", detail, cure, tuple(facts.items()))


def failed(detail: str, cure: str, **facts: object) -> Judgement:
    """Something that keeps the desk from doing what it promises."""
    return Judgement("failed", detail, cure, tuple(facts.items()))


def broken(error: HelpdeskError) -> Judgement:
    """What an error says; its sentence names its own cure."""
    return Judgement("failed", error.sentence, "", tuple(error.facts.items()))


def rights(directories: Iterable[Directory]) -> Judgements:
    """Whether the Maildir can be used."""
    for one in directories:
        if not one.there:
            yield failed(
                "{path} is missing.",
                "Make it with `helpdeskctl init`, or correct [maildir] path.",
                path=one.path,
            )
        elif not one.writable:
            yield failed(
                "{path} must not be written by this account.",
                "Run helpdeskctl as the account that owns the Maildir, or give its group the right to write.",
                path=one.path,
            )


def secrecy(files: Iterable[Directory], shared: bool) -> Judgements:
    """Whether what is secret is; `shared`: the store belongs to a group."""
    for one in files:
        if one.there and one.mode & (0o007 if shared else 0o077):
            yield failed(
                "{path} can be read by others (mode {mode}).",
                "Take that right away: chmod {wanted} {path}.",
                path=one.path,
                mode=f"{one.mode:04o}",
                wanted="o-rwx" if shared else "go-rwx",
            )


def subscription(folders: Collection[str], subscribed: Collection[str] | None) -> Judgements:
    """Whether mail programs show our folders; None where no list says which ones are shown."""
    hidden = sorted(set(folders) - set(subscribed)) if subscribed is not None else []
    if hidden:
        yield warning(
            "Folders are not subscribed, so that many mail programs hide them: {folders}.",
            "Subscribe to them: doveadm mailbox subscribe -u ACCOUNT FOLDER.",
            folders=_named(hidden),
        )


def quota(found: Quota | None) -> Judgements:
    """Whether the mailbox is nearly full: then the server refuses mail before we ever see it."""
    if not found:
        return
    for used, most in ((found.used_bytes, found.most_bytes), (found.used_mails, found.most_mails)):
        if most and used > most * _ALMOST_FULL:
            judge = failed if used >= most else warning
            yield judge(
                "The mailbox is full to {percent} percent.",
                "Raise its quota, or move old folders of cases away: the store keeps every mail.",
                percent=round(100 * used / most),
            )
            return


def space(path: str, free: int, free_files: int | None) -> Judgements:
    """Whether there is room left; `free` in megabytes, `free_files` None where that is not limited."""
    few_files = free_files is not None and free_files < 1000
    if free < _LITTLE_SPACE or few_files:
        judge = failed if free < _NO_SPACE or free_files == 0 else warning
        yield judge(
            "{path}: {free} MB and {files} files are free.",
            "Make room: mail that cannot be saved stays with the mail server, which tries for some days.",
            path=path,
            free=free,
            files="-" if free_files is None else free_files,
        )


def locked(holder: int | None, seconds: int) -> Judgements:
    """Whether somebody keeps the store to themselves; `holder` is the process, 0 if it is not known."""
    if holder is not None:
        yield failed(
            "Process {holder} has held the store's lock for {seconds} seconds at least.",
            "See what it is (ps -p {holder}); if it hangs, end it: nothing is lost, the lock goes with it.",
            holder=holder or "?",
            seconds=seconds,
        )


def unsent(mails: Sequence[OutgoingMail], now: datetime, transport: str) -> Judgements:
    """Whether mail leaves within the five minutes promised."""
    if mails and transport == "none":
        yield warning(
            "{count} mails wait, and [mail] transport is none: nothing is ever sent.",
            "Set [mail] transport to sendmail or smtp.",
            count=len(mails),
        )
        return
    # In UTC: Python subtracts two times of one zone by its wall clock, which jumps twice a year.
    late = [mail for mail in mails if now.astimezone(UTC) - mail.queued_at > PROMISED]
    if late:
        oldest = min(late, key=lambda mail: mail.queued_at.timestamp())
        yield failed(
            "{count} mails have waited for more than five minutes, {acknowledgements} acknowledgements among "
            "them; the oldest since {since}: {error}.",
            "See `helpdeskctl outbox list`; once the mail system works, `helpdeskctl outbox send --now`.",
            count=len(late),
            acknowledgements=sum(mail.kind == "acknowledgement" for mail in late),
            since=oldest.queued_at.isoformat(sep=" ", timespec="minutes"),
            error=oldest.error or "-",
        )


def limited(before: Iterable[SentBefore], registered: Collection[str], now: datetime) -> Judgements:
    """Whether an address got all the automatic mail that it may get, two days running."""
    days: list[Counter[str]] = [Counter(), Counter()]
    for one in before:
        age = (now.astimezone(UTC) - one.at) // _A_DAY
        if 0 <= age < len(days):
            days[age][one.address] += 1
    full = [a for a in days[0] if all(day[a] >= A_DAY[a in registered] for day in days)]
    if full:
        yield warning(
            "The limit of automatic mail was reached two days running for {addresses}.",
            "See what writes from there, perhaps a machine; who rightly writes so much should be registered.",
            addresses=_named(sorted(full)),
        )


def held(ages: Sequence[timedelta]) -> Judgements:
    """Whether held mail is looked at."""
    old = [age for age in ages if age > _A_DAY]
    if old:
        yield warning(
            "{count} mails have been held for more than a day, the oldest for {days} days.",
            "Look at them: `helpdeskctl held list`.",
            count=len(old),
            days=max(old) // _A_DAY,
        )


def unread(arrived: Sequence[datetime], now: datetime) -> Judgements:
    """Whether anybody reads the inbox."""
    old = [at.astimezone(UTC) for at in arrived if now.astimezone(UTC) - at > PROMISED]
    if old:
        yield failed(
            "{count} mails have been in the inbox for more than five minutes, the oldest since {since}.",
            "Run `helpdeskctl ingest`, and see that cron or the service does (docs/operations.md).",
            count=len(old),
            since=min(old).astimezone(now.tzinfo).isoformat(sep=" ", timespec="minutes"),
        )


def clock(times: Iterable[datetime], now: datetime) -> Judgements:
    """Whether something comes from the future, or the clock goes wrong."""
    latest = max(times, default=now, key=datetime.timestamp)
    if latest.astimezone(UTC) - now > _AHEAD:
        yield failed(
            "The clock says {now}, but something was written at {latest} already.",
            "Set the clock (timedatectl), here and on the mail server: due times follow it.",
            now=now.isoformat(sep=" ", timespec="minutes"),
            latest=latest.astimezone(now.tzinfo).isoformat(sep=" ", timespec="minutes"),
        )


def recipes(path: str, text: str) -> Judgements:
    """Whether a procmailrc may lose mail: without `w`, procmail does not ask what became of it."""
    for line in careless_recipes(text):
        yield failed(
            "{path}, line {line}: the recipe hands mail to helpdeskctl without the flag w.",
            "Write `:0 w`: without it a mail that could not be saved is lost in silence.",
            path=path,
            line=line,
        )


def careless_recipes(text: str) -> list[int]:
    """The lines of a procmailrc on which a recipe with a pipe to helpdeskctl begins that lacks `w`."""
    found, start, flags = [], 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if begins := re.match(r":0\s*([A-Za-z ]*)", bare):
            start, flags = number, begins[1].lower()
        elif start and bare and bare[0] not in "#*":
            pipe = bare.startswith("|") and re.search(r"helpdeskctl.*\bingest\b", bare, re.IGNORECASE)
            if pipe and "w" not in flags:
                found.append(start)
            start = 0
    return found


def cron(count: int) -> Judgements:
    """Whether cron's own complaints come into this mailbox."""
    if count:
        yield warning(
            "Cron's own mail arrives here: {count} in the last two days.",
            "Read what it says (folder Ignored), and set MAILTO in the crontab to a person's address.",
            count=count,
        )


def drift(unknown: Sequence[str], still_there: Sequence[str], lost: Sequence[str]) -> Judgements:
    """Whether store and Maildir tell the same: filed mail that no case knows, mail of a case that is in
    the inbox still, mail of a case of which the store has lost the file."""
    if unknown:
        yield warning(
            "{count} mails in folders of cases belong to no case: {mails}.",
            "Move them into the inbox with a mail program: they are then read anew.",
            count=len(unknown),
            mails=_named(unknown),
        )
    if still_there:
        yield warning(
            "{count} mails that a case holds are still in the inbox: {mails}.",
            "Run `helpdeskctl ingest`: it files them.",
            count=len(still_there),
            mails=_named(still_there),
        )
    if lost:
        yield failed(
            "{count} mails of cases are missing from the store: {mails}.",
            "Copy them there from the folder of cases in the Maildir, or from a backup.",
            count=len(lost),
            mails=_named(lost),
        )


def unfound(cases: Sequence[int]) -> Judgements:
    """Whether the index knows cases by their contract; one made before there were contracts does not."""
    if cases:
        said = "{count} cases are not found by their contract: {cases}."
        named = _named([f"#{number}" for number in cases])
        yield warning(said, "Run `helpdeskctl doctor --reindex`.", count=len(cases), cases=named)


def _named(names: Sequence[str]) -> str:
    """The first few, and that there are more."""
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
