"""Mails one after the other in mbox format, as any mail program opens them (the `mboxrd` form)."""

import re
from datetime import UTC, datetime

_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def entry(mail: bytes, sender: str, at: datetime) -> bytes:
    """One mail with its `From ` line in front (asctime in UTC) and lines that look like one quoted."""
    at = at.astimezone(UTC)
    address = "".join(c for c in sender if "!" <= c <= "~") or "MAILER-DAEMON"
    stamp = f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S %Y}"
    quoted = re.sub(rb"(?m)^(>*From )", rb">\1", mail)
    return f"From {address} {stamp}\n".encode() + quoted.rstrip(b"\r\n") + b"\n\n"
