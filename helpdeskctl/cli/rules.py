"""`helpdeskctl rules`: which rules are in force, what is wrong with them, and what customers are told."""

import click

from helpdeskctl.application.rule_check import counted, hits
from helpdeskctl.application.stored_mail import reread, stored_mails
from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.formats import json, ruled, tsv
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import _
from helpdeskctl.cli.writing import write
from helpdeskctl.domain.rule_check import FAILURES, Problem, problems
from helpdeskctl.domain.rules import Rule


@click.group(
    "rules",
    help=_(
        "The rules by which mail gets its sector, urgency and tags, and is read as a command. They stand in "
        "the configuration; without any, the published ones hold.\n\nExample: helpdeskctl rules check"
    ),
)
@common
def command() -> None:
    """Rules."""


@command.command(
    "list",
    help=_(
        "The rules in force, in their order. Into a pipe: one tab-separated line each, without heading "
        "(name, fields, kind, patterns, unless, effect, matches, misses).\n\n"
        "Example: helpdeskctl rules list --json"
    ),
)
@common
@click.pass_context
def list_(context: click.Context) -> None:
    """List rules."""
    asked = session(context)
    rules = asked.settings.policy.rules
    if asked.json:
        click.echo(json.dumps([ruled.as_json(rule) for rule in rules], indent=1))
    elif asked.terminal:
        from helpdeskctl.cli.formats import table

        table.console(asked.colored).print(ruled.table_of(rules))
    else:
        for rule in rules:
            click.echo(tsv.line(ruled.as_line(rule)))


@command.command(
    "check",
    help=_(
        "Try every rule on its own examples; find texts that never decide anything, rules that contradict "
        "each other, and in how many stored mails each rule hits. Exits with 1 if an example fails or rules "
        "contradict each other.\n\nExample: helpdeskctl rules check --no-mail"
    ),
)
@click.option("--no-mail", is_flag=True, help=_("Leave the stored mail alone."))
@common
@click.pass_context
def check(context: click.Context, no_mail: bool) -> int:
    """Check rules."""
    asked = session(context)
    rules = asked.settings.policy.rules
    found = problems(rules)
    read = None if no_mail else _read(asked)
    hit = None if read is None else counted(read, rules)
    unread = None if read is None else read.count(None)
    if asked.json:
        _print_json(rules, found, hit, None if read is None else len(read), unread)
    else:
        _print(rules, found, hit, asked)
    if unread:
        said = _("Mails that could not be read again: {n}.")
        say(said.format(n=unread))
    return exit_codes.FAILED if any(problem.kind in FAILURES for problem in found) else exit_codes.DONE


def _read(asked: Session) -> list[tuple[str, ...] | None]:
    """Which rules hit in each stored mail, with a bar on a terminal."""
    mails = stored_mails(bootstrap.store(asked.settings))
    found = hits(reread(mails, bootstrap.many_parser(asked.settings)), asked.settings.policy)
    if asked.json or not asked.terminal:
        return list(found)
    from helpdeskctl.cli.formats import outcomes

    return list(outcomes.tracked(found, len(mails)))


def _print_json(
    rules: tuple[Rule, ...],
    found: tuple[Problem, ...],
    hit: dict[str, int] | None,
    mails: int | None,
    unread: int | None,
) -> None:
    told = [
        {
            "name": rule.name,
            "effect": rule.effect,
            "examples": len(rule.matches) + len(rule.misses),
            "mails": hit[rule.name] if hit else None,
        }
        for rule in rules
    ]
    wrong = [problem._asdict() | {"failure": problem.kind in FAILURES} for problem in found]
    click.echo(json.dumps({"rules": told, "problems": wrong, "mails": mails, "unread": unread}, indent=1))


def _print(
    rules: tuple[Rule, ...], found: tuple[Problem, ...], hit: dict[str, int] | None, asked: Session
) -> None:
    """A table and sentences; into a pipe, a line for each rule and each problem."""
    if not asked.terminal:
        for rule in rules:
            examples = len(rule.matches) + len(rule.misses)
            click.echo(tsv.line(("rule", rule.name, rule.effect, examples, hit and hit[rule.name])))
        for problem in found:
            click.echo(tsv.line(("problem", *problem)))
        return
    from rich.text import Text

    from helpdeskctl.cli.formats import table

    console = table.console(asked.colored)
    console.print(ruled.checked(rules, hit))
    for problem in found:
        console.print(Text(ruled.problem_words(problem), ruled.problem_style(problem)))
    if not found:
        console.print(Text(_("Nothing is wrong with the rules."), "green"))


@command.command(
    "publish",
    help=_(
        "The page that tells customers how to report a problem, made from rules, sectors, times and minimum "
        "requirements in force: Markdown on standard output, or files. Rules on sender or recipient and tags "
        "are left out. Its text is a file that the firm can replace, `rules_page.txt` in the directory "
        "[mail] templates.\n\n"
        "Example: helpdeskctl rules publish --html /var/www/html/assistenza.html --lang en"
    ),
)
@click.option("--html", metavar=_("FILE"), help=_("Write the page as HTML; - is standard output."))
@click.option("--markdown", metavar=_("FILE"), help=_("Write the page as Markdown; - is standard output."))
@common
@click.pass_context
def publish(context: click.Context, html: str | None, markdown: str | None) -> None:
    """Publish the rules."""
    asked = session(context)
    page = bootstrap.rules_page(asked.settings, asked.lang or asked.settings.policy.language)
    if asked.json:
        click.echo(json.dumps(page._asdict(), indent=1))
        return
    if html is None and markdown is None:
        markdown = "-"
    for path, content in ((html, page.html), (markdown, page.markdown)):
        if path is not None:
            # For a web server to read, whatever the umask.
            write(path, [content.encode()], rights=0o644)
