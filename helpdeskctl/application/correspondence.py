"""Letters become mails that wait: the words from the texts adapter, the headers from the domain."""

from collections.abc import Iterable

from helpdeskctl.application.ports import Texts
from helpdeskctl.domain.answers import Letter, Postmark, outgoing
from helpdeskctl.domain.case import OutgoingMail


def written(
    letters: Iterable[Letter], about: tuple[int, str], mark: Postmark, seed: str, texts: Texts
) -> tuple[OutgoingMail, ...]:
    """The letters as mails to be queued; `about` is case number (0 for none) and sector, `seed` what
    caused them (a Maildir key, an event), so that the same cause gives the same ids."""
    return tuple(
        outgoing(letter, texts.render(letter.template, letter.facts), about, mark, seed) for letter in letters
    )
