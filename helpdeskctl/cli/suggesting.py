"""What may follow on a command line, for a shell that completes it: case numbers, sectors, technicians."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.options import Session
from helpdeskctl.domain.errors import HelpdeskError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# A word, and what a shell shows beside it.
Words = Iterable[tuple[str, str]]


def numbers(context: click.Context, _parameter: click.Parameter, typed: str) -> "list[CompletionItem]":
    """The open cases with their subjects."""
    from helpdeskctl.cli.formats.cleaning import one_line

    def words(asked: Session) -> Words:
        cases = bootstrap.store(asked.settings).open_cases()
        return [(str(case.number), one_line(case.subject)[:60]) for case in cases]

    return _items(context, words, typed.removeprefix("#"))


def sectors(context: click.Context, _parameter: click.Parameter, typed: str) -> "list[CompletionItem]":
    """The sectors of the configuration."""
    return _items(context, lambda asked: [(s.key, s.name) for s in asked.settings.policy.sectors], typed)


def technicians(context: click.Context, _parameter: click.Parameter, typed: str) -> "list[CompletionItem]":
    """The technicians of the configuration."""
    return _items(
        context, lambda asked: [(t.login, t.name) for t in asked.settings.policy.technicians], typed
    )


def _items(context: click.Context, words: Callable[[Session], Words], typed: str) -> "list[CompletionItem]":
    """The words that begin so; none where the desk cannot be read: who presses TAB wants no error."""
    from click.shell_completion import CompletionItem

    asked = context.find_root().obj
    try:
        found = list(words(asked if isinstance(asked, Session) else Session()))
    except (HelpdeskError, OSError):
        return []
    return [CompletionItem(word, help=told) for word, told in found if word.startswith(typed)]
