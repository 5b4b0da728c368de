"""One mail as a value: what a rule, a decision or an answer may see of it.

Made by the mail parser, whatever the mail was like; everything in it is decoded, cleaned of
control characters, and hostile all the same. It knows nothing of the desk that reads it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

# The headers that decide something (behaviour.md §3-§5). The parser hands on these and no others:
# lower-case names, every occurrence, topmost first, unfolded and decoded.
DECIDING_HEADERS = frozenset(
    {
        "authentication-results",
        "auto-submitted",
        "content-type",
        "from",
        "list-help",
        "list-id",
        "list-post",
        "list-unsubscribe",
        "precedence",
        "return-path",
        "x-auto-response-suppress",
        "x-autoreply",
        "x-autorespond",
        "x-cron-env",
        "x-failed-recipients",
        "x-helpdeskctl-loop",
        "x-original-from",
        "x-original-sender",
        "x-ricevuta",
        "x-riferimento-message-id",
        "x-spam-flag",
        "x-trasporto",
    }
)


class Address(NamedTuple):
    """A mail address with the name beside it; the domain is in lower case, "" where there is none."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What follows the last `@`, or ""."""
        return self.address.rpartition("@")[2] if "@" in self.address else ""


class Attachment(NamedTuple):
    """One attached part: a cleaned name (never a path), its media type, its decoded size in bytes."""

    name: str
    type: str
    size: int
    sha256: str


class Report(NamedTuple):
    """What a machine reports about a mail of ours (RFC 3464, RFC 8098, PEC receipts).

    `kind` is `failed`, `delayed`, `delivered`, `displayed` or `accepted`; `original` is the
    Message-ID of the mail reported on ("" if it does not say), `detail` what the system said.
    """

    kind: str
    recipient: str
    original: str
    detail: str


class Envelope(NamedTuple):
    """The outer shell of an Italian certified mail (PEC) whose inner mail the message is.

    `kind` is `posta-certificata` or `errore`; `on_behalf_of` the address after "Per conto di".
    """

    kind: str
    on_behalf_of: str
    provider: Address


class Message(NamedTuple):
    """One mail.

    `message_id` and `references` stand without angle brackets; `references` has In-Reply-To first,
    then References from the last to the first. `envelope_recipients` are what delivery agents noted
    (Delivered-To, X-Original-To, Envelope-To), `recipients` what the sender wrote (To, Cc, Resent-To,
    Resent-Cc). `sender` is the first From address as it stands. `text` is what a person sees,
    `new_text` the same without quoted history and signature. `digest` is the SHA-256 (hex) of decoded
    From, Date, Subject and body (behaviour.md §2). `date` is the Date header in ISO 8601, "" if it
    cannot be read: shown, never trusted. `arrived_at` is aware.
    """

    message_id: str
    sender: Address
    reply_to: tuple[Address, ...]
    envelope_recipients: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    date: str
    arrived_at: datetime
    text: str
    new_text: str
    attachments: tuple[Attachment, ...]
    references: tuple[str, ...]
    headers: Mapping[str, tuple[str, ...]]
    digest: str
    report: Report | None = None
    envelope: Envelope | None = None
    encrypted: bool = False

    def header(self, name: str) -> str:
        """The topmost header of that lower-case name, or ""."""
        return self.headers.get(name, ("",))[0]
