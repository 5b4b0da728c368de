"""The settings: two files over each other, what each key may be, and where the files lie."""

import pytest

from helpdeskctl.tray.errors import CONFIGURATION, TrayError
from helpdeskctl.tray.settings import Places, Settings, check, places, settings, written

WHOLE = """\
language = "en"
to = "supporto.tecnico@projectpp.it"
contract = "AB/2026-7"
picture = "all"
longest_side = 1600
program = "mailto"
keep_hours = 2
"""


def _wrong(text: str) -> str:
    with pytest.raises(TrayError) as caught:
        settings((("/etc/tray.toml", text),), "it")
    assert caught.value.code == CONFIGURATION
    return caught.value.told("en")


def test_without_a_file_the_intake_address_is_written_to() -> None:
    assert settings((), "it") == Settings()
    assert Settings().to == "nuovocaso@projectpp.it"
    assert settings((), "en").language == "en"


def test_every_key_is_read() -> None:
    found = settings((("p", WHOLE),), "it")
    assert found == Settings("en", "supporto.tecnico@projectpp.it", "AB/2026-7", "all", 1600, "mailto", 2)


def test_the_persons_file_counts_over_the_administrators_key_by_key() -> None:
    found = settings((("a", 'contract = "1"\npicture = "all"\n'), ("p", 'contract = "2"\n')), "it")
    assert (found.contract, found.picture) == ("2", "all")


def test_a_byte_order_mark_of_notepads_is_no_error() -> None:
    assert settings((("p", '\ufeffcontract = "7"\r\n'),), "it").contract == "7"


def test_what_is_written_is_only_what_differs_and_is_read_back_the_same() -> None:
    wanted = Settings(contract="AB/12", program="eml", keep_hours=48)
    inherited = Settings(program="eml", longest_side=1000)
    text = written(wanted, inherited)
    assert "program" not in text
    assert settings((("a", 'program = "eml"\nlongest_side = 1000\n'), ("p", text)), "it") == wanted


@pytest.mark.parametrize(
    "value",
    [
        '""',
        '"nuovocaso"',
        '"a@b c"',
        '"a@b.example, c@d.example"',
        '"a@b.example?subject=x"',
        '"a@b.example\'"',
        '"a@b.example\\r\\nBcc: c@d.example"',
        '"-a@b.example"',
        '"a@b.example\\n"',
        "7",
        "[]",
    ],
)
def test_what_is_no_plain_address_never_reaches_a_command_line(value: str) -> None:
    assert "allowed is an address like nuovocaso@projectpp.it" in _wrong(f"to = {value}")


@pytest.mark.parametrize("number", ["AB/12", "2026.17_B-3", "7", "", "A" * 40])
def test_a_contract_number_is_what_the_page_publishes(number: str) -> None:
    assert settings((("p", f'contract = "{number}"'),), "it").contract == number


@pytest.mark.parametrize("number", ["AB 12", "AB.", "-7", "A" * 41, "7\\n", "è7", "a'b"])
def test_another_contract_number_is_refused(number: str) -> None:
    assert "allowed is nothing, or letters and digits" in _wrong(f'contract = "{number}"')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("keep_hours = 0", "allowed is a whole number from 1 to 168"),
        ("keep_hours = true", "keep_hours = True will not do"),
        ("keep_hours = 1.5", "keep_hours = 1.5 will not do"),
        ("longest_side = 100", "allowed is a whole number from 640 to 16384"),
        ('picture = "window"', "allowed is one of pointer, all"),
        ('language = "de"', "allowed is one of it, en"),
        ('program = "mutt"', "allowed is one of auto, eml, xdg-email, thunderbird, outlook, mailto"),
        ("program = []", "program = [] will not do"),
        ('contratto = "7"', "there is no key contratto; the keys are language, to, contract"),
        ("[mail]\nto = 1", "there is no key mail"),
        ("to = \n", "/etc/tray.toml is no valid TOML (line 1)"),
        ('to = """', "/etc/tray.toml is no valid TOML (at its end)"),
    ],
)
def test_a_wrong_setting_is_told_with_file_key_and_what_is_allowed(text: str, told: str) -> None:
    sentence = _wrong(text)
    assert sentence.startswith("/etc/tray.toml")
    assert told in sentence


def test_what_a_person_types_is_checked_like_a_file() -> None:
    with pytest.raises(TrayError):
        check("p", Settings(contract='7"\nto = "x')._asdict())
    check("p", Settings()._asdict())


def test_the_files_lie_where_each_system_keeps_such_files() -> None:
    assert places(False, {"HOME": "/home/anna"}) == Places(
        "/etc/helpdeskctl/tray.toml",
        "/home/anna/.config/helpdeskctl/tray.toml",
        "/home/anna/.cache/helpdeskctl-tray",
    )
    moved = places(False, {"HOME": "/home/anna", "XDG_CONFIG_HOME": "/c", "XDG_CACHE_HOME": "relative"})
    assert moved[1:] == ("/c/helpdeskctl/tray.toml", "/home/anna/.cache/helpdeskctl-tray")
    windows = {
        "USERPROFILE": "C:\\Users\\anna",
        "APPDATA": "C:\\Users\\anna\\AppData\\Roaming",
        "LOCALAPPDATA": "D:\\locale",
        "PROGRAMDATA": "C:\\ProgramData",
    }
    assert places(True, windows) == Places(
        "C:\\ProgramData\\helpdeskctl\\tray.toml",
        "C:\\Users\\anna\\AppData\\Roaming\\helpdeskctl\\tray.toml",
        "D:\\locale\\helpdeskctl\\tray",
    )
    assert places(True, {"USERPROFILE": "C:\\Users\\anna"}) == Places(
        "C:\\ProgramData\\helpdeskctl\\tray.toml",
        "C:\\Users\\anna\\AppData\\Roaming\\helpdeskctl\\tray.toml",
        "C:\\Users\\anna\\AppData\\Local\\helpdeskctl\\tray",
    )
