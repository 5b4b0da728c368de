"""What another configuration would make of stored mail: for programs, for pipes, for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from helpdeskctl.application.replay import Reading, Replayed
from helpdeskctl.cli.formats import json
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.formats.wording import contract_words, effect_words, listed, outcome_word
from helpdeskctl.cli.words import _
from helpdeskctl.domain.message import Address

if TYPE_CHECKING:
    from rich.console import RenderableType


def as_json(one: Replayed) -> dict[str, Any]:
    """A mail that would be decided otherwise; `because` is of the new decision."""
    return {
        "case": one.mail.number,
        "message_id": one.message.message_id if one.message else "",
        "from": json.address(one.message.sender if one.message else Address("", "")),
        "subject": one.message.subject if one.message else "",
        "arrived_at": json.time(one.mail.arrived_at),
        "differs": list(one.differing),
        "before": _reading(one.before),
        "after": _reading(one.after),
        "because": json.because(one.because),
    }


def lines(one: Replayed) -> Iterator[tuple[object, ...]]:
    """case, arrived_at, sender, subject, what differs, before, after: a line for each difference."""
    message = one.message
    who, subject = (message.sender.address, message.subject) if message else ("", "")
    before, after = _plain(one.before), _plain(one.after)
    for name in one.differing:
        at = json.time(one.mail.arrived_at)
        yield one.mail.number, at, who, subject, name, before[name], after[name]


def table_of(found: list[Replayed]) -> "RenderableType":
    """The differences, a row for each mail."""
    from rich.text import Text

    from helpdeskctl.cli.formats import table

    rows = []
    for one in found:
        before, after = _in_words(one.before), _in_words(one.after)
        changes = Text("\n").join(
            Text.assemble((before[name] or "-", "dim"), " → ", (after[name] or "-", "bold"))
            for name in one.differing
        )
        number = f"#{one.mail.number}" if one.mail.number is not None else ""
        rows.append((number, one_line(one.message.subject) if one.message else "", changes))
    return table.plain((_("Case"), _("Subject"), _("Before → after")), rows)


def _reading(one: Reading) -> dict[str, Any]:
    return one._asdict() | {
        "urgency": one.urgency.name if one.urgency is not None else None,
        "contract": one.contract._asdict() if one.contract else None,
        "tags": list(one.tags),
    }


def _plain(one: Reading) -> dict[str, str]:
    """Each part as pipes give it."""
    return {
        "outcome": one.outcome,
        "sector": one.sector,
        "urgency": one.urgency.name if one.urgency is not None else "",
        "command": one.command,
        "contract": f"{one.contract.number} {one.contract.state}" if one.contract else "",
        "tags": ",".join(one.tags),
    }


def _in_words(one: Reading) -> dict[str, str]:
    """Each part as a technician reads it; "" where there is none."""
    return {
        "outcome": outcome_word(one.outcome),
        "sector": effect_words(f"sector={one.sector}") if one.sector else "",
        "urgency": effect_words(f"urgency={one.urgency.name}") if one.urgency is not None else "",
        "command": effect_words(f"command={one.command}") if one.command else "",
        "contract": _("contract {value}").format(value=contract_words(one.contract)) if one.contract else "",
        "tags": listed(effect_words(f"tag={tag}") for tag in one.tags),
    }
