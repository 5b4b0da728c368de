"""Every key of the configuration: its section, what it must be, what it is when it is not given.

The keys of behaviour.md §11; `docs/configuration.md` is checked against this table.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from helpdeskctl.adapters.config import checks
from helpdeskctl.adapters.config.checks import Check
from helpdeskctl.adapters.config.default_words import VAGUE_WORDS
from helpdeskctl.domain.rules import FIELDS

REQUIRED = object()


class Key(NamedTuple):
    """One key: its check, and its default as it would stand in the file.

    `REQUIRED` where it must be given; None where it may be left out and is then nothing.
    """

    check: Check
    default: Any


Keys = Mapping[str, Key]

SECTIONS: Mapping[str, Keys] = {
    "": {
        "language": Key(checks.one_of("it", "en"), "it"),
        "timezone": Key(checks.zone, "Europe/Rome"),
    },
    "maildir": {"path": Key(checks.path, "~/Maildir")},
    "store": {"path": Key(checks.path, "~/.local/state/helpdeskctl")},
    "desk": {
        "name": Key(checks.some_text, "Project++ Assistenza"),
        "intake": Key(checks.several(checks.address, 1), ["nuovocaso@projectpp.it"]),
        "mailbox": Key(checks.several(checks.address), []),
        "staff": Key(checks.several(checks.pattern), []),
    },
    "mail": {
        "transport": Key(checks.one_of("sendmail", "smtp", "none"), "sendmail"),
        "sendmail": Key(checks.program, "/usr/sbin/sendmail"),
        "bounces": Key(checks.or_none(checks.address), ""),
        "templates": Key(checks.or_none(checks.path), "~/.config/helpdeskctl/templates"),
    },
    "mail.smtp": {
        "host": Key(checks.server, "localhost"),
        "port": Key(checks.whole(1, 65535), 25),
        "security": Key(checks.one_of("none", "starttls", "tls"), "none"),
        "username": Key(checks.text, ""),
        "password_file": Key(checks.or_none(checks.path), ""),
    },
    "times": {
        "hours": Key(checks.working_hours, ["09:00-13:00", "14:00-18:00"]),
        "days": Key(checks.working_days, ["mon", "tue", "wed", "thu", "fri"]),
        "patron": Key(checks.day_of_year, "12-07"),
    },
    "times.respond": {
        "normale": Key(checks.hours_as_minutes, 8),
        "urgente": Key(checks.hours_as_minutes, 4),
        "critico": Key(checks.hours_as_minutes, 2),
    },
    "minimum": {
        "vague_words": Key(checks.several(checks.sought), list(VAGUE_WORDS)),
        "text_words": Key(checks.whole(0, 1000), 4),
    },
    "personal": {"reply": Key(checks.yes_or_no, False)},
    "automatic": {"trust": Key(checks.several(checks.address), [])},
    "security": {"authserv_id": Key(checks.or_none(checks.server), "")},
    "pec": {"providers": Key(checks.several(checks.domain), [])},
    "limits": {
        "mail_mb": Key(checks.whole(1, 1000), 50),
        "header_kb": Key(checks.whole(1, 1024), 256),
        "parts": Key(checks.whole(1, 10_000), 1000),
        "nesting": Key(checks.whole(1, 200), 50),
    },
    "log": {
        "file": Key(checks.or_none(checks.path), ""),
        "syslog": Key(checks.yes_or_no, False),
    },
}

# Sections with one table for each name that the firm gives: [technicians.rossi], [sectors.tecnico].
# A name that is not given is the table's own.
NAMED: Mapping[str, Keys] = {
    "technicians": {
        "name": Key(checks.some_text, None),
        "address": Key(checks.address, REQUIRED),
        "sectors": Key(checks.several(checks.some_text), []),
    },
    "sectors": {
        "name": Key(checks.some_text, None),
        "address": Key(checks.address, REQUIRED),
        "default": Key(checks.yes_or_no, False),
        "notify": Key(checks.several(checks.address), []),
        "about_it": Key(checks.text, ""),
        "about_en": Key(checks.text, ""),
    },
    # Of contracts with hours of their own.
    "calendars": {
        "hours": Key(checks.working_hours, ["09:00-13:00", "14:00-18:00"]),
        "days": Key(checks.working_days, ["mon", "tue", "wed", "thu", "fri"]),
        "patron": Key(checks.day_of_year, "12-07"),
    },
}

SECTORS: Mapping[str, Any] = {
    "gestionale": {
        "name": "Gestionale",
        "address": "supporto.gestionale@projectpp.it",
        "about_it": "Mago4 e i programmi verticali collegati",
        "about_en": "Mago4 and the programs built on it",
    },
    "tecnico": {
        "name": "Sistemistico",
        "address": "supporto.tecnico@projectpp.it",
        "default": True,
        "about_it": "posta elettronica, Internet, sicurezza, permessi, PC, stampanti, antivirus",
        "about_en": "mail, Internet access, security, permissions, PCs, printers, antivirus",
    },
}

# A list of tables, [[rules]]; without any, the published ones hold.
RULE: Keys = {
    "name": Key(checks.some_text, REQUIRED),
    "in": Key(checks.one_or_several(checks.one_of(*FIELDS)), REQUIRED),
    "contains": Key(checks.one_or_several(checks.sought), None),
    "word": Key(checks.one_or_several(checks.sought), None),
    "regex": Key(checks.one_or_several(checks.sought), None),
    "unless": Key(checks.one_or_several(checks.sought), None),
    "sector": Key(checks.some_text, None),
    # "normale" is what a case is without any rule.
    "urgency": Key(checks.one_of("urgente", "critico"), None),
    "command": Key(checks.one_of("close", "reopen"), None),
    "tag": Key(checks.some_text, None),
    "matches": Key(checks.one_or_several(checks.example), None),
    "misses": Key(checks.one_or_several(checks.example), None),
}


def all_keys() -> tuple[str, ...]:
    """Every key with its section, as the documentation lists them."""
    plain = [f"{section}.{key}".lstrip(".") for section, known in SECTIONS.items() for key in known]
    named = [f"{section}.NAME.{key}" for section, known in NAMED.items() for key in known]
    return (*plain, *named, *(f"rules.{key}" for key in RULE))


def below(section: str) -> tuple[str, ...]:
    """The sections within a section; within "" those of the whole file."""
    names = (*SECTIONS, *NAMED, "rules")
    return tuple(name.rpartition(".")[2] for name in names if name and name.rpartition(".")[0] == section)
