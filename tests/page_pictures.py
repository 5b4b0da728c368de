"""The pictures of `docs/pictures`: the pages of a made-up desk, as a browser shows them (`make page-pictures`)."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from helpdeskctl.adapters.config import load
from helpdeskctl.application.reporting import Report
from helpdeskctl.cli.formats import figures_page, report_page
from helpdeskctl.cli.words import speak
from helpdeskctl.domain.figures import DIMENSIONS, Period, figures, month_of
from helpdeskctl.domain.monthly import monthly
from tests.browser import Browser
from tests.made_up_desk import CUSTOMERS, LAST, cases

_WIDTH = 1200


def main(directory: Path) -> None:
    """Make them all."""
    speak("it")
    policy = load(None).policy
    found = list(cases(1500, LAST, policy))
    now = LAST.astimezone(policy.zone)
    year = Period(now.date().replace(year=now.year - 1, month=12, day=1), now.date())
    whose = [case for case in found if case.customer == CUSTOMERS[3]]
    month = monthly(whose, month_of(now.year, now.month - 1), policy.zone, now)
    stats = figures_page.page(figures(found, year, policy.zone, now), DIMENSIONS, policy.desk.name, now)
    report = report_page.page(Report(CUSTOMERS[3], "2026/004", month), policy.desk.name, now)
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, Browser(Path(scratch) / "profile") as browser:
        page = Path(scratch) / "page.html"
        for name, written, scheme in (
            ("stats-light", stats, "light"),
            ("stats-dark", stats, "dark"),
            ("report", report, "light"),
        ):
            page.write_text(written, encoding="utf-8")
            browser.show(page, _WIDTH, height=100, scheme=scheme)
            (directory / f"{name}.png").write_bytes(browser.picture())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
