"""`make reference`: docs/cli.md and the man pages, written from the commands themselves."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click_man.core import write_man_pages

import helpdeskctl
from helpdeskctl.cli.main import COMMANDS, make_group
from helpdeskctl.cli.words import LANGUAGES, _

ROOT = Path(__file__).parents[1]
# The manual of a version is as old as the version; a day would make every run another one.
_DATE = "2026-11"
_WIDTH = 100


def whole_group() -> click.Group:
    """The root command with every command loaded."""
    group = make_group()
    context = click.Context(group, info_name="helpdeskctl")
    for name, (_module, short) in COMMANDS.items():
        command = group.get_command(context, name)
        assert command is not None
        command.short_help = _(short)
        group.commands[name] = command
    return group


def markdown() -> str:
    """The reference of all commands, as `--help` prints them."""
    parts = ["# Commands\n\nWritten by `make reference` from the commands themselves.\n"]
    group = whole_group()
    for path, text in _helps(group, "helpdeskctl", None):
        parts.append(f"## `{path}`\n\n```\n{text}\n```\n")
    return "\n".join(parts)


def _helps(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    context = click.Context(
        command, info_name=name, parent=parent, max_content_width=_WIDTH, terminal_width=_WIDTH
    )
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for below_name, below in command.commands.items():
            yield from _helps(below, below_name, context)


def write(root: Path) -> None:
    """All of it below `root`; each language in a process of its own, for help texts are made once."""
    for language in LANGUAGES:
        environment = os.environ | {"LC_ALL": language, "LANGUAGE": language, "HELPDESKCTL_CONFIG": ""}
        command = [sys.executable, "-m", "tests.reference", language, str(root)]
        subprocess.run(command, check=True, env=environment, cwd=ROOT)


def _write_one(language: str, root: Path) -> None:
    pages = root / "man" / ("man1" if language == "en" else f"{language}/man1")
    pages.mkdir(parents=True, exist_ok=True)
    for page in pages.glob("*.1"):
        page.unlink()
    version = f"helpdeskctl {helpdeskctl.__version__}"
    write_man_pages("helpdeskctl", whole_group(), version=version, target_dir=str(pages), date=_DATE)
    if language == "en":
        (root / "docs").mkdir(exist_ok=True)
        (root / "docs/cli.md").write_text(markdown(), encoding="utf-8")


if __name__ == "__main__":
    from helpdeskctl.cli.words import speak

    if len(sys.argv) == 3:
        speak(sys.argv[1])
        _write_one(sys.argv[1], Path(sys.argv[2]))
    else:
        write(ROOT)
