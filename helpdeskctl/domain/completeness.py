"""Minimum requirements (behaviour.md §7): a subject that names the problem, a text that tells it.

Which words name none, and how many make a text, is the firm's to say: the configuration's `[minimum]`.
"""

from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.reference import bare_subject
from helpdeskctl.domain.settings import Minimum


def incomplete(message: Message, minimum: Minimum) -> Finding | None:
    """What is lacking, or None. A telling subject with an attachment is fine without text: that is
    what the tray icon sends."""
    if says_nothing(message.subject, minimum):
        return Finding("minimum requirements", "subject", message.subject[:60], "incomplete")
    text = message.new_text or message.text
    enough = minimum.text_words
    if not message.attachments and len(text.split(None, enough)) < enough:
        return Finding("minimum requirements", "body", text.strip()[:60], "incomplete")
    return None


def says_nothing(subject: str, minimum: Minimum) -> bool:
    """Whether the subject is made of vague words and numbers alone, or of nothing at all."""
    words = words_of(bare_subject(subject))
    return all(word in minimum.vague_words or word.isdigit() for word in words)


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: folded, and apart wherever no letter or digit stands."""
    return "".join([c if c.isalnum() else " " for c in fold(text)]).split()
