"""`helpdeskctl ingest`: the mail that has arrived becomes cases (behaviour.md §2).

The pipe, `ingest -`, never comes here: `helpdeskctl.cli.pipe`.
"""

from collections.abc import Iterator

import click

from helpdeskctl.application.inbox import arrivals, remember_backlog
from helpdeskctl.application.ingest import (
    Ports,
    Report,
    ingest_inbox,
    rehearse,
)
from helpdeskctl.application.logbook import logged
from helpdeskctl.application.outbox import send_waiting, waiting_mails
from helpdeskctl.application.reckoning import reconciled
from helpdeskctl.application.reminders import remind
from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.formats import json, tsv
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.speaking import complain, say
from helpdeskctl.cli.words import _


def _only_in_a_pipe(context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> None:
    if given:
        raise click.UsageError(_("--recipient goes with `ingest -` only."), context)


@click.command(
    "ingest",
    help=_(
        "Read every mail in the inbox of MAILDIR (the one configured, if none is given), in order of "
        "arrival, and send what is then due. Silent without a terminal, unless something is wrong.\n\n"
        "`ingest -` reads one mail from standard input, for procmail and its like: it exits with 0 "
        "once the mail is safe, else with 75, and never prints anything.\n\n"
        "Example: helpdeskctl ingest --dry-run --verbose"
    ),
)
@click.argument("maildir", required=False, metavar="[-|MAILDIR]")
@click.option("--dry-run", is_flag=True, help=_("Decide and print, and write nothing anywhere."))
@click.option("--verbose", "-v", is_flag=True, help=_("Print a line for each mail."))
@click.option(
    "--backlog",
    type=click.Choice(["open", "leave"]),
    help=_("What to do, once, with mail older than a day that was there before this desk."),
)
@click.option("--watch", is_flag=True, help=_("Stay, and read what arrives within a second."))
@click.option(
    "--recipient",
    multiple=True,
    metavar=_("ADDRESS"),
    callback=_only_in_a_pipe,
    expose_value=False,
    help=_("With `-`: the envelope recipient."),
)
@common
@click.pass_context
def command(
    context: click.Context,
    maildir: str | None,
    dry_run: bool,
    verbose: bool,
    backlog: str | None,
    watch: bool,
) -> int:
    """Read the inbox."""
    asked = session(context)
    if watch:
        if dry_run:
            raise click.UsageError(_("--dry-run does not go with --watch."), context)
        from helpdeskctl.cli.watching import watch_inbox

        return watch_inbox(asked, maildir, lambda report: _print(report, asked, verbose), backlog)
    ports = bootstrap.ports(asked.settings, maildir)
    arrived = arrivals(ports.mailbox, ports.store, ports.clock(), backlog)
    if dry_run:
        _tell(rehearse(ports, arrived), asked, len(arrived), verbose=True)
        return exit_codes.DONE
    remember_backlog(ports.store, ports.clock(), backlog)
    read = logged(ingest_inbox(ports, arrived), bootstrap.log(asked.settings), ports.clock)
    reports = _tell(read, asked, len(arrived), verbose)
    wrong = reconciled(ports, arrived, reports)
    if wrong:
        complain(wrong)
    remind(ports.store, ports.texts, ports.policy, ports.clock)
    outbox = bootstrap.outbox(asked.settings, ports.store)
    sent = sum(1 for done in send_waiting(outbox) if done.mail.state == "sent") if outbox else 0
    if asked.terminal and not asked.json:
        _tell_mail(ports, sent, transport=outbox is not None)
    return exit_codes.FAILED if wrong else exit_codes.DONE


def _tell(reports: Iterator[Report], asked: Session, total: int, verbose: bool) -> list[Report]:
    """The reports, told while they come: JSON lines, a bar and a table, or lines; silence in a pipe."""
    if asked.terminal and not asked.json:
        from helpdeskctl.cli.formats import outcomes

        done = list(outcomes.tracked(reports, total))
        outcomes.show(done, verbose, asked.colored)
        return done
    done = []
    for report in reports:
        _print(report, asked, verbose)
        # Of a hundred thousand mails not even the texts would fit.
        done.append(report._replace(message=None))
    return done


def _print(report: Report, asked: Session, verbose: bool) -> None:
    """One line for programs, or for who wants to see each mail."""
    if asked.json:
        click.echo(json.dumps(_as_json(report)))
    elif verbose or asked.terminal:
        click.echo(tsv.line(_as_line(report)))


def _as_json(report: Report) -> dict[str, object]:
    return {"key": report.arrived.key} | json.decision(report.message, report.decision)


def _as_line(report: Report) -> tuple[object, ...]:
    """outcome, case, sender, subject, reason."""
    message, decision = report.message, report.decision
    return (
        decision.outcome,
        decision.case,
        decision.sender.address,
        message.subject if message else "",
        json.reason(decision),
    )


def _tell_mail(ports: Ports, sent: int, transport: bool) -> None:
    waiting = len(waiting_mails(ports.store))
    if sent:
        say(_("Mails sent: {n}.").format(n=sent))
    if waiting and not transport:
        said = _("Mails that wait: {n}. [mail] transport is none, so nothing is sent.")
        say(said.format(n=waiting))
    elif waiting:
        say(_("Mails that wait: {n}, see `helpdeskctl outbox list`.").format(n=waiting))
