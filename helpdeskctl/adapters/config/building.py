"""From checked values to the frozen settings, and what one key must be because of another."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Any

from helpdeskctl.adapters.config import schema
from helpdeskctl.adapters.config.checks import Place
from helpdeskctl.adapters.config.default_rules import published
from helpdeskctl.adapters.config.reading import (
    Problems,
    Values,
    named_values,
    quoted,
    refuse,
    rule_values,
    section_values,
)
from helpdeskctl.adapters.config.rules import rules_of
from helpdeskctl.domain.completeness import words_of
from helpdeskctl.domain.errors import ConfigurationError
from helpdeskctl.domain.rules import Rule
from helpdeskctl.domain.settings import (
    Desk,
    Limits,
    Log,
    MailOut,
    Minimum,
    Policy,
    Response,
    Sector,
    Settings,
    Smtp,
    Technician,
)
from helpdeskctl.domain.working_time import Calendar

_SECTOR_KEY = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
_SEVEN_DAYS = 7
_WHOLE_DAY = ((0, 24 * 60),)


def settings(given: Mapping[str, Any], source: str) -> Settings:
    """The whole configuration; `given` is the file's content, `source` its path ("" for none).

    Raises one `ConfigurationError` for everything that is wrong; what the keys say of one another is
    looked at when each is right by itself.
    """
    place, problems = Place(source or "(default)", ""), Problems()
    if "sectors" not in given:
        given = {**given, "sectors": schema.SECTORS}
    values = {section: section_values(given, section, place, problems) for section in schema.SECTIONS}
    sectors_read = named_values(given, "sectors", place, problems)
    technicians_read = named_values(given, "technicians", place, problems)
    calendars_read = named_values(given, "calendars", place, problems)
    rules_read = rule_values(given, place, problems)
    refuse(problems)
    sectors = _sectors(sectors_read, place, problems)
    technicians = tuple(Technician(login, **found) for login, found in technicians_read.items())
    problems.extend(_shared_addresses(values, sectors, place))
    problems.extend(_unknown_sectors(technicians, sectors, place))
    problems.extend(_half_a_login(values["mail.smtp"], place))
    keys = tuple(sector.key for sector in sectors)
    rules = rules_of(rules_read, keys, problems) if rules_read else published(keys)
    refuse(problems)
    mail = values["mail"]
    out = MailOut(mail["transport"], mail["sendmail"], mail["templates"], Smtp(**values["mail.smtp"]))
    paths = values["maildir"]["path"], values["store"]["path"]
    policy = _policy(values, sectors, technicians, rules)
    named = tuple((name, _calendar(read, policy.zone)) for name, read in calendars_read.items())
    policy = policy._replace(calendars=named)
    return Settings(source, *paths, policy, Limits(**values["limits"]), out, Log(**values["log"]))


def _policy(
    values: Mapping[str, Values],
    sectors: tuple[Sector, ...],
    technicians: tuple[Technician, ...],
    rules: tuple[Rule, ...],
) -> Policy:
    zone, times = values[""]["timezone"], values["times"]
    return Policy(
        language=values[""]["language"],
        zone=zone,
        desk=Desk(**values["desk"]),
        sectors=sectors,
        technicians=technicians,
        rules=rules,
        calendar=_calendar(times, zone),
        response=Response(**values["times.respond"]),
        minimum=_minimum(values["minimum"]),
        bounces=values["mail"]["bounces"],
        personal_reply=values["personal"]["reply"],
        trusted=values["automatic"]["trust"],
        authserv_id=values["security"]["authserv_id"],
        pec_providers=values["pec"]["providers"],
    )


def _minimum(read: Values) -> Minimum:
    """As subjects are compared: what is written with a sign in it ("c'è") is several words there, too."""
    vague = frozenset(word for written in read["vague_words"] for word in words_of(written))
    return Minimum(vague, read["text_words"])


def _calendar(read: Values, zone: tzinfo) -> Calendar:
    # All hours of all days mean round the clock: holidays included, then.
    always = read["hours"] == _WHOLE_DAY and len(read["days"]) == _SEVEN_DAYS
    return Calendar(read["hours"], read["days"], read["patron"], zone, always)


def _sectors(read: Mapping[str, Values], place: Place, problems: Problems) -> tuple[Sector, ...]:
    """The sectors; exactly one is the default, by itself where there is only one."""
    inner = place.within("sectors")
    for key in read:
        if not key or not set(key) <= _SECTOR_KEY:
            sentence = "{file}: {key} must be named with a-z, 0-9, - and _ only."
            problems.append(inner.within(quoted(key)).wrong(sentence, ""))
    sectors = tuple(
        Sector(key, **{**found, "default": found["default"] or len(read) == 1}) for key, found in read.items()
    )
    if sum(sector.default for sector in sectors) != 1:
        sentence = "{file}: exactly one of [{key}] must have default = true."
        problems.append(inner.wrong(sentence, ""))
    return sectors


def _shared_addresses(
    values: Mapping[str, Values], sectors: Iterable[Sector], place: Place
) -> Iterator[ConfigurationError]:
    """Two that read mail at one address; bounces, too, for all automatic mail there is taken for one."""
    seen = set(values["desk"]["intake"])
    named = [(f"sectors.{sector.key}.address", sector.address) for sector in sectors]
    for key, address in (*named, ("mail.bounces", values["mail"]["bounces"])):
        if address in seen:
            sentence = "{file}: {key} = {found} is an address of the desk already: each needs its own."
            yield place.within(key).wrong(sentence, address)
        seen.add(address)


def _unknown_sectors(
    technicians: Iterable[Technician], sectors: Iterable[Sector], place: Place
) -> Iterator[ConfigurationError]:
    keys = [sector.key for sector in sectors]
    for technician in technicians:
        for key in technician.sectors:
            if key not in keys:
                where = place.within(f"technicians.{quoted(technician.login)}.sectors")
                sentence = "{file}: {key} must be one of {allowed}, not {found}."
                yield where.wrong(sentence, key, allowed=", ".join(keys))


def _half_a_login(smtp: Values, place: Place) -> Iterator[ConfigurationError]:
    """A name without the file of its password, or the other way round."""
    for key, other in (("username", "password_file"), ("password_file", "username")):
        if smtp[key] and not smtp[other]:
            yield place.within(f"mail.smtp.{other}").wrong("{file}: {key} is missing.", "")
