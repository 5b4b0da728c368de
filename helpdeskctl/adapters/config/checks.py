"""What a value of the configuration must be; each check returns it as it is used, or says what is wrong.

It knows TOML's types and the domain's values; it knows no key.
"""

import os
import re
from collections.abc import Callable, Mapping
from datetime import date, tzinfo
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from helpdeskctl.domain.errors import ConfigurationError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?", re.IGNORECASE)
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?", re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_LEAP_YEAR = 2024


class Place(NamedTuple):
    """Where a value stands: the file, and the key with its section in front."""

    file: str
    key: str

    def wrong(self, sentence: str, found: Any, **facts: object) -> ConfigurationError:
        """The error that says so; `sentence` names {file}, {key} and, where it helps, {found}."""
        shown = repr(found) if isinstance(found, str) else str(found)
        return ConfigurationError(sentence, file=self.file, key=self.key, found=shown[:80], **facts)

    def within(self, key: str) -> "Place":
        """The place of a key in this section."""
        return self._replace(key=f"{self.key}.{key}" if self.key else key)


Check = Callable[[Any, Place], Any]


def text(value: Any, place: Place) -> str:
    """A text of one line, perhaps empty."""
    if not isinstance(value, str) or not value.isprintable():
        raise place.wrong("{file}: {key} must be a text in quotes on one line, not {found}.", value)
    return value


def some_text(value: Any, place: Place) -> str:
    """A text that is not empty."""
    if not text(value, place).strip():
        raise place.wrong("{file}: {key} must not be empty.", value)
    return str(value)


def yes_or_no(value: Any, place: Place) -> bool:
    """A truth value; 0 and "no" are none."""
    if not isinstance(value, bool):
        raise place.wrong("{file}: {key} must be true or false, without quotes, not {found}.", value)
    return value


def one_of(*allowed: str) -> Check:
    """One of these texts."""

    def check(value: Any, place: Place) -> str:
        if value not in allowed or not isinstance(value, str):
            words = ", ".join(allowed)
            raise place.wrong("{file}: {key} must be one of {allowed}, not {found}.", value, allowed=words)
        return value

    return check


def whole(least: int, most: int) -> Check:
    """A whole number between the two, both included."""

    def check(value: Any, place: Place) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            sentence = "{file}: {key} must be a whole number from {least} to {most}, not {found}."
            raise place.wrong(sentence, value, least=least, most=most)
        return value

    return check


def hours_as_minutes(value: Any, place: Place) -> int:
    """Hours, also parts of one, as minutes."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
    if not 0 < number <= 10_000:
        raise place.wrong(
            "{file}: {key} must be a number of hours above 0, such as 4 or 0.5, not {found}.", value
        )
    return max(1, round(number * 60))


def texts(value: Any, place: Place) -> tuple[str, ...]:
    """A list of texts, none of them empty."""
    if not isinstance(value, list):
        raise place.wrong('{file}: {key} must be a list of texts, such as ["a", "b"], not {found}.', value)
    return tuple(some_text(item, place) for item in value)


def text_or_texts(value: Any, place: Place) -> tuple[str, ...]:
    """One text or several."""
    found = (some_text(value, place),) if isinstance(value, str) else texts(value, place)
    if not found:
        raise place.wrong("{file}: {key} must not be empty.", value)
    return found


def address(value: Any, place: Place) -> str:
    """One mail address, in lower case."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value) or ".." in value:
        raise place.wrong("{file}: {key} must be a mail address such as nome@ditta.it, not {found}.", value)
    return value.lower()


def address_or_none(value: Any, place: Place) -> str:
    """One mail address, or an empty text."""
    return "" if value == "" else address(value, place)


def addresses(value: Any, place: Place) -> tuple[str, ...]:
    """A list of mail addresses."""
    return tuple(address(item, place) for item in texts(value, place))


def some_addresses(value: Any, place: Place) -> tuple[str, ...]:
    """A list of at least one mail address."""
    found = addresses(value, place)
    if not found:
        raise place.wrong("{file}: {key} must not be empty.", value)
    return found


def patterns(value: Any, place: Place) -> tuple[str, ...]:
    """Mail addresses in which `*` stands for anything."""
    for item in texts(value, place):
        if item.count("@") != 1 or any(c.isspace() for c in item):
            raise place.wrong("{file}: {key} must be patterns such as *@ditta.it, not {found}.", item)
    return tuple(item.lower() for item in value)


def domains(value: Any, place: Place) -> tuple[str, ...]:
    """Mail domains, in lower case."""
    for item in texts(value, place):
        if not _DOMAIN.fullmatch(item):
            raise place.wrong("{file}: {key} must be mail domains such as ditta.it, not {found}.", item)
    return tuple(item.lower() for item in value)


def path(value: Any, place: Place) -> str:
    """A path with `~` resolved; a relative one is taken from the configuration's directory."""
    expanded = os.path.expanduser(some_text(value, place))
    return os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(place.file)), expanded))


def path_or_none(value: Any, place: Place) -> str:
    """A path, or an empty text."""
    return "" if value == "" else path(value, place)


def zone(value: Any, place: Place) -> tzinfo:
    """A time zone by its name in the IANA database."""
    try:
        return ZoneInfo(some_text(value, place))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise place.wrong(
            "{file}: {key} must be a time zone such as Europe/Rome, not {found}.", value
        ) from None


def working_hours(value: Any, place: Place) -> tuple[tuple[int, int], ...]:
    """Spans of a day as minutes since midnight, in order and apart."""
    spans: list[tuple[int, int]] = []
    for item in texts(value, place):
        found = _HOURS.fullmatch(item)
        minutes = [int(number) for number in found.groups()] if found else [0, 60, 0, 60]
        begin, end = minutes[0] * 60 + minutes[1], minutes[2] * 60 + minutes[3]
        if minutes[1] > 59 or minutes[3] > 59 or not begin < end <= 1440:
            raise place.wrong("{file}: {key} must be spans such as 09:00-13:00, not {found}.", item)
        spans.append((begin, end))
    if not spans:
        raise place.wrong("{file}: {key} must not be empty.", value)
    if any(end > begin for (_, end), (begin, _) in pairwise(spans)):
        raise place.wrong("{file}: {key} must be in order and must not overlap: {found}.", value)
    return tuple(spans)


def working_days(value: Any, place: Place) -> frozenset[int]:
    """Days of the week, 0 for Monday."""
    one = one_of(*DAYS)
    if not texts(value, place):
        raise place.wrong("{file}: {key} must not be empty.", value)
    return frozenset(DAYS.index(one(item, place)) for item in value)


def day_of_year(value: Any, place: Place) -> tuple[int, int] | None:
    """Month and day, or None for an empty text."""
    if value == "":
        return None
    try:
        month, day = (int(number) for number in text(value, place).split("-"))
        date(_LEAP_YEAR, month, day)
    except ValueError:
        raise place.wrong(
            "{file}: {key} must be a day as MM-DD, such as 12-07, not {found}.", value
        ) from None
    return month, day


def table(value: Any, place: Place) -> Mapping[str, Any]:
    """A table, the section of a file."""
    if not isinstance(value, dict):
        raise place.wrong("{file}: {key} must be a section, [{key}], not {found}.", value)
    return value
