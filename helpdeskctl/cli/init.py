"""`helpdeskctl init`: a commented configuration, the Maildir and the store (behaviour.md §9)."""

import os
import sys

import click

from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.options import common, session
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import LANGUAGES, _
from helpdeskctl.domain.errors import RefusedError
from helpdeskctl.domain.settings import Settings


@click.command(
    "init",
    help=_(
        "Write a commented configuration (to --config, else ~/.config/helpdeskctl/config.toml), and make "
        "the Maildir and the store that it names. On a terminal the few things that differ from firm to "
        "firm are asked. Nothing that exists is ever overwritten.\n\n"
        "Example: helpdeskctl init --config /etc/helpdeskctl/config.toml"
    ),
)
@click.option("--yes", is_flag=True, help=_("Ask nothing: take the defaults."))
@common
@click.pass_context
def command(context: click.Context, yes: bool) -> None:
    """Set up a desk."""
    path = os.path.expanduser(session(context).config or bootstrap.usual_configuration())
    if os.path.lexists(path):
        raise RefusedError("{path} exists already: nothing was changed.", path=path)
    answers = {} if yes or not sys.stdin.isatty() else _ask()
    _write(path, bootstrap.example_configuration(answers))
    say(_("Configuration written: {path}").format(path=path))
    chosen = bootstrap.settings(path)
    bootstrap.make_maildir(chosen.maildir)
    os.makedirs(chosen.store, 0o700, exist_ok=True)
    _tell(chosen)


def _ask() -> dict[str, str]:
    language = click.prompt(_("Language of the mail that customers get"), "it", type=click.Choice(LANGUAGES))
    return {
        "language": language,
        "name": click.prompt(_("Name of the desk"), "Project++ Assistenza"),
        "intake": click.prompt(_("Address for new cases"), "nuovocaso@projectpp.it"),
        "maildir": click.prompt(_("Maildir"), "~/Maildir"),
        "store": click.prompt(_("Directory of the store"), "~/.local/state/helpdeskctl"),
        "transport": click.prompt(
            _("How mail leaves"), "sendmail", type=click.Choice(["sendmail", "smtp", "none"])
        ),
    }


def _write(path: str, text: str) -> None:
    """A new file, whole or not at all."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), 0o755, exist_ok=True)
    with open(path, "x", encoding="utf-8") as file:
        file.write(text)


def _tell(chosen: Settings) -> None:
    say(_("Maildir: {path}").format(path=chosen.maildir))
    say(_("Store: {path}").format(path=chosen.store))
    say(_("Next: write your addresses into the configuration, then try `helpdeskctl ingest --dry-run`."))
