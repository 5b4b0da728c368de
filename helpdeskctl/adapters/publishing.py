"""A page for customers as Markdown and as HTML.

It knows the two forms and what is dangerous in them; what the page says comes from the port `Texts`. A
fact can add words to the page, never markup: the firm's own rules hold any characters.
"""

import os
from collections.abc import Mapping
from html import escape
from string import Template
from typing import NamedTuple

from helpdeskctl.application.ports import Texts
from helpdeskctl.domain.answers import Fact

_FRAME = os.path.join(os.path.dirname(__file__), "pages_text", "page.html")
# What Markdown (CommonMark 0.31, with tables) could take for markup; a backslash makes it a letter.
_MARKUP = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>&|#~"})


class Page(NamedTuple):
    """A page in both forms; `html` stands by itself."""

    title: str
    markdown: str
    html: str


def page(texts: Texts, name: str, facts: Mapping[str, Fact], language: str) -> Page:
    """The text of that name with these facts."""
    from markdown_it import MarkdownIt

    title, markdown = texts.render(name, {key: _plain(key, fact) for key, fact in facts.items()})
    heading = _without_escapes(title)
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    with open(_FRAME, encoding="utf-8") as file:
        frame = Template(file.read())
    return Page(heading, markdown, frame.substitute(language=language, title=escape(heading), body=body))


def _plain(name: str, fact: Fact) -> Fact:
    """The fact without markup; an address stands between `<` and `>`, where nothing is markup, and the
    configuration lets nothing through but addresses."""
    if "address" in name:
        return fact
    if isinstance(fact, tuple):
        return tuple(_escaped(item) for item in fact)
    return _escaped(fact) if isinstance(fact, str) else fact


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).translate(_MARKUP)


def _without_escapes(text: str) -> str:
    """The title as it is shown where no markup is read."""
    shown = ""
    pieces = iter(text)
    for char in pieces:
        shown += next(pieces, "") if char == "\\" else char
    return shown
