"""The Italian catalogue is complete, in step with the code, and compiled."""

import ast
import gettext
import io
import string
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

import helpdeskctl
from helpdeskctl.cli.main import COMMANDS
from helpdeskctl.domain import errors
from helpdeskctl.domain.decision import TABLE

PACKAGE = Path(helpdeskctl.__file__).parent
FOLDER = PACKAGE / "locale/it/LC_MESSAGES"
# Functions that judge: a sentence, and its cure.
JUDGING = {"warning", "failed", "judge"}
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
# Functions whose first argument a person may read.
SAYING = {"_", "wrong", "unreadable", "_damaged"}
# What click itself says where our commands can make it say so.
CLICK = (
    "Usage:",
    "Options",
    "Commands",
    "Show this message and exit.",
    "Show the version and exit.",
    "Error: {message}",
    "Try '{command} {option}' for help.",
    "Missing argument",
)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (FOLDER / "helpdeskctl.po").open("rb") as file:
        return read_po(file, locale="it")


def _sentences() -> set[str]:
    """Every sentence of the package that a person may read, as it stands in the code."""
    found = {short for _module, short in COMMANDS.values()} | set(CLICK)
    found |= {words for row in TABLE for words in (row.name, row.when)}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            found |= {_sentence(node), *_judgement(node)}
    return found - {""}


def _judgement(node: ast.AST) -> list[str]:
    """Sentence and cure of a judgement."""
    if not isinstance(node, ast.Call):
        return []
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return [str(said.value) for said in node.args if name in JUDGING and isinstance(said, ast.Constant)]


def _sentence(node: ast.AST) -> str:
    """What is said by `_()`, by an error, or by a sentence that was given a name of its own first."""
    said: ast.AST | None = None
    if isinstance(node, ast.Call) and node.args:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        said = node.args[0] if name in SAYING | ERRORS else None
    elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"said", "sentence"}:
        said = node.value
    return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""


def test_every_sentence_is_translated(catalogue: Catalog) -> None:
    missing = sorted(s for s in _sentences() if not (catalogue.get(s) and catalogue[s].string))
    assert missing == []


def test_no_translation_is_left_over(catalogue: Catalog) -> None:
    known = _sentences()
    ours = [m.id for m in catalogue if m.id and "click" not in m.auto_comments]
    assert sorted(sentence for sentence in ours if sentence not in known) == []


def test_a_translation_names_the_same_facts(catalogue: Catalog) -> None:
    for message in catalogue:
        for said, translated in _pairs(message):
            assert _fields(said) == _fields(translated), said


def test_an_example_stays_an_example(catalogue: Catalog) -> None:
    for message in catalogue:
        for said, translated in _pairs(message):
            if "Example: " in said:
                assert translated.partition("Esempio: ")[2].split()[0] == "helpdeskctl"


def test_the_compiled_catalogue_is_the_written_one(catalogue: Catalog) -> None:
    compiled = gettext.GNUTranslations(io.BytesIO((FOLDER / "helpdeskctl.mo").read_bytes()))
    for message in catalogue:
        for number, (said, translated) in enumerate(_pairs(message)):
            if isinstance(message.id, str):
                assert compiled.gettext(said) == translated
            else:
                one, many = message.id
                assert compiled.ngettext(one, many, number + 1) == translated


def _pairs(message: Message) -> list[tuple[str, str]]:
    """Sentence and translation; singular and plural for those that have both."""
    if not message.id:
        return []
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    assert isinstance(message.string, tuple)
    return list(zip(message.id, message.string, strict=True))


def _fields(sentence: str) -> set[str | None]:
    return {field for _text, field, *_rest in string.Formatter().parse(sentence)} - {None}
