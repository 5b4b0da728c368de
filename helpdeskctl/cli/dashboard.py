"""`helpdeskctl` without a command: the desk at a glance (behaviour.md §9)."""

import click

from helpdeskctl.application.overview import overview
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.options import Session
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Urgency

# What is counted; JSON and tab-separated lines have these names.
COUNTS = ("late", "due_soon", "news", "mine", "free", "suspended", "held", "waiting", "unsent")


def show(asked: Session) -> None:
    """Print it."""
    chosen = asked.settings
    now = bootstrap.clock(chosen.policy.zone)()
    found = overview(bootstrap.store(chosen), chosen.policy, asked.who, now)
    by_sector = {
        sector.key: {u.name: found.open.get((sector.key, u), 0) for u in reversed(Urgency)}
        for sector in chosen.policy.sectors
    }
    counts = {name: getattr(found, name) for name in COUNTS}
    longest = found.waits_longest
    if asked.json:
        waits = {"number": longest.number, "since": json.time(longest.waiting_since)} if longest else None
        click.echo(json.dumps({"open": by_sector, **counts, "waits_longest": waits}, indent=1))
    elif not asked.terminal:
        for sector, urgencies in by_sector.items():
            for urgency, number in urgencies.items():
                click.echo(tsv.line(("open", sector, urgency, number)))
        for name, number in counts.items():
            click.echo(tsv.line((name, number)))
    else:
        from helpdeskctl.cli.formats import dashboard, table

        console = table.console(asked.colored)
        pressing = table.cases(
            found.pressing, now, console.width, lambda case: chosen.policy.calendar_of(case.terms)
        )
        console.print(dashboard.page(found, by_sector, now, pressing))
        if not chosen.source:
            console.print(_("No configuration was found: `helpdeskctl init` writes one."))
