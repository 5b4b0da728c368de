"""What a mail of a case says, read again from its raw file."""

from helpdeskctl.application.ports import CaseStore, ParseMail
from helpdeskctl.cli.formats.json import Texts
from helpdeskctl.domain.case import MailRecord
from helpdeskctl.domain.errors import UnreadableMailError


def said_in(mail: MailRecord, store: CaseStore, parse: ParseMail) -> Texts:
    """Its texts; a file that has gone or cannot be read says nothing."""
    path = store.raw(mail.path)
    try:
        message = parse(path, mail.arrived_at)
    except (OSError, UnreadableMailError):
        return Texts("", "", path)
    return Texts(message.text, message.new_text, path)
