"""`helpdeskctl doctor`: what is wrong with the desk, and its cure (behaviour.md §9, §10)."""

from typing import TYPE_CHECKING

import click

from helpdeskctl.application.health import Checked, examined
from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.formats.cleaning import one_line
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import _, filled
from helpdeskctl.domain.errors import ConfigurationError
from helpdeskctl.domain.health import broken

if TYPE_CHECKING:
    from rich.text import Text

    from helpdeskctl.application.repairing import Repaired

_STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red"}


@click.command(
    "doctor",
    help=_(
        "Look at everything that can be wrong: configuration, Maildir, store, mail that waits. Each finding "
        "comes with its cure; the exit code is 1 where something has failed.\n\n"
        "`--repair` makes a damaged store whole again from what is left of it and from the raw mails; it "
        "sends nothing, and names what cannot be restored.\n\n"
        "Example: helpdeskctl doctor --deep"
    ),
)
@click.option("--deep", is_flag=True, help=_("Read every file and every mail, however long that takes."))
@click.option("--repair", "repairs", is_flag=True, help=_("Repair the store first."))
@click.option("--reindex", is_flag=True, help=_("Make the index of the store anew first."))
@common
@click.pass_context
def command(context: click.Context, deep: bool, repairs: bool, reindex: bool) -> int:
    """Look, and repair where that is asked for."""
    asked = session(context)
    try:
        chosen = asked.settings
    except ConfigurationError as error:
        return _told([Checked("configuration", broken(error))], asked)
    if repairs:
        from helpdeskctl.application.repairing import repair

        _tell_repairs(repair(bootstrap.upkeep(chosen), bootstrap.ports(chosen)))
    elif reindex:
        bootstrap.upkeep(chosen).reindex()
        say(_("The index was made anew."))
    return _told(list(examined(bootstrap.looking(chosen, deep))), asked)


def _told(found: list[Checked], asked: Session) -> int:
    """Every finding printed; the exit code."""
    if asked.json:
        click.echo(json.dumps([dict(zip(_KEYS, _texts(one), strict=True)) for one in found], indent=1))
    elif not asked.terminal:
        for one in found:
            click.echo(tsv.line(_texts(one)))
    else:
        from helpdeskctl.cli.formats import table

        rows = [_row(one) for one in found]
        headings = (_("Check"), _("State"), _("What, and its cure"))
        table.console(asked.colored).print(table.plain(headings, rows))
    return exit_codes.FAILED if any(one.judgement.state == "failed" for one in found) else exit_codes.DONE


_KEYS = ("check", "state", "detail", "cure")


def _texts(one: Checked) -> tuple[str, str, str, str]:
    """check, state, detail, cure."""
    facts = dict(one.judgement.facts)
    return (
        one.check,
        one.judgement.state,
        one_line(filled(one.judgement.detail, facts)),
        one_line(filled(one.judgement.cure, facts)),
    )


def _row(one: Checked) -> "tuple[str, Text, Text]":
    from rich.text import Text

    _check, state, detail, cure = _texts(one)
    said = Text(detail)
    if cure:
        said.append(f"\n→ {cure}", "dim")
    return _check_word(one.check), Text(_state_word(state), _STYLES[state]), said


def _state_word(state: str) -> str:
    return {"ok": _("fine"), "warning": _("look"), "failed": _("wrong")}[state]


def _check_word(check: str) -> str:
    return {
        "configuration": _("Configuration"),
        "maildir": "Maildir",
        "subscription": _("Subscriptions"),
        "quota": _("Quota"),
        "inbox": _("Inbox"),
        "procmail": "procmail",
        "cron": "cron",
        "rights": _("Rights"),
        "lock": _("Lock"),
        "store": _("Store"),
        "clock": _("Clock"),
        "transport": _("Mail system"),
        "outbox": _("Mail that waits"),
        "limits": _("Limits"),
        "held": _("Held mail"),
        "drift": _("Store and Maildir"),
        "space": _("Free space"),
        "registry": _("Registry"),
        "log": _("Log"),
    }[check]


def _tell_repairs(done: "Repaired") -> None:
    """What was done, and what could not be, a line each."""
    for one in done.files:
        say(f"{one.file}: {_source_word(one.source)}")
        if one.behind:
            said = _("{file}: of these cases the last change is known in part only: {cases}.")
            say(said.format(file=one.file, cases=_numbers(one.behind)))
    if done.cases:
        say(
            _("Brought back, to be looked at (mark `news`): cases {cases}.").format(
                cases=_numbers(done.cases)
            )
        )
    if done.mails:
        say(_("Mails brought back from their raw files: {n}.").format(n=done.mails))
    if done.lost_cases:
        say(_("Not restored: cases {cases}.").format(cases=_numbers(done.lost_cases)))
    for path in done.lost_mails:
        said = _("Not restored: {mail} belongs to no case; copied into the inbox, it is read anew.")
        say(said.format(mail=one_line(path)))
    if not any(done):
        say(_("There was nothing to repair."))


def _source_word(source: str) -> str:
    return {
        "former self": _("restored from its former self"),
        "what is left": _("restored from what was left of it"),
        "nothing": _("nothing was left of it: it is empty now"),
        "made anew": _("made anew"),
    }[source]


def _numbers(cases: tuple[int, ...]) -> str:
    return ", ".join(f"#{number}" for number in cases)
