"""`contains`: the text stands anywhere, also inside a word ("mago" in "Mago4")."""

from collections.abc import Iterator

from helpdeskctl.domain.folding import Folded


def spans(pattern: str, text: Folded) -> Iterator[tuple[int, int]]:
    """Every place of the folded pattern in the folded text, not overlapping."""
    start = text.folded.find(pattern)
    while start >= 0:
        yield start, start + len(pattern)
        start = text.folded.find(pattern, start + len(pattern))
