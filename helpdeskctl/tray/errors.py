"""What can go wrong with a report, and the exit code that says so (behaviour.md §9, after sysexits.h)."""

from helpdeskctl.tray.words import Sentence, said

DONE = 0
# Something was tried and did not work, or the person cancelled.
FAILED = 1
# The command line itself was wrong.
USAGE = 2
# A file or directory may not be read or written.
NO_PERMISSION = 77
# The settings are wrong.
CONFIGURATION = 78
# What a shell reports for a reader that went away (128 + SIGPIPE).
READER_GONE = 141


class TrayError(Exception):
    """A report cannot be made; the sentence says what, where, and what to do."""

    def __init__(self, words: Sentence, code: int = FAILED, **facts: object) -> None:
        super().__init__(said("en", words, **facts))
        self.words = words
        self.code = code
        self.facts = facts

    def told(self, language: str) -> str:
        """The sentence in that language."""
        return said(language, self.words, **self.facts)
