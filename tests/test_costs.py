"""What a command costs, counted and not timed: modules loaded, files opened, bytes written, memory.

`tests/loaded/*.txt` say which modules of ours and of others a command may load. One that joins them
costs every mail, or every list, its share of a millisecond: add it there if it is worth that.
"""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.adapters.tinydb_store import TinyDbStore
from tests.builders import NOW, case, message, record

LOADED = Path(__file__).parent / "loaded"
MAIL = (
    b"From: Anna Verdi <anna@cliente.example>\nTo: nuovocaso@projectpp.it\nSubject: Fattura %d\n"
    b"Message-ID: <%d@cliente.example>\n\nNon si stampa la fattura 12.\n"
)
# Runs a command as its script does, and tells what it loaded, opened and wrote below the home directory.
WATCHED = """
import json, os, sys
out, home, opened, written, end = os.dup(1), os.environ["HOME"], [], [], os._exit
def hook(event, args):
    if event == "open" and isinstance(args[0], str) and args[0].startswith(home):
        opened.append(args[0][len(home) + 1:])
write = os.write
def writing(fd, content):
    written.append(len(content))
    return write(fd, content)
def tell(code):
    found = {"modules": sorted(sys.modules), "opened": opened, "written": sum(written)}
    write(out, json.dumps(found).encode())
    end(code)
sys.addaudithook(hook)
os.write, os._exit = writing, tell
from helpdeskctl.__main__ import main
main()
"""


class Cost(dict[str, list[str]]):
    """What `WATCHED` tells."""

    @property
    def written(self) -> int:
        return int(str(self["written"]))


def cost(home: Path, *argv: str, stdin: bytes = b"") -> Cost:
    """What the command costs in that home; its exit code must be 0."""
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("HELPDESKCTL", "XDG"))
    }
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *argv],
        input=stdin,
        capture_output=True,
        env=environ | {"HOME": str(home)},
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return Cost(json.loads(done.stdout[done.stdout.rindex(b'{"modules"') :]))


def desk(home: Path, cases: int) -> Path:
    """A home with a Maildir and a store of so many open cases of as many people."""
    for part in ("tmp", "new", "cur"):
        (home / "Maildir" / part).mkdir(parents=True)
    store = TinyDbStore(str(home / ".local/state/helpdeskctl"), ZoneInfo("Europe/Rome"))
    with store.transaction() as writing:
        writing.secret()
        for number in range(1, cases + 1):
            subject = f"Stampante {number}"
            mail = message(subject, message_id=f"{number}@prova.example")
            at = NOW + timedelta(seconds=number)
            requester = mail.sender._replace(address=f"utente{number}@cliente.example")
            known = record(mail, f"k{number}")
            facts = {"subject": subject, "opened_at": at, "requester": requester}
            writing.put(case(number, messages=(known,), **facts))
    return home


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk(tmp_path_factory.mktemp("small"), 10)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # As many in the last shard as in the small one.
    return desk(tmp_path_factory.mktemp("large"), 1010)


COMMANDS = {
    "ingest": ("ingest", "-"),
    "list": ("list",),
    "close": ("close", "7", "--no-mail"),
    "search": ("list", "--all", "--search", "Stampante 7"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_loads_only_what_it_may(name: str, small: Path) -> None:
    stdin = MAIL % (1, 1) if name == "ingest" else b""
    modules = cost(small, *COMMANDS[name], stdin=stdin)["modules"]
    others = {module.partition(".")[0] for module in modules} - {"helpdeskctl", "__main__"}
    third = {module for module in others if module not in sys.stdlib_module_names and module[0] != "_"}
    ours = {module for module in modules if module.startswith("helpdeskctl.")}
    allowed = set((LOADED / f"{name}.txt").read_text().split())
    assert ours | third - {"sitecustomize"} <= allowed


def test_a_mail_opens_and_writes_as_much_in_a_large_store_as_in_a_small_one(small: Path, large: Path) -> None:
    def costs(home: Path) -> tuple[int, int]:
        # The first mail makes directories; a later one may be the first in some file of the index.
        runs = [cost(home, "ingest", "-", stdin=MAIL % (number, number)) for number in range(20, 24)]
        return min(len(run["opened"]) for run in runs), min(run.written for run in runs)

    (opened, written), (opened_large, written_large) = costs(small), costs(large)
    assert opened_large <= opened + 2 < 60
    assert written_large <= written * 1.1 < 100_000


def test_a_mail_reads_one_shard(large: Path) -> None:
    opened = cost(large, "ingest", "-", stdin=MAIL % (3, 3))["opened"]
    shards = {path for path in opened if "/cases/" in path and path.endswith(".json")}
    assert [path.rpartition("/")[2] for path in shards] == ["00001001.json"]


def test_a_list_opens_no_shard_and_a_search_those_of_its_cases(large: Path) -> None:
    assert not [path for path in cost(large, "list")["opened"] if "/cases/" in path]
    found = cost(large, "list", "--all", "--search", "Stampante 777")["opened"]
    assert [path.rpartition("/")[2] for path in found if "/cases/" in path] == ["00000751.json"]


def test_a_mail_of_25_megabytes_fits_into_little_memory(tmp_path: Path) -> None:
    for part in ("tmp", "new", "cur"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    head = MAIL.replace(b"\n\n", b'\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\n') % (4, 4)
    attached = b"--b\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"
    line = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAx\n"
    mail = tmp_path / "mail"
    mail.write_bytes(head + attached + line * 460_000 + b"--b--\n")
    # A process never reads smaller than the one that began it: so a small one does.
    program = (
        "import os, sys\n"
        "os.dup2(os.open(sys.argv[1], os.O_RDONLY), 0)\n"
        "argv = [sys.executable, '-m', 'helpdeskctl', 'ingest', '-']\n"
        "_, status, used = os.wait4(os.posix_spawn(sys.executable, argv, os.environ), 0)\n"
        "print(status, used.ru_maxrss // 1024)\n"
    )
    command = [sys.executable, "-c", program, str(mail)]
    done = subprocess.run(command, capture_output=True, env=os.environ | {"HOME": str(tmp_path)}, check=True)
    status, megabytes = map(int, done.stdout.split())
    assert status == 0
    assert megabytes < 64
