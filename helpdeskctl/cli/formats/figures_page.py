"""The figures of the desk as one page with charts, each with its table behind it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from helpdeskctl.cli.formats import amounts, html
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.times import days, hours, stamp
from helpdeskctl.cli.words import _
from helpdeskctl.domain.figures import Figures, Line
from helpdeskctl.domain.transitions import PROMISED

# So many bars fit a chart that stands on its side; its table has all lines.
_BARS = 10
# A promise kept less often than this is coloured.
_GOOD = 0.95


class _Series(NamedTuple):
    """One series of a chart; `colour` is a variable of the style sheet."""

    label: str
    colour: str
    value: Callable[[Line], float | None]
    line: bool = False
    dashed: bool = False


class _Chart(NamedTuple):
    """What a chart shows; `unit` is cases, hours or seconds. One whose series, but for dashed ones, have
    nothing to show is left out."""

    title: str
    about: str
    unit: str
    stacked: bool
    series: tuple[_Series, ...]


def page(found: Figures, dimensions: Sequence[str], whose: str, now: datetime) -> str:
    """The page; `whose` names the desk and the part of it that the figures are about."""
    figures: list[str] = []
    drawn: list[dict[str, Any]] = []
    for dimension in dimensions:
        lines = found.by[dimension]
        charts = _monthly_charts() if dimension == "month" else (_opened_chart(dimension),)
        for chart in charts:
            if any(series.value(line) for series in chart.series if not series.dashed for line in lines):
                ident = f"chart-{len(drawn) + 1}"
                drawn.append(_drawn(ident, dimension, chart, lines))
                figures.append(_figure(ident, dimension, chart, lines))
    body = "\n".join(
        (
            f'<header><h1>{html.text(whose)}</h1><p class="muted">{days(*found.period)}</p></header>',
            f'<main>{_facts(found.total)}\n<div class="charts">',
            *(figures or [f"<p>{html.text(_('No cases.'))}</p>"]),
            "</div></main>",
            f"<footer>{html.text(_('As of {at}.').format(at=stamp(now, now)))}</footer>",
            html.embedded("charts", drawn),
            html.licence("chart.umd.min.js.LICENSE.md"),
        )
    )
    return html.page(f"{whose}, {days(*found.period)}", body, ["look.css"], ["chart.umd.min.js", "charts.js"])


def _monthly_charts() -> tuple[_Chart, ...]:
    return (
        _Chart(
            _("Cases"),
            _("Opened and closed in each month, and open at its end."),
            "cases",
            False,
            (
                _Series(_("New"), "blue", lambda line: line.opened),
                _Series(_("Done"), "pale", lambda line: line.closed),
                _Series(_("Still open"), "amber", lambda line: line.backlog, line=True),
            ),
        ),
        _Chart(
            _("Time to acknowledge"),
            _("From the arrival of a mail until its acknowledgement left; five minutes are promised."),
            "seconds",
            False,
            (
                _Series(_("half within"), "blue", lambda line: _drawable(line.median), line=True),
                _Series(_("95 % within"), "amber", lambda line: _drawable(line.percentile), line=True),
                _Series(_("promised"), "red", lambda _line: PROMISED.total_seconds(), line=True, dashed=True),
            ),
        ),
        _Chart(
            _("First action"),
            _("Cases opened in each month: whether a technician acted by the time due."),
            "cases",
            True,
            (
                _Series(_("In time"), "green", lambda line: line.kept),
                _Series(_("Missed"), "red", lambda line: line.missed),
                _Series(_("Time left"), "pale", lambda line: line.running),
            ),
        ),
        _Chart(
            _("Hours"),
            _("Work done in each month."),
            "hours",
            True,
            (
                _Series(_("To invoice"), "blue", lambda line: round(line.billable / 60, 2)),
                _Series(
                    _("Not to invoice"), "pale", lambda line: round((line.minutes - line.billable) / 60, 2)
                ),
            ),
        ),
    )


def _opened_chart(dimension: str) -> _Chart:
    titles = {"sector": _("By sector"), "urgency": _("By urgency"), "customer": _("By customer")}
    return _Chart(
        titles[dimension],
        _("Cases opened, and what became of their first action."),
        "cases",
        True,
        (
            _Series(_("In time"), "green", lambda line: line.kept),
            _Series(_("Missed"), "red", lambda line: line.missed),
            _Series(
                _("Nothing due, or time left"), "pale", lambda line: line.opened - line.kept - line.missed
            ),
        ),
    )


def _drawable(seconds: int | None) -> int | None:
    """Seconds on an axis that has no zero."""
    return None if seconds is None else max(1, seconds)


def _drawn(ident: str, dimension: str, chart: _Chart, lines: Sequence[Line]) -> dict[str, Any]:
    """The chart as `pages/charts.js` wants it."""
    months = dimension == "month"
    shown = lines if months else lines[:_BARS]
    return {
        "id": ident,
        "labels": [_label(dimension, line) for line in shown],
        "unit": chart.unit,
        "stacked": chart.stacked,
        "horizontal": not months,
        "series": [
            {
                "label": series.label,
                "colour": series.colour,
                "line": series.line,
                "dashed": series.dashed,
                "values": [series.value(line) for line in shown],
            }
            for series in chart.series
            if any(series.value(line) for line in shown)
        ],
    }


def _label(dimension: str, line: Line) -> str | list[str]:
    """Three letters of the month over its year; another name cut to what fits beside its bar."""
    if dimension == "month":
        name, year = amounts.name(dimension, line).split(" ")
        return [name[:3], year]
    name = one_line(amounts.name(dimension, line))
    return name if len(name) <= 22 else f"{name[:21]}…"


def _figure(ident: str, dimension: str, chart: _Chart, lines: Sequence[Line]) -> str:
    """The chart's place, what it is about in words, and its table."""
    wide = ' class="wide"' if chart.unit == "cases" and not chart.stacked else ""
    headings, rows = _table(dimension, lines)
    described = html.text(f"{chart.title}. {chart.about}")
    table = html.table(headings, rows)
    return (
        f"<figure{wide}><figcaption><h2>{html.text(chart.title)}</h2><p>{html.text(chart.about)}</p></figcaption>\n"
        f'<div class="chart"><canvas id="{ident}" role="img" aria-label="{described}"></canvas></div>\n'
        f"<details open><summary>{html.text(_('As a table'))}</summary>"
        f'<div class="scroll">{table}</div></details></figure>'
    )


def _table(dimension: str, lines: Sequence[Line]) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    headings = (
        amounts.dimension_word(dimension), _("New"), _("Done"), _("Still open"), _("In 5 min"),
        _("half within"), _("95 % within"), _("In time"), _("Missed"), _("Hours"), _("To invoice"),
    )  # fmt: skip
    rows = (
        (
            amounts.name(dimension, line),
            amounts.number(line.opened),
            amounts.number(line.closed),
            amounts.number(line.backlog),
            amounts.percent(line.in_time, line.acknowledgements),
            amounts.seconds(line.median),
            amounts.seconds(line.percentile),
            amounts.percent(line.kept, amounts.first_actions(line)),
            amounts.number(line.missed),
            hours(line.minutes),
            hours(line.billable),
        )
        for line in lines
    )
    return headings, rows


def _facts(total: Line) -> str:
    """The numbers that come first."""
    due = amounts.first_actions(total)
    closed = _("{n} closed").format(n=amounts.number(total.closed))
    half = _("half within {median}").format(median=amounts.seconds(total.median))
    kept = _("{part} of {whole}").format(part=amounts.number(total.kept), whole=amounts.number(due))
    billable = _("{hours} to invoice").format(hours=hours(total.billable))
    facts = (
        (_("Cases opened"), amounts.number(total.opened), closed, True),
        (_("Open at the end"), amounts.number(total.backlog), "", True),
        (
            _("Acknowledged within five minutes"),
            amounts.percent(total.in_time, total.acknowledgements),
            "" if total.median is None else half,
            total.in_time >= total.acknowledgements * _GOOD,
        ),
        (
            _("First action in time"),
            amounts.percent(total.kept, due),
            kept if due else "",
            total.kept >= due * _GOOD,
        ),
        (_("Hours"), hours(total.minutes), billable, True),
    )
    cards = (
        f'<div><dt>{html.text(name)}</dt><dd class="value{"" if good else " poor"}">{html.text(value)}</dd>'
        f'<dd class="more">{html.text(more)}</dd></div>'
        for name, value, more, good in facts
    )
    return f'<dl class="facts">{"".join(cards)}</dl>'
