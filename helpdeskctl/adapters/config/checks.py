"""What a value of the configuration must be; each check returns it as it is used, or says what is wrong.

It knows TOML's types and the domain's values; it knows no key.
"""

import os
import re
from collections.abc import Callable, Mapping
from datetime import date, tzinfo
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from helpdeskctl.domain.errors import ConfigurationError
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.patterns import lazily

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST_SHOWN = 80
# The dot-string form of RFC 5321 §4.1.2; a domain of other letters than ours may stand as it is read.
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = lazily(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_LOCAL = lazily(r"(?!-)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_SERVER = lazily(rf"{_LABEL}(?:\.{_LABEL})*|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
_HOURS = lazily(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)", re.ASCII)
_DAY = lazily(r"(\d\d)-(\d\d)", re.ASCII)
_LEAP_YEAR = 2024
_WHOLE_DAY = 24 * 60


class Place(NamedTuple):
    """Where a value stands: the file, and the key with its section in front."""

    file: str
    key: str

    def wrong(self, sentence: str, found: Any, **facts: object) -> ConfigurationError:
        """The error that says so; `sentence` names {file}, {key} and, where it helps, {found}."""
        return ConfigurationError(sentence, file=self.file, key=self.key, found=shown(found), **facts)

    def within(self, key: str) -> "Place":
        """The place of a key in this section."""
        return self._replace(key=f"{self.key}.{key}" if self.key else key)


Check = Callable[[Any, Place], Any]


def shown(value: Any) -> str:
    """A value much as TOML has it, short, and without what a terminal would obey."""
    from json import dumps

    written = dumps(value, ensure_ascii=False, default=str)
    written = "".join(c if c.isprintable() else "\ufffd" for c in written)
    return written if len(written) <= _LONGEST_SHOWN else written[: _LONGEST_SHOWN - 1] + "…"


def text(value: Any, place: Place) -> str:
    """A text of one line, perhaps empty."""
    if not isinstance(value, str) or not value.replace("\xa0", " ").isprintable():
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
        if not isinstance(value, str) or value not in allowed:
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
    """Hours, also parts of one, as minutes; not a number (nan) is none."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
    if not 0 < number <= 1000:
        sentence = (
            "{file}: {key} must be a number of hours above 0 and up to 1000, such as 4 or 0.5, not {found}."
        )
        raise place.wrong(sentence, value)
    return max(1, round(number * 60))


def several(one: Check, least: int = 0) -> Check:
    """A list of such values, none of them twice."""

    def check(value: Any, place: Place) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise place.wrong(
                '{file}: {key} must be a list of texts, such as ["a", "b"], not {found}.', value
            )
        found = tuple(one(item, place) for item in value)
        if len(found) < least:
            raise place.wrong("{file}: {key} must not be empty.", value)
        if len(set(found)) < len(found):
            again = next(index for index, item in enumerate(found) if item in found[:index])
            raise place.wrong("{file}: {key} names {found} twice.", value[again])
        return found

    return check


def one_or_several(one: Check) -> Check:
    """One such value, or a list of at least one."""
    many = several(one, 1)
    return lambda value, place: many([value] if isinstance(value, str) else value, place)


def or_none(check: Check) -> Check:
    """Such a value, or an empty text."""
    return lambda value, place: "" if value == "" else check(value, place)


def example(value: Any, place: Place) -> str:
    """A text that a rule is tried on: any."""
    return value if isinstance(value, str) else text(value, place)


def sought(value: Any, place: Place) -> str:
    """A text to be sought: something of it is left when it is compared."""
    if not fold(example(value, place)):
        raise place.wrong("{file}: {key} must not be empty.", value)
    return str(value)


def address(value: Any, place: Place) -> str:
    """One mail address alone, in lower case."""
    local, _, host = value.lower().rpartition("@") if isinstance(value, str) else ("", "", "")
    if not (_LOCAL().fullmatch(local) and len(local) <= 64 and _DOMAIN().fullmatch(host)):
        sentence = "{file}: {key} must be one mail address such as nome@ditta.example, not {found}."
        raise place.wrong(sentence, value)
    return f"{local}@{host}"


def pattern(value: Any, place: Place) -> str:
    """A mail address in which `*` stands for anything and `?` for one letter, in lower case.

    Its domain must say something: "*@*" would take every customer for staff.
    """
    local, _, host = value.lower().rpartition("@") if isinstance(value, str) else ("", "", "")
    filled = host.replace("*", "a").replace("?", "a")
    says_something = any(c.isalnum() for c in host)
    if not (_LOCAL().fullmatch(local) and _DOMAIN().fullmatch(filled) and says_something):
        sentence = "{file}: {key} must be an address or a pattern such as *@ditta.example, not {found}."
        raise place.wrong(sentence, value)
    return f"{local}@{host}"


def domain(value: Any, place: Place) -> str:
    """A mail domain, in lower case."""
    if not isinstance(value, str) or not _DOMAIN().fullmatch(value):
        sentence = "{file}: {key} must be mail domains such as ditta.example, not {found}."
        raise place.wrong(sentence, value)
    return value.lower()


def server(value: Any, place: Place) -> str:
    """A host by name or number, without port."""
    if not isinstance(value, str) or not _SERVER().fullmatch(value):
        sentence = "{file}: {key} must be a server such as mail.ditta.example, without port, not {found}."
        raise place.wrong(sentence, value)
    return value


def path(value: Any, place: Place) -> str:
    """A path with `~` resolved; a relative one is taken from the configuration's directory.

    What was found instead is not shown: somebody may write a password where its file is asked for.
    """
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise place.wrong("{file}: {key} must be the path of a file or directory, in quotes.", "")
    whole_path = expanded(value, os.environ)
    if whole_path.startswith("~"):
        sentence = "{file}: {key} begins with ~, but there is no such home directory: write the whole path."
        raise place.wrong(sentence, "")
    return os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(place.file)), whole_path))


def program(value: Any, place: Place) -> str:
    """The whole path of a program; it is run without a shell, so nothing else may stand there."""
    whole_path = expanded(value, os.environ) if isinstance(value, str) else ""
    if not whole_path.startswith("/") or " -" in whole_path or not whole_path.isprintable():
        sentence = "{file}: {key} must be the whole path of a program, without options, not {found}."
        raise place.wrong(sentence, value)
    return whole_path


def expanded(name: str, environ: Mapping[str, str]) -> str:
    """The path with a leading `~` resolved; as it is where there is no such home directory."""
    user, _, rest = name.partition("/")
    if user != "~":
        return os.path.expanduser(name) if user.startswith("~") else name
    home = environ.get("HOME")
    if not home:
        import pwd

        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return name
    return os.path.join(home, rest) if rest else home


def zone(value: Any, place: Place) -> tzinfo:
    """A time zone by its name in the IANA database."""
    name = some_text(value, place)
    try:
        return ZoneInfo(name)
    # No such name (a KeyError); a name with "..", a directory of the database.
    except (KeyError, ValueError, OSError):
        sentence = "{file}: {key} must be a time zone such as Europe/Rome, not {found}."
        raise place.wrong(sentence, value) from None


def working_hours(value: Any, place: Place) -> tuple[tuple[int, int], ...]:
    """Spans of a day as minutes since midnight, in order and apart."""
    spans: tuple[tuple[int, int], ...] = several(_span, 1)(value, place)
    if any(end > begin for (_, end), (begin, _) in pairwise(spans)):
        raise place.wrong("{file}: {key} must be in order and must not overlap: {found}.", value)
    return spans


def _span(value: Any, place: Place) -> tuple[int, int]:
    match = _HOURS().fullmatch(value) if isinstance(value, str) else None
    numbers = [int(number) for number in match.groups()] if match else [0, 0, 0, 0]
    begin, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if not begin < end <= _WHOLE_DAY:
        raise place.wrong("{file}: {key} must be spans such as 09:00-13:00, not {found}.", value)
    return begin, end


def working_days(value: Any, place: Place) -> frozenset[int]:
    """Days of the week, 0 for Monday."""
    return frozenset(map(DAYS.index, several(one_of(*DAYS), 1)(value, place)))


def day_of_year(value: Any, place: Place) -> tuple[int, int] | None:
    """Month and day, 29 February among them, or None for an empty text."""
    if value == "":
        return None
    match = _DAY().fullmatch(value) if isinstance(value, str) else None
    month, day = (int(match[1]), int(match[2])) if match else (0, 0)
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        sentence = "{file}: {key} must be a day as MM-DD, such as 12-07, not {found}."
        raise place.wrong(sentence, value) from None
    return month, day
