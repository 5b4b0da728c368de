"""A decision explained: what, by which line of the table, because of which words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from helpdeskctl.application.explain import Explanation
from helpdeskctl.cli.formats import json
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.formats.wording import (
    because_line,
    contract_words,
    effect_words,
    outcome_word,
    person,
    reason_words,
)
from helpdeskctl.cli.words import _

if TYPE_CHECKING:
    from rich.console import RenderableType


def lines(name: str, made: Explanation) -> Iterator[tuple[object, ...]]:
    """The same for pipes: a fact or a finding on each line, the mail's name in front."""
    decision = made.decision
    contract = f"{decision.contract.number} {decision.contract.state}" if decision.contract else ""
    for fact, value in (
        ("subject", made.message.subject if made.message else ""),
        ("from", decision.sender.address),
        ("outcome", decision.outcome),
        ("line", decision.line),
        ("case", decision.case),
        ("sector", decision.sector),
        ("urgency", decision.urgency.name if decision.urgency is not None else ""),
        ("command", decision.command),
        ("contract", contract),
        ("acknowledge", "yes" if decision.acknowledge else "no"),
        ("reason", json.reason(decision) or decision.noted),
        ("known", made.known),
    ):
        if value not in {None, ""}:
            yield name, fact, value
    for row in made.passed:
        yield name, "passed", row.name, row.when
    for finding in decision.because:
        yield name, "because", finding.effect, finding.rule, finding.field, finding.matched


def page(name: str, made: Explanation) -> "RenderableType":
    """For a terminal."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from helpdeskctl.cli.formats import table

    decision = made.decision
    outcome = Text(outcome_word(decision.outcome), "bold")
    if decision.case is not None:
        outcome.append(f" #{decision.case}")
    outcome.append(f"  ({_('line of the table')}: {_(decision.line)})", "dim")
    urgency = decision.urgency
    pairs: list[tuple[str, str | Text]] = [
        (_("From"), person(decision.sender)),
        (_("Subject"), made.message.subject if made.message else ""),
        (_("Decision"), outcome),
        (_("Sector"), decision.sector),
        (_("Urgency"), Text(urgency.name, table.URGENCY_STYLES[urgency]) if urgency is not None else ""),
        (_("Command"), effect_words(f"command={decision.command}") if decision.command else ""),
        (_("Contract"), contract_words(decision.contract)),
        (_("Acknowledged"), _acknowledged(made)),
        (_("Reason"), reason_words(decision.reason or decision.noted, decision.facts)),
        (_("Known"), _("case #{n} holds this mail already").format(n=made.known) if made.known else ""),
    ]
    because = [(_("Because"), because_line(finding)) for finding in decision.because]
    passed = [(_("Not"), Text(f"{_(row.name)}: {_(row.when)}", "dim")) for row in made.passed]
    shown = ((word, value) for word, value in (*pairs, *because, *passed) if value)
    return Group(Text(one_line(name), "bold"), Padding(table.facts(shown), (0, 0, 1, 2)))


def _acknowledged(made: Explanation) -> str:
    if made.decision.outcome != "opened":
        return ""
    return _("yes") if made.decision.acknowledge else _("no")
