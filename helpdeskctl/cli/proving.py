"""`helpdeskctl show N --due`: what was promised, and whether it was kept."""

from datetime import datetime, timedelta
from typing import Any

import click

from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.formats.wording import promise_words
from helpdeskctl.cli.options import Session
from helpdeskctl.cli.times import hours, stamp, weekday
from helpdeskctl.cli.words import _
from helpdeskctl.domain.proof import Proof
from helpdeskctl.domain.working_time import Calendar


def show_proof(found: Proof, now: datetime, asked: Session) -> None:
    """Print it: every instant with its day, so that it can be checked against a wall calendar."""
    if asked.json:
        click.echo(json.dumps(_document(found), indent=1))
    elif not asked.terminal:
        for name, value in _document(found).items():
            click.echo(tsv.line((name, json.dumps(value) if isinstance(value, (dict, list)) else value)))
    else:
        from helpdeskctl.cli.formats import table

        table.console(asked.colored).print(table.facts(_lines(found, now)))


def _lines(found: Proof, now: datetime) -> list[tuple[str, str]]:
    source = _("contract {number}").format(number=found.contract) if found.contract else _("no contract")
    allowed = _("{hours} working hours ({source})").format(hours=hours(found.minutes), source=source)
    lines = [
        (_("Arrived"), _at(found.opened_at, now)),
        (_("First action within"), allowed),
        (_("Working hours"), calendar_words(found.calendar)),
    ]
    for since, until in found.stood:
        ended = _at(until, now) if until else _("still")
        lines.append((_("Clock stood still"), f"{_at(since, now)} – {ended}"))
    lines.append((_("Due"), _at(found.due_at, now) if found.due_at else _("the clock stands still")))
    if found.responded_at:
        by = f" ({found.responded_by})" if found.responded_by else ""
        lines.append((_("First action"), _at(found.responded_at, now) + by))
    lines.append((_("Working time used"), hours(found.used)))
    lines.append((_("Promise"), promise_words(found.state)))
    return [*lines, (_("Acknowledgement"), _confirmation(found, now))]


def _confirmation(found: Proof, now: datetime) -> str:
    mail = found.confirmed
    if mail is None:
        return _("none was written")
    if mail.sent_at is None or found.confirmed_after is None:
        return _("not sent yet: {error}").format(error=mail.error or _("it waits"))
    within = _("within five minutes") if found.confirmed_in_time else _("later than five minutes")
    return f"{_at(mail.sent_at, now)}, {within} ({_span(found.confirmed_after)})"


def calendar_words(calendar: Calendar) -> str:
    """A calendar in one line."""
    if calendar.always:
        return _("round the clock, every day")
    spans = ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in calendar.hours)
    monday = datetime(2024, 1, 1)  # noqa: DTZ001
    days = ", ".join(weekday(monday + timedelta(days=day)) for day in sorted(calendar.days))
    return _("{days}, {hours}, without holidays").format(days=days, hours=spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _at(at: datetime, now: datetime) -> str:
    return f"{weekday(at.astimezone(now.tzinfo))} {stamp(at, now)}"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _document(found: Proof) -> dict[str, Any]:
    mail = found.confirmed
    return {
        "opened_at": json.time(found.opened_at),
        "minutes": found.minutes,
        "contract": found.contract,
        "hours": [[_clock(begin), _clock(end)] for begin, end in found.calendar.hours],
        "days": sorted(found.calendar.days),
        "always": found.calendar.always,
        "stood": [{"since": json.time(since), "until": json.time(until)} for since, until in found.stood],
        "due_at": json.time(found.due_at),
        "responded_at": json.time(found.responded_at),
        "responded_by": found.responded_by,
        "used": found.used,
        "state": found.state,
        "acknowledged_at": json.time(mail.sent_at) if mail else None,
        "acknowledgement": mail.state if mail else None,
    }
