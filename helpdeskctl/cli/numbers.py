"""Case numbers as people type them: `7`, `#7`, and ranges such as `12-15`."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from helpdeskctl.cli import suggesting
from helpdeskctl.cli.words import _
from helpdeskctl.domain.patterns import lazily

_TYPED = lazily(r"#?(\d{1,9})(?:-#?(\d{1,9}))?", re.ASCII)
F = TypeVar("F", bound=Callable[..., Any])
# A range is typed for a few cases at hand; a longer one is a slip.
_LONGEST_RANGE = 1000


class Numbers(click.ParamType[tuple[int, ...]]):
    """One number or one range; the value is the tuple of numbers it stands for."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """The numbers, in ascending order."""
        typed = _TYPED().fullmatch(value) if isinstance(value, str) else None
        if typed is None:
            said = _("{value} is no case number: write 7, or 12-15.")
            self.fail(said.format(value=repr(value)), param, ctx)
        first = int(typed[1])
        last = int(typed[2] or first)
        if not 0 < first <= last < first + _LONGEST_RANGE:
            self.fail(_("{value} is no range of case numbers.").format(value=repr(value)), param, ctx)
        return tuple(range(first, last + 1))


def number_argument(name: str) -> Callable[[F], F]:
    """One number, or one range where the command refuses that itself."""
    return click.argument(name, type=Numbers(), metavar="N", shell_complete=suggesting.numbers)


def numbers_argument() -> Callable[[F], F]:
    """`N…`: one or more numbers or ranges."""
    return click.argument(
        "numbers", type=Numbers(), nargs=-1, required=True, metavar="N…", shell_complete=suggesting.numbers
    )


def each(numbers: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """Every number typed, each once, in the order typed."""
    return tuple(dict.fromkeys(number for typed in numbers for number in typed))
