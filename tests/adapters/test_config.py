"""The configuration: found, read, validated whole, every error with its key and what is allowed."""

import re
from pathlib import Path
from typing import Any

import pytest

from helpdeskctl.adapters import config
from helpdeskctl.adapters.config import schema
from helpdeskctl.domain.case import Urgency
from helpdeskctl.domain.errors import ConfigurationError
from helpdeskctl.domain.rules import check, view

DOCS = Path(__file__).parents[2] / "docs/configuration.md"


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def loaded(text: str) -> Any:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return config.load(str(path))

    return loaded


def test_without_a_file_the_defaults_hold_and_mail_is_only_queued() -> None:
    settings = config.load(None)
    assert settings.source == ""
    assert settings.mail.transport == "none"
    assert settings.store.endswith("/.local/state/helpdeskctl")
    assert settings.maildir.endswith("/Maildir")
    assert settings.policy.desk.intake == ("nuovocaso@projectpp.it",)
    assert [s.key for s in settings.policy.sectors] == ["gestionale", "tecnico"]
    assert settings.policy.default_sector.key == "tecnico"
    assert settings.policy.response == (480, 240, 120)
    assert settings.policy.calendar.hours == ((540, 780), (840, 1080))
    assert settings.policy.calendar.patron == (12, 7)
    assert settings.limits == (50, 256, 1000, 50)


def test_an_empty_file_is_the_defaults_but_sends(load: Any) -> None:
    settings = load("")
    assert settings.mail.transport == "sendmail"
    assert settings.policy == config.load(None).policy


def test_every_key_is_read(load: Any, tmp_path: Path) -> None:
    settings = load(
        """
        language = "en"
        timezone = "Europe/Berlin"
        [maildir]
        path = "posta"
        [store]
        path = "/srv/casi"
        [desk]
        name = "Aiuto"
        intake = ["Aiuto@Ditta.example"]
        mailbox = ["casella@ditta.example"]
        staff = ["*@Ditta.example"]
        [technicians.rossi]
        name = "Mario Rossi"
        address = "Mario@ditta.example"
        sectors = ["rete"]
        [sectors.rete]
        name = "Rete"
        address = "rete@ditta.example"
        notify = ["turno@ditta.example"]
        [[rules]]
        name = "vpn"
        in = "subject"
        regex = ["VPN|tunnel"]
        tag = "vpn"
        [mail]
        transport = "smtp"
        sendmail = "/usr/bin/msmtp"
        bounces = "rimbalzi@ditta.example"
        templates = ""
        [mail.smtp]
        host = "smtp.ditta.example"
        port = 587
        security = "starttls"
        username = "aiuto"
        password_file = "~/segreto"
        [times]
        hours = ["08:30-12:30", "14:00-24:00"]
        days = ["sat", "mon"]
        patron = ""
        respond = { normale = 16, urgente = 0.5 }
        [automatic]
        trust = ["Nagios@ditta.example"]
        [security]
        authserv_id = "mx.ditta.example"
        [pec]
        providers = ["Gestore.example"]
        [limits]
        mail_mb = 10
        header_kb = 64
        parts = 100
        nesting = 20
        """
    )
    policy = settings.policy
    assert settings.maildir == str(tmp_path / "posta")
    assert (settings.store, policy.language, str(policy.zone)) == ("/srv/casi", "en", "Europe/Berlin")
    assert policy.desk == (
        "Aiuto",
        ("aiuto@ditta.example",),
        ("casella@ditta.example",),
        ("*@ditta.example",),
    )
    assert policy.technicians[0] == ("rossi", "Mario Rossi", "mario@ditta.example", ("rete",))
    assert policy.sectors == (("rete", "Rete", "rete@ditta.example", True, ("turno@ditta.example",)),)
    assert (policy.bounces, policy.trusted) == ("rimbalzi@ditta.example", ("nagios@ditta.example",))
    assert (policy.authserv_id, policy.pec_providers) == ("mx.ditta.example", ("gestore.example",))
    assert settings.mail.transport == "smtp" and settings.mail.sendmail == "/usr/bin/msmtp"
    assert settings.mail.templates == ""
    assert settings.mail.smtp[:4] == ("smtp.ditta.example", 587, "starttls", "aiuto")
    assert settings.mail.smtp.password_file.endswith("/segreto")
    assert policy.calendar.hours == ((510, 750), (840, 1440))
    assert (policy.calendar.days, policy.calendar.patron) == (frozenset({0, 5}), None)
    assert policy.response == (960, 30, 120)
    assert settings.limits == (10, 64, 100, 20)
    (rule,) = policy.rules
    hit = check(rule, view("La vpn non va", "", (), (), ()))
    assert hit is not None and (hit.matched, hit.effect) == ("vpn", "tag=vpn")


WRONG = [
    ('langage = "it"', "langage", "did you mean language"),
    ('[desk]\nnome = "x"', "desk.nome", "did you mean desk.name"),
    ("[desk]\nzzz = 1", "desk.zzz", "allowed here are name, intake"),
    ("[Desk]", "Desk", "did you mean desk"),
    ('[mail.smtp]\nhostt = "x"', "mail.smtp.hostt", "mail.smtp.host"),
    ("[times.respond]\nnormal = 3", "times.respond.normal", "times.respond.normale"),
    ('language = "de"', "language", "it, en"),
    ("language = 1", "language", "it, en"),
    ('timezone = "Europa/Roma"', "timezone", "Europe/Rome"),
    ('timezone = "../etc/passwd"', "timezone", "Europe/Rome"),
    ('maildir = "x"', "maildir", "[maildir]"),
    ("[maildir]\npath = 3", "maildir.path", "text in quotes"),
    ('[maildir]\npath = ""', "maildir.path", "must not be empty"),
    ('[desk]\nintake = "a@b.example"', "desk.intake", "list of texts"),
    ("[desk]\nintake = []", "desk.intake", "must not be empty"),
    ('[desk]\nintake = ["a"]', "desk.intake", "mail address"),
    ('[desk]\nintake = ["a@b.example, c@d.example"]', "desk.intake", "mail address"),
    ('[desk]\nintake = ["Nome <a@b.example>"]', "desk.intake", "mail address"),
    ('[desk]\nstaff = ["projectpp.it"]', "desk.staff", "*@ditta.it"),
    ('[desk]\nname = "a\\nb"', "desk.name", "on one line"),
    ('[technicians.rossi]\nname = "x"', "technicians.rossi.address", "is missing"),
    ('[technicians]\nrossi = "x"', "technicians.rossi", "section"),
    ('[technicians.r]\nname="x"\naddress="a@b.example"\nsectors=["altro"]', "technicians.r.sectors", "gestionale, tecnico"),
    ('[sectors.a]\nname="A"\naddress="a@b.example"\n[sectors.b]\nname="B"\naddress="b@b.example"', "sectors", "default = true"),
    ('[sectors.a]\nname="A"\naddress="a@b.example"\ndefault=true\n[sectors.b]\nname="B"\naddress="b@b.example"\ndefault=true', "sectors", "exactly one"),
    ('[sectors.a]\nname="A"\naddress="a@b.example"\ndefault="yes"', "sectors.a.default", "true or false"),
    ('[sectors.a]\nname="A"\naddress="nuovocaso@projectpp.it"', "sectors.a.address", "already"),
    ('[sectors.a]\nname="A"\naddress="x@b.example"\ndefault=true\n[sectors.b]\nname="B"\naddress="X@b.example"', "sectors.b.address", "already"),
    ('[sectors."Gestionale Nord"]\nname="A"\naddress="a@b.example"', "sectors.Gestionale Nord", "a-z"),
    ('rules = "x"', "rules", "[[rules]]"),
    ('[[rules]]\nin=["subject"]\ncontains=["x"]\ntag="t"', "rules[1].name", "is missing"),
    ('[[rules]]\nname="a"\ncontains=["x"]\ntag="t"', "rules[1].in", "is missing"),
    ('[[rules]]\nname="a"\nin=["oggetto"]\ncontains=["x"]\ntag="t"', "rules[1].in", "subject, body"),
    ('[[rules]]\nname="a"\nin=["subject"]\ntag="t"', "rules[1]", "exactly one of contains, word, regex"),
    ('[[rules]]\nname="a"\nin=["subject"]\ncontains=["x"]\nword=["y"]\ntag="t"', "rules[1]", "exactly one of contains"),
    ('[[rules]]\nname="a"\nin=["subject"]\ncontains=["x"]', "rules[1]", "exactly one of sector"),
    ('[[rules]]\nname="a"\nin=["subject"]\ncontains=["x"]\ntag="t"\nurgency="critico"', "rules[1]", "exactly one of sector"),
    ('[[rules]]\nname="a"\nin=["subject"]\ncontains=[]\ntag="t"', "rules[1].contains", "must not be empty"),
    ('[[rules]]\nname="a"\nin=["subject"]\ncontains=[""]\ntag="t"', "rules[1].contains", "must not be empty"),
    ('[[rules]]\nname="a"\nin=["subject"]\ncontains=["x"]\nsector="rete"', "rules[1].sector", "gestionale, tecnico"),
    ('[[rules]]\nname="a"\nin=["subject"]\ncontains=["x"]\nurgency="normale"', "rules[1].urgency", "urgente, critico"),
    ('[[rules]]\nname="a"\nin=["subject"]\ncontains=["x"]\ncommand="chiudi"', "rules[1].command", "close, reopen"),
    ('[[rules]]\nname="a"\nin=["subject"]\nregex=["("]\ntag="t"', "rules[1].regex", "RE2"),
    ('[[rules]]\nname="a"\nin=["subject"]\nregex=["(?=x)"]\ntag="t"', "rules[1].regex", "RE2"),
    ('[[rules]]\nname="a"\nin=["subject"]\ncontains=["x"]\ntag="t"\n[[rules]]\nname="a"\nin=["subject"]\ncontains=["x"]\ntag="t"', "rules[2].name", "two rules"),
    ('[mail]\ntransport = "postfix"', "mail.transport", "sendmail, smtp, none"),
    ('[mail]\nbounces = "x"', "mail.bounces", "mail address"),
    ("[mail]\nsmtp = 25", "mail.smtp", "section"),
    ('[mail.smtp]\nport = "25"', "mail.smtp.port", "from 1 to 65535"),
    ("[mail.smtp]\nport = 70000", "mail.smtp.port", "from 1 to 65535"),
    ("[mail.smtp]\nport = true", "mail.smtp.port", "from 1 to 65535"),
    ('[mail.smtp]\nsecurity = "ssl"', "mail.smtp.security", "none, starttls, tls"),
    ('[times]\nhours = ["9-13"]', "times.hours", "09:00-13:00"),
    ('[times]\nhours = ["13:00-09:00"]', "times.hours", "09:00-13:00"),
    ('[times]\nhours = ["09:00-25:00"]', "times.hours", "09:00-13:00"),
    ('[times]\nhours = ["09:70-10:00"]', "times.hours", "09:00-13:00"),
    ('[times]\nhours = ["09:00-13:00", "12:00-18:00"]', "times.hours", "must not overlap"),
    ("[times]\nhours = []", "times.hours", "must not be empty"),
    ('[times]\ndays = ["lun"]', "times.days", "mon, tue"),
    ("[times]\ndays = []", "times.days", "must not be empty"),
    ('[times]\npatron = "7 dicembre"', "times.patron", "MM-DD"),
    ('[times]\npatron = "02-30"', "times.patron", "MM-DD"),
    ("[times]\nrespond = 8", "times.respond", "section"),
    ("[times]\nrespond = { normale = 0 }", "times.respond.normale", "above 0"),
    ('[times]\nrespond = { normale = "8" }', "times.respond.normale", "above 0"),
    ("[times]\nrespond = { normale = nan }", "times.respond.normale", "above 0"),
    ("[personal]\nreply = true", "personal.reply", "not possible in this version yet"),
    ('[personal]\nreply = "no"', "personal.reply", "true or false"),
    ('[automatic]\ntrust = ["*"]', "automatic.trust", "mail address"),
    ('[pec]\nproviders = ["@gestore.example"]', "pec.providers", "mail domains"),
    ("[limits]\nmail_mb = 0", "limits.mail_mb", "from 1 to 1000"),
    ("[limits]\nmail_mb = 1.5", "limits.mail_mb", "from 1 to 1000"),
    ("[limits]\nnesting = 100000", "limits.nesting", "from 1 to 500"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "said"), WRONG, ids=[key for _, key, _ in WRONG])
def test_what_is_wrong_is_said_with_file_key_and_what_is_allowed(
    load: Any, tmp_path: Path, text: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as told:
        load(text)
    sentence = str(told.value)
    assert sentence.startswith(f"{tmp_path}/config.toml: ")
    assert key in sentence and said in sentence
    assert "\n" not in sentence


def test_what_is_no_toml_is_said_with_its_line(load: Any) -> None:
    with pytest.raises(ConfigurationError, match="line 2"):
        load('language = "it"\n[desk\n')


def test_what_is_no_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_bytes(b'[desk]\nname = "Assistenza \xe0"\n')
    with pytest.raises(ConfigurationError, match="UTF-8"):
        config.load(str(tmp_path / "c.toml"))


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nulla\.toml"):
        config.load(config.locate(str(tmp_path / "nulla.toml"), {}))
    with pytest.raises(ConfigurationError):
        config.load(str(tmp_path))


def test_the_first_place_that_has_one_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config.locate("a.toml", {"HELPDESKCTL_CONFIG": "b.toml"}) == "a.toml"
    assert config.locate(None, {"HELPDESKCTL_CONFIG": "b.toml"}) == "b.toml"
    own = tmp_path / ".config/helpdeskctl/config.toml"
    assert config.locate(None, {}) != str(own)
    own.parent.mkdir(parents=True)
    own.write_text("")
    assert config.locate(None, {"HELPDESKCTL_CONFIG": ""}) == str(own)
    assert config.usual({}) == str(own)
    assert config.locate("~/x.toml", {}) == str(tmp_path / "x.toml")


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_example_is_the_defaults_and_names_every_key(load: Any, language: str) -> None:
    text = config.example({"language": language})
    settings, plain = load(text), load(f'language = "{language}"')
    assert settings.policy == plain.policy
    assert (settings.mail, settings.limits) == (plain.mail, plain.limits)
    for key in schema.all_keys():
        assert re.search(
            rf"(?m)^[# ]*{key.rpartition('.')[2]} = |[{{,] *{key.rpartition('.')[2]} = ", text
        ) or (
            key in {"rules.word", "rules.regex", "rules.urgency", "rules.command", "rules.tag"}
            and key.rpartition(".")[2] in text
        ), key


@pytest.mark.parametrize("awkward", ['Ditta "Uno"', "back\\slash", "Società \U0001f600", "tab\there"])
def test_what_was_answered_stands_in_the_example(load: Any, awkward: str) -> None:
    answers = {
        "name": awkward,
        "intake": "aiuto@ditta.example",
        "maildir": "/srv/posta",
        "store": "/srv/c",
        "transport": "none",
    }
    text = config.example(answers)
    if "\t" in awkward:
        with pytest.raises(ConfigurationError):
            load(text)
        return
    settings = load(text)
    assert settings.policy.desk.name == awkward
    assert settings.policy.desk.intake == ("aiuto@ditta.example",)
    assert (settings.maildir, settings.store, settings.mail.transport) == ("/srv/posta", "/srv/c", "none")


def test_published_rules_hold_until_the_firm_writes_its_own(load: Any) -> None:
    assert [r.name for r in load("").policy.rules] == ["mago", "urgente", "critico", "riaprire", "chiudere"]
    own = load(
        '[[rules]]\nname="x"\nin=["body"]\nword=["sql"]\nurgency="critico"\nunless=["no sql"]'
    ).policy.rules
    assert [(r.name, r.kind, r.urgency, r.unless) for r in own] == [
        ("x", "word", Urgency.critico, ("no sql",))
    ]


def test_a_published_rule_whose_sector_is_not_there_is_left_out(load: Any) -> None:
    rules = load('[sectors.rete]\nname="Rete"\naddress="rete@ditta.example"').policy.rules
    assert [r.name for r in rules] == ["urgente", "critico", "riaprire", "chiudere"]


def test_every_key_stands_in_the_documentation() -> None:
    text = DOCS.read_text()
    assert [key for key in schema.all_keys() if f"`{key}`" not in text] == []
