"""HTML as the text a person sees: blocks and lines, without what is hidden. Linear in its length."""

import re
from typing import Any

from helpdeskctl.adapters.mail_parser.charsets import cleaned

_UNSEEN = frozenset(
    """
    embed head iframe math noscript object script select style svg template textarea title
    """.split()
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0\s*(?:;|!|$)|max-height\s*:\s*0(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    """
    address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 ul ol table pre blockquote".split())
# A browser carries these over into every block that is opened before they are closed. That may take time
# and memory that grow with the square, and changes nothing in what is read.
_FORMATTING = re.compile(
    r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]{0,5000}>")
# Larger pages are read in a process of their own.
_LARGE = 100_000
_SECONDS = 20
# Between pages, and between their texts: a decoded text holds none.
SEPARATOR = "\0"
_CHILD = "helpdeskctl.adapters.mail_parser.html_child"
_QUOTES = frozenset({"blockquote"})
# Nobody quotes deeper; a margin for each line of a crafted page would grow with the square.
_DEEPEST_QUOTE = 30
# More elements than any person's mail has.
_MOST_NODES = 200_000


def as_texts(pages: list[str]) -> list[str]:
    """What is seen of each page, quotations with "> " before each line; of pages that take too much to be
    read together, what stands between their tags."""
    if sum(map(len, pages)) <= _LARGE:
        return [seen(page) for page in pages]
    import subprocess
    import sys

    command = [sys.executable, "-P", "-m", _CHILD]
    joined = SEPARATOR.join(pages).encode("utf-8", "replace")
    try:
        done = subprocess.run(command, input=joined, capture_output=True, timeout=_SECONDS, check=True)
    except (subprocess.SubprocessError, OSError):
        return [cleaned(_TAG.sub(" ", page)).strip() for page in pages]
    return done.stdout.decode("utf-8", "replace").split(SEPARATOR)


def seen(html: str) -> str:
    """The same of one page, in this process, whatever it takes."""
    from selectolax.lexbor import LexborHTMLParser

    page = LexborHTMLParser(_FORMATTING.sub(r"<\1span", html))
    if page.body is None:
        return ""
    return _Writer().written(page.body)


class _Writer:
    """Walks the page and writes lines; white space is squashed as a browser does."""

    def __init__(self) -> None:
        self._lines: list[str] = [""]
        self._quoted = 0
        self._verbatim = 0

    def written(self, body: Any) -> str:
        # Entering and leaving an element are two steps of one stack: no recursion, however deep.
        waiting: list[tuple[Any, bool]] = [(body, True)]
        steps = 0
        while waiting and steps < _MOST_NODES:
            steps += 1
            node, entering = waiting.pop()
            tag = node.tag
            if not entering:
                self._leave(tag)
            elif tag == "-text":
                self._say(node.text_content or "")
            elif not tag.startswith(("-", "!")) and not _unseen(node, tag):
                self._enter(tag)
                waiting.append((node, False))
                waiting += [(child, True) for child in reversed(list(node.iter(include_text=True)))]
        text = "\n".join(line.rstrip() for line in self._lines)
        return cleaned(re.sub(r"\n{3,}", "\n\n", text)).strip()

    def _enter(self, tag: str) -> None:
        if tag == "br":
            self._lines.append(self._margin())
        elif tag in {"td", "th"}:
            if self._lines[-1].strip("> "):
                self._lines[-1] += "  "
        elif tag in _BLOCKS:
            self._block(tag)
            self._quoted += tag in _QUOTES
            self._verbatim += tag == "pre"
            if tag in _QUOTES and not self._lines[-1].strip("> "):
                self._lines[-1] = self._margin()
            if tag == "li":
                self._lines[-1] += "- "

    def _leave(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._quoted -= tag in _QUOTES
            self._verbatim -= tag == "pre"
            self._block(tag)

    def _block(self, tag: str) -> None:
        """What follows begins on a line of its own, after a blank one for a paragraph."""
        if self._lines[-1].strip("> "):
            self._lines.append(self._margin())
        if tag in _PARAGRAPHS and len(self._lines) > 1 and self._lines[-2].strip("> "):
            self._lines.append(self._margin())
        elif not self._lines[-1].strip("> "):
            self._lines[-1] = self._margin()

    def _say(self, text: str) -> None:
        if self._verbatim:
            first, *more = text.replace("\r\n", "\n").split("\n")
            self._lines[-1] += first
            self._lines += [self._margin() + line for line in more]
            return
        words = " ".join(text.split())
        line = self._lines[-1]
        begun = line.strip("> ")
        if words:
            space = " " if text[:1].isspace() and begun and not line.endswith(" ") else ""
            self._lines[-1] = f"{line}{space}{words}" + (" " if text[-1:].isspace() else "")
        elif text and begun and not line.endswith(" "):
            self._lines[-1] += " "

    def _margin(self) -> str:
        return "> " * min(self._quoted, _DEEPEST_QUOTE)


def _unseen(node: Any, tag: str) -> bool:
    attributes = node.attributes
    if tag in _UNSEEN or "hidden" in attributes:
        return True
    style = attributes.get("style") or ""
    return bool(style) and bool(_HIDDEN.search(style[:2000]))
