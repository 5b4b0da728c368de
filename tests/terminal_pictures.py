"""`make terminal-pictures`: what the commands show on a terminal, as SVG for README and docs.

The commands run on a terminal of their own, with the example mail; what they print is drawn.
"""

import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs/pictures"
WIDTH = 100
# The file's name → the command line.
SHOWN: dict[str, tuple[str, ...]] = {
    "dashboard": ("--as", "rossi"),
    "list": ("list",),
    "show": ("show", "2"),
    "due": ("show", "4", "--due"),
}
# What has happened at the desk before.
BEFORE: tuple[tuple[str, ...], ...] = (
    ("ingest", "--backlog", "open"),
    ("take", "4", "--as", "rossi"),
    ("note", "4", "-m", "Riavviato il servizio, si controlla tra un'ora", "--time", "20m", "--as", "rossi"),
    ("take", "2", "--as", "rossi"),
    ("hold", "2", "--ask", "Che cosa mostra lo schermo?", "--as", "rossi"),
    ("close", "10", "--note", "Accesso ripristinato", "--as", "rossi"),
)


def on_a_terminal(command: list[str], environment: dict[str, str]) -> str:
    """What the command prints where a person looks at it."""
    master, slave = pty.openpty()
    with subprocess.Popen(command, stdout=slave, stderr=slave, stdin=slave, env=environment) as running:
        os.close(slave)
        printed = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            printed += piece
        running.wait()
    os.close(master)
    return printed.decode().replace("\r\n", "\n")


def drawn(title: str, printed: str) -> str:
    """A picture of the terminal; it names no font of another's server."""
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    console.print(Text.from_ansi(printed.rstrip("\n")))
    svg = console.export_svg(title=title, theme=MONOKAI, unique_id=re.sub(r"\W", "", title))
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> None:
    """Draw all of them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(ROOT / "examples/maildir", f"{home}/Maildir")
        config = (ROOT / "examples/config.toml").read_text()
        config = config.replace("~/Maildir", f"{home}/Maildir")
        config = config.replace("~/.local/state/helpdeskctl", f"{home}/store")
        config = re.sub(r"(?m)^transport = .*", 'transport = "none"', config)
        (Path(home) / "config.toml").write_text(config)
        environment = os.environ | {
            "HELPDESKCTL_CONFIG": f"{home}/config.toml",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "COLUMNS": str(WIDTH),
            "LC_ALL": "it_IT.UTF-8",
        }
        program = str(Path(sys.executable).parent / "helpdeskctl")
        for argv in BEFORE:
            on_a_terminal([program, *argv], environment)
        for name, argv in SHOWN.items():
            title = " ".join(("helpdeskctl", *argv))
            picture = drawn(title, on_a_terminal([program, *argv], environment))
            (PICTURES / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
