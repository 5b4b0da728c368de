"""What machines report about a mail of ours: RFC 3464 and 8098, and the older forms of mail systems."""

import re
from collections.abc import Iterator
from email import message_from_string
from email.message import Message as Part

from helpdeskctl.adapters.mail_parser import headers
from helpdeskctl.adapters.mail_parser.bodies import leaves
from helpdeskctl.adapters.mail_parser.charsets import one_line
from helpdeskctl.adapters.mail_parser.headers import Header, header_of
from helpdeskctl.adapters.mail_parser.reading import children
from helpdeskctl.domain.message import Report

_MOST_BLOCKS = 100
_ACTIONS = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
_ID_IN_TEXT = re.compile(r"(?im)^[> \t]{0,10}message-id[ \t]*:[ \t]*<([^<>\s]{1,900})>")
_ADDRESS_IN_TEXT = re.compile(r"<?([^\s<>@]{1,64}@[^\s<>@:;,]{1,255})>?")
# RFC 3463 §3.1: the first digit of a status, where a system names no action.
_CLASSES = {"2": "delivered", "4": "delayed", "5": "failed"}
_BOUNCE_SENDERS = re.compile(
    r"(?:mailer-daemon|postmaster|mail-daemon|mdaemon|mail\.delivery\.system|microsoftexchange\w{0,40}|ndr)@"
    r"|\bmail delivery (?:sub)?system\b",
    re.IGNORECASE,
)
_BOUNCE_SUBJECTS = re.compile(
    r"failure notice|undeliver|nondeliver|non-deliver|delivery (?:has )?failed|delivery failure|"
    r"delivery (?:status )?notification \(failure\)|delivery problem|could ?n[o']t be delivered|"
    r"returned mail|returned to sender|non recapitabil|mancat[oa] (?:recapito|consegna)|mail delivery system|"
    r"mail system error|user unknown|unzustellbar|failed mail|mail not delivered|mail failed|"
    r"failure delivery|mail could not be delivered|mail error|error during delivery|not delivered|"
    r"permanent delivery",
    re.IGNORECASE,
)
_DELAY_SUBJECTS = re.compile(
    r"delivery (?:status )?notification \(delay\)|delivery (?:is |has been )?delayed|message delayed|"
    r"delayed mail|still being retried|could not send message for past|ritardo nella consegna|"
    r"consegna ritardata|not yet been delivered",
    re.IGNORECASE,
)
# What a mail system says of a mail that did not arrive, whatever its subject.
_BOUNCE_TEXT = re.compile(
    r"not (?:be |been )?(?:delivered|sent)|unable to deliver|n[o']t able to deliver|delivery (?:has )?failed|"
    r"delivery (?:failure|error)|did not receive|fatal (?:delivery )?error|returned mail|user unknown|"
    r"no such user|could not deliver|undeliverable|(?:consegnat[oa]|recapitat[oa]) per|"
    r"non (?:è|e') stat[oa] (?:possibile )?(?:consegna|recapita)|impossibile (?:consegnare|recapitare)|"
    r"nicht zugestellt|non remis|无法发送|не доставлено",
    re.IGNORECASE,
)
_DELAY_TEXT = re.compile(
    r"warning message only|not yet been delivered|will (?:keep|continue) (?:to )?try|still undelivered|"
    r"has been delayed|advisory-only|ritardo nella consegna|no action is required",
    re.IGNORECASE,
)
_BEGINNING = 3000
_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_NOTIFICATION = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_RETURNED_HEADERS = frozenset(
    {
        "text/rfc822-headers",
        "message/rfc822",
        "message/rfc822-headers",
        "message/global",
        "message/global-headers",
    }
)


def report(root: Part, text: str) -> Report | None:
    """The report that the mail is, or None. `text` is what a person sees of it."""
    if root.get_content_type().lower() == "multipart/report":
        kind = str(root.get_param("report-type") or "").lower()
        if kind == "disposition-notification" or _has(root, _NOTIFICATION):
            return _notification(root)
    # Some systems forget to say in the outermost header that it is a report.
    return _delivery_status(root) or _older_form(root, text)


def _has(root: Part, kinds: frozenset[str]) -> bool:
    return any(part.get_content_type().lower() in kinds for part in leaves(root))


def _blocks(part: Part) -> Iterator[Part]:
    """The header blocks of a status part. Of the internationalised kind (RFC 6533) the library reads the
    first alone, and takes the others for its text."""
    for block in children(part):
        yield block
        rest = None if block.is_multipart() else block.get_payload()
        if isinstance(rest, str) and not part.get_content_type().lower().endswith("/delivery-status"):
            yield from map(message_from_string, filter(None, rest.strip().split("\n\n")[:_MOST_BLOCKS]))


def _delivery_status(root: Part) -> Report | None:
    original = _returned_id(root)
    for part in leaves(root):
        if part.get_content_type().lower() not in _STATUS:
            continue
        kinds = []
        for block in map(header_of, _blocks(part)):
            action = re.split(r"[^a-z]", headers.first(block, "action").lower(), maxsplit=1)[0]
            found = _ACTIONS.get(action) or _CLASSES.get(headers.first(block, "status")[:1])
            if found:
                detail = headers.first(block, "diagnostic-code") or headers.first(block, "status")
                recipient = _recipient(block)
                kinds.append(Report(found, recipient[:320], original, detail[:500]))
        # One recipient that failed outweighs others that did not.
        order = ("failed", "delayed", "delivered")
        if kinds:
            return min(kinds, key=lambda found: order.index(found.kind))
    return None


def _recipient(block: Header) -> str:
    """The recipient that a block is about, without the kind of its address."""
    said = headers.first(block, "final-recipient") or headers.first(block, "original-recipient")
    return said.rpartition(";")[2].strip(" <>")


def _notification(root: Part) -> Report:
    """A read receipt."""
    recipient = original = ""
    for part in leaves(root):
        if part.get_content_type().lower() in _NOTIFICATION:
            for block in map(header_of, _blocks(part)):
                recipient = _recipient(block)
                original = headers.first(block, "original-message-id").strip("<> ")
    return Report("displayed", recipient[:320], original[:900], "")


def _returned_id(root: Part) -> str:
    """The Message-ID of the mail that a report returns, whole or as its header."""
    for part in leaves(root):
        kind = part.get_content_type().lower()
        if kind in _RETURNED_HEADERS and children(part):
            if found := next((headers.message_id(header_of(inner)) for inner in children(part)), ""):
                return found
        elif kind in _RETURNED_HEADERS:
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and (found := _id_in(payload.decode("utf-8", "replace"))):
                return found
    return ""


def _older_form(root: Part, text: str) -> Report | None:
    """qmail, Exim, Exchange, Gmail and others, as far as they can be recognised."""
    header = header_of(root)
    failed = headers.first(header, "x-failed-recipients")
    named = bool(_BOUNCE_SENDERS.search(headers.first(header, "from")))
    null_sender = headers.first(header, "return-path").replace(" ", "") == "<>"
    subject = headers.first(header, "subject")
    said = f"{subject}\n{text[:_BEGINNING]}"
    reported = str(root.get_param("report-type") or "").lower() == "delivery-status"
    delayed = (
        not failed
        and (named or null_sender or reported)
        and (_DELAY_SUBJECTS.search(subject) or ((named or reported) and _DELAY_TEXT.search(said)))
    )
    told = _BOUNCE_SUBJECTS.search(subject) or text.lstrip().startswith("Hi. This is the")
    by_machine = named or null_sender or not headers.first(header, "from")
    if not (failed or delayed or reported or (by_machine and told) or (named and _BOUNCE_TEXT.search(said))):
        return None
    original = _returned_id(root) or _id_in(text)
    recipient = failed.partition(",")[0].strip()
    if not recipient and (found := _ADDRESS_IN_TEXT.search(text)):
        recipient = found[1]
    return Report("delayed" if delayed else "failed", recipient[:320], original, one_line(subject)[:200])


def _id_in(text: str) -> str:
    found = _ID_IN_TEXT.search(text[:200_000])
    return found[1] if found else ""
