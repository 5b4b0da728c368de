"""Numbers as people of the language spoken write them."""

from collections.abc import Iterator, Sequence
from datetime import date

from helpdeskctl.application.reporting import Report
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.times import hours, month, span
from helpdeskctl.cli.words import _
from helpdeskctl.domain.figures import Late, Line, share


def number(value: int) -> str:
    """A whole number, its thousands parted."""
    # The translation of this number shows how numbers are written.
    return f"{value:,}".replace(",", _("1,234.5")[1])


def percent(part: int, whole: int) -> str:
    """A part in a hundred, with one decimal where it is neither all nor nothing; "-" of nothing."""
    found = share(part, whole)
    if found is None:
        return "-"
    # What is not quite all must not be rounded to it.
    shown = f"{min(found * 100, 99.9):.1f}" if part < whole else "100"
    return shown.removesuffix(".0").replace(".", _("1,234.5")[5]) + " %"


def seconds(value: int | None) -> str:
    """A time that passed, "-" for none."""
    return "-" if value is None else span(value)


def first_actions(line: Line) -> int:
    """How many first actions were due."""
    return line.kept + line.missed


def name(dimension: str, line: Line) -> str:
    """What a line is called: the month in words, and the customer nobody knows."""
    if dimension == "month":
        return month(date.fromisoformat(f"{line.name}-01"))
    return line.name or _("(no customer)")


def summary(total: Line, slowest: Sequence[Late] = ()) -> Iterator[tuple[str, str]]:
    """What a person wants to know first, in words."""
    yield _("Cases opened"), number(total.opened)
    again = _(" (opened again: {n})").format(n=number(total.reopened)) if total.reopened else ""
    yield _("Cases closed"), number(total.closed) + again
    yield _("Open at the end"), number(total.backlog)
    if total.acknowledgements:
        yield _("Acknowledged within five minutes"), _part(total.in_time, total.acknowledgements)
    if total.longest is not None:
        yield (
            _("Time to acknowledge"),
            _("half within {median}, 95 % within {percentile}, the longest {longest}").format(
                median=seconds(total.median),
                percentile=seconds(total.percentile),
                longest=seconds(total.longest),
            ),
        )
    if slowest:
        yield (
            _("Acknowledged too late"),
            ", ".join(f"#{late.number} {span(late.seconds)}" for late in slowest),
        )
    if first_actions(total):
        yield _("First action in time"), _part(total.kept, first_actions(total))
    if total.running:
        yield _("First action still to come"), number(total.running)
    if total.minutes:
        billable = _("{hours}, of which {billable} to invoice")
        yield _("Hours"), billable.format(hours=hours(total.minutes), billable=hours(total.billable))


def _part(part: int, whole: int) -> str:
    """A share with the numbers it was made of."""
    return _("{percent} ({part} of {whole})").format(
        percent=percent(part, whole), part=number(part), whole=number(whole)
    )


def title(made: Report) -> str:
    """Whose month it is, and which."""
    whose = made.customer
    if made.contract:
        whose += ", " + _("contract {number}").format(number=made.contract)
    return one_line(f"{whose}, {month(made.monthly.month.since)}")


def dimension_word(dimension: str) -> str:
    """By what figures are told apart."""
    words = {
        "month": _("Month"),
        "sector": _("Sector"),
        "urgency": _("Urgency"),
        "customer": _("Customer"),
    }
    return words[dimension]
