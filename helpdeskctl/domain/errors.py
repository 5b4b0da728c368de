"""Everything that can go wrong, one flat level; each error carries the sentence a person reads.

A sentence says what, where, and what to do. Which exit code an error becomes is the command
line's business (`helpdeskctl.cli.exit_codes`).
"""


class HelpdeskError(Exception):
    """The root: `str(error)` is one complete sentence without a trailing newline."""


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


class RefusedError(HelpdeskError):
    """What was asked cannot be done in the state things are in."""
