"""The configuration file: found, parsed once, validated whole, handed on as frozen settings.

It knows TOML and the file system; what a setting is for is not its business (behaviour.md §11).
"""

import os
from collections.abc import Mapping
from typing import Any

from helpdeskctl.adapters.config.building import settings
from helpdeskctl.domain.errors import ConfigurationError
from helpdeskctl.domain.settings import Settings

_SYSTEM = "/etc/helpdeskctl/config.toml"


def usual(environ: Mapping[str, str]) -> str:
    """Where a person's own configuration lies."""
    return environ.get("HELPDESKCTL_CONFIG") or os.path.expanduser("~/.config/helpdeskctl/config.toml")


def locate(config: str | None, environ: Mapping[str, str]) -> str | None:
    """The file that applies: `config`, $HELPDESKCTL_CONFIG, the person's own, the system's; None: defaults.

    A file that was named must be there; one of the usual places may be missing.
    """
    named = config if config is not None else environ.get("HELPDESKCTL_CONFIG") or None
    if named is not None:
        return os.path.expanduser(named)
    return next((path for path in (usual(environ), _SYSTEM) if os.path.lexists(path)), None)


def load(path: str | None) -> Settings:
    """The settings of that file; without one the defaults, and mail is only queued.

    Raises `ConfigurationError` with file, section, key and what is allowed.
    """
    if path is None:
        return settings({"mail": {"transport": "none"}}, "")
    return settings(_parsed(path), path)


def example(answers: Mapping[str, str]) -> str:
    """The commented configuration that `init` writes.

    `answers` may hold language, name, intake, maildir, store, transport: each replaces its default.
    """
    language = answers.get("language", "it")
    with open(os.path.join(os.path.dirname(__file__), f"example_{language}.toml"), encoding="utf-8") as file:
        lines = file.read().splitlines(keepends=True)
    section = ""
    for number, line in enumerate(lines):
        if line.startswith("["):
            section = line.strip("[]\n").split("]")[0]
        key = f"{section}.{line.split('=')[0].strip()}".lstrip(".")
        if key in _ASKED and (answer := answers.get(_ASKED[key])):
            value = f"[{_quoted(answer)}]" if key == "desk.intake" else _quoted(answer)
            lines[number] = f"{line.split('=')[0]}= {value}\n"
    return "".join(lines)


_ASKED = {
    "language": "language",
    "maildir.path": "maildir",
    "store.path": "store",
    "desk.name": "name",
    "desk.intake": "intake",
    "mail.transport": "transport",
}


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    shown = (c if c.isprintable() else f"\\u{ord(c) & 0xFFFF:04x}" for c in escaped)
    return '"' + "".join(shown) + '"'


def _parsed(path: str) -> dict[str, Any]:
    import tomllib

    try:
        with open(path, "rb") as file:
            content = file.read().decode("utf-8-sig")
        return tomllib.loads(content)
    except OSError as error:
        said = "The configuration {file} cannot be read ({reason})."
        raise ConfigurationError(said, file=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        said = "{file} is not UTF-8 (byte {byte}): save it as UTF-8."
        raise ConfigurationError(said, file=path, byte=error.start) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            "{file} is not valid TOML: {reason}.", file=path, reason=str(error)
        ) from error
