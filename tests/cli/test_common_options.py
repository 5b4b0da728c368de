"""What every command has: help with an example, the common options before and after, exit codes."""

from collections.abc import Iterator

import click
import pytest

from helpdeskctl.cli.main import COMMANDS, make_group
from helpdeskctl.cli.words import speak
from tests.cli.conftest import Call, Desk, mail


def _commands() -> Iterator[tuple[str, ...]]:
    group = make_group()
    for name in COMMANDS:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield (name,)
        if isinstance(command, click.Group):
            yield from ((name, sub) for sub in command.commands)


ALL = list(_commands())


@pytest.mark.parametrize("words", [(), *ALL], ids=" ".join)
@pytest.mark.parametrize(
    ("lang", "example"), [("it", "Esempio: helpdeskctl"), ("en", "Example: helpdeskctl")]
)
def test_every_command_explains_itself_with_an_example(
    call: Call, words: tuple[str, ...], lang: str, example: str
) -> None:
    # Help texts are made when a module is imported, so a process of its own speaks the language asked.
    import os
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "helpdeskctl", "--lang", lang, *words, "--help"],
        capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "80"},
    )  # fmt: skip
    assert example in " ".join(done.stdout.split())
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert ("Opzioni" in done.stdout) == (lang == "it")


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_takes_the_common_options(words: tuple[str, ...]) -> None:
    speak("en")
    command: click.Command | None = make_group()
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    options = {option for parameter in command.params for option in parameter.opts}
    assert {"--config", "--json", "--lang", "--as", "--color"} <= options


def test_an_option_after_the_command_wins_over_the_same_before(call: Call) -> None:
    assert call("--lang", "en", "--json", "list").out == "[]\n"
    assert call("list", "--json").out == "[]\n"
    before = call("--config", "/nowhere/at/all.toml", "list", "--json")
    assert before.code == 78
    assert call("--config", "/nowhere/at/all.toml", "list", "--json", "--config", "").code == 78


def test_the_later_configuration_is_the_one_used(call: Call, desk: Desk) -> None:
    assert call("--config", "/nowhere/at/all.toml", "list", "--config", str(desk.config)).code == 0


def test_an_unknown_command_is_told_the_nearest(call: Call) -> None:
    told = call("--lang", "en", "lst")
    assert told.code == 2
    assert "There is no command `lst`. Did you mean `list`?" in told.err
    assert told.out == ""


def test_a_wrong_option_is_a_usage_error(call: Call) -> None:
    told = call("list", "--urgenza", "critico")
    assert told.code == 2
    assert "--urgenza" in told.err


def test_a_broken_configuration_is_one_sentence_and_78(call: Call, desk: Desk) -> None:
    desk.config.write_text('langage = "it"\n')
    told = call("list")
    assert told.code == 78
    assert told.out == ""
    assert "langage" in told.err and "language" in told.err
    assert len(told.err.splitlines()) == 1


def test_a_file_that_may_not_be_read_gives_77(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpdeskctl.cli import bootstrap

    def denied(_chosen: object) -> None:
        raise PermissionError(13, "Permission denied", "/srv/store/lock")

    monkeypatch.setattr(bootstrap, "store", denied)
    told = call("list")
    assert told.code == 77
    assert "/srv/store/lock" in told.err


def test_a_bug_is_one_sentence_without_a_trace(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from helpdeskctl.cli import bootstrap

    def broken(_chosen: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(bootstrap, "store", broken)
    told = call("--lang", "en", "list")
    assert told.code == 1
    assert (
        told.err
        == "helpdeskctl: Internal error (ZeroDivisionError: a bug); HELPDESKCTL_TRACE=1 shows where.\n"
    )
    monkeypatch.setenv("HELPDESKCTL_TRACE", "1")
    with pytest.raises(ZeroDivisionError):
        call("list")


def test_who_acts_is_a_technician_by_login_or_address(call: Call, desk: Desk) -> None:
    desk.deliver(mail("Stampante"), "1")
    call("ingest")
    call("close", "1", "--as", "MARIO.ROSSI@projectpp.it", "--no-mail")
    import json

    history = json.loads(call("show", "1", "--json").out)["history"]
    assert [e["by"] for e in history if e["event"] == "closed"] == ["rossi"]


def test_version_is_told(call: Call) -> None:
    import helpdeskctl

    assert call("--version").out == f"helpdeskctl {helpdeskctl.__version__}\n"
