"""A person as typed: an address, perhaps with the name before it."""

import click

from helpdeskctl.cli.words import _
from helpdeskctl.domain.message import Address
from helpdeskctl.domain.patterns import lazily

_NAMED = lazily(r"\s*\"?([^<>\"]*?)\"?\s*<([^<>\s]+@[^<>\s]+)>\s*")
_BARE = lazily(r"\s*([^<>\s,;\"]+@[^<>\s,;\"]+)\s*")


def typed_address(typed: str, context: click.Context) -> Address:
    """`anna@rossi.example` or `Anna Verdi <anna@rossi.example>`."""
    if bare := _BARE().fullmatch(typed):
        return _address("", bare[1])
    if named := _NAMED().fullmatch(typed):
        return _address(named[1], named[2])
    said = _("{value} is no mail address: write anna@rossi.example or Anna Verdi <anna@rossi.example>.")
    raise click.UsageError(said.format(value=repr(typed)), context)


def _address(name: str, address: str) -> Address:
    local, _at, domain = address.rpartition("@")
    return Address(name, f"{local}@{domain.lower()}")
