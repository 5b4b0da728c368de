"""The configuration file: found, parsed once, validated whole, handed on as frozen settings.

It knows TOML and the file system; what a setting is for is not its business (behaviour.md §11).
"""

import os
from collections.abc import Mapping
from errno import ENOENT
from typing import Any

from helpdeskctl.adapters.config.building import settings
from helpdeskctl.adapters.config.checks import expanded
from helpdeskctl.domain.errors import ConfigurationError
from helpdeskctl.domain.settings import Settings

_SYSTEM = "/etc/helpdeskctl/config.toml"


def usual(environ: Mapping[str, str]) -> str:
    """Where a person's own configuration lies: $HELPDESKCTL_CONFIG, else the XDG directory."""
    named = environ.get("HELPDESKCTL_CONFIG")
    return expanded(
        named or f"{_base(environ, 'XDG_CONFIG_HOME', '~/.config')}/helpdeskctl/config.toml", environ
    )


def locate(config: str | None, environ: Mapping[str, str]) -> str | None:
    """The file that applies: `config`, $HELPDESKCTL_CONFIG, the person's own, the system's; None: defaults.

    Raises `ConfigurationError` for a file that was named and is not there, and for one of which it
    cannot be told whether it is: another one is never taken instead.
    """
    if config is not None or environ.get("HELPDESKCTL_CONFIG"):
        named = usual(environ) if config is None else expanded(config, environ)
        if not _is_there(named):
            raise _unreadable(named, os.strerror(ENOENT))
        return os.path.abspath(named)
    # Without a home directory the first is no path at all.
    return next((path for path in (usual(environ), _SYSTEM) if path[0] == "/" and _is_there(path)), None)


def load(path: str | None) -> Settings:
    """The settings of that file; without one the defaults, and mail is only queued.

    Raises one `ConfigurationError` with file, section, key, what was found and what is allowed.
    """
    if path is None:
        store = f"{_base(os.environ, 'XDG_STATE_HOME', '~/.local/state')}/helpdeskctl"
        return settings({"mail": {"transport": "none"}, "store": {"path": store}}, "")
    return settings(_parsed(path), path)


def example(answers: Mapping[str, str]) -> str:
    """The commented configuration that `init` writes.

    `answers` may hold language, name, intake, maildir, store, transport, sendmail: each replaces its
    default.
    """
    from helpdeskctl.adapters.config.writing import written

    return written(answers)


def _base(environ: Mapping[str, str], variable: str, default: str) -> str:
    """A base directory; a relative one does not count (XDG Base Directory Specification)."""
    chosen = environ.get(variable, "")
    return chosen if os.path.isabs(chosen) else default


def _is_there(path: str) -> bool:
    """Whether something lies there, be it a link to nowhere."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise _unreadable(path, error.strerror) from error
    return True


def _unreadable(path: str, reason: str | None) -> ConfigurationError:
    return ConfigurationError("The configuration {file} cannot be read ({reason}).", file=path, reason=reason)


def _parsed(path: str) -> dict[str, Any]:
    import tomllib

    try:
        with open(path, "rb") as file:
            content = file.read().decode("utf-8-sig")
        return tomllib.loads(content)
    except OSError as error:
        raise _unreadable(path, error.strerror) from error
    except UnicodeDecodeError as error:
        said = "{file} is not UTF-8 (byte {byte}): save it as UTF-8."
        raise ConfigurationError(said, file=path, byte=error.start) from error
    # TOMLDecodeError is a ValueError, and so is a number of thousands of digits.
    except (ValueError, RecursionError) as error:
        said = "{file} is not valid TOML: {reason}."
        raise ConfigurationError(said, file=path, reason=str(error)) from error
