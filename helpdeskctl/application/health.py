"""`doctor`: everything that can be wrong, each looked at by one small function of `CHECKS`.

It looks; `domain.health` judges. What a look itself meets (no right to read, a damaged store) is a
finding, too, and the other checks go on.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from helpdeskctl.application.looking_up import registered_customer
from helpdeskctl.application.outbox import waiting_mails
from helpdeskctl.application.ports import Arrived, CaseStore, Clock, Mailbox
from helpdeskctl.application.surroundings import Surroundings
from helpdeskctl.domain import health
from helpdeskctl.domain.case import Case
from helpdeskctl.domain.errors import HelpdeskError, StoreDamagedError
from helpdeskctl.domain.health import Judgement, Judgements
from helpdeskctl.domain.limits import DAY
from helpdeskctl.domain.settings import Settings

# Somebody who holds the lock for so long does not work, but hangs; in seconds.
_PATIENCE = 5
# So many of the latest filed mails, and cases, are compared where not all are.
_SOME = 200
_FOLDERS = 2
_CRON = "mail of cron"


class Looking(NamedTuple):
    """Everything that the checks look at; `damages` tells what is damaged in the store, of all files or
    of the latest ones. `deep` looks at everything, however long that takes."""

    settings: Settings
    store: CaseStore
    mailbox: Mailbox
    around: Surroundings
    damages: Callable[[bool], Iterable[StoreDamagedError]]
    clock: Clock
    deep: bool = False


class Checked(NamedTuple):
    """One finding of a check, or that there is none."""

    check: str
    judgement: Judgement


Check = Callable[[Looking], Judgements]

# Damage keeps several checks from looking; it is told once.
_NOT_AGAIN = health.warning("This could not be looked at, because of what is said above.", "")


def examined(looking: Looking) -> Iterator[Checked]:
    """What every check found, in the order of the table; one that found nothing is ok."""
    told: set[tuple[object, ...]] = set()
    for name, check in CHECKS:
        for judgement in list(_judged(check, looking)) or [Judgement("ok")]:
            same = (judgement.detail, judgement.facts)
            yield Checked(name, _NOT_AGAIN if judgement.detail and same in told else judgement)
            told.add(same)


def _judged(check: Check, looking: Looking) -> Judgements:
    try:
        yield from check(looking)
    except HelpdeskError as error:
        yield health.broken(error)
    except OSError as error:
        yield Judgement(
            "failed", "{file}: {reason}.", "", (("file", error.filename), ("reason", error.strerror))
        )


def _configuration(looking: Looking) -> Judgements:
    if not looking.settings.source:
        yield health.warning(
            "There is no configuration: the defaults hold, and mail is only queued.",
            "Write one with `helpdeskctl init`.",
        )
    elif not looking.settings.policy.bounces and looking.settings.mail.transport != "none":
        yield health.warning(
            "[mail] bounces is not set: nobody learns that an automatic mail did not arrive.",
            "Set it to an address that comes back into this Maildir.",
        )


def _maildir(looking: Looking) -> Judgements:
    path = looking.settings.maildir
    parts = (path, *(f"{path}/{part}" for part in ("tmp", "new", "cur")))
    yield from health.rights(map(looking.around.directory, parts))


def _subscription(looking: Looking) -> Judgements:
    around, path = looking.around, looking.settings.maildir
    yield from health.subscription(around.folders(path), around.subscribed(path))


def _quota(looking: Looking) -> Judgements:
    yield from health.quota(looking.around.quota(looking.settings.maildir))


def _inbox(looking: Looking) -> Judgements:
    yield from health.unread([arrived.at for arrived in _queue(looking)], looking.clock())


def _recipes(looking: Looking) -> Judgements:
    for path, text in looking.around.recipes(looking.settings.maildir):
        yield from health.recipes(path, text)


def _cron(looking: Looking) -> Judgements:
    yesterday = looking.clock().date() - timedelta(days=1)
    entries = looking.store.entries("ignored", yesterday)
    yield from health.cron(sum(entry.reason == _CRON for entry in entries))


def _rights(looking: Looking) -> Judgements:
    around, settings = looking.around, looking.settings
    store = around.directory(settings.store)
    if not store.there and around.folders(settings.maildir):
        yield health.failed(
            "{path} is missing, but the Maildir holds folders of cases: the store is lost, or not mounted.",
            "Mount it, or `helpdeskctl backup restore FILE`; until then stop reading mail.",
            path=store.path,
        )
        return
    if not store.there:
        said = "There is no store yet: {path}."
        yield health.warning(said, "It is made with the first mail.", path=store.path)
        return
    if not store.writable:
        yield health.failed(
            "{path} must not be written by this account.",
            "Run helpdeskctl as the store's owner, or as one of its group.",
            path=store.path,
        )
    secret = around.directory(f"{settings.store}/secret")
    yield from health.secrecy((store, secret), shared=bool(store.mode & 0o020))
    password = settings.mail.smtp.password_file
    if password:
        yield from health.secrecy((around.directory(password),), shared=True)


def _lock(looking: Looking) -> Judgements:
    holder = looking.around.lock_holder(f"{looking.settings.store}/lock", _PATIENCE)
    yield from health.locked(holder, _PATIENCE)


def _store(looking: Looking) -> Judgements:
    damaged = list(looking.damages(looking.deep))
    yield from map(health.broken, damaged)
    if not damaged:
        yield from health.unfound(_unfound(looking))


def _clock(looking: Looking) -> Judgements:
    times = [arrived.at for arrived in _queue(looking)]
    times += [case.updated_at for case in _cases(looking)]
    yield from health.clock(times, looking.clock())


def _outbox(looking: Looking) -> Judgements:
    mails = [mail for _, mail in waiting_mails(looking.store)]
    yield from health.unsent(mails, looking.clock(), looking.settings.mail.transport)


def _transport(looking: Looking) -> Judgements:
    mail, around = looking.settings.mail, looking.around
    if mail.transport == "sendmail" and not around.can_run(mail.sendmail):
        yield health.failed(
            "{program} is not there, or may not be run: no mail can leave.",
            "Install a mail system (Postfix, msmtp-mta), or correct [mail] sendmail.",
            program=mail.sendmail,
        )
    password = mail.smtp.password_file
    if mail.transport == "smtp" and password and not around.can_read(password):
        yield health.failed(
            "{path} cannot be read: no mail can leave.",
            "Correct [mail.smtp] password_file, or its rights.",
            path=password,
        )


def _limits(looking: Looking) -> Judgements:
    snapshot, policy, now = looking.store.snapshot(), looking.settings.policy, looking.clock()
    before = snapshot.lately_sent(now - 2 * DAY)
    addresses = {one.address for one in before}
    registered = {a for a in addresses if registered_customer(a, policy, snapshot)}
    yield from health.limited(before, registered, now)


def _held(looking: Looking) -> Judgements:
    now = looking.clock()
    yield from health.held([now - entry.arrived_at for entry in looking.store.entries("held")])


def _drift(looking: Looking) -> Judgements:
    # Without an index each question would read every case.
    for error in looking.damages(False):
        raise error
    around, path, snapshot = looking.around, looking.settings.maildir, looking.store.snapshot()
    records = [record for case in _cases(looking) for record in case.messages]
    lost = [r.path for r in records if not around.is_file(looking.store.raw(r.path))]
    known = {record.key for record in records}
    folders = [folder for folder in around.folders(path) if folder.startswith("Cases.")]
    some = slice(None) if looking.deep else slice(-_SOME, None)
    looked_at = folders if looking.deep else folders[-_FOLDERS:]
    filed = [key for folder in looked_at for key in around.filed(path, folder)[some]]
    unknown = [key for key in filed if key not in known and not snapshot.numbers("key", key)]
    still_there = [one.key for one in islice(_queue(looking), _SOME) if snapshot.numbers("key", one.key)]
    yield from health.drift(unknown, still_there, lost)


def _space(looking: Looking) -> Judgements:
    for path in dict.fromkeys((looking.settings.maildir, looking.settings.store)):
        if looking.around.directory(path).there:
            yield from health.space(path, *looking.around.free(path))


def _registry(looking: Looking) -> Judgements:
    if not looking.store.snapshot().has_registry():
        yield health.warning(
            "No customers are registered: nobody's colleagues, contracts or times are known.",
            "Import them: `helpdeskctl customers import FILE.csv`.",
        )


def _log(looking: Looking) -> Judgements:
    file = looking.settings.log.file
    if file and not looking.around.can_append(file):
        yield health.warning(
            "The log {path} cannot be written: its lines go to syslog.",
            "Correct [log] file, or the rights of its directory.",
            path=file,
        )


CHECKS: tuple[tuple[str, Check], ...] = (
    ("configuration", _configuration),
    ("maildir", _maildir),
    ("subscription", _subscription),
    ("quota", _quota),
    ("inbox", _inbox),
    ("procmail", _recipes),
    ("cron", _cron),
    ("rights", _rights),
    ("lock", _lock),
    ("store", _store),
    ("clock", _clock),
    ("transport", _transport),
    ("outbox", _outbox),
    ("limits", _limits),
    ("held", _held),
    ("drift", _drift),
    ("space", _space),
    ("registry", _registry),
    ("log", _log),
)


def _queue(looking: Looking) -> list[Arrived]:
    """What lies in the inbox to be read: without what was there before the desk and is left alone."""
    decided = looking.store.backlog() or ""
    inbox = looking.mailbox.inbox()
    if decided in {"", "open"}:
        return inbox
    border = datetime.fromisoformat(decided)
    return [one for one in inbox if one.at >= border]


def _unfound(looking: Looking) -> list[int]:
    """The cases, of those looked at, that the index does not know by their contract."""
    cited: dict[str, set[int]] = {}
    for case in _cases(looking):
        if case.contract:
            cited.setdefault(case.contract.number, set()).add(case.number)
    numbers = looking.store.snapshot().numbers
    return sorted(set[int]().union(*(cases.difference(numbers("contract", c)) for c, cases in cited.items())))


def _cases(looking: Looking) -> Iterator[Case]:
    """Every case, or the latest ones."""
    if looking.deep:
        yield from looking.store.all_cases()
        return
    snapshot = looking.store.snapshot()
    last = snapshot.next_number()
    found = (snapshot.case(number) for number in range(max(1, last - _SOME), last))
    yield from (case for case in found if case)
