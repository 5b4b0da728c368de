"""The derived indexes: what finds a case, a ledger entry, waiting or held mail without reading a shard.

All of it can be rebuilt from the rest and is never the only place of anything. Every file is a log of
lines that is appended to: a line twice says the same as once, the latest line of a name wins.
"""

import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from helpdeskctl.adapters.tinydb_store import codec, files
from helpdeskctl.application.ports import Holder, LedgerEntry, Waiting
from helpdeskctl.domain.case import Case, OutgoingMail, Status

# A log is written anew when it has outgrown its last compaction by this factor, and this size.
_GROWN = 4
_SMALL = 16 * 1024
# So long is an entry's id; a case number has fewer digits.
_ENTRY_ID = 10


def keys_of(case: Case) -> frozenset[tuple[str, str]]:
    """What the case is found by."""
    found = {("requester", case.requester.address.lower()), ("customer", case.customer.casefold())}
    for mail in case.messages:
        found |= {("key", mail.key), ("message_id", mail.message_id), ("digest", mail.digest)}
    return frozenset(pair for pair in found if pair[1])


def to_be_listed(case: Case) -> bool:
    """Whether a technician has to see it: not closed, or closed with unread mail."""
    return case.status is not Status.closed or "news" in case.marks or case.waiting_since is not None


def summary(case: Case) -> Case:
    """What a list shows of a case: without mails and history, of its outgoing mail only what waits."""
    waiting = tuple(_bare(mail) for mail in case.outgoing if mail.state == "waiting")
    return case._replace(messages=(), history=(), outgoing=waiting)


def _bare(mail: OutgoingMail) -> OutgoingMail:
    return mail._replace(body="", headers=())


class Index:
    """The index below `root`/index."""

    def __init__(self, root: str, directory: str = "index") -> None:
        self._root = root
        self._path = os.path.join(root, directory)

    @property
    def path(self) -> str:
        """Its directory."""
        return self._path

    def exists(self) -> bool:
        """Whether it was ever written."""
        return os.path.exists(f"{self._path}/open")

    def numbers(self, kind: str, value: str) -> tuple[int, ...]:
        """The cases that were found by that, oldest first; a case may have changed since."""
        return tuple(sorted({int(found) for found in self._found(kind, value) if found.isdigit()}))

    def ledger_file(self, ident: str) -> str | None:
        """The ledger file, relative to the store, that has held the entry last."""
        return next(iter(reversed(list(self._found("entry", ident)))), None)

    def listed(self) -> list[Case]:
        """The cases that a technician has to see, by number."""
        live = self._live("open")
        return [codec.case(json.loads(live[number])) for number in sorted(live, key=int)]

    def waiting(self) -> list[Waiting]:
        """Who holds mail that waits."""
        return [
            Waiting(_holder(name), datetime.fromisoformat(at)) for name, at in self._live("waiting").items()
        ]

    def held(self) -> dict[str, str]:
        """The ids of held mails with their ledger files."""
        return self._live("held")

    def add_case(self, case: Case, before: Case | None) -> None:
        """What is new about the case."""
        known = keys_of(before) if before else frozenset()
        for kind, value in sorted(keys_of(case) - known):
            self._add(kind, value, str(case.number))
        shown = json.dumps(codec.encoded(summary(case))) if to_be_listed(case) else ""
        self._note("open", str(case.number), shown)
        self._note_waiting(case.number, case.outgoing, before.outgoing if before else ())

    def add_entry(self, ident: str, entry: LedgerEntry | None, file: str, before: LedgerEntry | None) -> None:
        """An entry kept in that ledger file, or dropped (None)."""
        if entry and not before:
            self._add("entry", ident, file)
        held = entry is not None and entry.outcome == "held"
        if held or (before is not None and before.outcome == "held"):
            self._note("held", ident, file if held else "")
        self._note_waiting(ident, entry.outgoing if entry else (), before.outgoing if before else ())

    def compact(self) -> None:
        """Write anew the logs that have outgrown what they say."""
        for name in ("open", "waiting", "held"):
            path = f"{self._path}/{name}"
            try:
                size = os.stat(path).st_size
                with open(path, "rb") as file:
                    first = file.readline(64)
            except FileNotFoundError:
                continue
            compacted = int(first.split(b"\t")[1]) if first.startswith(b"#\t") else 0
            if size > max(_SMALL, _GROWN * compacted):
                lines = "".join(f"{key}\t{value}\n" for key, value in self._live(name).items()).encode()
                head = b"#\t%d\n" % len(lines)
                files.replace(path, head + lines, self._root)

    def touch(self) -> None:
        """The logs, empty where nothing is to be said."""
        for name in ("open", "waiting", "held"):
            files.append(f"{self._path}/{name}", b"", self._root)

    def _note_waiting(
        self, holder: Holder, now: Iterable[OutgoingMail], before: Iterable[OutgoingMail]
    ) -> None:
        next_at = min((mail.next_at for mail in now if mail.state == "waiting"), default=None)
        was = min((mail.next_at for mail in before if mail.state == "waiting"), default=None)
        if next_at != was:
            self._note("waiting", str(holder), next_at.isoformat() if next_at else "")

    def _note(self, log: str, name: str, value: str) -> None:
        files.append(f"{self._path}/{log}", f"{name}\t{value}\n".encode(), self._root)

    def _live(self, log: str) -> dict[str, str]:
        """The latest value of each name, without those that have none any more."""
        content = files.read(f"{self._path}/{log}") or b""
        whole, _, _torn = content.rpartition(b"\n")
        latest: dict[str, str] = {}
        for line in whole.decode("ascii", "replace").split("\n"):
            name, tab, value = line.partition("\t")
            if tab and name.isalnum():
                latest[name] = value
        return {name: value for name, value in latest.items() if value and _whole(log, value)}

    def _add(self, kind: str, value: str, found: str) -> None:
        path, digest = self._bucket(kind, value)
        line = f"{digest} {found}\n".encode()
        if line not in (files.read(path) or b""):
            files.append(path, line, self._root)

    def _found(self, kind: str, value: str) -> Iterator[str]:
        path, digest = self._bucket(kind, value)
        whole, _, _torn = (files.read(path) or b"").rpartition(b"\n")
        for line in whole.decode("ascii", "replace").split("\n"):
            name, _, found = line.partition(" ")
            if name == digest and found:
                yield found

    def _bucket(self, kind: str, value: str) -> tuple[str, str]:
        """Which of 4096 files a value stands in, and its name there."""
        digest = sha256(f"{kind}\0{value}".encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self._path}/keys/{digest[:2]}/{digest[2]}", digest[3:19]


def _whole(log: str, value: str) -> bool:
    """Whether a line of the list was written to its end: a crash may have torn one."""
    return log != "open" or value.endswith("}")


def _holder(name: str) -> Holder:
    """A case's number, or an entry's id, which always has ten characters."""
    return name if len(name) == _ENTRY_ID else int(name)
