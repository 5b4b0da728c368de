"""The index: which case or ledger file a mail, a person or an id belongs to, and three short lists.

All of it is derived from shards and ledger, and never the only place of anything. Its files are logs: a
line said twice says the same as once, and a later line outdoes an earlier one. What is added begins with a
newline, which ends what a crash has torn before it. Below `index/`:

| file | line | what |
|---|---|---|
| `keys/a3` | `HASH NUMBER;` or `HASH -NUMBER;` | cases (no longer) known by key, message_id, digest |
| | `HASH DAY/NNN;` | the ledger file that an entry lies in |
| `people/0c` | as above | cases of a requester, customer or contract |
| `open` | `NUMBER TAB BRIEF SUMMARY TAB` | what `list` shows of a case; `null` when no more |
| `search/0002` | `NUMBER TAB TEXT TAB` | what cases 10,000 to 14,999 are searched by, folded |
| `waiting` | `HOLDER TAB TIME TAB` | who holds mail that waits, and when it is to be tried |
| `held` | `ID TAB LEDGER FILE TAB` | held mails |
| `sent` | `ID TAB [TIME, ADDRESS, KIND, SUBJECT] TAB` | automatic mail of the last days, by time |
| `last` | | the first number of the highest shard |
"""

import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from helpdeskctl.adapters.tinydb_store import codec, files, searching
from helpdeskctl.adapters.tinydb_store.codec import Document, Times
from helpdeskctl.adapters.tinydb_store.files import Root
from helpdeskctl.adapters.tinydb_store.intents import Lines, index_must_be_synced, is_settled
from helpdeskctl.domain.brief import brief
from helpdeskctl.domain.errors import StoreDamagedError

LOGS = ("open", "waiting", "held", "sent")
# Automatic mail sent longer ago than this limits nothing any more.
_KEPT = timedelta(days=8)
# A log is written anew when it is this many times what it was after the last time, and not small.
_GROWN = 2
_SMALL = 16 * 1024
_HEAD_LENGTH = len(b"\t000000000000\t\n")
_KEYS = "keys"
_PEOPLE = frozenset({"requester", "customer", "contract"})
# Ends a line of a log. No value holds a tab, so that a line without this end is one that a crash has torn.
_END = "\t"
# Stands for a brief's tabs, and after it: the unit separator of ASCII, which no text that prints holds.
_BETWEEN = b"\x1f"

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode

Key = tuple[str, str]
# One line for one file of the index.
Said = tuple[str, str]


def keys_of(document: Document) -> set[Key]:
    """What a case is found by."""
    keys = {("requester", document["requester"]["address"]), ("customer", document["customer"])}
    keys.add(("contract", (document["contract"] or {}).get("number", "")))
    for mail in document["messages"]:
        keys |= {("key", mail["key"]), ("message_id", mail["message_id"]), ("digest", mail["digest"])}
    return {normal(*key) for key in keys if key[1]}


def normal(kind: str, value: str) -> Key:
    """People are found whatever the case of the letters, mails only exactly."""
    return kind, value.lower() if kind in _PEOPLE else value


def is_listed(document: Document) -> bool:
    """Whether a technician has to see the case: not closed, or closed with news."""
    news = "news" in document["marks"] or document["waiting_since"] is not None
    return news or document["status"] != "closed"


def case_lines(document: Document, before: Document | None, at: Times) -> Iterator[Said]:
    """What the index is to be told of a case; what it was told before need not be said again."""
    number = str(document["number"])
    keys, known = keys_of(document), keys_of(before) if before else set()
    for key in sorted(keys - known):
        yield _bucket_line(key, number)
    for key in sorted(known - keys):
        yield _bucket_line(key, f"-{number}")
    shown, shown_before = _shown(document, at), _shown(before, at)
    if shown != shown_before:
        yield "open", f"{number}\t{shown}{_END}"
    sought = searching.sought_in(document)
    if before is None or sought != searching.sought_in(before):
        yield searching.search_file(document["number"]), f"{number}\t{sought}{_END}"
    yield from _waiting_lines(document["number"], document, before)


def entry_lines(ident: str, file: str, document: Document | None, before: Document | None) -> Iterator[Said]:
    """What the index is to be told of an entry in that ledger file; `document` is None for one that
    is dropped."""
    if not (document and before):
        yield _bucket_line(("entry", ident), file if document else f"-{file}")
    held, held_before = (d is not None and d["outcome"] == "held" for d in (document, before))
    if held != held_before:
        yield "held", f"{json.dumps(ident)}\t{json.dumps(file if held else None)}{_END}"
    yield from _waiting_lines(ident, document, before)


def say(root: Root, lines: Lines, directory: str = "index") -> None:
    """Add the lines to their files."""
    for file, added in lines.items():
        name = f"{directory}/{file}"
        files.append(root, name, "\n".join(("", *added, "")).encode(), index_must_be_synced())
        if file in LOGS or file.startswith(searching.DIRECTORY):
            _compact(root, name)


def begin(root: Root, directory: str) -> None:
    """Empty logs: an index that lacks one is no index."""
    for log in LOGS:
        files.append(root, f"{directory}/{log}", b"")
    for name in (_KEYS, searching.DIRECTORY):
        files.make_directory(root, f"{directory}/{name}")


def exists(path: str) -> bool:
    """Whether the store at `path` has an index."""
    return all(os.path.exists(f"{path}/index/{name}") for name in (*LOGS, _KEYS, searching.DIRECTORY))


def is_behind(path: str) -> bool:
    """Whether the index of the store at `path` may not know of everything that was committed."""
    return not (exists(path) and is_settled(path))


def found(path: str, kind: str, value: str) -> set[str]:
    """Numbers of cases, or for the kind `entry` the ledger file, that were told of that value."""
    file, name = _bucket(normal(kind, value))
    content = files.read(f"{path}/index/{file}") or b""
    places: set[str] = set()
    for rest in content.split(f"\n{name} ".encode())[1:]:
        place = rest.partition(b"\n")[0].decode("ascii", "replace")
        # A line without its end was torn by a crash; its commit is going to say it again.
        if place.endswith(";"):
            (places.discard if place.startswith("-") else places.add)(place.strip("-;"))
    return places


def live(path: str, log: str) -> list[tuple[Any, Any]]:
    """Each name of a log with its latest value, without those that have none any more.

    Raises `StoreDamagedError` for a log that was damaged otherwise than by a crash.
    """
    return values(path, log, _latest(files.read(f"{path}/index/{log}") or b"").items())


def listed(path: str) -> dict[bytes, bytes]:
    """The cases listed, by number as written: what `briefs` and `summaries` read."""
    latest = _latest(files.read(f"{path}/index/open") or b"")
    return {number: value for number, value in latest.items() if value != b"null"}


def briefs(cases: Iterable[bytes]) -> list[str]:
    """The briefs among what `listed` gave."""
    joined = b"\n".join([value.rpartition(_BETWEEN)[0] for value in cases])
    return joined.replace(_BETWEEN, b"\t").decode().split("\n") if joined else []


def summaries(path: str, cases: Iterable[tuple[bytes, bytes]]) -> list[Document]:
    """The summaries among what `listed` gave."""
    return [summary for _, summary in values(path, "open", cases)]


def searched(path: str, text: str) -> set[int]:
    """The numbers of the cases that are searched by something that contains the folded text."""
    sought, numbers = searching.writable(text).encode(), set[int]()
    for block in files.names(f"{path}/index/{searching.DIRECTORY}"):
        content = files.read(f"{path}/index/{searching.DIRECTORY}/{block}") or b""
        if sought in content:
            numbers |= {int(n) for n, said in _latest(content).items() if sought in said and n.isdigit()}
    return numbers


def last_shard(path: str) -> int:
    """The first number of the highest shard there was; 0 when that is not known."""
    content = files.read(f"{path}/index/last") or b""
    return int(content) if content.isdigit() else 0


def note_last_shard(root: Root, first: int) -> None:
    """Remember it, if none was higher: always as long, so that it can be written over in place."""
    if first > last_shard(root.path):
        fd = files.opened(root, "index/last", os.O_WRONLY)
        try:
            files.write(fd, b"%09d" % first)
        finally:
            os.close(fd)


def values(path: str, log: str, pairs: Iterable[tuple[bytes, bytes]]) -> list[tuple[Any, Any]]:
    """Names and values of a log, which stand in it as JSON; a brief before a value is passed over."""
    lines = [b"[%b,%b]" % (name, value.rpartition(_BETWEEN)[2]) for name, value in pairs if value != b"null"]
    try:
        # At once: what is common to thousands of summaries is read once only.
        found: list[tuple[Any, Any]] = json.loads(b"[%b]" % b",".join(lines))
    except ValueError as error:
        raise StoreDamagedError(
            "{file} is damaged: run `helpdeskctl doctor --reindex`.",
            file=f"{path}/index/{log}",
        ) from error
    return found


def _shown(document: Document | None, at: Times) -> str:
    """Brief and summary of a case that is listed, else null."""
    if document is None or not is_listed(document):
        return "null"
    summary = codec.summary(document)
    told = brief(codec.summarized(summary, at)).split("\t")
    return _BETWEEN.decode().join((*told, _encode(summary)))


def _waiting_lines(holder: int | str, document: Document | None, before: Document | None) -> Iterator[Said]:
    """What waits, and what was sent since."""
    yield from _sent_lines(document, before)
    next_at, next_before = _next_at(document), _next_at(before)
    if next_at != next_before:
        yield "waiting", f"{json.dumps(holder)}\t{json.dumps(next_at)}{_END}"


def _sent_lines(document: Document | None, before: Document | None) -> Iterator[Said]:
    from helpdeskctl.domain.limits import LIMITED

    known = {mail["id"] for mail in before["outgoing"] if mail["state"] == "sent"} if before else set()
    for mail in document["outgoing"] if document else ():
        if mail["state"] == "sent" and mail["kind"] in LIMITED and mail["id"] not in known:
            told = [mail["sent_at"], mail["to"]["address"].lower(), mail["kind"], mail["subject"]]
            yield "sent", f"{json.dumps(mail['id'])}\t{json.dumps(told)}{_END}"


def _next_at(document: Document | None) -> str | None:
    """When the first of the mails that wait is to be tried."""
    mails = document["outgoing"] if document else []
    times = (mail["next_at"] for mail in mails if mail["state"] == "waiting")
    return min(times, key=datetime.fromisoformat, default=None)


def _bucket(key: Key) -> tuple[str, str]:
    """Which of 256 files (others for people, who have many cases) a key stands in, and its name there."""
    from hashlib import sha256

    digest = sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{'people' if key[0] in _PEOPLE else _KEYS}/{digest[:2]}", digest[2:22]


def _bucket_line(key: Key, place: str) -> Said:
    file, name = _bucket(key)
    return file, f"{name} {place};"


def _latest(content: bytes) -> dict[bytes, bytes]:
    """The latest value of each name, both as JSON. A line without its end was torn by a crash."""
    lines = (line[:-1].partition(b"\t") for line in content.split(b"\n") if line.endswith(b"\t"))
    latest = {name: value for name, _, value in lines if value}
    # What `_compact` puts first has no name.
    latest.pop(b"", None)
    return latest


def _recent(pairs: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Of the log of what was sent, the last days, oldest first; told from the latest time in it."""
    timed = sorted((datetime.fromisoformat(json.loads(pair[1])[0]), pair) for pair in pairs)
    return [pair for at, pair in timed if at >= timed[-1][0] - _KEPT]


def _compact(root: Root, name: str) -> None:
    """Write a log anew, as its latest lines, when it has outgrown what it was after the last time.

    Its first line then says how long that was, so that this need not be read to be told.
    """
    path = f"{root.path}/{name}"
    size = os.stat(path).st_size
    if size < _SMALL:
        return
    with open(path, "rb") as file:
        head = file.read(_HEAD_LENGTH)
        if head.startswith(b"\t") and size < _GROWN * int(head):
            return
    _write_anew(root, name)


def put_in_order(root: Root, directory: str) -> None:
    """The log of what was sent, by time: case after case was told to a new index."""
    _write_anew(root, f"{directory}/sent")


def _write_anew(root: Root, name: str) -> None:
    content = files.read(f"{root.path}/{name}") or b""
    pairs = [pair for pair in _latest(content).items() if pair[1] != b"null"]
    if name.endswith("/sent"):
        pairs = _recent(pairs)
    lines = [b"%b\t%b\t\n" % pair for pair in pairs]
    length = _HEAD_LENGTH + sum(map(len, lines))
    # Derived, as the rest of the index: not synced.
    files.replace(root, name, b"\t%012d\t\n" % length + b"".join(lines), index_must_be_synced())
