"""The desk at a glance, for a terminal."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from helpdeskctl.application.overview import Overview
from helpdeskctl.cli.formats import table
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.times import age
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Urgency


def page(
    found: Overview, by_sector: Mapping[str, Mapping[str, int]], now: datetime, pressing: RenderableType
) -> RenderableType:
    """Open cases by sector and urgency, what needs somebody, and the table of the most pressing cases."""
    parts: list[RenderableType] = [_open(by_sector)]
    needs = list(_needs(found, now))
    parts.append(Padding(table.facts(needs), (0, 0, 1, 0)) if needs else Text(_("Nothing waits for you.")))
    if found.pressing:
        parts += [Text(_("Most pressing"), "bold"), pressing]
    return Group(*parts)


def _open(by_sector: Mapping[str, Mapping[str, int]]) -> RenderableType:
    """One line for each sector, one for all where there are several."""
    lines = {sector: dict(counts) for sector, counts in by_sector.items()}
    if len(lines) > 1:
        lines[_("all")] = {u.name: sum(counts[u.name] for counts in by_sector.values()) for u in Urgency}
    urgencies = list(reversed(Urgency))
    rows: list[list[str | Text]] = [
        [
            Text(one_line(name), "bold" if place == len(by_sector) else ""),
            *(_count(counts[u.name], table.URGENCY_STYLES[u]) for u in urgencies),
            Text(str(sum(counts.values())), "bold"),
        ]
        for place, (name, counts) in enumerate(lines.items())
    ]
    return table.plain((_("Open"), *(u.name for u in urgencies), _("all")), rows)


def _count(number: int, style: str) -> Text:
    return Text(f" {number} ", style) if number and style else Text(str(number), "" if number else "dim")


def _needs(found: Overview, now: datetime) -> Iterator[tuple[str, str | Text]]:
    """What is not zero, with the command that shows it."""
    lines = (
        (_("Late"), found.late, "list --overdue", "bold red"),
        (_("Due soon"), found.due_soon, "list", "yellow"),
        (_("New mail"), found.news, "list --waiting", "bold green"),
        (_("Held mail"), found.held, "held list", "bold red"),
        (_("Unsent for over five minutes"), found.unsent, "outbox list", "bold red"),
        (_("Waiting to be sent"), found.waiting - found.unsent, "outbox list", ""),
        (_("Mine"), found.mine, "list --mine", ""),
        (_("Free to take"), found.free, "list --unassigned", ""),
        (_("Waiting for the customer"), found.suspended, "list --status suspended", ""),
    )
    for name, number, command, style in lines:
        if number:
            yield name, Text.assemble((f"{number:<5}", style or "bold"), (f"helpdeskctl {command}", "dim"))
    if found.waits_longest and found.waits_longest.waiting_since:
        case = found.waits_longest
        waited = age(found.waits_longest.waiting_since, now)
        yield _("Waits longest"), Text(f"#{case.number} {waited}, {one_line(case.subject)}")
