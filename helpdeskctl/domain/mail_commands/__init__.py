"""What a customer may tell us to do in a subject (behaviour.md §6): one command, one file.

The words that give a command come from the rules; who may give one is the decision's business. In
`COMMANDS` the first that was given wins: "riaprire il caso chiuso 7" reopens.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from helpdeskctl.domain.case import Case, Happened
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.mail_commands import close, reopen


class MailCommand(NamedTuple):
    """`already` tells that there is nothing to do; `carry_out` is the transition; `outcome` its name."""

    name: str
    outcome: str
    already: Callable[[Case], bool]
    carry_out: Callable[[Case, str, datetime, tuple[Finding, ...], str], Happened]


COMMANDS = (
    MailCommand(reopen.NAME, reopen.OUTCOME, reopen.already, reopen.carry_out),
    MailCommand(close.NAME, close.OUTCOME, close.already, close.carry_out),
)
