"""The configuration that `init` writes: the defaults as they are, every key, and the answers given."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from helpdeskctl.adapters import config
from helpdeskctl.adapters.config.schema import all_keys
from helpdeskctl.domain.settings import Settings

DOCS = Path(__file__).parents[2] / "docs/configuration.md"
LANGUAGES = ("it", "en")
# A first-time mail: quotes, backslashes, other letters, and what a terminal would obey.
HOSTILE = 'L\'"Assistenza" \\ più ✓ \\u0041 #'


def loaded(folder: Path, content: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(content, encoding="utf-8")
    return config.load(str(path))


def switched_on(text: str) -> str:
    """The example with every setting in force: a # without a space is taken away."""
    return re.sub(r"^#(?=\S| {4})", "", text, flags=re.MULTILINE)


def found_keys(content: Mapping[str, Any], section: str = "") -> Iterator[str]:
    for key, value in content.items():
        for each in value if key == "rules" else [value]:
            if isinstance(each, dict):
                name = key if section not in ("sectors", "technicians", "calendars") else "NAME"
                yield from found_keys(each, f"{section}.{name}".lstrip("."))
            else:
                yield f"{section}.{key}".lstrip(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_comes_to_the_defaults(tmp_path: Path, language: str) -> None:
    defaults = loaded(tmp_path, f'language = "{language}"')
    assert loaded(tmp_path, config.example({"language": language})) == defaults


def test_without_an_answer_the_example_is_italian(tmp_path: Path) -> None:
    assert loaded(tmp_path, config.example({})) == loaded(tmp_path, "")
    assert "# La lingua" in config.example({})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_of_the_example_is_its_default_too(tmp_path: Path, language: str) -> None:
    defaults = loaded(tmp_path, f'language = "{language}"')
    whole = loaded(tmp_path, switched_on(config.example({"language": language})))
    # The only ones that are not: what a technician and a calendar look like.
    assert [t.login for t in whole.policy.technicians] == ["rossi"]
    assert [name for name, _ in whole.policy.calendars] == ["esteso"]
    assert whole._replace(policy=whole.policy._replace(technicians=(), calendars=())) == defaults


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_stands_in_the_example(language: str) -> None:
    example = tomllib.loads(switched_on(config.example({"language": language})))
    # Rules and their kinds are told in words above the published ones.
    missing = set(all_keys()) - set(found_keys(example))
    assert missing == {"rules.word", "rules.regex", "rules.tag"}
    for key in ("word", "regex", "tag"):
        assert re.search(rf"^# .*\b{key}\b", config.example({"language": language}), re.MULTILINE)


def test_a_key_is_said_by_its_section() -> None:
    keys = all_keys()
    assert {"language", "mail.smtp.port", "times.respond.normale", "sectors.NAME.notify", "rules.in"} <= set(
        keys
    )
    assert len(set(keys)) == len(keys)
    assert all(key == key.strip(".") for key in keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_fits_a_page(language: str) -> None:
    text = config.example({"language": language})
    assert max(map(len, text.splitlines())) <= 110
    assert text.endswith("\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_is_in_force(tmp_path: Path, language: str) -> None:
    answers = {
        "language": language,
        "name": HOSTILE,
        "intake": "casi@rossi.example, nuovo@rossi.example",
        "maildir": '/srv/posta "x" \\ è',
        "store": "/srv/casi",
        "transport": "smtp",
        "sendmail": "/usr/bin/msmtp",
    }
    settings = loaded(tmp_path, config.example(answers))
    assert settings.policy.language == language
    assert settings.policy.desk.name == HOSTILE
    assert settings.policy.desk.intake == ("casi@rossi.example", "nuovo@rossi.example")
    assert (settings.maildir, settings.store) == (answers["maildir"], answers["store"])
    assert (settings.mail.transport, settings.mail.sendmail) == ("smtp", "/usr/bin/msmtp")
    assert settings.policy.technicians == ()


@pytest.mark.parametrize("name", ["a\nb", "\u202e\U000e0041", "\x7f", '"""', "\t"])
def test_no_answer_breaks_the_file(name: str) -> None:
    text = config.example({"name": name})
    assert tomllib.loads(text)["desk"]["name"] == name
    assert len(text.splitlines()) == len(config.example({}).splitlines())


def test_an_answer_that_was_left_empty_is_the_default() -> None:
    assert config.example({"name": "", "intake": ""}) == config.example({})


def test_every_key_stands_in_the_documentation() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [key for key in all_keys() if f"`{key}`" not in text] == []
