"""The language of what a technician reads: gettext catalogues, Italian first (behaviour.md §9).

Sentences stand in the code in English, inside `_()`. The language is chosen once, before any command
is imported, because help texts are made when a command's module is.
"""

import gettext
import os
from collections.abc import Mapping
from functools import lru_cache

from helpdeskctl.domain.errors import HelpdeskError

LANGUAGES = ("it", "en")
_DOMAIN = "helpdeskctl"
_CATALOGUES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "locale")


@lru_cache(4096)
def _(sentence: str) -> str:
    """The sentence in the language spoken; looked up once."""
    return _catalogue(os.environ.get("LANGUAGE", "")).gettext(sentence)


def speak(language: str) -> None:
    """Everything said from now on is in that language, click's own messages included."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(_DOMAIN, _CATALOGUES)
    gettext.textdomain(_DOMAIN)
    _.cache_clear()


def spoken() -> str:
    """The language spoken: it or en."""
    return os.environ.get("LANGUAGE", LANGUAGES[0])[:2]


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of that language, read once: `gettext.gettext` looks for it with every sentence."""
    try:
        with open(f"{_CATALOGUES}/{language}/LC_MESSAGES/{_DOMAIN}.mo", "rb") as file:
            return gettext.GNUTranslations(file)
    except FileNotFoundError:
        return gettext.NullTranslations()


def asked_language(argv: list[str], environ: Mapping[str, str]) -> str:
    """The language that `--lang` or the environment asks for; "" when neither does."""
    for index, argument in enumerate(argv):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            value = value if equals else "".join(argv[index + 1 : index + 2])
            if value in LANGUAGES:
                return value
    for variable in ("LC_ALL", "LC_MESSAGES"):
        if environ.get(variable, "")[:2] in LANGUAGES:
            return environ[variable][:2]
    return ""


def sentence(error: HelpdeskError) -> str:
    """The error's sentence in the language spoken."""
    return filled(error.sentence, error.facts)


def filled(said: str, facts: Mapping[str, object]) -> str:
    """The sentence in the language spoken, with its facts; a fact may be an error itself."""
    told = {name: sentence(f) if isinstance(f, HelpdeskError) else f for name, f in facts.items()}
    return _(said).format(**told) if told else _(said) if said else ""
