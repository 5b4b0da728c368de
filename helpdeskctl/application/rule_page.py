"""What customers are told of the rules in force (behaviour.md §7): the facts of the published page.

Plain words in the page's language; where they stand is the page's text. Rules on sender and recipient are
the firm's own affair and are left out, and so are tags: a public page must name no customer.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from helpdeskctl.domain.answers import Fact
from helpdeskctl.domain.case import Urgency
from helpdeskctl.domain.completeness import says_nothing
from helpdeskctl.domain.reference import token
from helpdeskctl.domain.rules import Rule
from helpdeskctl.domain.settings import Policy, Sector
from helpdeskctl.domain.working_time import Calendar

# So many phrases show what kind of phrase is meant.
_PHRASES = 3
# Where one of them says nothing under the minimum in force, the next is shown instead.
_VAGUE = {
    "it": ("Siamo bloccati", "Aiuto", "Problema", "Urgente"),
    "en": ("We are stuck", "Help", "Problem", "Urgent"),
}
_TELLING = {
    "it": ("Problema emissione fatture", "Fido calcolato male", "La stampante al secondo piano non stampa"),
    "en": ("Invoices cannot be issued", "Credit limit is wrong", "The printer on the second floor is silent"),
}
_EXAMPLE = 1234

_WORDS = {
    "it": {
        "subject": "l'oggetto",
        "body": "il testo",
        "attachment": "il nome di un allegato",
        "or": " o ",
        "and": " e ",
        "contains": "contiene {texts}",
        "word": "contiene la parola {texts}",
        "regex": "è del tipo {texts}",
        "unless": ", salvo in {texts}",
        "unless some": ", salvo in {texts} e simili",
        "about": " ({text})",
        "days": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "from to": "dal {first} al {last}",
        "hours": "{days}, {hours}, festivi esclusi",
        "always": "sempre, giorno e notte, festivi compresi",
        "within working hours": "ore lavorative",
        "within hours": "ore",
    },
    "en": {
        "subject": "the subject",
        "body": "the text",
        "attachment": "the name of an attachment",
        "or": " or ",
        "and": " and ",
        "contains": "contains {texts}",
        "word": "contains the word {texts}",
        "regex": "is of the kind {texts}",
        "unless": ", but not in {texts}",
        "unless some": ", but not in {texts} and the like",
        "about": " ({text})",
        "days": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "from to": "{first} to {last}",
        "hours": "{days}, {hours}, except on public holidays",
        "always": "round the clock, holidays included",
        "within working hours": "working hours",
        "within hours": "hours",
    },
}
_QUOTES = {"it": "«{text}»", "en": "“{text}”"}


def page_facts(policy: Policy, language: str, mail_mb: int, confirmed: bool) -> dict[str, Fact]:
    """The facts of the page; `mail_mb` is the largest mail, `confirmed` tells whether mail goes out."""
    say = _WORDS[language]
    by_sector = [(rule, when) for rule in policy.rules if rule.sector and (when := _when(rule, language))]
    by_urgency = [(rule, when) for rule in policy.rules if rule.urgency and (when := _when(rule, language))]
    kinds = {rule.kind for rule, _ in (*by_sector, *by_urgency)}
    minimum = policy.minimum
    return {
        "desk": policy.desk.name,
        "intake_address": policy.desk.intake[0],
        "more_intake_addresses": policy.desk.intake[1:],
        "confirmed": "1" if confirmed else "",
        "good_subject": next((s for s in _TELLING[language] if not says_nothing(s, minimum)), ""),
        "vague_subject": next((s for s in _VAGUE[language] if says_nothing(s, minimum)), "..."),
        "text_words": minimum.text_words,
        "mail_mb": mail_mb,
        "sector_names": tuple(sector.name for sector in policy.sectors),
        "sector_addresses": tuple(sector.address for sector in policy.sectors),
        "sector_abouts": tuple(_about(sector, language) for sector in policy.sectors),
        "default_sector": policy.default_sector.name,
        "sector_when": tuple(when for _, when in by_sector),
        "sector_goes": tuple(policy.sector(rule.sector).name for rule, _ in by_sector),
        "urgency_when": tuple(when for _, when in by_urgency),
        "urgency_is": tuple(rule.urgency.name for rule, _ in by_urgency if rule.urgency),
        # A follow-up's text is what people quote and forward: only its subject raises an urgency.
        "answer_raises": "1" if any("subject" in rule.fields for rule, _ in by_urgency) else "",
        "working_hours": _working_hours(policy.calendar, language),
        "hours_heading": say["within hours" if policy.calendar.always else "within working hours"],
        "response_urgencies": tuple(urgency.name for urgency in Urgency),
        "response_times": tuple(_hours(policy.response.minutes(urgency)) for urgency in Urgency),
        "token": token(_EXAMPLE, policy.language),
        "close_words": _command_words(policy.rules, "close", language),
        "reopen_words": _command_words(policy.rules, "reopen", language),
        "not_commands": _listed(_not_commands(policy.rules), "or", language),
        "staff": "1" if policy.desk.staff or policy.technicians else "",
        "personal_reply": "1" if policy.personal_reply else "",
        "words": "1" if kinds else "",
        "anywhere": "1" if "contains" in kinds else "",
    }


def _when(rule: Rule, language: str) -> str:
    """When a rule applies, in words; "" for one that looks at nothing a customer is told of."""
    say = _WORDS[language]
    where = say["or"].join(say[field] for field in rule.fields if field in say)
    if not where:
        return ""
    said = say[rule.kind].format(texts=_listed(_shown(rule), "or", language))
    return f"{where} {said}{_unless(rule, language)}"


def _shown(rule: Rule) -> tuple[str, ...]:
    """The rule's texts; of an expression, which says nothing to a customer, its examples."""
    return (rule.matches or rule.patterns) if rule.kind == "regex" else rule.patterns


def _unless(rule: Rule, language: str) -> str:
    if not rule.unless:
        return ""
    said = _WORDS[language]["unless some" if len(rule.unless) > _PHRASES else "unless"]
    return said.format(texts=_listed(rule.unless[:_PHRASES], "and", language))


def _command_words(rules: Iterable[Rule], command: str, language: str) -> str:
    """The words that give a command, or "" where no rule knows any."""
    return _listed(
        (text for rule in rules if rule.command == command for text in _shown(rule)), "or", language
    )


def _not_commands(rules: Iterable[Rule]) -> Iterator[str]:
    """Some of the phrases that are no command: the first of each rule that has any."""
    for rule in rules:
        if rule.command:
            yield from rule.unless[:1]


def _about(sector: Sector, language: str) -> str:
    text = {"it": sector.about_it, "en": sector.about_en}[language]
    return _WORDS[language]["about"].format(text=text) if text else ""


def _listed(texts: Iterable[str], last: str, language: str) -> str:
    """Texts in quotation marks, with commas, and a word before the last."""
    quoted = [_QUOTES[language].format(text=text) for text in texts]
    return _WORDS[language][last].join(part for part in (", ".join(quoted[:-1]), *quoted[-1:]) if part)


def _working_hours(calendar: Calendar, language: str) -> str:
    say = _WORDS[language]
    if calendar.always:
        return say["always"]
    days, names = sorted(calendar.days), say["days"].split()
    in_a_row = len(days) > 2 and all(after == before + 1 for before, after in pairwise(days))
    told = (
        say["from to"].format(first=names[days[0]], last=names[days[-1]])
        if in_a_row
        else ", ".join(names[day] for day in days)
    )
    spans = say["and"].join(f"{_clock(begin)}–{_clock(end)}" for begin, end in calendar.hours)
    return say["hours"].format(days=told, hours=spans)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _hours(minutes: int) -> str:
    """Hours and minutes, such as 8, 0:30, 1:30; a whole number of hours stands alone."""
    return str(minutes // 60) if minutes % 60 == 0 else _clock(minutes)
