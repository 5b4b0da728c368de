"""The composition root: the only module that names adapters, each imported where it is made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from helpdeskctl.cli.owner import become_owner

if TYPE_CHECKING:
    from helpdeskctl.adapters.publishing import Page
    from helpdeskctl.application.answering import Post
    from helpdeskctl.application.backup import Archive
    from helpdeskctl.application.desk import Desk
    from helpdeskctl.application.health import Looking
    from helpdeskctl.application.ingest import Ports
    from helpdeskctl.application.logbook import Write
    from helpdeskctl.application.outbox import Outbox
    from helpdeskctl.application.ports import (
        CaseStore,
        Clock,
        Contents,
        Mailbox,
        MailSender,
        ParseMail,
        ParseMails,
        PeekAtMail,
        Texts,
    )
    from helpdeskctl.application.repairing import Upkeep
    from helpdeskctl.domain.registry import Customer, Registry
    from helpdeskctl.domain.settings import Settings


@lru_cache
def settings(config: str | None) -> Settings:
    """The configuration that applies: the file named, else the first that is found, else the defaults."""
    from helpdeskctl.adapters import config as configuration

    return configuration.load(configuration.locate(config, os.environ))


def example_configuration(answers: dict[str, str]) -> str:
    """The commented configuration that `init` writes."""
    from helpdeskctl.adapters import config as configuration

    return configuration.example(answers)


def usual_configuration() -> str:
    """Where a person's own configuration lies."""
    from helpdeskctl.adapters import config as configuration

    return configuration.usual(os.environ)


def customers_of(path: str) -> tuple[Customer, ...]:
    """The customers in a CSV file."""
    from helpdeskctl.adapters.registry_csv import customers

    return customers(path)


def contracts_of(path: str, chosen: Settings) -> Registry:
    """The contracts in a CSV file, with what they say of their customers."""
    from helpdeskctl.adapters.registry_csv import contracts
    from helpdeskctl.domain.settings import ALWAYS

    policy = chosen.policy
    names = {sector.name.lower(): sector.key for sector in policy.sectors}
    names |= {sector.key.lower(): sector.key for sector in policy.sectors}
    calendars = frozenset((ALWAYS, *(name for name, _ in policy.calendars)))
    return contracts(path, names, calendars)


def clock(zone: tzinfo) -> Clock:
    """The time of day, in the desk's zone."""
    return partial(datetime.now, zone)


def store(chosen: Settings) -> CaseStore:
    """The cases; a superuser becomes the store's owner first, so that no file changes hands."""
    from helpdeskctl.adapters.tinydb_store import TinyDbStore

    become_owner(chosen.store)
    return TinyDbStore(chosen.store, chosen.policy.zone)


def mailbox(chosen: Settings, path: str | None = None) -> Mailbox:
    """The Maildir configured, or another one."""
    from helpdeskctl.adapters.maildir import Maildir

    return Maildir(path or chosen.maildir)


def make_maildir(path: str) -> None:
    """An empty Maildir, where there is none yet (`init`)."""
    from helpdeskctl.adapters.maildir import make

    make(path)


def parser(chosen: Settings) -> ParseMail:
    """The mail parser, under the limits configured."""
    from helpdeskctl.adapters.mail_parser import parse

    return partial(parse, limits=chosen.limits)


def many_parser(chosen: Settings) -> ParseMails:
    """The same for many mails at once, by several processes."""
    from helpdeskctl.adapters.parsing_pool import parsed

    return partial(parsed, parse=parser(chosen))


def contents(chosen: Settings) -> Contents:
    """The bytes of attachments."""
    from helpdeskctl.adapters.mail_parser import contents as contents_of

    return partial(contents_of, limits=chosen.limits)


def save_files(directory: str, files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[str]:
    """The files written into that directory, none over another; their paths."""
    from helpdeskctl.adapters.saving import save

    return save(directory, files)


def put_file(path: str, pieces: Iterable[bytes], rights: int = 0o600) -> None:
    """The file of that path written whole, or left as it was."""
    from helpdeskctl.adapters.saving import put

    put(path, pieces, rights)


def peeker() -> PeekAtMail:
    """Sender and subject of a mail that cannot be parsed."""
    from helpdeskctl.adapters.mail_parser import peek

    return peek


def texts(chosen: Settings) -> Texts:
    """The words of outgoing mail."""
    from helpdeskctl.adapters.templates import FileTexts

    return FileTexts(chosen.policy.language, chosen.policy.zone, chosen.mail.templates)


def rules_page(chosen: Settings, language: str) -> Page:
    """What customers are told of the rules, in that language; the text is replaced as those of mail are."""
    from helpdeskctl.adapters import publishing
    from helpdeskctl.adapters.templates import PAGES, FileTexts
    from helpdeskctl.application.rule_page import page_facts

    policy = chosen.policy
    page_texts = FileTexts(language, policy.zone, chosen.mail.templates, PAGES)
    facts = page_facts(policy, language, chosen.limits.mail_mb, chosen.mail.transport != "none")
    return publishing.page(page_texts, "rules_page", facts, language)


def sender(chosen: Settings) -> MailSender | None:
    """The transport; None when mail is only queued."""
    if chosen.mail.transport == "none":
        return None
    if chosen.mail.transport == "smtp":
        from helpdeskctl.adapters.transport.smtp import Smtp

        return Smtp(chosen.mail.smtp)
    from helpdeskctl.adapters.transport.sendmail import Sendmail

    return Sendmail(chosen.mail.sendmail)


def ports(chosen: Settings, maildir: str | None = None) -> Ports:
    """Everything that reading mail needs."""
    from helpdeskctl.adapters.beside import beside
    from helpdeskctl.application.ingest import Ports

    return Ports(
        mailbox=mailbox(chosen, maildir),
        store=store(chosen),
        parse=parser(chosen),
        peek=peeker(),
        texts=texts(chosen),
        policy=chosen.policy,
        clock=clock(chosen.policy.zone),
        beside=beside,
    )


def outbox(chosen: Settings, cases: CaseStore) -> Outbox | None:
    """Everything that sending needs; None when mail is only queued."""
    transport = sender(chosen)
    if transport is None:
        return None
    from helpdeskctl.application.outbox import Outbox

    return Outbox(cases, transport, texts(chosen), chosen.policy, clock(chosen.policy.zone))


def log(chosen: Settings | None) -> Write:
    """The log, in the hands of the store's owner; without a configuration only failures go to syslog."""
    from helpdeskctl.adapters.log import written
    from helpdeskctl.domain.settings import Log

    if chosen:
        become_owner(chosen.store)
    return lambda line, failure: written(line, chosen.log if chosen else Log(), failure)


def changes(maildir: str) -> Callable[[], bool]:
    """What tells whether the inbox of that Maildir may have changed since it was last asked."""
    from helpdeskctl.adapters.watching import changes as changes_of

    return changes_of(maildir)


def tell_supervisor(state: str) -> None:
    """What systemd is to know of us; nothing where nobody asks."""
    from helpdeskctl.adapters.watching import tell_supervisor as tell

    tell(state, os.environ)


def looking(chosen: Settings, deep: bool) -> Looking:
    """Everything that the doctor looks at."""
    from helpdeskctl.adapters.surroundings import Surroundings
    from helpdeskctl.adapters.tinydb_store.inspecting import damages
    from helpdeskctl.application.health import Looking

    return Looking(
        settings=chosen,
        store=store(chosen),
        mailbox=mailbox(chosen),
        around=Surroundings(),
        damages=lambda all_files: damages(chosen.store, chosen.policy.zone, all_files),
        clock=clock(chosen.policy.zone),
        deep=deep,
    )


def upkeep(chosen: Settings) -> Upkeep:
    """What repairs a store."""
    from helpdeskctl.adapters.tinydb_store.repairing import Upkeep as TinyDbUpkeep

    become_owner(chosen.store)
    return TinyDbUpkeep(chosen.store, chosen.policy.zone)


def back_up(chosen: Settings, target: str, now: datetime) -> Archive:
    """The store written into a new archive."""
    from helpdeskctl.adapters.tinydb_store.backing_up import back_up as archived

    become_owner(chosen.store)
    return archived(chosen.store, chosen.policy.zone, os.path.abspath(target), now)


def verified_backup(target: str) -> Archive:
    """What an archive holds, read to its end."""
    from helpdeskctl.adapters.tinydb_store.archives import read

    return read(target)


def restore(chosen: Settings, target: str) -> Archive:
    """The archive as the store configured, its numbers above those of every mail in the Maildir."""
    from helpdeskctl.adapters.maildir.traces import headers
    from helpdeskctl.adapters.tinydb_store.backing_up import restore as restored
    from helpdeskctl.application.backup import highest_seen

    become_owner(chosen.store)
    return restored(chosen.store, target, chosen.policy.zone, partial(highest_seen, headers(chosen.maildir)))


def desk(chosen: Settings, by: str, rehearsal: bool = False) -> Desk:
    """Everything that a technician's act needs."""
    from helpdeskctl.application.desk import Desk

    return Desk(store(chosen), texts(chosen), chosen.policy, clock(chosen.policy.zone), by, rehearsal)


def post(chosen: Settings) -> Post:
    """Where mail of ours is kept, and what makes its bytes."""
    from helpdeskctl.adapters.transport.compose import compose
    from helpdeskctl.application.answering import Post

    return Post(mailbox(chosen), compose)
