"""`helpdeskctl stats`: the desk in figures (behaviour.md §8, §9)."""

from datetime import date, datetime
from typing import Any

import click

from helpdeskctl.application.figures import desk_figures, usual_period
from helpdeskctl.cli import bootstrap, suggesting
from helpdeskctl.cli.days import Day
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.words import _
from helpdeskctl.cli.writing import write
from helpdeskctl.domain.figures import DIMENSIONS, Figures


@click.command(
    "stats",
    help=_(
        "The desk in figures: cases opened, closed and left open, acknowledgements against the five minutes "
        "promised, first actions against their due time, hours; all together and by month, sector, urgency "
        "and customer. Without --since: twelve months.\n\n"
        "Example: helpdeskctl stats --since 01/01/2026 --html cifre.html"
    ),
)
@click.option(
    "--by", type=click.Choice(DIMENSIONS), multiple=True, help=_("Only by this; may be given several times.")
)
@click.option("--since", type=Day(), metavar=_("DAY"), help=_("From this day on."))
@click.option("--until", type=Day(), metavar=_("DAY"), help=_("Up to and with this day."))
@click.option(
    "--sector",
    default="",
    metavar=_("SECTOR"),
    help=_("Only of this sector."),
    shell_complete=suggesting.sectors,
)
@click.option("--customer", default="", metavar=_("TEXT"), help=_("Only where the customer contains this."))
@click.option(
    "--html", metavar=_("FILE"), help=_("Write a page with charts, which needs nothing but a browser.")
)
@common
@click.pass_context
def command(context: click.Context, /, by: tuple[str, ...], html: str | None, **part: Any) -> None:
    """Reckon figures."""
    asked = session(context)
    now = bootstrap.clock(asked.settings.policy.zone)()
    found = _found(asked, now, **part)
    dimensions = by or DIMENSIONS
    if html is None:
        _print(found, dimensions, asked)
    else:
        from helpdeskctl.cli.formats import figures_page

        names = (asked.settings.policy.desk.name, part["sector"], part["customer"])
        whose = " · ".join(filter(None, names))
        write(html, [figures_page.page(found, dimensions, whose, now).encode()])


def _found(
    asked: Session, now: datetime, *, since: date | None, until: date | None, sector: str, customer: str
) -> Figures:
    period = usual_period(since, until, now.date())
    if period.since > period.until:
        raise click.UsageError(_("Nothing can have happened yet between --since and --until."))
    return desk_figures(bootstrap.store(asked.settings), period, now, sector, customer)


def _print(found: Figures, dimensions: tuple[str, ...], asked: Session) -> None:
    if asked.json:
        click.echo(json.dumps(json.figures(found, dimensions), indent=1))
    elif not asked.terminal:
        for dimension, line in [
            ("total", found.total),
            *((d, line) for d in dimensions for line in found.by[d]),
        ]:
            click.echo(tsv.line((dimension, *line)))
    else:
        from helpdeskctl.cli.formats import bars, table

        console = table.console(asked.colored)
        console.print(bars.page(found, dimensions, console.width))
