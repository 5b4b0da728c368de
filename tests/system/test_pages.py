"""The pages in a real browser: drawn, on their own, in both schemes and languages, on paper and on a phone."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.main import run
from tests.browser import Browser
from tests.made_up_desk import CUSTOMERS, LAST, fill

pytestmark = pytest.mark.system

YEAR = ("--since", "2025-12-01", "--until", "2026-11-24")
HOSTILE = "<img src='http://127.0.0.1:9/x' onerror='window.ran=1'><script>window.ran=1</script>"
# How many points of each chart have any colour.
DRAWN = """[...document.querySelectorAll("canvas")].map(canvas => canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data.filter((value, place) => place % 4 == 3 && value)
    .length)"""
# The least contrast of a text with what lies behind it (WCAG 2.1, 1.4.3), large text counted for more.
CONTRAST = """(() => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const linear = (part) => (part /= 255) <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const behind = (element) => {
        const colour = numbers(getComputedStyle(element).backgroundColor);
        return colour.length < 4 || !element.parentElement ? colour : behind(element.parentElement);
    };
    return Math.min(...[...document.querySelectorAll("h1, h2, p, dt, dd, summary, th, td, footer")].map(
        (element) => {
            const style = getComputedStyle(element);
            const found = [light(numbers(style.color)), light(behind(element))].sort((a, b) => b - a);
            const large = parseFloat(style.fontSize) >= 24 ? 1.5 : 1;
            return large * (found[0] + 0.05) / (found[1] + 0.05);
        }));
})()"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory with the pages of a made-up desk in both languages, and the month of its customer."""
    home = tmp_path_factory.mktemp("pages")
    config = home / "config.toml"
    config.write_text(f'[store]\npath = "{home}/store"\n[maildir]\npath = "{home}/Maildir"\n')
    chosen = bootstrap.settings(str(config))
    store = bootstrap.store(chosen)
    fill(store, 1000, LAST, chosen.policy)
    with store.transaction() as snapshot:
        last = snapshot.case(1000)
        assert last
        snapshot.put(last._replace(subject=HOSTILE, customer=HOSTILE, sector=HOSTILE))
    whose = ("--customer", CUSTOMERS[0], "--month", "2026-09", "--html", f"{home}/report.html")
    for language in ("it", "en"):
        common = ("--config", str(config), "--lang", language)
        assert run([*common, "stats", *YEAR, "--html", f"{home}/stats-{language}.html"]) == 0
    assert run(["--config", str(config), "--lang", "it", "report", *whose]) == 0
    yield home
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1200])
def test_every_chart_is_drawn_and_nothing_is_fetched(
    browser: Browser, pages: Path, width: int, scheme: str, language: str
) -> None:
    page = pages / f"stats-{language}.html"
    browser.complaints.clear()
    browser.requests.clear()
    browser.show(page, width, scheme=scheme)
    assert browser.complaints == []
    assert browser.requests == [page.as_uri()]
    drawn = browser.evaluate(DRAWN)
    assert len(drawn) == 7
    assert min(drawn) > 2000
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate('document.querySelectorAll("details[open]").length') == 0
    assert browser.evaluate("window.ran") is None
    assert browser.evaluate("document.documentElement.lang") == language


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(browser: Browser, pages: Path, scheme: str) -> None:
    browser.show(pages / "stats-it.html", 1200, scheme=scheme)
    browser.evaluate('document.querySelectorAll("details").forEach(one => one.open = true)')
    assert browser.evaluate(CONTRAST) >= 4.5


def test_charts_follow_the_scheme_while_they_are_looked_at(browser: Browser, pages: Path) -> None:
    browser.show(pages / "stats-it.html", 1200, scheme="light")
    first = 'document.querySelector("canvas").toDataURL()'
    light = browser.evaluate(first)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    browser.picture()
    dark = browser.evaluate(first)
    assert (dark == light, len(dark) > 5000) == (False, True)


def test_who_cannot_see_a_chart_is_told_what_it_is_and_has_its_table(browser: Browser, pages: Path) -> None:
    browser.show(pages / "stats-it.html", 1200)
    browser.evaluate('document.querySelectorAll("details").forEach(one => one.open = true)')
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = [node.get("role", {}).get("value") for node in nodes if not node["ignored"]]
    named = [
        node["name"]["value"]
        for node in nodes
        if not node["ignored"] and node.get("role", {}).get("value") in {"image", "img"}
    ]
    assert len(named) == len(set(named)) == roles.count("table") == 7
    assert roles.count("columnheader") == 7 * 11
    assert "rowheader" in roles


def test_without_scripts_the_tables_are_there_instead(browser: Browser, pages: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.show(pages / "stats-it.html", 1200)
    shown = 'document.querySelectorAll("details[open] table").length'
    assert browser.evaluate(shown) == 7
    assert browser.evaluate('document.querySelector(".chart").offsetHeight') == 0
    browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_figures_print_light_and_as_wide_as_the_sheet(browser: Browser, pages: Path) -> None:
    browser.show(pages / "stats-it.html", 1200, scheme="dark")
    seen = """[document.querySelector("canvas").clientWidth,
        getComputedStyle(document.querySelector("figure")).backgroundColor]"""
    on_screen = browser.evaluate(seen)
    browser.evaluate('dispatchEvent(new Event("beforeprint"))')
    on_paper = browser.evaluate(seen)
    assert on_paper[1] == "rgb(255, 255, 255)" != on_screen[1]
    # 186 mm at 96 points to the inch.
    assert on_paper[0] < 703 < on_screen[0]
    browser.evaluate('dispatchEvent(new Event("afterprint"))')
    assert browser.evaluate(seen) == on_screen


def test_a_report_prints_on_a4_with_its_heading_on_every_sheet(browser: Browser, pages: Path) -> None:
    browser.complaints.clear()
    browser.show(pages / "report.html", 1200)
    file = pages / "report.pdf"
    file.write_bytes(browser.printed())
    assert browser.complaints == []
    told = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True).stdout
    facts = dict(line.split(":", 1) for line in told.splitlines())
    assert "A4" in facts["Page size"]
    layout = ["pdftotext", "-layout", str(file), "-"]
    text = subprocess.run(layout, capture_output=True, text=True, check=True).stdout
    sheets = text.rstrip("\f").split("\f")
    assert len(sheets) == int(facts["Pages"]) >= 2
    for number, sheet in enumerate(sheets, start=1):
        assert "Primo intervento   " in sheet
        assert f"{number}/{len(sheets)}" in sheet.replace(" ", "")
    rows = browser.evaluate('document.querySelectorAll("tbody tr").length')
    lines = [line for line in text.splitlines() if line.split()[:1] and line.split()[0].isdigit()]
    assert len([line for line in lines if "/2026" in line]) == rows
