"""Which mail programs are tried, in which order, and what each is told."""

from datetime import datetime
from urllib.parse import unquote

import pytest

from helpdeskctl.tray.draft import Draft, draft
from helpdeskctl.tray.settings import PROGRAMS, Settings
from helpdeskctl.tray.ways import Kept, Open, Programs, Run, Way, ways

SETTINGS = Settings(contract="AB/12")
WITH = draft(SETTINGS, b"PNG", datetime(2026, 11, 24, 15, 3))  # noqa: DTZ001
WITHOUT = WITH._replace(picture=None, picture_name="")
KEPT = Kept("/home/anna/.cache/d/segnalazione.eml", "/home/anna/.cache/d, l'altra/schermata.png")
EVERYTHING = {
    "xdg-email": "/usr/bin/xdg-email",
    "thunderbird": "/usr/bin/thunderbird",
    "outlook": "C:\\outlook.exe",
}
DEBIAN = Programs(False, "", "", {"xdg-email": "/usr/bin/xdg-email", "thunderbird": "/usr/bin/thunderbird"})
WINDOWS = Programs(True, "", "", {"outlook": "C:\\outlook.exe", "thunderbird": "C:\\thunderbird.exe"})


def _names(programs: Programs, asked: str = "auto", made: Draft = WITH, kept: Kept = KEPT) -> list[str]:
    return [way.name for way in ways(programs, made, kept, "it", asked)]


def _way(name: str, programs: Programs, made: Draft = WITH, kept: Kept = KEPT) -> Way:
    return next(way for way in ways(programs, made, kept, "it", name) if way.name == name)


def _argv(name: str, programs: Programs, made: Draft = WITH, kept: Kept = KEPT) -> tuple[str, ...]:
    (step,) = _way(name, programs, made, kept).steps
    assert isinstance(step, Run)
    return step.argv


@pytest.mark.parametrize(
    ("programs", "order"),
    [
        (DEBIAN, ["xdg-email", "thunderbird", "mailto"]),
        (DEBIAN._replace(for_mail="org.mozilla.thunderbird.desktop"), ["thunderbird", "xdg-email", "mailto"]),
        (DEBIAN._replace(found={}), ["mailto"]),
        (WINDOWS, ["outlook", "thunderbird", "mailto"]),
        (WINDOWS._replace(for_mail="outlook.url.mailto.15"), ["outlook", "thunderbird", "mailto"]),
        (WINDOWS._replace(for_eml="outlook.file.eml.15"), ["eml", "outlook", "thunderbird", "mailto"]),
        (WINDOWS._replace(for_mail="thunderbirdurl.mailto"), ["thunderbird", "outlook", "mailto"]),
        (WINDOWS._replace(for_mail="appx1234"), ["mailto"]),
    ],
)
def test_the_program_that_the_person_writes_with_comes_first(programs: Programs, order: list[str]) -> None:
    assert _names(programs) == order


@pytest.mark.parametrize("asked", [name for name in PROGRAMS if name != "auto"])
def test_a_way_that_is_asked_for_leads_and_the_others_follow(asked: str) -> None:
    everything = Programs(True, "", "", EVERYTHING)
    order = _names(everything, asked)
    assert order[0] == asked
    assert sorted(order) == sorted({asked, *_names(everything)})


def test_a_program_that_is_not_there_is_not_tried_though_it_is_asked_for() -> None:
    assert _names(DEBIAN, "outlook") == ["xdg-email", "thunderbird", "mailto"]


def test_a_draft_is_opened_as_a_file() -> None:
    assert _way("eml", DEBIAN).steps == (Open(KEPT.eml),)


def test_xdg_email_gets_text_and_picture_and_the_address_last() -> None:
    argv = _argv("xdg-email", DEBIAN)
    assert argv == ("/usr/bin/xdg-email", "--utf8", "--body", WITH.text, "--attach", KEPT.picture, WITH.to)
    assert "--attach" not in _argv("xdg-email", DEBIAN, WITHOUT, KEPT._replace(picture=""))


def test_thunderbirds_fields_end_only_where_they_should() -> None:
    awkward = WITH._replace(text="Qual e' l'errore?\nA, B\n")
    path, option, fields = _argv("thunderbird", DEBIAN, awkward)
    assert (path, option) == ("/usr/bin/thunderbird", "-compose")
    assert fields == (
        "to='nuovocaso@projectpp.it',body='Qual e\u2019 l\u2019errore?\nA, B',format='2',"
        "attachment='file:///home/anna/.cache/d%2C%20l%27altra/schermata.png'"
    )
    assert "attachment" not in _argv("thunderbird", DEBIAN, WITHOUT, KEPT._replace(picture=""))[2]


def test_a_path_of_windows_becomes_a_link() -> None:
    kept = Kept("C:\\d\\segnalazione.eml", "C:\\Users\\Anna Verdi\\schermata.png")
    fields = _argv("thunderbird", WINDOWS, WITH, kept)[2]
    assert fields.endswith("attachment='file:///C:/Users/Anna%20Verdi/schermata.png'")


def test_outlook_gets_address_text_and_file_by_its_own_options() -> None:
    argv = _argv("outlook", WINDOWS)
    assert argv[:4] == ("C:\\outlook.exe", "/c", "ipm.note", "/m")
    to, _and, body = argv[4].partition("&body=")
    assert (to, unquote(body)) == (WITH.to, WITH.text.replace("\n", "\r\n"))
    assert argv[5:] == ("/a", KEPT.picture)
    assert len(_argv("outlook", WINDOWS, WITHOUT, KEPT._replace(picture=""))) == 5


def test_a_link_opens_the_folder_beside_it_where_there_is_a_picture() -> None:
    link, folder = _way("mailto", DEBIAN).steps
    assert isinstance(link, Open)
    assert link.target.startswith("mailto:nuovocaso@projectpp.it?body=")
    assert folder == Open("/home/anna/.cache/d, l'altra")
    assert _way("mailto", WINDOWS).steps[1] == Run(("explorer.exe", f"/select,{KEPT.picture}"))
    assert len(_way("mailto", DEBIAN, WITHOUT, KEPT._replace(picture="")).steps) == 1
