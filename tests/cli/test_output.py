"""What is printed reaches its reader whole, or the exit code says that it did not."""

import errno
import os
import resource
import subprocess
import sys

import pytest

from helpdeskctl.cli import bootstrap, exit_codes
from tests.builders import case
from tests.cli.conftest import Desk

PIPE = subprocess.PIPE
# More than a pipe holds.
CASES = 400

unbuffered_or_not = pytest.mark.parametrize("unbuffered", ["", "1"])


def argv(*more: str) -> list[str]:
    return [sys.executable, "-m", "helpdeskctl", *more]


def variables(unbuffered: str) -> dict[str, str]:
    return os.environ | {"PYTHONUNBUFFERED": unbuffered}


@pytest.fixture
def long(desk: Desk) -> Desk:
    """A desk whose list is long."""
    with bootstrap.store(bootstrap.settings(str(desk.config))).transaction() as store:
        store.secret()
        for number in range(1, CASES + 1):
            store.put(case(number, subject=f"Stampante {number} guasta " + "in ufficio " * 20))
    return desk


@unbuffered_or_not
@pytest.mark.parametrize(
    "command",
    [("list", "--all"), ("list", "--all", "--json"), ("show", "1"), ("list", "--help"), ("--help",)],
)
def test_a_reader_that_has_gone_is_told_by_the_exit_code_alone(
    long: Desk, command: tuple[str, ...], unbuffered: str
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as output:
        told = subprocess.run(
            argv(*command), stdout=output, stderr=PIPE, env=variables(unbuffered), check=False
        )
    assert (told.returncode, told.stderr) == (exit_codes.READER_GONE, b"")


@unbuffered_or_not
def test_a_reader_may_go_in_the_middle(long: Desk, unbuffered: str) -> None:
    with subprocess.Popen(
        argv("list", "--all"), stdout=PIPE, stderr=PIPE, env=variables(unbuffered)
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert first.endswith(b"\n")
    assert (process.returncode, said) == (exit_codes.READER_GONE, b"")


@unbuffered_or_not
def test_a_file_that_takes_the_beginning_only_is_an_error(long: Desk, unbuffered: str) -> None:
    def few_bytes() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    with open(long.home / "lista", "wb") as output:
        told = subprocess.run(
            argv("list", "--all"), stdout=output, stderr=PIPE, env=variables(unbuffered),
            check=False, preexec_fn=few_bytes,
        )  # fmt: skip
    assert (long.home / "lista").stat().st_size == 10_000
    assert told.returncode == exit_codes.FAILED
    assert os.strerror(errno.EFBIG) in told.stderr.decode()
