"""Two other help desks, from PyPI, each in a virtual environment of its own below `.bench`.

Roundup (`roundup-mailgw`, sqlite; every sender is a known user, for registering one costs it a password
hash) and django-helpdesk (sqlite; `manage.py get_email` over a directory: it has no pipe). Both are set
up as their manuals say, and get the same mails as helpdeskctl.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

from benchmarks import mails
from benchmarks.running import SCRATCH, Command, environ

_DESK = "assistenza@firm.example"
_SETTINGS = """
import os
BASE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECRET_KEY = "bench"; ALLOWED_HOSTS = ["*"]; ROOT_URLCONF = "bench.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.sites", "django.contrib.messages", "django.contrib.admin", "django.contrib.humanize",
    "rest_framework", "helpdesk"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(BASE, "db.sqlite3")}}
SITE_ID = 1; USE_TZ = True; TIME_ZONE = "Europe/Rome"; LANGUAGE_CODE = "it"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"; STATIC_URL = "/static/"
MEDIA_ROOT = os.path.join(BASE, "media")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.path.join(BASE, "outbox"); DEFAULT_FROM_EMAIL = "assistenza@firm.example"
HELPDESK_TEAMS_MODE_ENABLED = False; QUEUE_EMAIL_BOX_UPDATE_ONLY = False
"""
_URLS = """
from django.contrib import admin
from django.urls import include, path
urlpatterns = [path("admin/", admin.site.urls), path("helpdesk/", include("helpdesk.urls"))]
"""
_MANAGE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
_QUEUE = """
import django; django.setup()
from helpdesk.models import Queue
Queue.objects.create(title="Assistenza", slug="assistenza", email_address="assistenza@firm.example",
    allow_public_submission=True, allow_email_submission=True, email_box_type="local",
    email_box_local_dir="{box}", email_box_interval=0, locale="it")
"""
_USERS = """
import sys, roundup.instance
db = roundup.instance.open(sys.argv[1]).open("admin")
for address in sys.stdin.read().split():
    db.user.create(username=address, address=address, realname="Utente", roles="User")
db.commit()
"""
_ISSUES = """
import sys, roundup.instance
print(len(roundup.instance.open(sys.argv[1]).open("admin").issue.list()))
"""
_TICKETS = """
import sys, sqlite3
desk = sqlite3.connect(sys.argv[1] + "/db.sqlite3")
print(desk.execute("select count(*) from helpdesk_ticket").fetchone()[0])
"""


class Peer(NamedTuple):
    """Another help desk: `piped` reads one mail, `batch` as many as are given; `cases` counts."""

    name: str
    piped: Command
    batch: Callable[[range], Command]
    cases: Callable[[], int]


def peers(next_mail: Callable[[], bytes]) -> list[Peer]:
    """Both, installed and set up; what each reads is a mail of its own at every run."""
    return [_roundup(next_mail), _django(next_mail)]


def _installed(name: str) -> str:
    """The programs' directory of an environment that has that package."""
    home = SCRATCH / name
    if not (home / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin/python", "-m", "pip", "install", "--quiet", name], check=True)
        (home / "done").touch()
    return f"{home}/bin"


def _emptied(name: str) -> str:
    path = f"{SCRATCH}/{name}.desk"
    shutil.rmtree(path, ignore_errors=True)
    return path


def _counted(python: str, code: str, desk: str) -> int:
    return int(subprocess.run([python, "-c", code, desk], check=True, capture_output=True, text=True).stdout)


def _roundup(next_mail: Callable[[], bytes]) -> Peer:
    programs, desk = _installed("roundup"), _emptied("roundup")
    admin = [f"{programs}/roundup-admin", "-i", desk]
    subprocess.run([*admin, "install", "classic", "sqlite"], check=True, stdout=subprocess.DEVNULL)
    config = f"{desk}/config.ini"
    with open(config, encoding="utf-8") as file:
        text = file.read()
    for section, key, value in (
        ("tracker", "web", "http://localhost:8917/bench/"),
        ("mail", "domain", "firm.example"),
        ("mail", "host", "localhost"),
        ("mail", "debug", f"{desk}/mail.log"),
    ):
        head, mark, rest = text.partition(f"\n[{section}]\n")
        text = head + mark + re.sub(rf"(?m)^#?{key} = .*$", f"{key} = {value}", rest, count=1)
    with open(config, "w", encoding="utf-8") as file:
        file.write(text)
    subprocess.run([*admin, "initialise", "password"], check=True, stdout=subprocess.DEVNULL)
    senders = [f"utente{n}@{domain}" for n in range(mails.SENDERS) for domain in mails.DOMAINS]
    python = f"{programs}/python"
    subprocess.run([python, "-c", _USERS, desk], input="\n".join(senders), text=True, check=True)
    gateway, home = f"{programs}/roundup-mailgw", environ(desk)

    def batch(numbers: range) -> Command:
        box = f"{desk}/batch.mbox"
        with open(box, "wb") as file:
            for number in numbers:
                content = mails.mail(number, _DESK).replace(b"\nFrom ", b"\n>From ")
                file.write(b"From MAILER-DAEMON Mon Mar  2 08:00:00 2026\n" + content + b"\n")
        return Command("Roundup", [gateway, desk, "mailbox", box], home)

    piped = Command("Roundup", [gateway, desk], home, next_mail)
    return Peer("Roundup", piped, batch, lambda: _counted(python, _ISSUES, desk))


def _django(next_mail: Callable[[], bytes]) -> Peer:
    programs, desk = _installed("django-helpdesk"), _emptied("django-helpdesk")
    for directory in ("bench", "mail", "outbox", "media"):
        os.makedirs(f"{desk}/{directory}")
    files = {"bench/__init__.py": "", "bench/settings.py": _SETTINGS, "bench/urls.py": _URLS}
    for name, content in (files | {"manage.py": _MANAGE}).items():
        with open(f"{desk}/{name}", "w", encoding="utf-8") as file:
            file.write(content)
    python, home = f"{programs}/python", environ(desk)
    for argv in (["migrate", "-v", "0"], ["loaddata", "emailtemplate.json", "-v", "0"]):
        subprocess.run([python, "manage.py", *argv], cwd=desk, env=home, check=True)
    made = home | {"DJANGO_SETTINGS_MODULE": "bench.settings"}
    subprocess.run([python, "-c", _QUEUE.format(box=f"{desk}/mail")], cwd=desk, env=made, check=True)
    fetch = [python, "manage.py", "get_email", "--quiet"]

    def put(numbers: range) -> None:
        for number in numbers:
            with open(f"{desk}/mail/{number:08}.eml", "wb") as file:
                file.write(mails.mail(number, _DESK))

    def put_one() -> None:
        with open(f"{desk}/mail/one.eml", "wb") as file:
            file.write(next_mail())

    def batch(numbers: range) -> Command:
        put(numbers)
        return Command("django-helpdesk", fetch, home, cwd=desk)

    piped = Command("django-helpdesk", fetch, home, cwd=desk, before=put_one)
    return Peer("django-helpdesk", piped, batch, lambda: _counted(python, _TICKETS, desk))
