"""A file that a person named is written whole or not at all."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdeskctl.adapters.saving import put


def test_an_unfinished_file_leaves_what_was_there(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, os.strerror(28))

    file = tmp_path / "casi.csv"
    file.write_bytes(b"before")
    file.chmod(0o644)
    with pytest.raises(OSError, match=r"casi\.csv"):
        put(str(file), broken())
    assert file.read_bytes() == b"before"
    assert [path.name for path in tmp_path.glob("casi*")] == ["casi.csv"]
    put(str(file), [b"af", b"ter"])
    assert file.read_bytes() == b"after"
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_file_that_could_not_be_read_meanwhile_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="mail/1'"):
        put(str(tmp_path / "casi.csv"), (Path(name).read_bytes() for name in ("mail/1",)))


def test_standard_output_may_be_named_also_where_it_is_a_pipe() -> None:
    code = "from helpdeskctl.adapters.saving import put; put('/dev/stdout', [b'x'])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"x"


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(file)
    put(str(link), [b"x"])
    put("/dev/null", [b"x"])
    assert link.is_symlink()
    assert file.read_bytes() == b"x"
    with pytest.raises(IsADirectoryError):
        put(str(tmp_path), [b"x"])
