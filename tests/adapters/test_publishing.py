"""A page for customers: two forms of one text, and nothing in them that was not meant."""

from collections.abc import Mapping
from html.parser import HTMLParser

import pytest

from helpdeskctl.adapters.publishing import page
from helpdeskctl.domain.answers import Fact

HOSTILE = (
    "<script>alert(1)</script>",
    "*forte* _corsivo_ `codice` **",
    "[qui](javascript:alert(1))",
    "![x](http://sito.example/x.png)",
    "<http://sito.example>",
    "a | b | c",
    "&lt;b&gt; &amp;",
    "# titolo",
    "\\*",
    "a\n\n# b\u202e\x1b[31m",
    "$body ${title} $$",
)


class Said:
    """A text with one fact of each kind."""

    def render(self, template: str, facts: Mapping[str, Fact]) -> tuple[str, str]:
        several = facts["several"]
        assert isinstance(several, tuple)
        rows = "".join(f"| {item} | x |\n" for item in several)
        body = f"Titolo\n===\n\n- {facts['one']}\n\nA <{facts['address']}>\n\n| a | b |\n|---|---|\n{rows}"
        return f"{template} {facts['one']}", body


class Tags(HTMLParser):
    """The tags of a page and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def made(one: str) -> tuple[str, Tags]:
    found = page(Said(), "pagina", {"one": one, "several": (one, "y"), "address": "a_b@rossi.example"}, "it")
    tags = Tags()
    tags.feed(found.html)
    return found.title, tags


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_fact_adds_words_and_no_markup(hostile: str) -> None:
    title, tags = made(hostile)
    _, plain = made("parola")
    assert [name for name, _ in tags.tags] == [name for name, _ in plain.tags]
    shown = " ".join("".join(c if c.isprintable() else " " for c in hostile).split())
    assert " ".join(tags.text.split()).count(shown) == 3
    assert title == f"pagina {''.join(c if c.isprintable() else ' ' for c in hostile)}"


def test_an_address_can_be_written_to() -> None:
    _, tags = made("parola")
    assert ("a", {"href": "mailto:a_b@rossi.example"}) in tags.tags


def test_a_page_stands_by_itself() -> None:
    found = page(Said(), "pagina", {"one": "x", "several": ("y",), "address": "a@rossi.example"}, "en")
    assert '<html lang="en">' in found.html
    assert (
        "viewport" in found.html
        and "prefers-color-scheme: dark" in found.html
        and "@media print" in found.html
    )
    _, tags = made("x")
    assert not {name for name, _ in tags.tags} & {"script", "link", "img", "iframe"}
    assert "url(" not in found.html and "@import" not in found.html
