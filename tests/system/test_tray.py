"""From the click beside the clock to the case: a real X server, a real tray, a real pointer.

Debian's packages `xvfb`, `openbox`, `trayer`, `xdotool`, `x11-xserver-utils`, `xdg-utils`, `dbus-daemon`,
and what Qt's own X11 part needs (listed in `.ci/run`).
"""

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import unquote

import pytest

from tests.cli.conftest import CONFIG, SENDMAIL

if TYPE_CHECKING:
    # Collecting this file must need none of Qt's libraries.
    from PySide6.QtGui import QImage

pytestmark = pytest.mark.system

T = TypeVar("T")

WIDTH, HEIGHT = 1024, 700
# The bar of the tray, at the right of the lower edge.
BAR = 32
# A window over the whole screen but the bar, with a picture in which no pixel is black.
BACKGROUND = """\
import sys
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication(sys.argv)
label = QLabel()
label.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnBottomHint)
label.setPixmap(QPixmap.fromImage(QImage(sys.argv[1])))
label.setGeometry(0, 0, label.pixmap().width(), label.pixmap().height())
label.show()
app.exec()
"""
# A window of one colour, in use.
WINDOW = """\
import sys
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
window = QWidget()
window.setWindowTitle("Fatture")
palette = QPalette()
palette.setColor(QPalette.ColorRole.Window, QColor(250, 130, 7))
window.setPalette(palette)
window.setGeometry(200, 150, 320, 240)
window.show()
window.activateWindow()
app.exec()
"""
# What a mail program does with what it is given: it keeps it, and shows nothing.
STAND_IN = """\
#!/bin/sh
for argument; do printf '%s\\n' "$argument"; done >{home}/told
case $1 in *.eml) cp "$1" {home}/opened.eml ;; esac
mv {home}/told {home}/done
"""


class Desktop(NamedTuple):
    """A screen with a window manager, a bar, a picture on it, and a person's home."""

    home: Path
    env: dict[str, str]
    background: Path

    def start(self, *argv: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "helpdeskctl.tray", *argv],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.env,
        )  # fmt: skip

    def xdotool(self, *argv: str) -> str:
        done = subprocess.run(["xdotool", *argv], env=self.env, capture_output=True, text=True, check=False)
        return done.stdout

    def geometry(self, window: str) -> tuple[int, int, int, int]:
        lines = self.xdotool("getwindowgeometry", "--shell", window).split()
        found = dict(line.split("=") for line in lines)
        return int(found["X"]), int(found["Y"]), int(found["WIDTH"]), int(found["HEIGHT"])

    def window(self, title: str) -> str:
        """The visible window of that title, once it is there and in use."""
        found = until(lambda: self.xdotool("search", "--onlyvisible", "--name", f"^{title}$").split())[0]
        until(lambda: self.xdotool("getactivewindow").strip() == found)
        return found

    def menu(self, process: subprocess.Popen[str]) -> tuple[int, int, int, int]:
        """Where the menu lies that a right click on the icon opens."""

        def opened() -> list[tuple[int, int, int, int]]:
            self.xdotool("mousemove", str(WIDTH - 12), str(HEIGHT - 16), "click", "3")
            time.sleep(0.5)
            windows = self.xdotool("search", "--onlyvisible", "--pid", str(process.pid)).split()
            return [place for w in windows if (place := self.geometry(w))[2] > 200 and place[3] < 200]

        return until(opened)[0]

    def choose(self, process: subprocess.Popen[str], entry: int) -> None:
        """Click on the entry, counted from 0; each is as high as the next."""
        left, top, _width, height = self.menu(process)
        # Five entries, and a line between the third and the fourth.
        y = top + 12 + entry * 22 + (3 if entry > 2 else 0)
        assert y < top + height
        self.xdotool("mousemove", str(left + 60), str(y), "click", "1")

    def set_up(self, text: str) -> None:
        path = self.home / ".config/helpdeskctl/tray.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def until(found: Callable[[], T]) -> T:
    """What is found, once it is; a busy machine gets its time."""
    for _ in range(120):
        if result := found():
            return result
        time.sleep(0.25)
    raise AssertionError(f"never came: {found}")


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as told:
        display = f":{told.readline().strip()}"
    env = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")}
    env |= {"DISPLAY": display, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": ""}
    env |= {"XDG_DATA_HOME": "", "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8", "XDG_CURRENT_DESKTOP": ""}
    env |= {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    picture = tmp_path / "background.png"
    _pattern().save(str(picture))
    programs = [
        ["openbox"],
        [sys.executable, "-c", BACKGROUND, str(picture)],
        ["trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", str(BAR)],
    ]
    started = []
    for argv in programs:
        started.append(subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        time.sleep(1)
    yield Desktop(tmp_path, env, picture)
    for process in (*reversed(started), server):
        process.terminate()
        process.wait(20)


def _pattern() -> "QImage":
    from PySide6.QtGui import QImage

    rows = bytearray()
    for y in range(HEIGHT - BAR):
        for x in range(WIDTH):
            rows += bytes((60 + x % 190, 60 + y % 170, 60 + (x * y) % 150, 255))
    return QImage(bytes(rows), WIDTH, HEIGHT - BAR, WIDTH * 4, QImage.Format.Format_RGB32).copy()


def _picture(content: bytes) -> "QImage":
    from PySide6.QtGui import QImage

    image = QImage.fromData(content)
    assert not image.isNull()
    return image


def _differing(one: "QImage", other: "QImage", rows: range) -> list[tuple[int, int, int]]:
    """(x, y, colour in `one`) of the pixels that differ."""
    return [
        (x, y, one.pixel(x, y) & 0xFFFFFF)
        for y in rows
        for x in range(one.width())
        if one.pixel(x, y) & 0xFFFFFF != other.pixel(x, y) & 0xFFFFFF
    ]


def _stand_in(desktop: Desktop, name: str) -> None:
    path = desktop.home / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(STAND_IN.format(home=desktop.home))
    path.chmod(0o755)


def _quit(desktop: Desktop, process: subprocess.Popen[str]) -> str:
    """Leave by the menu; what was told meanwhile."""
    desktop.choose(process, 4)
    _out, told = process.communicate(timeout=20)
    assert process.returncode == 0
    return told


def _message(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def _attached(message: EmailMessage) -> bytes:
    (part,) = message.iter_attachments()
    content = part.get_content()
    assert isinstance(content, bytes)
    return content


def _desk(home: Path) -> Callable[..., str]:
    """The firm's desk, in a home of its own; it answers commands."""
    for part in ("tmp", "new", "cur"):
        (home / "Maildir" / part).mkdir(parents=True)
    (home / "sent").mkdir()
    (home / "config.toml").write_text(CONFIG.format(home=home))
    (home / "sendmail").write_text(SENDMAIL.format(home=home))
    (home / "sendmail").chmod(0o755)

    def run(*argv: str, stdin: bytes = b"") -> str:
        env = os.environ | {"HOME": str(home), "HELPDESKCTL_CONFIG": str(home / "config.toml")}
        done = subprocess.run(
            [sys.executable, "-m", "helpdeskctl", *argv],
            input=stdin,
            capture_output=True,
            check=True,
            env=env,
        )
        return done.stdout.decode()

    return run


def test_from_the_click_to_the_case(desktop: Desktop, tmp_path: Path) -> None:
    _stand_in(desktop, "xdg-open")
    desktop.set_up('program = "eml"\ncontract = "AB/12"\n')
    process = desktop.start()
    desktop.choose(process, 0)
    left, top, width, height = desktop.geometry(desktop.window("Anteprima della schermata"))
    # A rectangle over the middle of the view is blackened before the picture goes anywhere.
    middle, row = left + width // 2, top + height // 2
    desktop.xdotool("mousemove", str(middle), str(row), "mousedown", "1")
    desktop.xdotool(
        "mousemove", str(middle + 40), str(row + 30), "mousemove", str(middle + 80), str(row + 50)
    )
    desktop.xdotool("mouseup", "1", "key", "Return")
    until((desktop.home / "done").exists)
    until(lambda: not desktop.xdotool("search", "--onlyvisible", "--name", "^Anteprima").split())
    draft = _message(desktop.home / "opened.eml")
    (kept,) = (desktop.home / ".cache/helpdeskctl-tray").glob("helpdeskctl-*")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in kept.iterdir()} == {0o600}
    told = _quit(desktop, process)
    assert told.startswith("La bozza è stata aperta come file .eml nel programma di posta.")
    # The picture is what was on the screen, and black only where it was made so.
    taken = _picture(_attached(draft))
    assert (taken.width(), taken.height()) == (WIDTH, HEIGHT)
    changed = _differing(taken, _picture(desktop.background.read_bytes()), range(HEIGHT - BAR))
    assert {colour for _x, _y, colour in changed} == {0}
    columns, rows = {x for x, _y, _c in changed}, {y for _x, y, _c in changed}
    assert len(changed) == (max(columns) - min(columns) + 1) * (max(rows) - min(rows) + 1)
    assert 80 <= len(columns) <= 160
    assert 50 <= len(rows) <= 110
    # The person fills in the subject and sends it; the desk makes a case of it.
    assert (draft["X-Unsent"], draft["To"], draft["Subject"]) == ("1", "nuovocaso@projectpp.it", "")
    del draft["X-Unsent"], draft["Subject"]
    draft["Subject"] = "Problema emissione fatture"
    draft["From"] = "Anna Verdi <anna.verdi@cliente.example>"
    run = _desk(tmp_path / "desk")
    run("ingest", "-", stdin=draft.as_bytes())
    case = json.loads(run("show", "1", "--json"))
    assert (case["sector"], case["urgency"], case["status"]) == ("tecnico", "normale", "open")
    assert case["contract"]["number"] == "AB/12"
    assert "incomplete" not in case["marks"]
    run("attachments", "1", "--save", str(tmp_path / "saved"))
    (saved,) = (tmp_path / "saved").iterdir()
    assert saved.read_bytes() == _attached(draft)


def test_without_a_picture_the_draft_is_opened_at_once(desktop: Desktop) -> None:
    _stand_in(desktop, "xdg-open")
    desktop.set_up('program = "eml"\nlanguage = "en"\n')
    process = desktop.start()
    desktop.choose(process, 2)
    until((desktop.home / "done").exists)
    draft = _message(desktop.home / "opened.eml")
    assert not list(draft.iter_attachments())
    assert "What I was doing:" in draft.get_content()
    assert "was opened as an .eml file" in _quit(desktop, process)


def test_a_second_icon_is_not_started(desktop: Desktop) -> None:
    process = desktop.start()
    desktop.menu(process)
    desktop.xdotool("key", "Escape")
    second = desktop.start()
    desktop.window("Segnalazione all'assistenza")
    desktop.xdotool("key", "Return")
    _out, told = second.communicate(timeout=20)
    assert (second.returncode, told) == (1, "L'icona è già in funzione: si trova vicino all'orologio.\n")
    _quit(desktop, process)


def test_the_settings_are_kept_and_count_at_once(desktop: Desktop) -> None:
    process = desktop.start()
    desktop.choose(process, 3)
    desktop.window("Impostazioni")
    desktop.xdotool("type", "due parole")
    desktop.xdotool("key", "Return")
    time.sleep(1)
    # What will not do is told, and the window stays.
    desktop.window("Impostazioni")
    desktop.xdotool("key", "ctrl+a")
    desktop.xdotool("type", "AB/12")
    desktop.xdotool("key", "Return")
    path = desktop.home / ".config/helpdeskctl/tray.toml"
    until(path.exists)
    assert path.read_text() == '# helpdeskctl-tray\ncontract = "AB/12"\n'
    assert str(path) in _quit(desktop, process)


def test_a_cancelled_preview_leaves_nothing(desktop: Desktop) -> None:
    out = desktop.home / "b.eml"
    process = desktop.start("--out", str(out))
    desktop.window("Anteprima della schermata")
    desktop.xdotool("key", "Escape")
    _out, told = process.communicate(timeout=20)
    assert (process.returncode, told) == (1, "Annullato: nessuna bozza è stata fatta.\n")
    assert not out.exists()
    assert not list(desktop.home.glob(".cache/helpdeskctl-tray/*"))


def test_only_the_window_in_use_is_taken(desktop: Desktop) -> None:
    other = subprocess.Popen([sys.executable, "-c", WINDOW], env=desktop.env)
    _x, _y, width, height = desktop.geometry(desktop.window("Fatture"))
    out = desktop.home / "b.eml"
    process = desktop.start("--out", str(out), "--picture", "window")
    desktop.window("Anteprima della schermata")
    desktop.xdotool("key", "Return")
    process.communicate(timeout=20)
    other.terminate()
    other.wait(20)
    assert process.returncode == 0
    taken = _picture(_attached(_message(out)))
    # Its frame belongs to it, and nothing beside.
    assert width <= taken.width() <= width + 20
    assert height < taken.height() <= height + 40
    colours = [taken.pixel(x, y) & 0xFFFFFF for x in range(taken.width()) for y in range(taken.height())]
    assert colours.count(0xFA8207) == width * height


def test_a_large_picture_is_reduced_and_two_screens_are_one_picture_or_two(desktop: Desktop) -> None:
    subprocess.run(
        ["xrandr", "--setmonitor", "left", "400/100x700/180+0+0", "screen"], env=desktop.env, check=True
    )
    subprocess.run(
        ["xrandr", "--setmonitor", "right", "624/160x700/180+400+0", "none"], env=desktop.env, check=True
    )
    desktop.xdotool("mousemove", "700", "300")
    sizes = {}
    for of, longest in (("all", 640), ("pointer", 2560)):
        desktop.set_up(f"longest_side = {longest}\n")
        process = desktop.start("--out", str(desktop.home / f"{of}.eml"), "--picture", of)
        desktop.window("Anteprima della schermata")
        desktop.xdotool("key", "Return")
        process.communicate(timeout=20)
        taken = _picture(_attached(_message(desktop.home / f"{of}.eml")))
        sizes[of] = (taken.width(), taken.height())
    assert sizes == {"all": (640, round(HEIGHT * 640 / WIDTH)), "pointer": (624, HEIGHT)}


def test_the_real_xdg_email_hands_text_and_picture_to_the_mail_program(desktop: Desktop) -> None:
    _stand_in(desktop, "posta")
    applications = desktop.home / ".local/share/applications"
    applications.mkdir(parents=True)
    (applications / "posta.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName=Posta\nExec={desktop.home}/bin/posta %u\n"
        "MimeType=x-scheme-handler/mailto;\n"
    )
    (applications / "mimeapps.list").write_text(
        "[Default Applications]\nx-scheme-handler/mailto=posta.desktop\n"
    )
    assert shutil.which("xdg-email", path=desktop.env["PATH"])
    process = desktop.start("--once")
    desktop.window("Anteprima della schermata")
    desktop.xdotool("key", "Return")
    until((desktop.home / "done").exists)
    desktop.window("Segnalazione all'assistenza")
    desktop.xdotool("key", "Return")
    _out, told = process.communicate(timeout=20)
    assert told.startswith("La bozza è stata aperta con xdg-email.")
    link = (desktop.home / "done").read_text()
    assert link.startswith("mailto:nuovocaso@projectpp.it?")
    assert "Che%20cosa%20stavo%20facendo" in link
    (picture,) = desktop.home.glob(".cache/helpdeskctl-tray/*/schermata-*.png")
    assert f"attach={picture}\n" in unquote(link)


# A desktop's portal: it answers a screenshot's request with the file it is told, or with a refusal.
PORTAL = """\
import sys
from jeepney import DBusAddress, HeaderFields, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
bus = open_dbus_connection()
bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
print("ready", flush=True)
asked = bus.receive()
while asked.header.fields.get(HeaderFields.member) != "Screenshot":
    asked = bus.receive()
assert asked.body[1]["interactive"] == ("b", False)
sender = asked.header.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
path = f"/org/freedesktop/portal/desktop/request/{sender}/{asked.body[1]['handle_token'][1]}"
bus.send(new_method_return(asked, "o", (path,)))
request = DBusAddress(path, interface="org.freedesktop.portal.Request")
found = (0, {"uri": ("s", "file://" + sys.argv[1])}) if sys.argv[1] else (1, {})
bus.send(new_signal(request, "Response", "ua{sv}", found))
"""
# What a report does under Wayland, where Qt may not look at the screen.
ASKING = """\
import sys
from PySide6.QtGui import QGuiApplication
from helpdeskctl.tray.errors import TrayError
from helpdeskctl.tray.portal import whole_desktop
app = QGuiApplication(sys.argv)
try:
    picture = whole_desktop()
    print(picture.width(), picture.height())
except TrayError as error:
    print(error.told("it"))
"""


@pytest.mark.parametrize("answers", [True, False], ids=["given", "refused"])
def test_under_wayland_the_portal_is_asked_and_its_file_removed(tmp_path: Path, answers: bool) -> None:
    given = tmp_path / "Immagini e altro" / "schermata.png"
    given.parent.mkdir()
    _pattern().save(str(given))
    (tmp_path / "portal.py").write_text(PORTAL)
    (tmp_path / "asking.py").write_text(ASKING)
    uri = str(given).replace(" ", "%20") if answers else ""
    script = '"$0" portal.py "$1" >ready & until [ -s ready ]; do sleep 0.1; done; "$0" asking.py'
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, sys.executable, uri],
        cwd=tmp_path, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    if answers:
        assert done.stdout == f"{WIDTH} {HEIGHT - BAR}\n", done.stderr
    else:
        assert done.stdout.startswith("Il sistema non ha dato la schermata"), done.stderr
    assert given.exists() is not answers
