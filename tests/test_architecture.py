"""What a linter cannot see: sizes, names, boundaries, and what a command may import."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import helpdeskctl
from helpdeskctl.cli.main import COMMANDS
from helpdeskctl.domain.decision import TABLE
from helpdeskctl.domain.mail_commands import COMMANDS as MAIL_COMMANDS
from helpdeskctl.domain.rules import KINDS

PACKAGE = Path(helpdeskctl.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((PACKAGE.parent / "tests").rglob("*.py"))

# Names that say nothing about what a thing is.
BANNED = ("manager", "helper", "service", "utils", "process_", "handle_")
BANNED_EXACTLY = ("data", "info", "util", "misc", "common_utils")
# A boundary where whatever happens must end, and nothing else.
BOUNDARIES = {"application/ingest.py": 1, "cli/main.py": 1, "cli/pipe.py": 1}


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_file_fits_in_the_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_function_fits_on_a_page(path: Path) -> None:
    long = {
        f.name: f.end_lineno - f.lineno + 1
        for f in _functions(ast.parse(path.read_text()))
        if f.end_lineno and f.end_lineno - f.lineno + 1 > 50
    }
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_names_say_what_a_thing_is(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = [n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef | ast.FunctionDef)]
    names += [n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)]
    names += [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    names.append(path.stem)
    bad = [n for n in names if n.lower().strip("_") in BANNED_EXACTLY or any(b in n.lower() for b in BANNED)]
    assert not bad


def test_only_the_outermost_boundaries_catch_everything() -> None:
    found: dict[str, int] = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and _catches_everything(node):
                found[_name(path)] = found.get(_name(path), 0) + 1
    assert found == BOUNDARIES


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    """Whether nothing of its own would pass; one that only cleans up and raises again does not count."""
    caught = handler.type
    names = {caught.id} if isinstance(caught, ast.Name) else set()
    wide = caught is None or bool(names & {"Exception", "BaseException"})
    return wide and not (isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None)


def test_every_kind_of_match_and_every_mail_command_has_its_row() -> None:
    kinds = {p.stem for p in (PACKAGE / "domain/rules").glob("*.py")} - {"__init__"}
    commands = {p.stem for p in (PACKAGE / "domain/mail_commands").glob("*.py")} - {"__init__"}
    assert set(KINDS) == kinds
    assert {c.name for c in MAIL_COMMANDS} == commands


def test_every_command_of_the_table_has_its_module() -> None:
    for name, (module, _short) in COMMANDS.items():
        assert (PACKAGE / "cli" / f"{module}.py").exists(), name


def test_the_last_line_of_the_decision_takes_everything() -> None:
    assert TABLE[-1].name == "new"
    assert len({row.name for row in TABLE}) == len(TABLE)


def test_the_project_holds_no_path_of_a_machine_and_no_leftover() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3)
    for path in (*MODULES, *TESTS):
        text = path.read_text()
        assert not any(mark in text for mark in marks), path


def _imported_by(*argv: str, stdin: bytes = b"", env: dict[str, str]) -> set[str]:
    """The modules a whole process has loaded when it ends; its exit code must be 0."""
    code = (
        "import sys, os\n"
        "fd, end = os.dup(1), os._exit\n"
        "def tell(code):\n"
        "    os.write(fd, '\\n'.join(['', *sys.modules]).encode())\n"
        "    end(code)\n"
        "os._exit = tell\n"
        "from helpdeskctl.__main__ import main\n"
        f"sys.argv = ['helpdeskctl', *{list(argv)!r}]\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=stdin, capture_output=True, env=os.environ | env, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stdout.decode().split("\n"))


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    for part in ("tmp", "new", "cur"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    return {"HOME": str(tmp_path), "HELPDESKCTL_CONFIG": "", "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""}


MAIL = (
    b"From: Anna Verdi <anna@cliente.example>\nTo: nuovocaso@projectpp.it\nSubject: Fattura\n"
    b"\nNon si stampa la fattura 12.\n"
)


def test_a_pipe_loads_no_command_line_and_no_table(home: dict[str, str]) -> None:
    loaded = _imported_by("ingest", "-", stdin=MAIL, env=home)
    assert "helpdeskctl.domain.decision" in loaded
    assert "tinydb" in loaded
    assert not loaded & {
        "click",
        "rich",
        "smtplib",
        "re2",
        "tomllib",
        "selectolax",
        "jinja2",
        "filelock",
        "ssl",
    }


def test_a_list_loads_no_mail_parser_and_no_store_engine(home: dict[str, str]) -> None:
    _imported_by("ingest", "-", stdin=MAIL, env=home)
    loaded = _imported_by("list", env=home)
    assert "helpdeskctl.cli.listing" in loaded
    assert not loaded & {
        "mailparser",
        "tinydb",
        "rich",
        "email",
        "smtplib",
        "re2",
        "selectolax",
        "subprocess",
    }


def test_the_package_itself_imports_nothing(home: dict[str, str]) -> None:
    code = "import sys; before = set(sys.modules); import helpdeskctl; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["helpdeskctl"]
