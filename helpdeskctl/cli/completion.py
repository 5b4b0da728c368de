"""`helpdeskctl completion`: the script that makes a shell ask the program what may follow."""

import click
from click.shell_completion import get_completion_class

from helpdeskctl.cli.options import common
from helpdeskctl.cli.words import _

_SHELLS = ("bash", "zsh", "fish")
_PROGRAM = "helpdeskctl"
_VARIABLE = "_HELPDESKCTL_COMPLETE"


@click.command(
    "completion",
    help=_(
        "The script that makes a shell complete commands, options and case numbers (zsh and fish show the "
        "subjects, too). In bash: add it to ~/.bashrc.\n\n"
        "Example: helpdeskctl completion bash >> ~/.bashrc"
    ),
)
@click.argument("shell", type=click.Choice(_SHELLS))
@common
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script."""
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(context.find_root().command, {}, _PROGRAM, _VARIABLE).source())
