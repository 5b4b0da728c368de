"""The frame of every import into the registry: what changes is shown, then asked, then done."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from helpdeskctl.application.ports import CaseStore
from helpdeskctl.application.registering import Differences, Plan, carry_out
from helpdeskctl.cli import exit_codes
from helpdeskctl.cli.formats import json
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.options import Session
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import _

# A first import adds thousands; nobody reads them one by one.
_MOST_SHOWN = 40


def import_options(command: Any) -> Any:
    """`--dry-run` and `--yes`."""
    yes = click.option("--yes", "-y", is_flag=True, help=_("Do not ask."))
    dry = click.option("--dry-run", is_flag=True, help=_("Only show what would change."))
    return dry(yes(command))


def carry_out_plan(plan: Plan, store: CaseStore, asked: Session, dry_run: bool, yes: bool) -> int:
    """Show the plan; on a terminal ask, unless told not to; then do it."""
    if asked.json:
        click.echo(
            json.dumps({"customers": _document(plan.customers), "contracts": _document(plan.contracts)})
        )
    for heading, differences in (
        (_("Customers"), plan.customers),
        (_("Contracts"), plan.contracts),
    ):
        for line in _lines(heading, differences):
            say(line)
    if not (plan.customers or plan.contracts):
        say(_("Nothing changes."))
        return exit_codes.DONE
    if dry_run:
        return exit_codes.DONE
    if not yes and sys.stdin.isatty() and not click.confirm(_("Import it?"), err=True):
        say(_("Nothing was imported."))
        return exit_codes.FAILED
    carry_out(store, plan)
    registry = plan.registry
    said = _("The registry has {customers} customers and {contracts} contracts.")
    say(said.format(customers=len(registry.customers), contracts=len(registry.contracts)))
    return exit_codes.DONE


def _lines(heading: str, differences: Differences) -> Iterator[str]:
    added, changed, removed = differences
    if not differences:
        return
    yield f"{heading}: +{len(added)} ~{len(changed)} -{len(removed)}"
    lines = [f"  + {name}" for name in added]
    lines += [f"  ~ {name}  {'; '.join(facts)}" for name, facts in changed]
    lines += [f"  - {name}" for name in removed]
    # What goes or changes is more surprising than what comes.
    lines.sort(key=lambda line: "-~+".index(line[2]))
    yield from map(_cleaned, lines[:_MOST_SHOWN])
    if len(lines) > _MOST_SHOWN:
        yield _("  … and {n} more").format(n=len(lines) - _MOST_SHOWN)


def _cleaned(line: str) -> str:
    """The line cleaned, with its indentation."""
    return f"  {one_line(line)}"


def _document(differences: Differences) -> dict[str, Any]:
    return {
        "added": list(differences.added),
        "changed": {name: list(facts) for name, facts in differences.changed},
        "removed": list(differences.removed),
    }
