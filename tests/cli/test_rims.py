"""Whatever a mail holds, a spreadsheet gets no formula and a page no markup."""

import csv as standard
import html as standard_html
import io
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from helpdeskctl.cli.formats import csv, html
from helpdeskctl.cli.formats.cleaning import one_line

# Often what is risky, and anything at all.
RISKY = st.text(st.one_of(st.sampled_from("=+-@\t\r\n;\"',<>&\u202e\x1b\x00\uff1d \ufeff"), st.characters()))


@given(st.lists(RISKY, min_size=1, max_size=5))
def test_a_spreadsheet_gets_the_cells_that_there_were_and_no_formula(cells: list[str]) -> None:
    content = b"".join(csv.document(["Oggetto"], [cells])).decode("utf-8-sig")
    assert content.count("\n") == content.count("\r\n") == 2
    _headings, read = standard.reader(io.StringIO(content, newline=""), delimiter=";")
    assert len(read) == len(cells)
    for cell, written in zip(read, cells, strict=True):
        assert not unicodedata.normalize("NFKC", cell[:1]).startswith(("=", "+", "-", "@"))
        assert cell in {one_line(written), "'" + one_line(written)}
        assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in cell)


@given(RISKY)
def test_a_page_shows_a_text_and_nothing_of_it_is_markup(written: str) -> None:
    shown = html.text(written)
    assert not set("<>\"'") & set(shown)
    assert standard_html.unescape(shown) == one_line(written)
