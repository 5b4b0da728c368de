"""Times as a technician reads them: an age in one word, a due time by its day."""

from datetime import date, datetime, timedelta

from helpdeskctl.cli.words import _


def age(since: datetime, now: datetime) -> str:
    """How long ago: minutes, hours, then days."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return _("{n} min").format(n=minutes)
    if minutes < 48 * 60:
        return _("{n} h").format(n=minutes // 60)
    return _("{n} d").format(n=minutes // (24 * 60))


def moment(at: datetime, now: datetime) -> str:
    """The hour, with the day where it is not today's."""
    at = at.astimezone(now.tzinfo)
    days = (at.date() - now.date()).days
    hour = f"{at:%H:%M}"
    if days == 0:
        return _("today {hour}").format(hour=hour)
    if days == 1:
        return _("tomorrow {hour}").format(hour=hour)
    if days == -1:
        return _("yesterday {hour}").format(hour=hour)
    if abs(at - now) < timedelta(days=180):
        return f"{weekday(at)} {at:%d/%m} {hour}"
    return f"{at:%d/%m/%Y}"


def stamp(at: datetime, now: datetime) -> str:
    """Day, month, year and hour, in the zone of `now`."""
    return f"{at.astimezone(now.tzinfo):%d/%m/%Y %H:%M}"


def hours(minutes: int) -> str:
    """Minutes as hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02}"


def weekday(at: datetime) -> str:
    """The day of the week, three letters."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[at.weekday()]


def month(day: date) -> str:
    """The month with its year."""
    names = (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip
    return f"{names[day.month - 1]} {day.year}"


def days(since: date, until: date) -> str:
    """From one day to another, both included."""
    return f"{since:%d/%m/%Y} – {until:%d/%m/%Y}"


def span(seconds: int) -> str:
    """A time that passed, in its two largest units."""
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    return f"{seconds // 3600} h {seconds // 60 % 60:02} min"
