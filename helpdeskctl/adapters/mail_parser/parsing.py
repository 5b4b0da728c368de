"""One mail file as a `Message`: the pieces of this package put together."""

from datetime import datetime
from email.message import Message as Part
from hashlib import sha256

from helpdeskctl.adapters.mail_parser import headers
from helpdeskctl.adapters.mail_parser.bodies import Attached, Content, content
from helpdeskctl.adapters.mail_parser.cutting import Cuts
from helpdeskctl.adapters.mail_parser.headers import Header, header_of
from helpdeskctl.adapters.mail_parser.mending import mended
from helpdeskctl.adapters.mail_parser.reading import header_block, tree
from helpdeskctl.domain.message import Address, Envelope, Message, Report
from helpdeskctl.domain.quoting import new_text
from helpdeskctl.domain.settings import Limits

_PEEKED = 64 * 1024


def parse(path: str, arrived_at: datetime, limits: Limits) -> Message:
    """The mail at that path. Raises `UnreadableMailError` for one over a limit; `OSError` passes.

    A certified mail is the mail in its envelope, with the envelope's recipients and deciding headers.
    """
    root, cuts = tree(path, limits)
    outer = header_of(root)
    shown, report, envelope = opened(outer, cuts)
    header = outer if shown is root else header_of(shown)
    found = content(shown, cuts)
    senders, date = headers.addresses(header, "from"), headers.first(header, "date")
    subject = headers.first(header, "subject")
    if report is None and _may_be_report(outer):
        from helpdeskctl.adapters.mail_parser.reports import report as reported

        report = reported(root, found.text)
    return Message(
        message_id=headers.message_id(header) or headers.message_id(outer),
        sender=_sender(senders),
        reply_to=tuple(a for a in headers.addresses(header, "reply-to") if a.address),
        envelope_recipients=headers.bare_addresses(outer, "delivered-to", "x-original-to", "envelope-to"),
        recipients=_recipients(header, outer),
        subject=subject,
        date=headers.iso_date(date),
        arrived_at=arrived_at,
        text=found.text,
        new_text=new_text(found.text),
        attachments=tuple(one.attachment for one in found.attached),
        references=headers.references(header),
        headers=headers.deciding(outer),
        digest=_digest(senders, date, subject, found),
        report=report,
        envelope=envelope,
        encrypted=found.encrypted,
    )


def contents(path: str, limits: Limits) -> tuple[Attached, ...]:
    """The attachments of the mail at that path with their contents: the same as `parse` gives."""
    root, cuts = tree(path, limits)
    return content(opened(header_of(root), cuts)[0], cuts).attached


def opened(header: Header, cuts: Cuts) -> tuple[Part, Report | None, Envelope | None]:
    """The mail to be shown (the one in a certified envelope), a certified receipt, and the envelope."""
    root = header.part
    if not ("x-ricevuta" in header.fields or "x-trasporto" in header.fields):
        return root, None, None
    from helpdeskctl.adapters.mail_parser import pec

    report = pec.receipt(header)
    envelope = None if report else pec.envelope(header, _sender(headers.addresses(header, "from")))
    inner = pec.inner_mail(root, cuts) if envelope else None
    return inner or root, report, envelope


def peek(path: str) -> tuple[Address, str]:
    """Sender and subject of a mail that could not be read, as far as its first 64 kB tell them."""
    from email.parser import BytesHeaderParser

    with open(path, "rb") as file:
        block = header_block(file, _PEEKED)
        if block is None:
            file.seek(0)
            block = b"".join(
                line for line in file.read(_PEEKED).splitlines(keepends=True) if len(line) < 1000
            )
    header = header_of(BytesHeaderParser().parsebytes(mended(block)))
    return _sender(headers.addresses(header, "from")), headers.first(header, "subject")


def _sender(senders: list[Address]) -> Address:
    return next((one for one in senders if one.address), senders[0] if senders else Address("", ""))


def _recipients(header: Header, outer: Header) -> tuple[str, ...]:
    names = ("to", "cc", "resent-to", "resent-cc")
    found = headers.bare_addresses(header, *names)
    return found if header is outer else headers.unique((*found, *headers.bare_addresses(outer, *names)))


def _may_be_report(header: Header) -> bool:
    """Cheaply: whether it is worth asking what the mail reports."""
    kind = headers.first(header, "content-type").lower()
    if "report" in kind or "delivery-status" in kind or "x-failed-recipients" in header.fields:
        return True
    sender = headers.first(header, "from").lower()
    robot = any(name in sender for name in ("daemon", "postmaster", "delivery", "microsoftexchange", "ndr@"))
    return robot or not sender or headers.first(header, "return-path").replace(" ", "") == "<>"


def _digest(senders: list[Address], date: str, subject: str, found: Content) -> str:
    """What makes two deliveries of one mail the same: sender, date, subject, text, attachments."""
    parts = (
        " ".join([f"{one.name} {one.address}" for one in senders]),
        date,
        subject,
        "\n".join([line.rstrip() for line in found.text.splitlines()]).rstrip(),
        *(one.attachment.sha256 for one in found.attached),
    )
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
