"""`rules publish`: the page says what is done; each of its sentences is followed by a mail."""

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.cli.conftest import Call, Desk, mail

OWN = """
[desk]
intake = ["aiuto@rossi.example", "casi@rossi.example"]
staff = ["*@rossi.example"]
[sectors.rete]
name = "Rete & <b>Internet</b>"
address = "rete_e_vpn@rossi.example"
about_it = "tutto ciò che è *rete*"
about_en = "everything | network"
default = true
[sectors.carta]
name = "Stampanti"
address = "stampanti@rossi.example"
[minimum]
vague_words = ["aiuto", "help", "problem", "problema"]
text_words = 2
[times]
hours = ["08:30-12:30"]
days = ["mon", "wed", "sat"]
respond = { normale = 16, urgente = 1.5, critico = 0.5 }
[personal]
reply = true
[limits]
mail_mb = 20
[[rules]]
name = "vip"
in = "sender"
contains = "segreto@cliente.example"
urgency = "critico"
[[rules]]
name = "toner"
in = ["subject", "body", "sender"]
word = ["toner", "inchiostro"]
sector = "carta"
[[rules]]
name = "foglio"
in = ["attachment"]
contains = ["foglio"]
unless = ["foglio di calcolo"]
sector = "carta"
[[rules]]
name = "vpn"
in = "subject"
regex = "vpn|tunnel [0-9]+"
sector = "rete"
matches = ["VPN caduta", "tunnel 12"]
[[rules]]
name = "presto"
in = ["subject", "body"]
contains = ["prima possibile", "*subito*"]
urgency = "urgente"
[[rules]]
name = "fine"
in = "subject"
word = ["finito"]
command = "close"
[[rules]]
name = "interna"
in = "subject"
contains = "parola segreta"
tag = "interna"
"""
CONFIGURATIONS = {"published": "", "own": OWN}
# Where each field's words go in a mail.
FIELDS = {
    "l'oggetto": "subject", "il testo": "body", "il nome di un allegato": "attachment",
    "the subject": "subject", "the text": "body", "the name of an attachment": "attachment",
}  # fmt: skip


class Page(NamedTuple):
    """A page as a customer reads it, and what the desk decides on a mail."""

    text: str
    decided: Callable[..., dict[str, Any]]

    def sentences(self, pattern: str) -> list[re.Match[str]]:
        return list(re.finditer(pattern, self.text, re.MULTILINE))

    def quoted(self, text: str) -> list[str]:
        return re.findall(r"[«“](.*?)[»”]", text)


@pytest.fixture(params=[(name, language) for name in CONFIGURATIONS for language in ("it", "en")], ids=str)
def page(request: pytest.FixtureRequest, call: Call, desk: Desk) -> Page:
    name, language = request.param
    if CONFIGURATIONS[name]:
        kept = desk.config.read_text().split("[technicians", 1)[0]
        out = f'[mail]\ntransport = "sendmail"\nsendmail = "{desk.home}/sendmail"\n'
        desk.config.write_text(kept + CONFIGURATIONS[name].replace("\n[[rules]]", f"\n{out}[[rules]]", 1))
    told = call("rules", "publish", "--lang", language)
    assert (told.code, told.err) == (0, "")
    # What Markdown shows of it.
    text = re.sub(r"\\(.)", r"\1", told.out)

    def decided(
        subject: str, text: str = "Da stamattina non funziona proprio nulla.", **headers: str
    ) -> dict[str, Any]:
        file = desk.home / "mail.eml"
        file.write_bytes(mail(subject, text, **({"To": intake} | headers)))
        [line] = call("classify", "--json", str(file)).out.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found

    intake = re.findall(r"<([^>]+@[^>]+)>", text)[0]
    return Page(text, decided)


def attached(name: str, text: str = "") -> dict[str, str]:
    """What makes a mail of a text and a file."""
    body = f"--x\nContent-Type: text/plain\n\n{text}\n--x\nContent-Type: image/png\nContent-Disposition: attachment;"
    body += f' filename="{name}"\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--x--\n'
    return {"text": body, "Content_Type": "multipart/mixed; boundary=x"}


def following(page: Page, where: str, words: str) -> Iterator[dict[str, Any]]:
    """A mail that follows the sentence, for each field and each text that it names."""
    condition = re.split(r", salvo in |, but not in ", words)[0]
    for field in re.findall("|".join(FIELDS), where):
        for text in page.quoted(condition):
            shown = text.upper() if "segreto" not in text else text
            if FIELDS[field] == "subject":
                yield page.decided(f"Guasto {shown} qui")
            elif FIELDS[field] == "body":
                yield page.decided("Guasto al secondo piano", f"Da stamattina, {shown} non va.")
            else:
                yield page.decided("Guasto al secondo piano", **attached(f"{shown} 3.png"))


def test_a_mail_goes_to_the_sector_that_the_page_says(page: Page) -> None:
    names = {
        m[1]: m[2]
        for m in page.sentences(r"^- (.*): <(.*)>(?: \(.*\))?$")
    }  # fmt: skip
    assert len(names) == 2
    keys = {
        name: page.decided("Guasto al secondo piano", To=address)["sector"] for name, address in names.items()
    }
    assert len(set(keys.values())) == 2
    rules = page.sentences(
        r"^- (?:se|if) (.*?) (contiene|contains|è del tipo|is of the kind) (.*), (?:il caso va al settore|the case goes to the sector) \*\*(.*)\*\*;$"
    )
    assert rules
    for rule in rules:
        tried = list(following(page, rule[1], rule[3]))
        assert tried
        assert {one["sector"] for one in tried} == {keys[rule[4]]}, rule[0]
    [otherwise] = page.sentences(
        r"^- (?:altrimenti va al settore|otherwise it goes to the sector) \*\*(.*)\*\*\.$"
    )
    assert page.decided("Guasto al secondo piano")["sector"] == keys[otherwise[1]]


def test_what_a_sector_s_rule_leaves_out_is_left_out(page: Page) -> None:
    for rule in page.sentences(
        r"^- (?:se|if) .*(?:, salvo in |, but not in )(.*?), (?:il caso|the case) .*\*\*(.*)\*\*;$"
    ):
        default = page.decided("Guasto al secondo piano")["sector"]
        for phrase in page.quoted(rule[1]):
            assert page.decided("Guasto al secondo piano", **attached(f"{phrase}.png"))["sector"] == default


def test_a_mail_is_as_urgent_as_the_page_says(page: Page) -> None:
    rules = page.sentences(
        r"^- (?:se|if) (.*?) (contiene|contains) (.*), (?:l'urgenza è|the urgency is) \*\*(\w+)\*\*;$"
    )
    assert rules
    for rule in rules:
        tried = list(following(page, rule[1], rule[3]))
        assert {one["urgency"] for one in tried} == {rule[4]}, rule[0]
    assert page.decided("Guasto al secondo piano")["urgency"] == "normale"
    everything = " ".join(text for rule in rules for text in page.quoted(rule[3]))
    order = ["normale", "urgente", "critico"]
    assert page.decided(f"Guasto {everything}")["urgency"] == max(
        (rule[4] for rule in rules), key=order.index
    )


def test_every_new_report_is_confirmed(page: Page) -> None:
    for address in re.findall(r"<([^>]+@[^>]+)>", page.text):
        told = page.decided("Guasto al secondo piano", To=address)
        assert (told["outcome"], told["acknowledge"]) == ("opened", True)
    assert re.search(r"\*\*(Entro 5 minuti|Within 5 minutes)\*\*", page.text)


def test_a_contract_is_read_as_the_page_writes_it(page: Page) -> None:
    [written] = page.sentences(r"`(Contratto: NUMERO|Contract: NUMBER)`")
    text = re.sub("NUMERO|NUMBER", "2026/15", written[1])
    assert page.decided("Guasto al secondo piano", f"Non va.\n{text}\n")["contract"]["number"] == "2026/15"


def lacking(told: dict[str, Any]) -> list[str]:
    return [finding["field"] for finding in told["because"] if finding["effect"] == "incomplete"]


def test_a_report_that_meets_the_page_is_complete(page: Page) -> None:
    [subjects] = page.sentences(r"^- \*\*(?:L'oggetto|The subject).*")
    good, vague = page.quoted(subjects[0])
    assert lacking(page.decided(good)) == []
    assert lacking(page.decided(vague)) == ["subject"]
    [words] = page.sentences(r"(?:con meno di|of fewer than) (\d+) (?:parole|words)")
    assert lacking(page.decided(good, " ".join(["parola"] * int(words[1])))) == []
    assert lacking(page.decided(good, " ".join(["parola"] * (int(words[1]) - 1)))) == ["body"]
    # What the icon sends.
    assert lacking(page.decided(good, **attached("schermata.png"))) == []


def test_a_mail_to_a_personal_address_is_not_considered(page: Page) -> None:
    assert re.search(
        r"^(Non agli indirizzi personali|Not to personal addresses)\n-+$", page.text, re.MULTILINE
    )
    domain = re.findall(r"<[^>]+@([^>]+)>", page.text)[0]
    assert page.decided("Guasto al secondo piano", To=f"mario.rossi@{domain}")["outcome"] == "ignored"


def test_a_case_is_closed_and_opened_again_as_the_page_says(page: Page, call: Call, desk: Desk) -> None:
    subject = "Guasto al secondo piano"
    intake = re.findall(r"<([^>]+@[^>]+)>", page.text)[0]
    desk.deliver(mail(subject, "Da stamattina non funziona nulla.", To=intake), "1")
    call("ingest")
    [token] = page.sentences(r"\*\*(\[Caso #\d+\])\*\*")
    answer = f"R: {token[1].replace('1234', '1')} {subject}"
    assert page.decided(answer)["outcome"] == "followed_up"
    [closing] = page.sentences(r"^- (?:Per \*\*chiudere|To \*\*close)\*\*.*")
    for word in page.quoted(closing[0]):
        told = page.decided(f"{answer} - {word.upper()}")
        assert (told["outcome"], told["case"], told["command"]) == ("closed", 1, "close")
    for phrases in page.sentences(r"^(?:Non contano come comando|Words that only tell).*"):
        for phrase in page.quoted(phrases[0]):
            assert page.decided(f"{answer} - {phrase}")["command"] == ""
    assert len(page.sentences(r"^(?:Anche l'oggetto di una risposta|The subject of an answer)")) == 1
    for rule in page.sentences(
        r"^- (?:se|if) (.*?) (?:contiene|contains) (.*), (?:l'urgenza è|the urgency is) \*\*(\w+)"
    ):
        for words in page.quoted(rule[2]):
            assert page.decided(f"{answer} - {words}")["urgency"] == rule[3]
    call("close", "1", "--no-mail")
    assert page.decided(f"{answer} - grazie")["outcome"] == "followed_up"
    for reopening in page.sentences(r"^- (?:Per \*\*riaprirlo|To \*\*open it again)\*\*.*"):
        for word in page.quoted(reopening[0]):
            assert page.decided(f"{answer} - {word}")["outcome"] == "reopened"


def test_a_changed_rule_changes_the_page(call: Call, desk: Desk) -> None:
    before = call("rules", "publish").out
    assert "contiene «mago», il caso va al settore **Gestionale**" in before
    rule = '[[rules]]\nname = "fatture"\nin = ["body"]\ncontains = "fattur"\nsector = "gestionale"\n'
    desk.config.write_text(desk.config.read_text() + rule)
    after = call("rules", "publish").out
    assert "se il testo contiene «fattur», il caso va al settore **Gestionale**;" in after
    assert "mago" not in after.replace("Mago4", "")
    # What no rule does any more is not said any more.
    for gone in (
        "urgenza è",
        "Per **chiudere**",
        "Per **riaprirlo**",
        "Non contano come comando",
        "Quanto è urgente",
    ):
        assert gone in before and gone not in after


def test_times_sectors_and_limits_in_force_are_on_the_page(call: Call, desk: Desk) -> None:
    published = call("rules", "publish", "--lang", "it").out
    assert "Lavoriamo dal lunedì al venerdì, 9:00–13:00 e 14:00–18:00, festivi esclusi." in published
    assert "| normale | 8 |\n| urgente | 4 |\n| critico | 2 |" in published
    assert "50 MB" in published and "Vale anche" not in published
    kept = desk.config.read_text().split("[technicians", 1)[0]
    desk.config.write_text(kept + OWN)
    own = call("rules", "publish", "--lang", "en").out
    assert "We work Monday, Wednesday, Saturday, 8:30–12:30, except on public holidays." in own
    assert "| normale | 16 |\n| urgente | 1:30 |\n| critico | 0:30 |" in own
    assert "20 MB" in own and "The address <casi@rossi.example> will do as well." in own
    assert "(everything \\| network)" in own and "notice that tells how to open a case" in own
    always = OWN.replace('"08:30-12:30"', '"00:00-24:00"')
    always = always.replace('["mon", "wed", "sat"]', '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]')
    desk.config.write_text(kept + always.replace("text_words = 2", "text_words = 0"))
    own = call("rules", "publish", "--lang", "it").out
    assert "Lavoriamo sempre, giorno e notte, festivi compresi." in own and "| urgenza | ore |" in own
    assert "parole e senza allegati" not in own and "Un oggetto come «Aiuto» non basta" in own


def test_what_is_the_firm_s_own_affair_stays_off_the_page(call: Call, desk: Desk) -> None:
    kept = desk.config.read_text().split("[technicians", 1)[0]
    desk.config.write_text(kept + OWN)
    own = call("rules", "publish").out
    assert "segreto" not in own and "parola segreta" not in own and "mittente" not in own
    assert "«toner»" in own


def test_without_mail_out_nobody_is_promised_a_confirmation(call: Call, desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text().replace('"sendmail"', '"none"'))
    assert "5 minuti" not in call("rules", "publish").out


def test_the_page_goes_where_it_is_asked_for(call: Call, desk: Desk) -> None:
    html, markdown = desk.home / "pagina.html", desk.home / "pagina.md"
    done = call("--lang", "it", "rules", "publish", "--html", str(html), "--markdown", str(markdown))
    assert done[:2] == (0, "")
    assert [str(p) in line for p, line in zip((html, markdown), done.err.splitlines(), strict=True)] == [
        True,
        True,
    ]
    assert stat.S_IMODE(os.stat(html).st_mode) == 0o644
    html.chmod(0o640)
    call("rules", "publish", "--html", str(html))
    assert stat.S_IMODE(os.stat(html).st_mode) == 0o640
    assert "<h1>Come segnalare un problema</h1>" in html.read_text()
    assert markdown.read_text() == call("--lang", "it", "rules", "publish").out
    assert call("--lang", "it", "rules", "publish", "--html", "-").out == html.read_text()
    told = json.loads(call("--lang", "en", "rules", "publish", "--json").out)
    assert set(told) == {"title", "markdown", "html"}
    assert told["title"] == "Project++ Assistenza: how to report a problem"
    nowhere = call("rules", "publish", "--html", str(desk.home / "no" / "x.html"))
    assert nowhere.code == 1 and f"{desk.home}/no/x.html" in nowhere.err


def test_the_page_s_language_is_the_desk_s_whatever_the_terminal_s(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert call("rules", "publish").out.startswith("Come segnalare un problema\n")


def test_the_firm_s_own_text_takes_the_place_of_ours(call: Call, desk: Desk) -> None:
    folder = desk.home / "testi"
    folder.mkdir()
    (folder / "rules_page.txt").write_text("Subject: Guida\n\nScriva a <$intake_address>.\n")
    desk.config.write_text(desk.config.read_text() + f'templates = "{folder}"\n')
    assert call("rules", "publish").out == "Scriva a <nuovocaso@projectpp.it>.\n"
    # Nor is it taken for a text of mail.
    assert "rules_page" not in call("mail", "preview").out
