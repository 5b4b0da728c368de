"""What `doctor` sees of the file system around the desk, as a port."""

from typing import Protocol

from helpdeskctl.domain.health import Directory, Quota


class Surroundings(Protocol):
    """What can be seen of the file system around the desk."""

    def directory(self, path: str) -> Directory:
        """A directory or a file, with its rights."""

    def can_run(self, program: str) -> bool:
        """Whether the program is there and may be run."""

    def can_read(self, path: str) -> bool:
        """Whether the file may be read."""

    def can_append(self, path: str) -> bool:
        """Whether the file may be written, or made where it is not there yet."""

    def folders(self, maildir: str) -> list[str]:
        """The Maildir++ folders that are ours."""

    def subscribed(self, maildir: str) -> list[str] | None:
        """The folders subscribed to; None where no list says."""

    def quota(self, maildir: str) -> Quota | None:
        """The mailbox's quota, if there is one."""

    def filed(self, maildir: str, folder: str) -> list[str]:
        """The base names of the mails in that folder, in order."""

    def free(self, path: str) -> tuple[int, int | None]:
        """Megabytes and files that may still be written there."""

    def lock_holder(self, path: str, patience: float) -> int | None:
        """Who held the lock for all of that time (0 if it is not known); None for nobody."""

    def recipes(self, maildir: str) -> list[tuple[str, str]]:
        """The procmailrc files that apply, with what they say."""

    def is_file(self, path: str) -> bool:
        """Whether a file lies there."""
