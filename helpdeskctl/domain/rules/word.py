"""`word`: the text stands as words of its own ("sql" in "SQL Server", not in "mysqldump")."""

from collections.abc import Iterator

from helpdeskctl.domain.folding import Folded


def spans(pattern: str, text: Folded) -> Iterator[tuple[int, int]]:
    """Every place of the folded pattern that no letter or digit touches."""
    whole = text.folded
    start = whole.find(pattern)
    while start >= 0:
        end = start + len(pattern)
        if not (whole[start - 1 : start].isalnum() or whole[end : end + 1].isalnum()):
            yield start, end
        start = whole.find(pattern, start + 1)
