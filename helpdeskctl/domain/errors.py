"""Everything that can go wrong, one flat level; each error carries the sentence a person reads.

A sentence says what, where, and what to do. Which exit code an error becomes is the command
line's business (`helpdeskctl.cli.exit_codes`).
"""

from collections.abc import Sequence


class HelpdeskError(Exception):
    """The root: one complete English sentence, with its facts apart so that it can be translated.

    `HelpdeskError("There is no case #{number}.", number=7)`; without facts the sentence stands as it is.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence.format(**facts) if facts else sentence)
        self.sentence = sentence
        self.facts = facts


class ConfigurationError(HelpdeskError):
    """The configuration cannot be read or says something that is not allowed."""


class UnreadableMailError(HelpdeskError):
    """A mail cannot be read, or is over a limit: it is held, with this sentence as the reason."""


class NoSuchCaseError(HelpdeskError):
    """A case, or a held mail, that was asked for does not exist."""


class StoreLockedError(HelpdeskError):
    """Another process held the store's lock for the whole time we were willing to wait."""


class StoreDamagedError(HelpdeskError):
    """A file of the store is truncated, edited or of a newer format; nothing was changed."""


class MailboxError(HelpdeskError):
    """The Maildir is not there, or is none, or must not be written."""


class UndecidedError(HelpdeskError):
    """Something must be decided by the administrator first; nothing was done."""


class RefusedError(HelpdeskError):
    """What was asked cannot be done in the state things are in."""


class BadRowsError(RefusedError):
    """Cells of a file that are wrong, each with its own sentence; nothing of the file was taken."""

    def __init__(self, problems: Sequence[HelpdeskError], sentence: str, **facts: object) -> None:
        super().__init__(sentence, **facts)
        self.problems = tuple(problems)


class OvertakenError(RefusedError):
    """The case changed while somebody was writing about it."""
