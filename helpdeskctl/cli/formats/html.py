"""Pages that are one file: nothing is fetched, and nothing runs but what stands in `pages/`.

What a mail says reaches a page through `text` alone; should markup ever get by it, the page's own
policy lets no script, style, picture or form but ours do anything (Content Security Policy Level 3).
"""

import json
import os
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape
from typing import Any

from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.words import spoken

_PAGES = os.path.join(os.path.dirname(__file__), "pages")


def text(value: str) -> str:
    """A text as it may stand anywhere in a page, also in an attribute."""
    return escape(one_line(value))


def page(title: str, body: str, styles: Sequence[str], scripts: Sequence[str] = ()) -> str:
    """The page of that body, with style sheets and scripts of `pages/` inside it."""
    style = "".join(map(_part, styles))
    codes = [_part(script) for script in scripts]
    allowed = " ".join(map(_hash, codes)) or "'none'"
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {allowed}; base-uri 'none'; "
        "form-action 'none'"
    )
    head = "".join(
        (
            '<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n',
            f"<title>{text(title)}</title>\n<style>{style}</style>\n",
        )
    )
    code = "".join(f"<script>{part}</script>\n" for part in codes)
    return (
        f'<!doctype html>\n<html lang="{spoken()}">\n<head>\n{head}</head>\n'
        f"<body>\n{body}\n{code}</body>\n</html>\n"
    )


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table; the first column names its row, the first `words` columns are texts, the rest numbers."""

    def kind(place: int) -> str:
        return "" if place < words else ' class="number"'

    head = "".join(f'<th scope="col"{kind(n)}>{text(heading)}</th>' for n, heading in enumerate(headings))
    lines = (
        f'<tr><th scope="row">{text(first)}</th>'
        + "".join(f"<td{kind(n)}>{text(cell)}</td>" for n, cell in enumerate(rest, start=1))
        + "</tr>"
        for first, *rest in rows
    )
    body = "\n".join(lines)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def licence(name: str) -> str:
    """What its makers want to stand beside a script of theirs."""
    return f"<!--\n{_part(name)}-->"


def embedded(ident: str, value: Any) -> str:
    """A value for a script to read; no text in it can end the element it stands in."""
    written = json.dumps(value, ensure_ascii=True)
    for char in "<>&":
        written = written.replace(char, f"\\u{ord(char):04x}")
    return f'<script type="application/json" id="{ident}">{written}</script>'


def _part(name: str) -> str:
    """A file of `pages/`, without the reference to a file that is not there."""
    with open(os.path.join(_PAGES, name), encoding="utf-8") as file:
        return "".join(line for line in file if not line.startswith("//# sourceMappingURL="))


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
