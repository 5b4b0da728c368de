"""What a command says beside its data: sentences on stderr, for people (behaviour.md §9)."""

import click

from helpdeskctl.cli import exit_codes
from helpdeskctl.cli.words import sentence
from helpdeskctl.domain.errors import HelpdeskError


def say(message: str) -> None:
    """One sentence on stderr."""
    click.echo(message, err=True)


def complain(error: HelpdeskError) -> int:
    """The error's sentence on stderr, its exit code; the command goes on with the next one."""
    say(f"helpdeskctl: {sentence(error)}")
    return exit_codes.of(error)
