"""Italian certified mail (PEC): receipts and envelopes, told by the outer headers only (behaviour.md §3)."""

import re
from email.message import Message as Part

from helpdeskctl.adapters.mail_parser import headers
from helpdeskctl.adapters.mail_parser.bodies import leaves
from helpdeskctl.adapters.mail_parser.cutting import Cuts
from helpdeskctl.adapters.mail_parser.headers import Header
from helpdeskctl.adapters.mail_parser.transfer import messages
from helpdeskctl.domain.message import Address, Envelope, Report

_FAILED = ("non-accettazione", "errore-consegna", "mancata-consegna")
_ON_BEHALF = re.compile(r"per conto di:?\s*<?([^\s<>\"']{1,64}@[^\s<>\"']{1,255})", re.IGNORECASE)


def receipt(header: Header) -> Report | None:
    """A receipt about a mail of ours."""
    kind = headers.first(header, "x-ricevuta").lower()
    if not kind:
        return None
    original = headers.first(header, "x-riferimento-message-id").strip("<> ")
    failed = any(word in kind for word in _FAILED)
    found = "failed" if failed else "accepted" if kind == "accettazione" else "delivered"
    return Report(found, "", original[:900], kind[:100])


def envelope(header: Header, sender: Address) -> Envelope | None:
    """The shell of a certified mail."""
    kind = headers.first(header, "x-trasporto").lower()
    if kind not in {"posta-certificata", "errore"}:
        return None
    on_behalf = _ON_BEHALF.search(headers.first(header, "from"))
    return Envelope(kind, on_behalf[1].lower() if on_behalf else "", sender)


def inner_mail(root: Part, cuts: Cuts) -> Part | None:
    """The mail in the envelope: the attached postacert.eml, else the first attached message."""
    attached = [part for part in leaves(root) if part.get_content_type().lower() == "message/rfc822"]
    named = [part for part in attached if "postacert" in str(part.get_filename() or "").lower()]
    return next((mail for part in named or attached for mail in messages(part, cuts)), None)
