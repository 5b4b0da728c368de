"""`attachments`: listed, and written out safely."""

import base64
import binascii
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Desk, mail


def with_files(*files: tuple[str, bytes]) -> bytes:
    parts = "".join(
        f'--xx\nContent-Type: application/octet-stream; name="{name}"\nContent-Transfer-Encoding: base64\n\n'
        f"{base64.encodebytes(content).decode()}\n"
        for name, content in files
    )
    text = "--xx\nContent-Type: text/plain\n\nIn allegato i file richiesti ieri.\n"
    return mail(
        "Ecco i file della stampante", text + parts + "--xx--\n", Content_Type="multipart/mixed; boundary=xx"
    )


@pytest.fixture
def received(call: Call, desk: Desk) -> None:
    files = (
        ("../../fuori.txt", b"uno"),
        ("a.png", b"\x89PNG"),
        ("a.png", b"altro"),
        ("fattura n. 5/2026.pdf", b"%PDF"),
    )
    desk.deliver(with_files(*files), "1")
    assert call("ingest").code == 0


@pytest.mark.usefixtures("received")
def test_they_are_listed(call: Call, on_terminal: Callable[[int], None]) -> None:
    assert [line.split("\t")[0] for line in call("attachments", "1").out.splitlines()] == [
        "fuori.txt", "a.png", "a.png", "fattura n. 5-2026.pdf",
    ]  # fmt: skip
    told = json.loads(call("attachments", "1", "--json").out)
    assert list(told[0])[:4] == ["name", "type", "size", "sha256"]
    on_terminal(80)
    assert "fattura n. 5-2026.pdf" in call("attachments", "1").out


@pytest.mark.usefixtures("received")
def test_they_are_written_inside_the_directory_and_over_nothing(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "salvati"
    folder.mkdir()
    (folder / "fuori.txt").write_text("prima")
    (folder / "fattura n. 5-2026.pdf").symlink_to(tmp_path / "altrove")
    paths = call("attachments", "1", "--save", str(folder)).out.splitlines()
    assert [Path(p).read_bytes() for p in paths] == [b"uno", b"\x89PNG", b"altro", b"%PDF"]
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [
            "fuori.txt",
            "fuori (2).txt",
            "a.png",
            "a (2).png",
            "fattura n. 5-2026.pdf",
            "fattura n. 5-2026 (2).pdf",
        ]
    )
    assert (folder / "fuori.txt").read_text() == "prima"
    assert not (tmp_path / "altrove").exists()
    assert not (tmp_path / "fuori.txt").exists()


@pytest.mark.usefixtures("received")
def test_some_of_them(call: Call, tmp_path: Path) -> None:
    assert len(call("attachments", "1", "a.png").out.splitlines()) == 2
    assert len(call("attachments", "1", "fuori.txt", "--save", str(tmp_path / "x")).out.splitlines()) == 1
    assert call("attachments", "1", "nulla.txt").code == 66
    assert call("attachments", "9").code == 66
    assert call("attachments", "1-2").code == 2


def test_a_file_in_the_midst_of_the_text(call: Call, desk: Desk, tmp_path: Path) -> None:
    content = bytes(range(256)) * 3
    lines = [binascii.b2a_uu(content[i : i + 45]).decode() for i in range(0, len(content), 45)]
    text = "Ecco il file di log richiesto:\n\nbegin 644 log.bin\n" + "".join(lines) + "`\nend\n\nSaluti"
    desk.deliver(mail("Log della stampante guasta", text), "1")
    call("ingest")
    (path,) = call("attachments", "1", "--save", str(tmp_path / "x")).out.splitlines()
    assert (Path(path).name, Path(path).read_bytes()) == ("log.bin", content)
    shown = json.loads(call("show", "1", "--json").out)["messages"][0]["text"]
    assert "begin" not in shown and "Saluti" in shown


@pytest.mark.parametrize(
    "text", ["begin 644 file.txt\nma poi niente di simile\nend", "begin 644 x\n", "begin con calma\nend"]
)
def test_what_only_looks_like_a_file_stays_text(call: Call, desk: Desk, text: str) -> None:
    desk.deliver(mail("Domanda sulla stampante guasta", f"Come detto al telefono ieri:\n{text}"), "1")
    call("ingest")
    assert call("attachments", "1").out == ""
    assert (
        text.split("\n", maxsplit=1)[0] in json.loads(call("show", "1", "--json").out)["messages"][0]["text"]
    )
