"""A parsed file against the schema: for every key its value as it is used.

It knows how keys may be misspelt, not what they are for. What is wrong is added to the problems, so
that one run finds all of it; values are of use only where there is no problem.
"""

from collections.abc import Mapping
from typing import Any

from helpdeskctl.adapters.config import schema
from helpdeskctl.adapters.config.checks import Place, shown
from helpdeskctl.domain.errors import ConfigurationError

Problems = list[ConfigurationError]
Values = dict[str, Any]


def refuse(problems: Problems) -> None:
    """All problems as one error, if there are any: the first three in words, and how many there are."""
    if len(problems) == 1:
        raise problems[0]
    if len(problems) == 2:
        raise ConfigurationError("Two errors. {first} {second}", first=problems[0], second=problems[1])
    if problems:
        first, second, third = problems[:3]
        sentence = "{count} errors, these first. {first} {second} {third}"
        raise ConfigurationError(sentence, count=len(problems), first=first, second=second, third=third)


def section_values(given: Mapping[str, Any], section: str, place: Place, problems: Problems) -> Values:
    """The values of a section with a fixed name; "" is the top of the file."""
    content: Any = given
    for step in section.split(".") if section else ():
        # A section that is no table is a problem where it is itself read.
        content = content.get(step, {}) if isinstance(content, dict) else {}
    where = place.within(section) if section else place
    return _values(content, schema.SECTIONS[section], schema.below(section), where, problems)


def named_values(
    given: Mapping[str, Any], section: str, place: Place, problems: Problems
) -> dict[str, Values]:
    """The values of the tables whose names the firm chooses, by name."""
    where, tables = place.within(section), given.get(section, {})
    if not isinstance(tables, dict):
        problems.append(_no_section(tables, where))
        return {}
    return {
        name: _named(content, section, name, where.within(quoted(name)), problems)
        for name, content in tables.items()
    }


def rule_values(given: Mapping[str, Any], place: Place, problems: Problems) -> list[tuple[Place, Values]]:
    """The values of each of the file's rules, with its place."""
    tables = given.get("rules", [])
    if not isinstance(tables, list):
        sentence = "{file}: {key} must be a list of sections, [[{key}]]."
        problems.append(place.within("rules").wrong(sentence, ""))
        return []
    rules = []
    for number, content in enumerate(tables, 1):
        name = content.get("name") if isinstance(content, dict) else None
        where = place.within(
            f"rules[{number}] {shown(name)}" if isinstance(name, str) else f"rules[{number}]"
        )
        rules.append((where, _values(content, schema.RULE, (), where, problems)))
    return rules


def _named(content: Any, section: str, name: str, place: Place, problems: Problems) -> Values:
    tables = [key for key in content if isinstance(content[key], dict)] if isinstance(content, dict) else []
    if section == "technicians" and tables:
        login = shown(f"{name}.{tables[0]}")
        sentence = "{file}: {key} must be in quotes, because of the dot in it: [technicians.{login}]."
        problems.append(place.within(tables[0]).wrong(sentence, "", login=login))
        return {}
    return {"name": name, **_values(content, schema.NAMED[section], (), place, problems)}


def _values(
    content: Any, known: schema.Keys, below: tuple[str, ...], place: Place, problems: Problems
) -> Values:
    """Every known key of one table with its value or its default; `below` are the sections within."""
    if not isinstance(content, dict):
        problems.append(_no_section(content, place))
        return {}
    problems.extend(
        _unknown(name, known, below, place) for name in content if name not in known and name not in below
    )
    values: Values = {}
    for name, key in known.items():
        where = place.within(name)
        value = content.get(name, key.default)
        try:
            if value is not None:
                values[name] = _checked(value, key, where)
        except ConfigurationError as problem:
            problems.append(problem)
    return values


def _checked(value: Any, key: schema.Key, place: Place) -> Any:
    if value is schema.REQUIRED:
        raise place.wrong("{file}: {key} is missing.", "")
    return key.check(value, place)


def _no_section(found: Any, place: Place) -> ConfigurationError:
    return place.wrong("{file}: {key} must be a section, [{key}], not {found}.", found)


def _unknown(name: str, known: schema.Keys, below: tuple[str, ...], place: Place) -> ConfigurationError:
    """The error for an unknown key; its value is not shown, for it may be a password."""
    where = place.within(quoted(name))
    near = _nearest(name, {key: place.within(key).key for key in (*known, *below)})
    if near:
        sentence = "{file}: {key} is no key that helpdeskctl knows: did you mean {near}?"
        return where.wrong(sentence, "", near=near)
    sentence = "{file}: {key} is no key that helpdeskctl knows: allowed here are {allowed}."
    return where.wrong(sentence, "", allowed=", ".join((*known, *below)))


def _nearest(name: str, here: Mapping[str, str]) -> str:
    """What was probably meant: the same in another section, a similar one here, a similar one elsewhere."""
    from difflib import get_close_matches

    name = name.lower()
    if name in here:
        return here[name]
    elsewhere = {known.rpartition(".")[2]: known for known in (*schema.SECTIONS, *schema.all_keys())[::-1]}
    if name in elsewhere:
        return elsewhere[name]
    for names in (here, elsewhere):
        if near := get_close_matches(name, names, 1):
            return names[near[0]]
    return ""


def quoted(name: str) -> str:
    """A key as TOML has it: plain letters, else in quotes."""
    return name if name.isascii() and name.replace("-", "").replace("_", "").isalnum() else shown(name)
