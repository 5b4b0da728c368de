"""What an exit code says (behaviour.md §9), after sysexits.h; the first error in `BY_ERROR` that fits."""

from helpdeskctl.domain.errors import (
    ConfigurationError,
    HelpdeskError,
    NoSuchCaseError,
    StoreLockedError,
    UndecidedError,
)

DONE = 0
# Something was tried and did not work, or the books do not balance.
FAILED = 1
# The command line itself was wrong.
USAGE = 2
# There is no case, and no held mail, of that name.
NO_SUCH_CASE = 66
# Locked, or (a pipe) not saved: the same again later will do.
TRY_AGAIN = 75
# A file or directory may not be read or written.
NO_PERMISSION = 77
# The configuration is wrong, or a decision of the administrator's is missing.
CONFIGURATION = 78
# What a shell reports for a reader that went away (128 + SIGPIPE).
READER_GONE = 141

BY_ERROR: tuple[tuple[type[BaseException], int], ...] = (
    (NoSuchCaseError, NO_SUCH_CASE),
    (StoreLockedError, TRY_AGAIN),
    (ConfigurationError, CONFIGURATION),
    (UndecidedError, CONFIGURATION),
    (PermissionError, NO_PERMISSION),
    (HelpdeskError, FAILED),
    (OSError, FAILED),
)

# Of several that occurred, the first of these is the exit code.
PRECEDENCE = (NO_PERMISSION, NO_SUCH_CASE, FAILED)


def of(error: BaseException) -> int:
    """The exit code for an error that reached the outermost boundary."""
    return next((code for kind, code in BY_ERROR if isinstance(error, kind)), FAILED)


def worst(codes: list[int]) -> int:
    """The exit code of a command that tried several numbers."""
    return next((code for code in PRECEDENCE if code in codes), max(codes, default=DONE))
