"""helpdeskctl: a help desk in a Maildir."""

__version__ = "0.1.0"
