"""The firm's configuration as frozen values: what rules, decisions and answers need of it.

Read, validated and built once by the configuration adapter (behaviour.md §11), then handed on in parts.
"""

from datetime import tzinfo
from typing import NamedTuple

from helpdeskctl.domain.case import Terms, Urgency
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.rules import Rule
from helpdeskctl.domain.working_time import Calendar

# The calendar that needs no name in the configuration.
ALWAYS = "24x7"


class Sector(NamedTuple):
    """A team: `key` is its name in the configuration, `notify` the addresses told of its cases, `about_it`
    and `about_en` what customers write to it about, in their language."""

    key: str
    name: str
    address: str
    default: bool
    notify: tuple[str, ...]
    about_it: str = ""
    about_en: str = ""


class Technician(NamedTuple):
    """A person of the firm; `login` is the key in `[technicians]`."""

    login: str
    name: str
    address: str
    sectors: tuple[str, ...]


class Desk(NamedTuple):
    """Whose desk this is, and which addresses mean it.

    `staff` are patterns such as `*@projectpp.it`; an address of the desk is never staff.
    """

    name: str
    intake: tuple[str, ...]
    mailbox: tuple[str, ...]
    staff: tuple[str, ...]


class Response(NamedTuple):
    """Working minutes until the first action, without a contract."""

    normale: int
    urgente: int
    critico: int

    def minutes(self, urgency: Urgency) -> int:
        """The minutes for that urgency."""
        return self[urgency]


class Minimum(NamedTuple):
    """What a report must at least be: a subject of other words than the vague ones (folded), and, where
    nothing is attached, a text of so many words."""

    vague_words: frozenset[str]
    text_words: int


class Limits(NamedTuple):
    """What a mail may be before it is held: megabytes, kilobytes of header, MIME parts, MIME depth."""

    mail_mb: int
    header_kb: int
    parts: int
    nesting: int


class Policy(NamedTuple):
    """Everything a decision depends on besides the mail and what was looked up."""

    language: str
    zone: tzinfo
    desk: Desk
    sectors: tuple[Sector, ...]
    technicians: tuple[Technician, ...]
    rules: tuple[Rule, ...]
    calendar: Calendar
    response: Response
    minimum: Minimum
    bounces: str
    personal_reply: bool
    trusted: tuple[str, ...]
    authserv_id: str
    pec_providers: tuple[str, ...]
    calendars: tuple[tuple[str, Calendar], ...] = ()

    @property
    def default_sector(self) -> Sector:
        """The one that takes what no address and no rule claims."""
        return next(sector for sector in self.sectors if sector.default)

    def sector(self, key: str) -> Sector:
        """The sector of that name; the default one where a case outlived its sector."""
        return next((sector for sector in self.sectors if sector.key == key), self.default_sector)

    def calendar_of(self, terms: Terms) -> Calendar:
        """The calendar of those terms: round the clock, one by its name, else the desk's own."""
        if terms.calendar == ALWAYS:
            return self.calendar._replace(always=True)
        return next((found for name, found in self.calendars if name == terms.calendar), self.calendar)

    def minutes_of(self, terms: Terms, urgency: Urgency) -> int:
        """Working minutes until the first action, under those terms."""
        return dict(terms.respond).get(urgency.name, self.response.minutes(urgency))

    def technician(self, login: str) -> Technician | None:
        """The technician of that login."""
        return next((one for one in self.technicians if one.login == login), None)

    def name_of(self, login: str) -> str:
        """What a technician is called; the login of anybody else."""
        found = self.technician(login)
        return found.name if found else login

    def from_address(self, sector: Sector) -> Address:
        """What stands in From of a mail about a case of that sector."""
        return Address(f"{self.desk.name} - {sector.name}", sector.address)


class Smtp(NamedTuple):
    """How to reach the SMTP server; `security` is none, starttls or tls."""

    host: str
    port: int
    security: str
    username: str
    password_file: str


class MailOut(NamedTuple):
    """How mail leaves: `transport` is sendmail, smtp or none (queued only)."""

    transport: str
    sendmail: str
    templates: str
    smtp: Smtp


class Log(NamedTuple):
    """Where a line for each mail goes: a file ("" for none), and syslog."""

    file: str = ""
    syslog: bool = False


class Settings(NamedTuple):
    """The whole configuration; `source` is the file it came from, "" for the defaults."""

    source: str
    maildir: str
    store: str
    policy: Policy
    limits: Limits
    mail: MailOut
    log: Log = Log()
