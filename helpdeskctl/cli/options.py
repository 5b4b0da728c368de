"""The options that every command takes, before and after its name; the later one wins."""

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.words import LANGUAGES, _
from helpdeskctl.domain.settings import Settings

C = TypeVar("C", bound=Callable[..., Any])


class Session:
    """What the common options said, and what follows from them; one for each run."""

    def __init__(self) -> None:
        self.config: str | None = None
        self.json = False
        self.lang: str | None = None
        self.acting: str | None = None
        self.color = "auto"

    @property
    def settings(self) -> Settings:
        """The configuration, read once."""
        return bootstrap.settings(self.config)

    @property
    def terminal(self) -> bool:
        """Whether a person looks at standard output; HELPDESKCTL_FORCE_TTY says so where one does not."""
        return sys.stdout.isatty() or bool(os.environ.get("HELPDESKCTL_FORCE_TTY"))

    @property
    def colored(self) -> bool:
        """Whether colours may be used: `--color`, NO_COLOR, TERM=dumb, a terminal (no-color.org)."""
        if self.color != "auto":
            return self.color == "always"
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    @property
    def who(self) -> str:
        """Who acts: `--as`, the user behind sudo, the login; a technician's login where one matches."""
        login = self.acting or os.environ.get("SUDO_USER") or _login()
        for technician in self.settings.policy.technicians:
            if login.lower() in {technician.login.lower(), technician.address.lower()}:
                return technician.login
        return login


def _login() -> str:
    """The name of the account; its number where it has no name, as in a container."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def session(context: click.Context) -> Session:
    """The run's session."""
    found: Session = context.find_root().obj
    return found


def common(command: C) -> C:
    """The command with the options common to all."""
    for option in reversed(_options()):
        option(command)
    return command


def _options() -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--config",
            metavar=_("FILE"),
            callback=_remember("config"),
            expose_value=False,
            help=_("The configuration to use."),
        ),
        click.option(
            "--json",
            is_flag=True,
            default=None,
            callback=_remember("json"),
            expose_value=False,
            help=_("Print JSON, for programs."),
        ),
        click.option(
            "--lang",
            type=click.Choice(LANGUAGES),
            callback=_remember("lang"),
            expose_value=False,
            help=_("Speak Italian or English."),
        ),
        click.option(
            "--as",
            metavar=_("LOGIN"),
            callback=_remember("acting"),
            expose_value=False,
            help=_("Act as this technician."),
        ),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            callback=_remember("color"),
            expose_value=False,
            help=_("Use colours or not."),
        ),
    ]


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def remember(context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        if value is not None and isinstance(context.find_root().obj, Session):
            setattr(context.find_root().obj, name, value)
        return value

    return remember
