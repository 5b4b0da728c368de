"""The mail: an address, a subject to fill in, gentle prompts, the contract, the picture.

Values in, bytes out. It opens nothing, writes nothing and has no clock. What it makes is what the desk
reads best: plain text, the contract in the published syntax, the picture as one PNG attachment, and no
word that makes a rule of the desk fire by itself.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple
from urllib.parse import quote

from helpdeskctl.tray.settings import Settings
from helpdeskctl.tray.words import ATTACH, CONTRACT, DOCUMENT, DOING, GREETING, PICTURE_NAME, SEEN, said


class Draft(NamedTuple):
    """A mail that nobody has sent yet."""

    to: str
    text: str
    picture: bytes | None
    """PNG, or None."""
    picture_name: str
    """A file name; empty without a picture."""


def draft(settings: Settings, picture: bytes | None, now: datetime) -> Draft:
    """The draft for these settings; `now` is the person's local time, for the picture's name."""
    language = settings.language
    parts = [said(language, GREETING), *(said(language, prompt) + "\n" for prompt in (DOING, DOCUMENT, SEEN))]
    if settings.contract:
        parts.append(said(language, CONTRACT, number=settings.contract))
    name = f"{said(language, PICTURE_NAME)}-{now:%Y-%m-%d-%H%M%S}.png" if picture else ""
    return Draft(settings.to, "\n\n".join(parts) + "\n", picture, name)


def eml(made: Draft) -> bytes:
    """The draft as a mail program opens it: `X-Unsent: 1`, no sender, date or identity of its own.

    The subject is left empty: a mail program then asks for one, where any words of ours might be sent.
    """
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message["To"] = made.to
    message["Subject"] = ""
    message.set_content(made.text, cte="quoted-printable")
    if made.picture is not None:
        message.add_attachment(made.picture, maintype="image", subtype="png", filename=made.picture_name)
    return message.as_bytes()


def mailto(made: Draft, language: str) -> str:
    """The draft as a link (RFC 6068), which can carry no picture: the text says which file to attach."""
    text = made.text
    if made.picture is not None:
        text = said(language, ATTACH, name=made.picture_name) + "\n\n" + text
    return f"mailto:{quote(made.to, safe='@')}?body={quote(text.replace(chr(10), chr(13) + chr(10)))}"
