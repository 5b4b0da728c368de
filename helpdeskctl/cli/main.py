"""The group of commands, each loaded only when it is called, and the outermost boundary."""

import io
import os
import sys
from typing import Any, TypeVar

import click

from helpdeskctl.cli import bootstrap, exit_codes
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.words import _, asked_language, sentence, speak
from helpdeskctl.domain.errors import BadRowsError, HelpdeskError

# name → (module, short help). The order is the order of the help page.
COMMANDS: dict[str, tuple[str, str]] = {
    "ingest": ("ingest", "Read the mail that has arrived, and make cases of it"),
    "list": ("listing", "The open cases, most pressing first"),
    "show": ("show", "One case whole, with its texts and its history"),
    "attachments": ("attachments", "The files attached to a case: listed, or saved"),
    "take": ("taking", "Make cases your own"),
    "assign": ("assigning", "Give cases to a technician"),
    "reply": ("replying", "Answer the requester by mail"),
    "note": ("noting", "Write an internal note"),
    "hold": ("holding", "Ask the requester something; the clock stands still until they write"),
    "close": ("closing", "Close cases and tell the requesters"),
    "reopen": ("reopening", "Open closed cases again and tell the requesters"),
    "set": ("setting", "Correct sector, urgency, customer, contract, requester or subject"),
    "seen": ("seeing", "What came in has been looked at, and needs no answer"),
    "merge": ("merging", "Make one of two cases for one problem"),
    "open": ("opening", "A case for a telephone call"),
    "classify": ("classify", "What would be done with a mail, and why"),
    "rules": ("rules", "The rules in force: list, check, publish"),
    "held": ("held", "Mail that a person has to look at"),
    "outbox": ("outbox", "Mail that waits to be sent"),
    "stats": ("stats", "The desk in figures: cases, promises kept, hours"),
    "report": ("report", "The month of a customer or contract, to be sent to them"),
    "export": ("export", "Cases as CSV for a spreadsheet, or as JSON lines"),
    "contracts": ("contracts", "What was promised to whom: import, list, show"),
    "customers": ("customers", "Who belongs to which customer: import, list, show"),
    "mail": ("mail", "The texts of outgoing mail"),
    "completion": ("completion", "What a shell needs to complete commands and case numbers"),
    "doctor": ("doctor", "What is wrong with the desk, and its cure"),
    "backup": ("backup", "The store as one archive: made, verified, restored"),
    "init": ("init", "Write a commented configuration and make the directories"),
}


# A list of a thousand wrong cells helps nobody.
_MOST_SHOWN = 20

C = TypeVar("C", bound=click.Command)

_HELP = {"help_option_names": ["-h", "--help"]}


class Commands(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = __import__(f"helpdeskctl.cli.{COMMANDS[cmd_name][0]}", fromlist=["command"])
        command: click.Command = module.command
        return _in_our_words(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown name is told the nearest known one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = " " + _("Did you mean `{name}`?").format(name=near[0]) if near else ""
            ctx.fail(_("There is no command `{name}`.").format(name=args[0]) + hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table's short helps, without loading a command."""
        del ctx
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(short)) for name, (_module, short) in COMMANDS.items()])


def make_group() -> click.Group:
    """The root command, in the language chosen before."""
    help_text = _(
        "A help desk in a Maildir: mail becomes numbered cases, technicians work them here. Without a "
        "command: the desk at a glance.\n\n"
        "Example: helpdeskctl list --sector gestionale"
    )

    @click.group("helpdeskctl", Commands, help=help_text, context_settings=_HELP, invoke_without_command=True)
    @common
    @click.version_option(package_name="helpdeskctl", message="%(prog)s %(version)s")
    @click.pass_context
    def group(context: click.Context) -> None:
        """The desk at a glance, where no command is given."""
        if context.invoked_subcommand is None:
            from helpdeskctl.cli import dashboard

            dashboard.show(session(context))

    return _in_our_words(group)


def _in_our_words(command: C) -> C:
    """The command, and those below it, with the placeholders of its usage line translated."""
    command.options_metavar = _("[OPTIONS]")
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("COMMAND [ARGUMENTS]…")
        for below in command.commands.values():
            # click would cut a long one in the middle of a word.
            below.short_help = below.short_help or first_sentence(below.help or "")
            _in_our_words(below)
    return command


def first_sentence(text: str) -> str:
    """What a help text says first."""
    return " ".join(text.partition("\n\n")[0].split()).partition(". ")[0].rstrip(".")


def run(argv: list[str]) -> int:
    """Run one command; every error ends here as one sentence on stderr and an exit code."""
    os.umask(0o077)
    _write_whole()
    speak(_language(argv))
    try:
        done = make_group().main(argv, "helpdeskctl", standalone_mode=False, obj=Session())
        if sys.stdout is not None:
            # A disk that is full, or a reader that has gone, is noticed here.
            sys.stdout.flush()
        return done if isinstance(done, int) else exit_codes.DONE
    except click.ClickException as error:
        error.show()
        return exit_codes.USAGE if isinstance(error, click.UsageError) else exit_codes.FAILED
    # click ends so for a shell that completes, and for a reader that has gone.
    except SystemExit:
        if "_HELPDESKCTL_COMPLETE" in os.environ:
            raise
        return _reader_gone()
    # The outermost boundary: a bug ends as a sentence, too; its trace is for who asks for it.
    except Exception as error:
        if os.environ.get("HELPDESKCTL_TRACE"):
            raise
        return _told(error)


def _write_whole() -> None:
    """Buffer stdout where PYTHONUNBUFFERED took the buffer away: Python then drops in silence what a
    write that was cut short (a full disk, a reader that has gone) has left over."""
    bare = getattr(sys.stdout, "buffer", None)
    if isinstance(bare, io.RawIOBase):
        encoding, errors = sys.stdout.encoding, sys.stdout.errors
        # Whoever lent us the stream goes on using it: it is not closed with ours.
        lent = io.FileIO(bare.fileno(), "wb", closefd=False)
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(lent), encoding, errors, write_through=True)


def _told(error: Exception) -> int:
    """The error said on stderr; its exit code."""
    if isinstance(error, BrokenPipeError):
        return _reader_gone()
    click.echo(f"helpdeskctl: {said(error)}", err=True)
    return exit_codes.of(error)


def _reader_gone() -> int:
    """The reader (`| head`) has seen enough; nothing may be printed when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return exit_codes.READER_GONE


def said(error: Exception) -> str:
    """The error's sentence in the language spoken."""
    if isinstance(error, BadRowsError):
        shown = [sentence(problem) for problem in error.problems[:_MOST_SHOWN]]
        more = len(error.problems) - len(shown)
        return "\n".join((sentence(error), *shown, *([_("… and {n} more").format(n=more)] if more else [])))
    if isinstance(error, HelpdeskError):
        return sentence(error)
    if isinstance(error, click.exceptions.Abort):
        return _("Interrupted: nothing more was done.")
    if isinstance(error, OSError) and error.strerror:
        if error.filename is None:
            # A write to what was opened before: the disk has filled up, most of all.
            told = _("The system would not read or write: {reason}. Repair that, then run the command again.")
            return told.format(reason=error.strerror)
        return _("{file}: {reason}.").format(file=error.filename, reason=error.strerror)
    what = f"{type(error).__name__}: {error}"
    return _("Internal error ({what}); HELPDESKCTL_TRACE=1 shows where.").format(what=what)


def _language(argv: list[str]) -> str:
    """`--lang`, LC_MESSAGES, the configuration, Italian: in this order."""
    asked = asked_language(argv, os.environ)
    if asked:
        return asked
    try:
        return bootstrap.settings(_value(argv, "--config")).policy.language
    except (HelpdeskError, OSError):
        # Told when the command itself reads the configuration.
        return "it"


def _value(argv: list[str], option: str) -> str | None:
    """The last value given to an option, before click has read anything."""
    found: Any = None
    for index, argument in enumerate(argv):
        if argument == option and index + 1 < len(argv):
            found = argv[index + 1]
        elif argument.startswith(option + "="):
            found = argument.partition("=")[2]
    return found  # type: ignore[no-any-return]
