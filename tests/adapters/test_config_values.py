"""What a configuration comes to: the defaults, and values as the program uses them."""

import os
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.adapters import config
from helpdeskctl.domain.errors import ConfigurationError
from helpdeskctl.domain.settings import (
    Desk,
    Limits,
    MailOut,
    Minimum,
    Response,
    Sector,
    Settings,
    Smtp,
    Technician,
)
from helpdeskctl.domain.working_time import Calendar

# Every key with another value than its default.
WHOLE = """\
language = "en"
timezone = "Europe/London"
[maildir]
path = "posta"
[store]
path = "/srv/casi/"
[desk]
name = "Rossi & C."
intake = ["Casi@Rossi.example", "nuovo@rossi.example"]
mailbox = ["HELPDESK@rossi.example"]
staff = ["*@Rossi.example", "mario.?@verdi.example"]
[technicians."anna.verdi"]
address = "Anna@rossi.example"
[technicians.rossi]
name = "Mario Rossi"
address = "mario@rossi.example"
sectors = ["rete"]
[sectors.rete]
address = "RETE@rossi.example"
about_it = "Tutto ciò che è rete"
notify = ["Turno@rossi.example"]
[mail]
transport = "smtp"
sendmail = "/usr/bin/msmtp"
bounces = "Rimbalzi@rossi.example"
templates = "testi"
[mail.smtp]
host = "mail.rossi.example"
port = 587
security = "starttls"
username = "desk"
password_file = "password"
[times]
hours = ["00:00-12:00", "12:00-24:00"]
days = ["sun", "mon"]
patron = "02-29"
respond = { normale = 16, urgente = 0.5, critico = 0.001 }
[minimum]
vague_words = ["BOH", "c'è", "non và"]
text_words = 0
[automatic]
trust = ["Allarmi@rossi.example"]
[security]
authserv_id = "mx.rossi.example"
[pec]
providers = ["PEC.example"]
[limits]
mail_mb = 1
header_kb = 8
parts = 10
nesting = 5
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory, which is also the file system's whole configuration."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HELPDESKCTL_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(config, "_SYSTEM", str(tmp_path / "etc/config.toml"))
    return tmp_path


def loaded(folder: Path, content: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(content)
    return config.load(str(path))


def test_without_a_file_the_published_desk_only_queues_its_mail(home: Path) -> None:
    settings = config.load(None)
    policy = settings.policy
    assert settings.source == ""
    assert settings.maildir == f"{home}/Maildir"
    assert settings.store == f"{home}/.local/state/helpdeskctl"
    assert settings.limits == Limits(50, 256, 1000, 50)
    assert settings.mail == MailOut(
        "none",
        "/usr/sbin/sendmail",
        f"{home}/.config/helpdeskctl/templates",
        Smtp("localhost", 25, "none", "", ""),
    )
    assert policy.language == "it"
    assert policy.zone == ZoneInfo("Europe/Rome")
    assert policy.desk == Desk("Project++ Assistenza", ("nuovocaso@projectpp.it",), (), ())
    assert [sector[:5] for sector in policy.sectors] == [
        ("gestionale", "Gestionale", "supporto.gestionale@projectpp.it", False, ()),
        ("tecnico", "Sistemistico", "supporto.tecnico@projectpp.it", True, ()),
    ]
    assert all(sector.about_it and sector.about_en for sector in policy.sectors)
    assert policy.calendar == Calendar(
        ((540, 780), (840, 1080)), frozenset(range(5)), (12, 7), ZoneInfo("Europe/Rome")
    )
    assert policy.response == Response(480, 240, 120)
    assert {"aiuto", "problema", "help", "is"} <= policy.minimum.vague_words
    assert policy.minimum.text_words == 4
    assert policy[-7:] == (policy.minimum, "", False, (), "", (), ())
    assert policy.technicians == ()


def test_with_a_file_mail_leaves_by_sendmail_and_all_else_is_as_without(home: Path) -> None:
    without, empty = config.load(None), loaded(home, "")
    assert empty.mail.transport == "sendmail"
    mail = empty.mail._replace(transport="none")
    assert empty._replace(source="", mail=mail) == without


def test_every_value_given_takes_the_place_of_its_default(home: Path) -> None:
    settings = loaded(home, WHOLE)
    policy = settings.policy
    assert settings.source == f"{home}/config.toml"
    assert (settings.maildir, settings.store) == (f"{home}/posta", "/srv/casi")
    assert settings.limits == Limits(1, 8, 10, 5)
    assert settings.mail == MailOut(
        "smtp",
        "/usr/bin/msmtp",
        f"{home}/testi",
        Smtp("mail.rossi.example", 587, "starttls", "desk", f"{home}/password"),
    )
    assert policy.desk == Desk(
        "Rossi & C.",
        ("casi@rossi.example", "nuovo@rossi.example"),
        ("helpdesk@rossi.example",),
        ("*@rossi.example", "mario.?@verdi.example"),
    )
    assert policy.technicians == (
        Technician("anna.verdi", "anna.verdi", "anna@rossi.example", ()),
        Technician("rossi", "Mario Rossi", "mario@rossi.example", ("rete",)),
    )
    # The only sector is the default one, and takes the place of both published ones.
    [network] = policy.sectors
    assert network == Sector(
        "rete", "rete", "rete@rossi.example", True, ("turno@rossi.example",), "Tutto ciò che è rete", ""
    )
    assert policy.calendar == Calendar(
        ((0, 720), (720, 1440)), frozenset({0, 6}), (2, 29), ZoneInfo("Europe/London")
    )
    assert policy.response == Response(960, 30, 1)
    # As subjects are compared.
    assert policy.minimum == Minimum(frozenset({"boh", "c", "e", "non", "va"}), 0)
    assert policy.bounces == "rimbalzi@rossi.example"
    assert policy.trusted == ("allarmi@rossi.example",)
    assert policy.authserv_id == "mx.rossi.example"
    assert policy.pec_providers == ("pec.example",)


def test_response_hours_that_are_not_given_keep_their_default(home: Path) -> None:
    assert loaded(home, "[times.respond]\ncritico = 1").policy.response == Response(480, 240, 60)


def test_all_hours_of_all_days_mean_always(home: Path) -> None:
    week = 'days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\n'
    assert loaded(home, f'[times]\nhours = ["00:00-24:00"]\n{week}').policy.calendar.always
    assert not loaded(home, '[times]\nhours = ["00:00-24:00"]').policy.calendar.always
    assert not loaded(home, f"[times]\n{week}").policy.calendar.always


def test_a_town_may_have_no_holiday_of_its_own(home: Path) -> None:
    assert loaded(home, '[times]\npatron = ""').policy.calendar.patron is None


def test_a_login_is_whole_with_its_password_file(home: Path) -> None:
    smtp = loaded(home, '[mail.smtp]\nusername = "desk"\npassword_file = "~/p"').mail.smtp
    assert (smtp.username, smtp.password_file) == ("desk", f"{home}/p")


@pytest.mark.parametrize("host", ["localhost", "192.0.2.1", "2001:db8::1", "::1", "mail-1.rossi.example"])
def test_a_server_is_a_name_or_a_number(home: Path, host: str) -> None:
    assert loaded(home, f'[mail.smtp]\nhost = "{host}"').mail.smtp.host == host


@pytest.mark.parametrize(
    ("written", "meant"), [("~", ""), ("~/a/../b", "/b"), ("c", "/c"), ("./d//e/", "/d/e"), ("../f", "/../f")]
)
def test_a_path_begins_at_home_or_beside_the_file(home: Path, written: str, meant: str) -> None:
    settings = loaded(home, f'[maildir]\npath = "{written}"\n[mail]\ntemplates = ""')
    assert settings.maildir == os.path.normpath(f"{home}{meant}")
    assert settings.mail.templates == ""


def test_a_home_that_is_not_set_is_looked_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    entry = pwd.struct_passwd(("desk", "x", 1, 1, "", "/home/desk", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _uid: entry)
    for empty in (True, False):
        monkeypatch.setenv("HOME", "") if empty else monkeypatch.delenv("HOME")
        assert config.load(None).maildir == "/home/desk/Maildir"


def test_without_any_home_it_is_told_which_paths_to_write(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pwd

    def nobody(_uid: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.delenv("HOME")
    with pytest.raises(ConfigurationError, match=r"maildir\.path begins with ~, but there is no such home"):
        config.load(None)
    paths = '[maildir]\npath = "/m"\n[store]\npath = "/s"\n[mail]\ntemplates = "/t"\n'
    assert loaded(home, paths).maildir == "/m"
    assert config.locate(None, {}) is None


def test_the_state_directory_is_the_store_of_a_desk_without_a_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/srv/state")
    assert config.load(None).store == "/srv/state/helpdeskctl"
    assert loaded(home, "").store == f"{home}/.local/state/helpdeskctl"
    monkeypatch.setenv("XDG_STATE_HOME", "relative/does/not/count")
    assert config.load(None).store == f"{home}/.local/state/helpdeskctl"


def test_the_mail_path_loads_only_what_the_configuration_needs(home: Path) -> None:
    plain, rule = home / "plain.toml", home / "rule.toml"
    plain.write_text('language = "it"')
    rule.write_text('[[rules]]\nname = "a"\nin = ["subject"]\nregex = "a"\ntag = "a"')
    costly = {"tomllib", "re2", "difflib", "importlib.resources"}
    for argument, loads in (
        ("None", set()),
        (repr(str(plain)), {"tomllib"}),
        (repr(str(rule)), {"tomllib", "re2"}),
    ):
        code = (
            "import sys\nfrom helpdeskctl.adapters import config\n"
            f"config.load({argument})\nprint(*sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert costly & set(done.stdout.split()) == loads
