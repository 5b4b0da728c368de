"""From checked values to the frozen settings, and what one key must be because of another."""

from collections.abc import Mapping
from typing import Any

from helpdeskctl.adapters.config import schema
from helpdeskctl.adapters.config.checks import Place, table
from helpdeskctl.adapters.config.default_rules import RULES
from helpdeskctl.domain.case import Urgency
from helpdeskctl.domain.rules import FIELDS, KINDS, Rule
from helpdeskctl.domain.settings import (
    Desk,
    Limits,
    MailOut,
    Policy,
    Response,
    Sector,
    Settings,
    Smtp,
    Technician,
)
from helpdeskctl.domain.working_time import Calendar

_EFFECTS = ("sector", "urgency", "command", "tag")
_SECTOR_KEY = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")


def settings(given: Mapping[str, Any], source: str) -> Settings:
    """The whole configuration; `given` is the file's content, `source` its path ("" for none)."""
    place = Place(source, "")
    top = {name for name in (*schema.SECTIONS, *schema.NAMED) if name and "." not in name}
    schema.refuse_unknown(given, dict.fromkeys((*schema.SECTIONS[""], *top, "rules")), place)
    read = {section: _section(given, section, place) for section in schema.SECTIONS}
    sectors = _sectors(_named(given, "sectors", place) or schema.SECTORS, place)
    desk, mail, root = read["desk"], read["mail"], read[""]
    _refuse_shared_addresses(desk["intake"], sectors, place)
    calendar = Calendar(zone=root["timezone"], **read["times"])
    policy = Policy(
        language=root["language"],
        zone=root["timezone"],
        desk=Desk(**desk),
        sectors=sectors,
        technicians=_technicians(_named(given, "technicians", place), sectors, place),
        rules=_rules(given, sectors, place),
        calendar=calendar,
        response=Response(**read["times.respond"]),
        bounces=mail["bounces"],
        personal_reply=read["personal"]["reply"],
        trusted=read["automatic"]["trust"],
        authserv_id=read["security"]["authserv_id"],
        pec_providers=read["pec"]["providers"],
    )
    out = MailOut(mail["transport"], mail["sendmail"], mail["templates"], Smtp(**read["mail.smtp"]))
    paths = read["maildir"]["path"], read["store"]["path"]
    return Settings(source, *paths, policy, Limits(**read["limits"]), out)


def _section(given: Mapping[str, Any], section: str, place: Place) -> dict[str, Any]:
    """A section with its defaults, its subsections apart."""
    inner = place.within(section) if section else place
    content: Any = given
    for step in section.split(".") if section else ():
        content = table(content.get(step, {}), inner)
    below = {
        name.rpartition(".")[2] for name in schema.SECTIONS if name and name.rpartition(".")[0] == section
    }
    if not section:
        below |= {*schema.NAMED, "rules"}
    return schema.values(
        {k: v for k, v in content.items() if k not in below}, schema.SECTIONS[section], inner
    )


def _named(given: Mapping[str, Any], section: str, place: Place) -> dict[str, dict[str, Any]]:
    """The tables of a section whose names the firm chooses."""
    inner = place.within(section)
    found = table(given.get(section, {}), inner)
    return {
        name: schema.values(table(content, inner.within(name)), schema.NAMED[section], inner.within(name))
        for name, content in found.items()
    }


def _sectors(given: Mapping[str, Mapping[str, Any]], place: Place) -> tuple[Sector, ...]:
    """The sectors; exactly one is the default, by itself where there is only one."""
    inner = place.within("sectors")
    for name in given:
        if not name or not set(name) <= _SECTOR_KEY:
            sentence = "{file}: {key} must be named with a-z, 0-9, - and _ only."
            raise inner.within(name).wrong(sentence, name)
    sectors = tuple(
        Sector(key, v["name"], v["address"], v.get("default", False) or len(given) == 1, v.get("notify", ()))
        for key, v in given.items()
    )
    if sum(sector.default for sector in sectors) != 1:
        raise inner.wrong("{file}: exactly one of [{key}] must have default = true.", "")
    return sectors


def _refuse_shared_addresses(intake: tuple[str, ...], sectors: tuple[Sector, ...], place: Place) -> None:
    seen = set(intake)
    for sector in sectors:
        if sector.address in seen:
            where = place.within(f"sectors.{sector.key}.address")
            sentence = "{file}: {key} = {found} is an address of the desk already: each needs its own."
            raise where.wrong(sentence, sector.address)
        seen.add(sector.address)


def _technicians(
    given: Mapping[str, Mapping[str, Any]], sectors: tuple[Sector, ...], place: Place
) -> tuple[Technician, ...]:
    for login, values in given.items():
        for sector in values["sectors"]:
            _known_sector(sector, sectors, place.within(f"technicians.{login}.sectors"))
    return tuple(Technician(login, v["name"], v["address"], v["sectors"]) for login, v in given.items())


def _known_sector(key: str, sectors: tuple[Sector, ...], place: Place) -> None:
    if key not in {sector.key for sector in sectors}:
        known = ", ".join(sector.key for sector in sectors)
        raise place.wrong("{file}: {key} must be one of {allowed}, not {found}.", key, allowed=known)


def _rules(given: Mapping[str, Any], sectors: tuple[Sector, ...], place: Place) -> tuple[Rule, ...]:
    """The file's rules, else the published ones, as far as their sectors exist."""
    keys = {sector.key for sector in sectors}
    if not given.get("rules"):
        published = [rule for rule in RULES if rule.get("sector", next(iter(keys))) in keys]
        return tuple(_rule(rule, sectors, place.within(rule["name"])) for rule in published)
    tables = given["rules"]
    if not isinstance(tables, list):
        raise place.within("rules").wrong("{file}: {key} must be a list of sections, [[{key}]].", tables)
    rules: list[Rule] = []
    for number, content in enumerate(tables, 1):
        where = place.within(f"rules[{number}]")
        rule = _rule(table(content, where), sectors, where)
        if rule.name in {other.name for other in rules}:
            raise where.within("name").wrong("{file}: {key} = {found} names two rules.", rule.name)
        rules.append(rule)
    return tuple(rules)


def _rule(given: Mapping[str, Any], sectors: tuple[Sector, ...], place: Place) -> Rule:
    values = schema.values(given, schema.RULE, place)
    kinds = [kind for kind in KINDS if values[kind]]
    effects = [effect for effect in _EFFECTS if values[effect]]
    if len(kinds) != 1:
        raise place.wrong("{file}: {key} must have exactly one of {allowed}.", "", allowed=", ".join(KINDS))
    if len(effects) != 1:
        raise place.wrong(
            "{file}: {key} must have exactly one of {allowed}.", "", allowed=", ".join(_EFFECTS)
        )
    for field in values["in"]:
        if field not in FIELDS:
            sentence = "{file}: {key} must be one of {allowed}, not {found}."
            raise place.within("in").wrong(sentence, field, allowed=", ".join(FIELDS))
    if values["sector"]:
        _known_sector(values["sector"], sectors, place.within("sector"))
    patterns = values[kinds[0]]
    return Rule(
        name=values["name"],
        fields=values["in"],
        kind=kinds[0],
        patterns=patterns,
        unless=values["unless"] or (),
        sector=values["sector"] or "",
        urgency=Urgency[values["urgency"]] if values["urgency"] else None,
        command=values["command"] or "",
        tag=values["tag"] or "",
        compiled=_compiled(patterns, place.within("regex")) if kinds[0] == "regex" else (),
        matches=values["matches"] or (),
        misses=values["misses"] or (),
    )


def _compiled(patterns: tuple[str, ...], place: Place) -> tuple[Any, ...]:
    """The expressions as RE2 compiles them: linear time, upper and lower case alike."""
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    compiled = []
    for pattern in patterns:
        try:
            compiled.append(re2.compile(pattern, options))
        except re2.error as error:
            said = error.args[0] if error.args else ""
            words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            sentence = "{file}: {key} = {found} is no expression that RE2 takes ({reason})."
            raise place.wrong(sentence, pattern, reason=words) from None
    return tuple(compiled)
