"""`regex`: a regular expression of the firm's own, in linear time (RE2), on the folded text.

The expressions arrive compiled: the core knows only that they can search.
"""

from collections.abc import Iterator
from typing import Protocol

from helpdeskctl.domain.folding import Folded


class Match(Protocol):
    """One match of a compiled expression."""

    def span(self) -> tuple[int, int]:
        """Start and end in the text searched."""


class Compiled(Protocol):
    """A compiled expression, as RE2 gives it."""

    def finditer(self, text: str) -> Iterator[Match]:
        """Every match, not overlapping."""


def spans(pattern: Compiled, text: Folded) -> Iterator[tuple[int, int]]:
    """Every place where the expression matches something."""
    for match in pattern.finditer(text.folded):
        start, end = match.span()
        if end > start:
            yield start, end
