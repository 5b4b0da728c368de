"""The Maildir: its inbox is the queue, its Maildir++ folders are the view for people (behaviour.md §2)."""

from helpdeskctl.adapters.maildir.box import Maildir, make

__all__ = ["Maildir", "make"]
