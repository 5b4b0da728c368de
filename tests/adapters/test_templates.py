"""The texts of outgoing mail: every one of them, with the facts that it really gets."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpdeskctl.adapters.templates import FileTexts
from helpdeskctl.domain import answers, effects
from helpdeskctl.domain.answers import Letter
from helpdeskctl.domain.case import ContractCited, OutgoingMail, Status, Terms
from helpdeskctl.domain.decision import decide
from helpdeskctl.domain.errors import ConfigurationError, RefusedError
from helpdeskctl.domain.message import Address, Attachment, Message
from helpdeskctl.domain.settings import Policy
from tests.builders import ANNA, NOW, case, context, message, policy

ROME = ZoneInfo("Europe/Rome")
COMMANDS = re.compile(r"chiudere|chiuso|riaprire", re.IGNORECASE)


def texts(language: str = "it", overrides: str = "") -> FileTexts:
    return FileTexts(language, ROME, overrides)


def notified(language: str) -> Policy:
    rules = policy(language=language)
    return rules._replace(sectors=tuple(s._replace(notify=("turno@projectpp.it",)) for s in rules.sectors))


def _letters(mail: Message, rules: Policy, **known: object) -> tuple[Letter, ...]:
    """The mails due for that mail, by the very path of `ingest`."""
    found = context(**known)
    told = decide(mail, rules, found)
    record = effects.record_of(mail, told, "k", "mail/k")
    before = next(
        (c for c in (found.referenced, *found.numbered, *found.candidates) if c and told.case == c.number),
        None,
    )
    happened = (
        effects.about(told, record, before, rules, NOW) if before else effects.opened(told, record, 8, rules)
    )
    return answers.due(told, record, happened, rules, found.registry_empty)


def every_letter(language: str) -> Iterator[Letter]:
    rules = notified(language)
    closed = case(7, status=Status.closed, closed_at=NOW - timedelta(days=1), owner="rossi")
    yield from _letters(message("aiuto", text="Contratto: 12"), rules, registry_empty=False)
    files = (
        Attachment("a.png", "image/png", 3, "f"),
        Attachment("fattura n° 5.pdf", "application/pdf", 3, "f"),
    )
    yield from _letters(message("URGENTE Mago4 bloccato", attachments=files), rules)
    yield from _letters(message("chiudere"), rules, candidates=(case(7), case(9)))
    yield from _letters(message("Impossibile chiudere la fattura"), rules)
    yield from _letters(message("[Caso #99] ancora"), rules)
    for subject, known in (
        ("[Caso #7] chiudere", case(7)),
        ("[Caso #7] riaprire", closed),
        ("[Caso #7] chiudere", closed),
        ("[Caso #7] riaprire", case(7)),
        ("[Caso #7] grazie", closed),
        ("[Caso #7] ancora critico", case(7)),
    ):
        yield from _letters(message(subject), rules, referenced=known)
    yield from _letters(message("chiudere caso 7 e caso 9"), rules, numbered=(case(7), case(9)))
    yield from _letters(
        message("[Caso #7] x", sender=Address("", "capo@projectpp.it")), rules, referenced=case(7)
    )
    yield from answers.held_notices("0123456789", (ANNA, "Offerta"), spam=True, policy=rules)
    yield from answers.held_notices("0123456789", (Address("", ""), ""), spam=False, policy=rules)
    yield from answers.to_requester(closed, "closed_by_technician", "Sostituito il toner\nSaluti", rules)
    yield from answers.daily_notices(("0123456789 anna@cliente.example: Offerta",), ("x",), rules)
    yield answers.personal_notice(ANNA, "1@cliente.example", rules)
    facts = answers.several(("[Caso #7] Stampante", "[Caso #8] Monitor"), rules)
    yield Letter("acknowledgement", "acknowledgements", ANNA, facts)
    yield from answers.to_requester(case(7), "question", "Quale postazione?", rules)
    yield from answers.to_requester(case(7), "reopened_by_technician", "", rules)
    yield answers.reply(case(7), "Provi a riavviare.", "rossi", ANNA, rules)
    yield from answers.given(case(7, owner="rossi"), "bianchi", "Conosce il cliente", rules)
    for mark in ("due_soon", "late"):
        yield from answers.time_notices(case(7, due_at=NOW, owner="rossi"), mark, rules)


LETTERS = {language: list(every_letter(language)) for language in ("it", "en")}


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_text_is_used_and_reads_well(language: str) -> None:
    used = set()
    for letter in LETTERS[language]:
        subject, body = texts(language).render(letter.template, letter.facts)
        used.add(letter.template)
        assert subject and "\n" not in subject
        assert "$" not in subject + body
        assert not re.search(
            r"(?m)^[?#]|: *$|^- *$|  ",
            re.sub(
                r"(?m)^.*(qualche dettaglio|a few details|i Suoi casi|your cases|informazione|one more thing|questi casi|these cases|le guardi|a un tecnico|to look at|technician alone).*:$",
                "",
                body,
            ),
        ), body
        assert body.endswith("\n") and not body.startswith("\n") and "\n\n\n" not in body
    assert used == set(texts(language).names())


@pytest.mark.parametrize("language", ["it", "en"])
def test_no_subject_of_ours_holds_a_command_word(language: str) -> None:
    for letter in LETTERS[language]:
        facts = dict(letter.facts) | {"subject": "Stampante"}
        assert not COMMANDS.search(texts(language).render(letter.template, facts)[0])


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_subject_of_every_mail_about_a_case_leads_back_to_it(language: str) -> None:
    token = {"it": "[Caso #", "en": "[Case #"}[language]
    for letter in LETTERS[language]:
        subject, _ = texts(language).render(letter.template, letter.facts)
        assert subject.startswith(token) == (
            letter.template not in {"notice_held", "notice_daily", "personal", "acknowledgements"}
        )


def test_both_languages_have_the_same_texts_and_say_the_same() -> None:
    assert texts("it").names() == texts("en").names()
    folder = Path(__file__).parents[2] / "helpdeskctl/adapters/templates_text"
    for name in texts("it").names():
        said = [
            set(re.findall(r"\$(\w+)", (folder / lang / f"{name}.txt").read_text())) for lang in ("it", "en")
        ]
        assert said[0] == said[1], name


def test_every_placeholder_is_a_fact_of_its_letter() -> None:
    known: dict[str, set[str]] = {}
    for letter in LETTERS["it"]:
        known.setdefault(letter.template, set()).update(letter.facts)
    folder = Path(__file__).parents[2] / "helpdeskctl/adapters/templates_text/it"
    for name, facts in known.items():
        lines = [
            line for line in (folder / f"{name}.txt").read_text().splitlines() if not line.startswith("#")
        ]
        asked = set(re.findall(r"\$(\w+)|^\?!?(\w+):", "\n".join(lines), re.MULTILINE))
        assert {a or b for a, b in asked} <= facts, name


def test_the_acknowledgement_says_what_the_page_promises() -> None:
    letter = next(
        one for one in LETTERS["it"] if one.template == "acknowledgement" and one.facts["attachments"]
    )
    _, body = texts().render("acknowledgement", letter.facts)
    for words in (
        "caso numero 8", "settore Gestionale", "supporto.gestionale@projectpp.it", "Urgenza: urgente",
        "martedì 24 novembre 2026, ore 10:00", "a.png", "fattura n° 5.pdf", "[Caso #8]", '"chiudere"', '"riaprire"',
    ):  # fmt: skip
        assert words in body, words


def test_nothing_of_the_mail_is_echoed_but_subject_and_file_names() -> None:
    marked = message(
        "OGGETTO",
        text="TESTO SEGRETO",
        new_text="TESTO SEGRETO",
        sender=Address("NOME SEGRETO", "anna@cliente.example"),
    )
    for language in ("it", "en"):
        for letter in _letters(marked, policy(language=language)):
            assert "SEGRETO" not in "".join(texts(language).render(letter.template, letter.facts))


def test_a_time_is_promised_only_under_a_valid_contract() -> None:
    opened = effects.opened(
        decide(message(), policy(), context()),
        effects.record_of(message(), decide(message(), policy(), context()), "k", "p"),
        8,
        policy(),
    ).case
    for contract, empty, words in (
        (None, True, ""),
        (
            ContractCited("12", "valid"),
            False,
            "Primo intervento entro: mercoledì 25 novembre 2026, ore 10:00",
        ),
        (ContractCited("12", "unknown"), True, "Contratto: 12"),
        (ContractCited("12", "expired"), False, "Il contratto 12, che ha indicato, non risulta valido"),
        (ContractCited("12", "foreign"), False, "Il contratto 12, che ha indicato, non risulta valido"),
    ):
        told = decide(message(), policy(), context())
        terms = Terms("12" if contract and contract.state == "valid" else "")
        letter = answers.acknowledgement(
            told, opened.messages[0], opened._replace(contract=contract, terms=terms), policy(), empty
        )
        _, body = texts().render("acknowledgement", letter.facts)
        assert words in body
        assert ("entro" in body) == bool(contract and contract.state == "valid")


def mails(language: str = "it") -> list[OutgoingMail]:
    rules = notified(language)
    mark = answers.Postmark(rules, b"k", NOW)
    return [
        answers.outgoing(letter, ("s", "b"), (7, "tecnico"), mark, "seed") for letter in LETTERS[language]
    ]


def test_automatic_mail_carries_what_keeps_machines_from_answering() -> None:
    for letter, mail in zip(LETTERS["it"], mails(), strict=True):
        found = dict(mail.headers)
        kind = {"notice": "auto-generated"}.get(letter.kind, "auto-replied")
        assert found.get("Auto-Submitted") == (kind if letter.automatic else None)
        assert ("X-Auto-Response-Suppress" in found) == letter.automatic
        assert ("X-Helpdeskctl-Loop" in found) == letter.automatic
        assert mail.envelope == ("" if letter.automatic else "supporto.tecnico@projectpp.it")
        assert found["Reply-To"] == mail.sender.address == "supporto.tecnico@projectpp.it"
        assert "caso.7.0." in found["References"]


def test_bounces_come_back_to_the_tagged_address() -> None:
    rules = notified("it")._replace(bounces="rimbalzi@projectpp.it")
    mark = answers.Postmark(rules, b"k", NOW)
    mail = answers.outgoing(LETTERS["it"][0], ("s", "b"), (7, "tecnico"), mark, "seed")
    assert mail.envelope.startswith("rimbalzi+7-")


def test_the_same_cause_gives_the_same_mail_and_another_another() -> None:
    assert [m.id for m in mails()] == [m.id for m in mails()]
    rules = notified("it")
    mark = answers.Postmark(rules, b"k", NOW)
    letter = LETTERS["it"][0]
    ids = {answers.outgoing(letter, ("s", "b"), (7, "tecnico"), mark, seed).id for seed in "abc"}
    assert len(ids) == 3


# --- the files ---


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path


def render(own: Path, text: str, **facts: object) -> tuple[str, str]:
    (own / "notice.txt").write_text(text)
    return texts(overrides=str(own)).render("notice", facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "facts", "body"),
    [
        ("Subject: x\n\nCiao $name\n", {"name": "Anna"}, "Ciao Anna\n"),
        ("Subject: x\nCiao $name\nfine", {"name": ""}, "fine\n"),
        ("Subject: x\nCiao ${name}!", {"name": "A"}, "Ciao A!\n"),
        ("Subject: x\n- $items\n", {"items": ("a", "b\nc")}, "- a\n- b c\n"),
        ("Subject: x\na\n\n\n\nb\n\n", {}, "a\n\nb\n"),
        (
            "Subject: x\n?due: entro $due\n?!due: senza",
            {"due": NOW},
            "entro martedì 24 novembre 2026, ore 10:00\n",
        ),
        ("Subject: x\n?due: entro\n?!due: senza", {"due": ""}, "senza\n"),
        ("Subject: x\n?a: ?!b: tutti", {"a": "1", "b": ""}, "tutti\n"),
        ("# commento\nSubject: x\n# un altro\nciao", {}, "ciao\n"),
        ("Subject: x\ncosta 5 $$", {}, "costa 5 $\n"),
        ("Subject: x\nal 100% $name%s\n50%", {"name": "%d"}, "al 100% %d%s\n50%\n"),
        ("Subject: x\n$name", {"name": "$other ${x} ?due: "}, "$other ${x} ?due: \n"),
    ],
)
def test_what_a_file_may_say(own: Path, text: str, facts: dict[str, object], body: str) -> None:
    assert render(own, text, **facts)[1] == body


def test_a_subject_may_name_no_fact(own: Path) -> None:
    assert render(own, "Subject: al  100%s\n\nx")[0] == "al 100%s"


def test_a_subject_is_one_line_whatever_the_fact(own: Path) -> None:
    assert render(own, "Subject: $s\n\nx", s="a\r\nBcc: b\n")[0] == "a Bcc: b"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"ciao\n", "subject line"),
        (b"", "subject line"),
        (b"Subject: x\n\ncosta 5 $ euro\n", 'line 3.*"\\$"'),
        (b"Subject: x\nperch\xe8\n", "line 2.*UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line(own: Path, content: bytes, said: str) -> None:
    (own / "notice.txt").write_bytes(content)
    with pytest.raises(ConfigurationError, match=said) as told:
        texts(overrides=str(own)).render("notice", {})
    assert str(own / "notice.txt") in str(told.value)


def test_only_what_is_replaced_is_replaced(own: Path) -> None:
    (own / "notice.txt").write_text("Subject: nostro\n\nciao")
    ours = texts(overrides=str(own))
    assert ours.render("notice", {})[0] == "nostro"
    assert ours.render("closed", {"token": "[Caso #1]", "number": 1})[0] == "[Caso #1]"
    assert texts(overrides="/nowhere/at/all").names() == ours.names()
    with pytest.raises(RefusedError, match="acknowledgement"):
        ours.render("../../etc/passwd", {})
