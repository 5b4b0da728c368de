"""Every key of the configuration: its section, what it must be, what it is when it is not given.

The keys of behaviour.md §11; `docs/configuration.md` is checked against this table.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from helpdeskctl.adapters.config import checks
from helpdeskctl.adapters.config.checks import Check, Place

REQUIRED = object()
_INTAKE = ["nuovocaso@projectpp.it"]


class Key(NamedTuple):
    """One key: its check, and its default as it would stand in the file; `REQUIRED` where there is none."""

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
        "intake": Key(checks.some_addresses, _INTAKE),
        "mailbox": Key(checks.addresses, []),
        "staff": Key(checks.patterns, []),
    },
    "mail": {
        "transport": Key(checks.one_of("sendmail", "smtp", "none"), "sendmail"),
        "sendmail": Key(checks.path, "/usr/sbin/sendmail"),
        "bounces": Key(checks.address_or_none, ""),
        "templates": Key(checks.path_or_none, "~/.config/helpdeskctl/templates"),
    },
    "mail.smtp": {
        "host": Key(checks.some_text, "localhost"),
        "port": Key(checks.whole(1, 65535), 25),
        "security": Key(checks.one_of("none", "starttls", "tls"), "none"),
        "username": Key(checks.text, ""),
        "password_file": Key(checks.path_or_none, ""),
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
    "personal": {"reply": Key(checks.yes_or_no, False)},
    "automatic": {"trust": Key(checks.addresses, [])},
    "security": {"authserv_id": Key(checks.text, "")},
    "pec": {"providers": Key(checks.domains, [])},
    "limits": {
        "mail_mb": Key(checks.whole(1, 1000), 50),
        "header_kb": Key(checks.whole(1, 10_000), 256),
        "parts": Key(checks.whole(1, 100_000), 1000),
        "nesting": Key(checks.whole(1, 500), 50),
    },
}

# Sections with one table for each name that the firm gives: [technicians.rossi], [sectors.tecnico].
NAMED: Mapping[str, Keys] = {
    "technicians": {
        "name": Key(checks.some_text, REQUIRED),
        "address": Key(checks.address, REQUIRED),
        "sectors": Key(checks.texts, []),
    },
    "sectors": {
        "name": Key(checks.some_text, REQUIRED),
        "address": Key(checks.address, REQUIRED),
        "default": Key(checks.yes_or_no, False),
        "notify": Key(checks.addresses, []),
    },
}

SECTORS: Mapping[str, Any] = {
    "gestionale": {"name": "Gestionale", "address": "supporto.gestionale@projectpp.it"},
    "tecnico": {"name": "Sistemistico", "address": "supporto.tecnico@projectpp.it", "default": True},
}

# A list of tables, [[rules]]; without any, the published ones hold.
RULE: Keys = {
    "name": Key(checks.some_text, REQUIRED),
    "in": Key(checks.text_or_texts, REQUIRED),
    "contains": Key(checks.text_or_texts, None),
    "word": Key(checks.text_or_texts, None),
    "regex": Key(checks.text_or_texts, None),
    "unless": Key(checks.text_or_texts, None),
    "sector": Key(checks.some_text, None),
    "urgency": Key(checks.one_of("urgente", "critico"), None),
    "command": Key(checks.one_of("close", "reopen"), None),
    "tag": Key(checks.some_text, None),
    "matches": Key(checks.text_or_texts, None),
    "misses": Key(checks.text_or_texts, None),
}

# Keys whose feature is still to come: refused when they ask for it.
NOT_YET: Mapping[str, Any] = {"personal.reply": False}


def all_keys() -> tuple[str, ...]:
    """Every key with its section, as the documentation lists them."""
    plain = [f"{section}.{key}".lstrip(".") for section, known in SECTIONS.items() for key in known]
    named = [f"{section}.NAME.{key}" for section, known in NAMED.items() for key in known]
    return (*plain, *named, *(f"rules.{key}" for key in RULE))


def values(given: Mapping[str, Any], known: Keys, place: Place) -> dict[str, Any]:
    """One section checked: every known key with its value or its default, and no unknown key."""
    refuse_unknown(given, known, place)
    found = {}
    for name, key in known.items():
        if name not in given and key.default is REQUIRED:
            raise place.within(name).wrong("{file}: {key} is missing.", "")
        value = given.get(name, key.default)
        found[name] = key.check(value, place.within(name)) if value is not None else None
        planned = NOT_YET.get(place.within(name).key, found[name])
        if planned != found[name]:
            sentence = "{file}: {key} = {found} is not possible in this version yet: remove that line."
            raise place.within(name).wrong(sentence, str(value).lower())
    return found


def refuse_unknown(given: Mapping[str, Any], known: Mapping[str, Any], place: Place) -> None:
    """An unknown key is an error that names the nearest known one."""
    for name in given:
        if name not in known:
            from difflib import get_close_matches

            where = place.within(name)
            if near := get_close_matches(name.lower(), known, 1, 0.5):
                sentence = "{file}: {key} is no key that helpdeskctl knows: did you mean {near}?"
                raise where.wrong(sentence, name, near=place.within(near[0]).key)
            sentence = "{file}: {key} is no key that helpdeskctl knows: allowed here are {allowed}."
            raise where.wrong(sentence, name, allowed=", ".join(known))
