"""`helpdeskctl backup`: the store as one archive, and back (behaviour.md §9)."""

import os

import click

from helpdeskctl.application.backup import Archive
from helpdeskctl.application.outbox import waiting_mails
from helpdeskctl.cli import bootstrap
from helpdeskctl.cli.formats import json
from helpdeskctl.cli.options import Session, common, session
from helpdeskctl.cli.speaking import say
from helpdeskctl.cli.words import _
from helpdeskctl.domain.errors import RefusedError

_MEGABYTE = 1 << 20


class _Backup(click.Group):
    """A group in which a path stands for `make PATH`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or the one that makes a backup."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["make", *args])


@click.group(
    "backup",
    cls=_Backup,
    help=_(
        "The whole store as one archive: cases, ledger, raw mails, customers, and the key of our "
        "Message-IDs. `backup FILE.tar.gz` writes one, while mail goes on arriving; in a directory it gets a "
        "name of its own. It holds what customers wrote: keep it as safe as the store.\n\n"
        "Example: helpdeskctl backup /var/backups/helpdeskctl"
    ),
)
@common
def command() -> None:
    """Backups."""


@command.command("make", help=_("Write a backup.\n\nExample: helpdeskctl backup make helpdeskctl.tar.gz"))
@click.argument("target", metavar=_("FILE|DIRECTORY"))
@common
@click.pass_context
def make(context: click.Context, target: str) -> None:
    """Make a backup."""
    asked = session(context)
    now = bootstrap.clock(asked.settings.policy.zone)()
    file = (
        os.path.join(target, f"helpdeskctl-{now:%Y-%m-%d-%H%M%S}.tar.gz") if os.path.isdir(target) else target
    )
    made = bootstrap.back_up(asked.settings, file, now)
    # A nightly backup that went well is nothing that cron has to write about.
    if asked.terminal or asked.json:
        _tell(made, asked)


@command.command(
    "check",
    help=_("Read a backup to its end and verify it.\n\nExample: helpdeskctl backup check FILE.tar.gz"),
)
@click.argument("file", metavar=_("FILE"))
@common
@click.pass_context
def check(context: click.Context, file: str) -> None:
    """Verify a backup."""
    _tell(bootstrap.verified_backup(file), session(context))


@command.command(
    "restore",
    help=_(
        "Bring a store back from a backup, where there is none. New cases get numbers well above the highest "
        "found anywhere: in the backup, in the Maildir, in a damaged store left beside the new one.\n\n"
        "Example: helpdeskctl backup restore FILE.tar.gz"
    ),
)
@click.argument("file", metavar=_("FILE"))
@common
@click.pass_context
def restore(context: click.Context, file: str) -> None:
    """Restore a backup."""
    asked = session(context)
    if os.geteuid() == 0 and not os.path.isdir(asked.settings.store):
        raise RefusedError(
            "As root, make {path} first, for its owner: install -d -m 700 -o helpdesk {path}.",
            path=asked.settings.store,
        )
    _tell(bootstrap.restore(asked.settings, file), asked)
    store = bootstrap.store(asked.settings)
    say(_("The next case gets number {number}.").format(number=store.snapshot().next_number()))
    if waiting := len(waiting_mails(store)):
        said = _("Mails that waited when the backup was made: {n}; see `helpdeskctl outbox list`.")
        say(said.format(n=waiting))


def _tell(archive: Archive, asked: Session) -> None:
    if asked.json:
        click.echo(json.dumps(archive._asdict() | {"made_at": json.time(archive.made_at)}, indent=1))
        return
    said = _("{path}: {files} files, cases up to #{highest}, made at {made_at}, {size} MB.")
    made_at = archive.made_at.isoformat(sep=" ", timespec="minutes")
    size = f"{archive.size / _MEGABYTE:.1f}"
    facts = archive._asdict() | {"made_at": made_at, "size": size}
    say(said.format(**facts))
