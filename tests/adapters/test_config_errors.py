"""A configuration written by somebody who guesses: every mistake is told with where, what and what else."""

from pathlib import Path

import pytest

from helpdeskctl.adapters import config
from helpdeskctl.domain.errors import ConfigurationError

SECTOR = '[sectors.rete]\naddress = "rete@rossi.example"\n'

WRONG = [
    # Names that are none.
    ('langage = "it"', "langage is no key that helpdeskctl knows: did you mean language?"),
    ('Language = "it"', "did you mean language?"),
    ('lingua = "it"', "did you mean language?"),
    (
        'qq = "it"',
        "qq is no key that helpdeskctl knows: allowed here are language, timezone, maildir, store, desk",
    ),
    ("[maildirs]", "maildirs is no key that helpdeskctl knows: did you mean maildir?"),
    ("[smtp]\nport = 25", "smtp is no key that helpdeskctl knows: did you mean mail.smtp?"),
    ("[technician.rossi]", "did you mean technicians?"),
    ("[[rule]]", "did you mean rules?"),
    ('[mail]\nhost = "x"', "mail.host is no key that helpdeskctl knows: did you mean mail.smtp.host?"),
    ("[mail]\nport = 25", "did you mean mail.smtp.port?"),
    ('[mail]\ntransports = "smtp"', "did you mean mail.transport?"),
    ("[times]\nurgente = 4", "did you mean times.respond.urgente?"),
    ('[limits]\nlanguage = "en"', "limits.language is no key that helpdeskctl knows: did you mean language?"),
    ("[limits]\nmail_mbs = 4", "did you mean limits.mail_mb?"),
    ('[limits]\n"a b\\u001b[2J" = 4', 'limits."a b\\u001b[2J" is no key'),
    ('[personal]\nqqqq = "x"', "personal.qqqq is no key that helpdeskctl knows: allowed here are reply."),
    ('[desk]\naddresses = ["x@y.example"]', "desk.addresses is no key that helpdeskctl knows: did you mean"),
    # Types are strict.
    ("language = true", "language must be one of it, en, not true."),
    ('language = "fr"', 'language must be one of it, en, not "fr".'),
    ('language = ["it"]', 'language must be one of it, en, not ["it"].'),
    ('timezone = "Rome"', 'timezone must be a time zone such as Europe/Rome, not "Rome".'),
    ('timezone = "Europe"', "timezone must be a time zone such as Europe/Rome"),
    ('timezone = "../../etc/passwd"', "timezone must be a time zone such as Europe/Rome"),
    ('timezone = ""', "timezone must not be empty."),
    ("timezone = 1", "timezone must be a text in quotes on one line, not 1."),
    ('desk = "Rossi"', 'desk must be a section, [desk], not "Rossi".'),
    ("mail = 3", "mail must be a section, [mail], not 3."),
    ("[times]\nrespond = 8", "times.respond must be a section, [times.respond], not 8."),
    ('[desk]\nname = "a\\nb"', "desk.name must be a text in quotes on one line"),
    ('[desk]\nname = "  "', "desk.name must not be empty."),
    ("[desk]\nintake = []", "desk.intake must not be empty."),
    (
        '[desk]\nintake = "a@rossi.example"',
        'desk.intake must be a list of texts, such as ["a", "b"], not "a@',
    ),
    ('[desk]\nintake = ["a@rossi.example, b@rossi.example"]', "desk.intake must be one mail address such as"),
    ('[desk]\nintake = ["Rossi <a@rossi.example>"]', "desk.intake must be one mail address such as"),
    (
        '[desk]\nintake = ["rossi.example"]',
        'one mail address such as nome@ditta.example, not "rossi.example"',
    ),
    ('[desk]\nintake = ["-x@rossi.example"]', "desk.intake must be one mail address such as"),
    ('[desk]\nintake = ["a..b@rossi.example"]', "desk.intake must be one mail address such as"),
    ('[desk]\nintake = ["a@rossi..example"]', "desk.intake must be one mail address such as"),
    (f'[desk]\nintake = ["{"a" * 65}@rossi.example"]', "desk.intake must be one mail address such as"),
    ("[desk]\nintake = [1]", "desk.intake must be one mail address such as nome@ditta.example, not 1."),
    ('[desk]\nintake = ["a@b.example", "A@b.example"]', 'desk.intake names "A@b.example" twice.'),
    (
        '[desk]\nstaff = ["rossi.example"]',
        "desk.staff must be an address or a pattern such as *@ditta.example",
    ),
    ('[desk]\nstaff = ["*"]', "desk.staff must be an address or a pattern"),
    ('[desk]\nstaff = ["*@*"]', "desk.staff must be an address or a pattern"),
    ('[desk]\nstaff = ["*@[a-z].example"]', "desk.staff must be an address or a pattern"),
    ("[desk]\nstaff = [7]", "desk.staff must be an address or a pattern such as *@ditta.example, not 7."),
    # Mail.
    ('[mail]\ntransport = "smpt"', 'mail.transport must be one of sendmail, smtp, none, not "smpt".'),
    ('[mail]\nsendmail = "msmtp"', "mail.sendmail must be the whole path of a program, without options"),
    ('[mail]\nsendmail = "/usr/sbin/sendmail -t"', 'without options, not "/usr/sbin/sendmail -t".'),
    ("[mail]\nsendmail = false", "mail.sendmail must be the whole path of a program"),
    (
        '[mail]\nbounces = "rimbalzi"',
        'mail.bounces must be one mail address such as nome@ditta.example, not "r',
    ),
    ('[mail]\nbounces = "nuovocaso@projectpp.it"', "is an address of the desk already: each needs its own."),
    ('[mail]\ntemplates = ["a"]', "mail.templates must be the path of a file or directory, in quotes."),
    ('[mail.smtp]\nhost = "mail.rossi.example:587"', "mail.smtp.host must be a server"),
    ('[mail.smtp]\nhost = "smtp://mail.rossi.example"', "mail.smtp.host must be a server"),
    ('[mail.smtp]\nport = "587"', 'mail.smtp.port must be a whole number from 1 to 65535, not "587".'),
    ("[mail.smtp]\nport = 0", "mail.smtp.port must be a whole number from 1 to 65535, not 0."),
    ("[mail.smtp]\nport = 587.0", "mail.smtp.port must be a whole number from 1 to 65535, not 587.0."),
    ('[mail.smtp]\nsecurity = "ssl"', 'mail.smtp.security must be one of none, starttls, tls, not "ssl".'),
    ('[mail.smtp]\nusername = "desk"', "mail.smtp.password_file is missing."),
    ('[mail.smtp]\npassword_file = "password"', "mail.smtp.username is missing."),
    # Times.
    (
        '[times]\nhours = "09:00-18:00"',
        'times.hours must be a list of texts, such as ["a", "b"], not "09:00-',
    ),
    ('[minimum]\nvague_words = "aiuto"', "minimum.vague_words must be a list of texts"),
    ('[minimum]\nvague_words = ["boh", "boh"]', 'minimum.vague_words names "boh" twice.'),
    ('[minimum]\nvague_words = [""]', "minimum.vague_words must not be empty."),
    ("[minimum]\ntext_words = -1", "minimum.text_words must be a whole number from 0 to 1000, not -1."),
    ("[times]\nhours = []", "times.hours must not be empty."),
    ('[times]\nhours = ["9-18"]', 'times.hours must be spans such as 09:00-13:00, not "9-18".'),
    ('[times]\nhours = ["18:00-09:00"]', "times.hours must be spans such as 09:00-13:00"),
    ('[times]\nhours = ["09:00-24:01"]', "times.hours must be spans such as 09:00-13:00"),
    ('[times]\nhours = ["09:60-10:00"]', "times.hours must be spans such as 09:00-13:00"),
    ("[times]\nhours = [09:00:00]", "times.hours must be spans such as 09:00-13:00"),
    ('[times]\nhours = ["14:00-18:00", "09:00-13:00"]', "times.hours must be in order and must not overlap"),
    ('[times]\nhours = ["09:00-13:00", "12:59-18:00"]', "times.hours must be in order and must not overlap"),
    ('[times]\ndays = ["lun"]', 'times.days must be one of mon, tue, wed, thu, fri, sat, sun, not "lun".'),
    ('[times]\ndays = ["mon", "mon"]', 'times.days names "mon" twice.'),
    ("[times]\ndays = []", "times.days must not be empty."),
    ("[times]\ndays = [1]", "times.days must be one of mon"),
    ('[times]\npatron = "02-30"', 'times.patron must be a day as MM-DD, such as 12-07, not "02-30".'),
    ('[times]\npatron = "7-12"', "times.patron must be a day as MM-DD"),
    ('[times]\npatron = "25-12"', "times.patron must be a day as MM-DD"),
    ("[times]\npatron = 2026-12-07", 'times.patron must be a day as MM-DD, such as 12-07, not "2026-12-07".'),
    ("[times]\nrespond = { normale = 0 }", "times.respond.normale must be a number of hours above 0"),
    ("[times]\nrespond = { normale = -1 }", "times.respond.normale must be a number of hours above 0"),
    ("[times]\nrespond = { urgente = nan }", "times.respond.urgente must be a number of hours above 0"),
    ("[times]\nrespond = { urgente = inf }", "times.respond.urgente must be a number of hours above 0"),
    ("[times]\nrespond = { critico = true }", "such as 4 or 0.5, not true."),
    ('[times]\nrespond = { critico = "2h" }', 'such as 4 or 0.5, not "2h".'),
    ("[times]\nrespond = { alta = 2 }", "times.respond.alta is no key"),
    # The rest.
    (
        "[personal]\nreply = 1",
        "personal.reply must be true or false, without quotes, not 1.",
    ),
    ('[personal]\nreply = "no"', 'personal.reply must be true or false, without quotes, not "no".'),
    ("[personal]\nreply = 0", "personal.reply must be true or false, without quotes, not 0."),
    ('[automatic]\ntrust = ["*@rossi.example, x"]', "automatic.trust must be one mail address"),
    ('[security]\nauthserv_id = "a b"', "security.authserv_id must be a server"),
    ('[pec]\nproviders = ["@pec.example"]', "pec.providers must be mail domains such as ditta.example"),
    ("[pec]\nproviders = [true]", "pec.providers must be mail domains such as ditta.example, not true."),
    ("[limits]\nmail_mb = 0", "limits.mail_mb must be a whole number from 1 to 1000, not 0."),
    ("[limits]\nparts = true", "limits.parts must be a whole number from 1 to 10000, not true."),
    ("[limits]\nheader_kb = 9999999", "limits.header_kb must be a whole number from 1 to 1024"),
    ("[limits]\nnesting = 0.5", "limits.nesting must be a whole number from 1 to 200, not 0.5."),
    ('[maildir]\npath = ""', "maildir.path must be the path of a file or directory, in quotes."),
    ('[maildir]\npath = "a\\u0000b"', "maildir.path must be the path of a file or directory"),
    (
        '[store]\npath = "~nobody-of-that-name/x"',
        "store.path begins with ~, but there is no such home directory",
    ),
    # Sectors and technicians.
    ("sectors = 1", "sectors must be a section, [sectors], not 1."),
    ("sectors = {}", "exactly one of [sectors] must have default = true."),
    ("[sectors]\nrete = 1", "sectors.rete must be a section, [sectors.rete], not 1."),
    ("[sectors.rete]", "sectors.rete.address is missing."),
    (SECTOR + SECTOR.replace("rete", "pc"), "exactly one of [sectors] must have default = true."),
    (
        f"{SECTOR}default = true\n" + SECTOR.replace("rete", "pc") + "default = true",
        "exactly one of [sectors] must have default = true.",
    ),
    (
        SECTOR.replace("[sectors.rete]", '[sectors."Re te"]'),
        'sectors."Re te" must be named with a-z, 0-9, - and _',
    ),
    (SECTOR.replace("[sectors.rete]", "[sectors.Rete]"), "sectors.Rete must be named with a-z"),
    (f'{SECTOR}default = "yes"', "sectors.rete.default must be true or false"),
    (f'{SECTOR}notify = "a@rossi.example"', "sectors.rete.notify must be a list"),
    (
        f'{SECTOR}nome = "Rete"',
        "sectors.rete.nome is no key that helpdeskctl knows: did you mean sectors.rete.name?",
    ),
    (
        f'{SECTOR}default = true\n[sectors.pc]\naddress = "RETE@rossi.example"',
        'sectors.pc.address = "rete@rossi.example" is an address of the desk already',
    ),
    (
        f'{SECTOR}[desk]\nintake = ["rete@rossi.example"]',
        'sectors.rete.address = "rete@rossi.example" is an address of the desk already',
    ),
    ("[technicians.rossi]", "technicians.rossi.address is missing."),
    ("[technicians]\nrossi = 1", "technicians.rossi must be a section, [technicians.rossi], not 1."),
    (
        '[technicians.mario.rossi]\naddress = "m@rossi.example"',
        'technicians.mario.rossi must be in quotes, because of the dot in it: [technicians."mario.rossi"].',
    ),
    (
        '[technicians.rossi]\naddress = "m@rossi.example"\nsectors = ["vendite"]',
        'technicians.rossi.sectors must be one of gestionale, tecnico, not "vendite".',
    ),
    # No TOML at all.
    ("language = it", "is not valid TOML: Invalid value (at line 1, column 12)."),
    ("\n\n[mail", "is not valid TOML: "),
    ('language = "it"\nlanguage = "en"', "is not valid TOML: Cannot overwrite a value"),
    ("[times]\npatron = 12-07", "(at line 2, column 12)."),
    (f"[limits]\nparts = {'9' * 5000}", "is not valid TOML: "),
    (f"language = {'[' * 20_000}", "is not valid TOML: "),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def said(path: Path, content: str | bytes) -> str:
    """The sentence with which that configuration is refused."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigurationError) as refused:
        config.load(str(path))
    return str(refused.value)


@pytest.mark.parametrize(("content", "expected"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_told_with_its_place_and_what_is_allowed(
    path: Path, content: str, expected: str
) -> None:
    told = said(path, content)
    assert expected in told
    assert str(path) in told


def test_there_are_many_ways_to_guess_wrong() -> None:
    assert len({content for content, _ in WRONG}) == len(WRONG) > 60


@pytest.mark.parametrize(("content", "_expected"), WRONG, ids=range(len(WRONG)))
def test_one_mistake_is_one_error_in_one_line(path: Path, content: str, _expected: str) -> None:
    told = said(path, content)
    assert not told.startswith("Two errors")
    assert told.isprintable()
    assert told.endswith((".", "?"))


def test_two_mistakes_are_told_at_once(path: Path) -> None:
    told = said(path, 'language = "fr"\n[mail.smtp]\nport = 0')
    assert told == (
        f'Two errors. {path}: language must be one of it, en, not "fr". '
        f"{path}: mail.smtp.port must be a whole number from 1 to 65535, not 0."
    )


def test_of_many_mistakes_the_first_three_are_told_and_how_many_there_are(path: Path) -> None:
    told = said(path, "language = 1\ntimezone = 2\nfuso = 3\n[limits]\nparts = 0\nnesting = 0")
    assert told.startswith(f"5 errors, these first. {path}: fuso is no key")
    assert told.count(str(path)) == 3


def test_what_keys_say_of_one_another_is_told_at_once_as_well(path: Path) -> None:
    rule = '[[rules]]\nname = "a"\nin = ["subject"]\nword = "a"\nsector = "gestionale"\n'
    told = said(path, f'{SECTOR}{rule}[mail.smtp]\nusername = "desk"')
    assert told.startswith("Two errors. ")
    assert "password_file is missing" in told
    assert "sector must be one of rete" in told


@pytest.mark.parametrize(
    "content",
    [
        '[mail.smtp]\npassword = "segreto"',
        "[mail.smtp]\npassword_file = 53637237",
        '[mail]\npasswd = "segreto"',
    ],
)
def test_a_password_in_the_wrong_place_is_not_printed(path: Path, content: str) -> None:
    told = said(path, content)
    assert "segreto" not in told
    assert "53637237" not in told


def test_a_long_value_is_cut_and_control_characters_are_not_shown(path: Path) -> None:
    told = said(path, f'[mail]\ntransport = "\u202e\u009b{"x" * 500}"')
    assert told.isprintable()
    assert len(told) < len(str(path)) + 200
    assert "…" in told


def test_a_file_that_is_not_utf_8_is_told_so(path: Path) -> None:
    told = said(path, '[desk]\nname = "Perché"'.encode("cp1252"))
    assert told == f"{path} is not UTF-8 (byte 20): save it as UTF-8."


def test_a_file_with_a_byte_order_mark_and_crlf_is_read(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbflanguage = "en"\r\n[desk]\r\nname = "Rossi"\r\n')
    settings = config.load(str(path))
    assert (settings.policy.language, settings.policy.desk.name) == ("en", "Rossi")


def test_a_directory_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be read \(Is a directory\)"):
        config.load(str(tmp_path))
