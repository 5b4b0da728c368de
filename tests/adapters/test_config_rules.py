"""The published rules, each with its examples, and the firm's own."""

from pathlib import Path

import pytest

from helpdeskctl.adapters import config
from helpdeskctl.domain.case import Urgency
from helpdeskctl.domain.errors import ConfigurationError
from helpdeskctl.domain.folding import fold, folded
from helpdeskctl.domain.rules import Rule, check, occurrences, view

RULE = '[[rules]]\nname = "sql"\nin = ["subject"]\n'

WRONG = [
    ("rules = 1", "rules must be a list of sections, [[rules]]."),
    ('[rules]\nname = "sql"', "rules must be a list of sections, [[rules]]."),
    ("rules = [1]", "rules[1] must be a section, [rules[1]], not 1."),
    ('[[rules]]\nin = ["subject"]\nword = "sql"\ntag = "sql"', "rules[1].name is missing."),
    ('[[rules]]\nname = "sql"\nword = "sql"\ntag = "sql"', 'rules[1] "sql".in is missing.'),
    (f'{RULE}tag = "sql"', 'rules[1] "sql" must have exactly one of contains, word, regex.'),
    (
        f'{RULE}word = "a"\ncontains = "a"\ntag = "x"',
        'rules[1] "sql" must have exactly one of contains, word, regex.',
    ),
    (f'{RULE}word = "sql"', 'rules[1] "sql" must have exactly one of sector, urgency, command, tag.'),
    (
        f'{RULE}word = "sql"\ntag = "a"\ncommand = "close"',
        "must have exactly one of sector, urgency, command, tag.",
    ),
    (f'{RULE}contains = []\ntag = "a"', 'rules[1] "sql".contains must not be empty.'),
    (f'{RULE}contains = [" "]\ntag = "a"', 'rules[1] "sql".contains must not be empty.'),
    (f'{RULE}contains = ["\\u0301"]\ntag = "a"', 'rules[1] "sql".contains must not be empty.'),
    (
        f'{RULE}contains = [1]\ntag = "a"',
        'rules[1] "sql".contains must be a text in quotes on one line, not 1.',
    ),
    (f'{RULE}word = "a"\nunless = [""]\ntag = "a"', 'rules[1] "sql".unless must not be empty.'),
    (f'{RULE}word = "a"\nmatches = [1]\ntag = "a"', 'rules[1] "sql".matches must be a text in quotes'),
    (f'{RULE}word = "a"\ntag = ""', 'rules[1] "sql".tag must not be empty.'),
    (
        f'{RULE}word = "a"\nsector = "vendite"',
        '"sql".sector must be one of gestionale, tecnico, not "vendite".',
    ),
    (f'{RULE}word = "a"\nurgency = "alta"', '"sql".urgency must be one of urgente, critico, not "alta".'),
    (
        f'{RULE}word = "a"\nurgency = "normale"',
        '"sql".urgency must be one of urgente, critico, not "normale".',
    ),
    (f'{RULE}word = "a"\ncommand = "chiudi"', '"sql".command must be one of close, reopen, not "chiudi".'),
    (
        f'{RULE.replace("subject", "body")}word = "a"\ncommand = "close"',
        'rules[1] "sql".in must be one of subject, not ["body"].',
    ),
    (
        f'{RULE.replace("subject", "oggetto")}word = "a"\ntag = "a"',
        '"sql".in must be one of subject, body, sender',
    ),
    (
        f'{RULE}regexp = "a"\ntag = "a"',
        'rules[1] "sql".regexp is no key that helpdeskctl knows: did you mean',
    ),
    (
        f'{RULE}word = "a"\ntag = "a"\n{RULE}word = "b"\ntag = "b"',
        'rules[2] "sql".name = "sql" names two rules.',
    ),
    (
        f'{RULE}regex = "(a"\ntag = "a"',
        'rules[1] "sql".regex = "(a" is no expression that RE2 takes (missing ): (a).',
    ),
    (
        f"{RULE}regex = '(a)\\1'\ntag = \"a\"",
        "is no expression that RE2 takes (invalid escape sequence: \\1).",
    ),
    (f'{RULE}regex = "(?=a)"\ntag = "a"', "is no expression that RE2 takes (invalid perl operator: (?=)."),
]

PUBLISHED = {rule.name: rule for rule in config.load(None).policy.rules}
ALL = tuple(PUBLISHED.values())
COMMANDS = tuple(rule for rule in ALL if rule.command)


def hits(rule: Rule, subject: str) -> bool:
    return check(rule, view(subject, "", (), (), ())) is not None


def of(folder: Path, content: str) -> tuple[Rule, ...]:
    """The rules of a configuration."""
    path = folder / "config.toml"
    path.write_text(content)
    return config.load(str(path)).policy.rules


def rule(folder: Path, match: str, effect: str = 'tag = "x"') -> Rule:
    """One rule of that match."""
    return of(folder, f'[[rules]]\nname = "x"\nin = ["subject"]\n{match}\n{effect}')[0]


def test_the_published_rules_are_those_of_the_page() -> None:
    told = {r.name: (r.fields, r.kind, r.patterns, r.effect) for r in ALL}
    assert told == {
        "mago": (("subject", "body"), "contains", ("mago",), "sector=gestionale"),
        "urgente": (("subject",), "contains", ("urgente",), "urgency=urgente"),
        "critico": (("subject",), "contains", ("critico",), "urgency=critico"),
        "riaprire": (("subject",), "contains", ("riaprire",), "command=reopen"),
        "chiudere": (("subject",), "contains", ("chiudere", "chiuso"), "command=close"),
    }


@pytest.mark.parametrize("one", ALL, ids=lambda r: r.name)
def test_every_example_of_a_published_rule_is_true(one: Rule) -> None:
    assert one.matches
    assert one.misses
    assert [text for text in one.matches if not hits(one, text)] == []
    assert [text for text in one.misses if hits(one, text)] == []


def test_mago_is_sought_in_the_body_as_well() -> None:
    assert check(PUBLISHED["mago"], view("Stampa", "Uso MAGO.NET", (), (), ())) is not None


@pytest.mark.parametrize("one", COMMANDS, ids=lambda r: r.name)
def test_every_phrase_that_is_no_command_covers_a_pattern_and_hits_nothing(one: Rule) -> None:
    for phrase in one.unless:
        assert any(pattern in fold(phrase) for pattern in one.patterns), phrase
        assert not hits(one, phrase), phrase
        assert not hits(one, f"Re: {phrase.upper()} il registro"), phrase


@pytest.mark.parametrize("one", COMMANDS, ids=lambda r: r.name)
def test_no_phrase_is_said_twice(one: Rule) -> None:
    phrases = [fold(phrase) for phrase in one.unless]
    assert [p for p in phrases if any(other in p for other in phrases if other != p)] == []
    assert len(set(phrases)) == len(phrases)


@pytest.mark.parametrize(
    "subject",
    [
        "Impossibile chiudere la fattura",
        "NON RIESCO A CHIUDERE IL BILANCIO",
        "Non riusciamo più a chiudere il registro IVA",
        "Mago non mi fa chiudere l'ordine",
        "Non si puo' chiudere la cassa",
        "Non e' possibile chiudere l'anno",
        "Il gestionale si e\u0300 chiuso da solo",
        "Il programma si e' chiuso",
        "Errore nel chiudere la finestra",
        "Come chiudere l'esercizio?",
        "Come si fa a chiudere l'esercizio?",
        "Per favore non chiudere il caso",
        "NON CHIUDERE!",
        "Non  chiudere",
        "Caso non ancora chiuso",
        "Perché avete chiuso il caso?",
        "Caso chiuso per errore",
        "Richiamatemi prima di chiudere",
        "Outlook non si chiude",
        "La finestra si chiude da sola",
        "Please do not chiudere",
    ],
)
def test_who_complains_of_closing_closes_nothing(subject: str) -> None:
    assert not hits(PUBLISHED["chiudere"], subject)


@pytest.mark.parametrize(
    "subject",
    [
        "chiudere",
        "Caso 7 da chiudere",
        "CHIUSO",
        "Risolto: caso chiuso, grazie",
        "Caso ormai chiuso",
        "Potete chiudere",
        "Si può chiudere, grazie",
        "È possibile chiudere il caso?",
        "Non serve altro: chiudere",
        "Impossibile chiudere la fattura - chiudere",
        "Il programma si è chiuso: risolto, chiudere il caso",
        "Portale: chiudere",
        "Problema del tunnel chiuso",
    ],
)
def test_who_asks_to_close_is_understood(subject: str) -> None:
    assert hits(PUBLISHED["chiudere"], subject)


@pytest.mark.parametrize(
    ("subject", "asked"),
    [
        ("riaprire il caso chiuso 7", True),
        ("Si può riaprire il caso 7?", True),
        ("Da riaprire: il problema è tornato", True),
        ("Non riaprire", False),
        ("Non riesco a riaprire il file", False),
        ("Impossibile riaprire Outlook", False),
    ],
)
def test_who_asks_to_reopen_is_told_from_who_cannot(subject: str, asked: bool) -> None:
    assert hits(PUBLISHED["riaprire"], subject) is asked


def test_only_the_occurrence_within_a_phrase_is_excused() -> None:
    subject = folded("impossibile chiudere la fattura - chiudere")
    assert list(occurrences(PUBLISHED["chiudere"], subject)) == [(34, 42)]


def test_a_published_rule_whose_sector_the_firm_does_not_have_is_left_out(tmp_path: Path) -> None:
    rules = of(tmp_path, '[sectors.rete]\naddress = "rete@rossi.example"')
    assert [r.name for r in rules] == ["urgente", "critico", "riaprire", "chiudere"]


def test_the_firms_rules_take_the_place_of_all_published_ones(tmp_path: Path) -> None:
    only = of(tmp_path, '[[rules]]\nname = "sql"\nin = ["subject"]\nword = "sql"\nsector = "tecnico"')
    assert [r.name for r in only] == ["sql"]


def test_a_rule_is_what_the_file_says(tmp_path: Path) -> None:
    content = """[[rules]]
name = "stampa"
in = ["subject", "attachment"]
contains = ["stampa", "toner"]
unless = "ristampa"
urgency = "critico"
matches = ["Stampante ferma", ""]
misses = "Ristampa"
"""
    assert of(tmp_path, content) == (
        Rule(
            name="stampa",
            fields=("subject", "attachment"),
            kind="contains",
            patterns=("stampa", "toner"),
            unless=("ristampa",),
            urgency=Urgency.critico,
            matches=("Stampante ferma", ""),
            misses=("Ristampa",),
        ),
    )


def test_the_order_of_the_file_is_the_order_of_the_rules(tmp_path: Path) -> None:
    each = '[[rules]]\nname = "{0}"\nin = "subject"\nword = "{0}"\ntag = "{0}"\n'
    assert [r.name for r in of(tmp_path, "".join(map(each.format, "bca")))] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("expression", "subject"),
    [
        ("sql *server", "SQL   Server fermo"),
        ("SQL", "sql fermo"),
        ("perch[éè]", "Perché non va"),
        ("l’ordine", "L'ordine 12"),
        (r"\berrore \d+", "Errore 123"),
        ("e… ", "e... poi"),
        ("a\u00a0b", "A b"),
    ],
)
def test_an_expression_hits_whatever_the_case_and_the_accents(
    tmp_path: Path, expression: str, subject: str
) -> None:
    one = rule(tmp_path, f"regex = '''{expression}'''")
    assert one.patterns == (expression,)
    assert hits(one, subject)


def test_an_accent_means_nothing_more_than_its_letter(tmp_path: Path) -> None:
    assert not hits(rule(tmp_path, "regex = 'e…p'"), "e123p")


def test_a_command_may_be_an_expression(tmp_path: Path) -> None:
    one = rule(tmp_path, "regex = 'chius[oa]'\nunless = ['non chiusa']", 'command = "close"')
    assert hits(one, "Chiusa, grazie")
    assert not hits(one, "Non chiusa")


@pytest.mark.parametrize(("content", "expected"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_in_a_rule_is_told_with_its_number_and_name(
    tmp_path: Path, content: str, expected: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        of(tmp_path, content)
    told = str(refused.value)
    assert expected in told
    assert told.startswith(f"{tmp_path}/config.toml: rules")
    assert told.isprintable()
