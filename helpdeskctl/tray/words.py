"""What the icon says, each sentence in both languages, side by side so that none can be missing.

It knows when a language applies, not when a sentence does.
"""

from collections.abc import Mapping
from typing import NamedTuple

LANGUAGES = ("it", "en")


class Sentence(NamedTuple):
    """One sentence in each language; `{facts}` stand in braces."""

    it: str
    en: str


class Phrase(NamedTuple):
    """A fact that is itself a sentence, with facts of its own."""

    words: Sentence
    facts: Mapping[str, object]


def said(language: str, words: Sentence, **facts: object) -> str:
    """The sentence in that language, with its facts."""
    chosen = words.en if language == "en" else words.it
    told = {n: said(language, f.words, **f.facts) if isinstance(f, Phrase) else f for n, f in facts.items()}
    return chosen.format(**told) if told else chosen


def language_of(environ: Mapping[str, str]) -> str:
    """What the environment asks for (POSIX: LC_ALL, LC_MESSAGES, LANG); Italian unless it is English."""
    chosen = next((environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(n)), "")
    return "en" if chosen.lower().startswith("en") else "it"


# The menu.
WITH_PICTURE = Sentence("Segnala un problema (con schermata)", "Report a problem (with a screenshot)")
WITHOUT_PICTURE = Sentence("Segnala un problema senza schermata", "Report a problem without a screenshot")
WINDOW_ONLY = Sentence(
    "Segnala un problema (solo la finestra attiva)", "Report a problem (the active window only)"
)
PREFERENCES = Sentence("Impostazioni", "Settings")
QUIT = Sentence("Esci", "Quit")
TOOLTIP = Sentence("Assistenza: segnala un problema", "Support: report a problem")
TITLE = Sentence("Segnalazione all'assistenza", "Report to support")

# The draft. Nothing here may make a rule of the desk fire by itself.
GREETING = Sentence("Buongiorno,", "Hello,")
DOING = Sentence("Che cosa stavo facendo:", "What I was doing:")
DOCUMENT = Sentence("Su quale documento (tipo, numero, data):", "On which document (kind, number, date):")
SEEN = Sentence("Quale messaggio ho visto:", "Which message I saw:")
# The page publishes this one syntax, whatever the language.
CONTRACT = Sentence("Contratto: {number}", "Contratto: {number}")
ATTACH = Sentence(
    "(Prima di inviare, allegare il file {name} dalla cartella che si è aperta.)",
    "(Before sending, attach the file {name} from the folder that has opened.)",
)
DRAFT_NAME = Sentence("segnalazione", "report")
PICTURE_NAME = Sentence("schermata", "screenshot")

# The preview.
PREVIEW = Sentence("Anteprima della schermata", "Preview of the screenshot")
BLACKEN = Sentence(
    "Ecco che cosa sarà allegato. Per coprire ciò che non si deve vedere, tracci un rettangolo con il mouse.",
    "This is what will be attached. To cover what must not be seen, draw a rectangle with the mouse.",
)
ATTACH_IT = Sentence("Allega", "Attach")
LEAVE_OUT = Sentence("Continua senza schermata", "Go on without the screenshot")
UNDO = Sentence("Togli l'ultimo rettangolo", "Undo the last rectangle")
CANCEL = Sentence("Annulla", "Cancel")

# The settings.
SAVE = Sentence("Salva", "Save")
TO_FIELD = Sentence("Indirizzo dell'assistenza", "Address of support")
CONTRACT_FIELD = Sentence("Numero di contratto (dalla fattura)", "Contract number (from the invoice)")
LANGUAGE_FIELD = Sentence("Lingua", "Language")
PICTURE_FIELD = Sentence("Schermata", "Screenshot")
POINTER_CHOICE = Sentence("lo schermo con il puntatore", "the screen with the pointer")
ALL_CHOICE = Sentence("tutti gli schermi", "all screens")
PROGRAM_FIELD = Sentence("Programma di posta", "Mail program")
AUTO_CHOICE = Sentence("scelta automatica", "chosen automatically")
SAVED = Sentence("Impostazioni salvate in {path}.", "Settings saved in {path}.")
IN_FILE = Sentence("Le impostazioni si trovano in {path}.", "The settings are kept in {path}.")

# How the draft was opened.
BY_EML = Sentence(
    "La bozza è stata aperta come file .eml nel programma di posta. Compili l'oggetto e la invii.",
    "The draft was opened as an .eml file in the mail program. Fill in the subject and send it.",
)
BY_XDG_EMAIL = Sentence(
    "La bozza è stata aperta con xdg-email. Compili l'oggetto e la invii.",
    "The draft was opened by xdg-email. Fill in the subject and send it.",
)
BY_THUNDERBIRD = Sentence(
    "La bozza è stata aperta con Thunderbird. Compili l'oggetto e la invii.",
    "The draft was opened in Thunderbird. Fill in the subject and send it.",
)
BY_OUTLOOK = Sentence(
    "La bozza è stata aperta con Outlook. Compili l'oggetto e la invii.",
    "The draft was opened in Outlook. Fill in the subject and send it.",
)
BY_MAILTO = Sentence(
    "È stato aperto un nuovo messaggio con il collegamento mailto. Compili l'oggetto e lo invii.",
    "A new message was opened by a mailto link. Fill in the subject and send it.",
)
BY_MAILTO_AND_FOLDER = Sentence(
    "È stato aperto un nuovo messaggio con il collegamento mailto, e la cartella della schermata: "
    "alleghi {path}, compili l'oggetto e lo invii.",
    "A new message was opened by a mailto link, and the folder of the screenshot: attach {path}, "
    "fill in the subject and send it.",
)
WRITTEN = Sentence("La bozza è stata scritta in {path}.", "The draft was written to {path}.")

# What can go wrong.
CANCELLED = Sentence("Annullato: nessuna bozza è stata fatta.", "Cancelled: no draft was made.")
NOTHING_OPENED = Sentence(
    "Nessun programma di posta ha aperto la bozza: la apra a mano da {path}.",
    "No mail program opened the draft: open it by hand from {path}.",
)
NO_LIBRARY = Sentence(
    "La parte grafica non è installata: pip install 'helpdeskctl[tray]'.",
    "The graphical part is not installed: pip install 'helpdeskctl[tray]'.",
)
NO_SYSTEM_LIBRARY = Sentence(
    "La parte grafica non si avvia: manca {file}, da installare con i pacchetti del sistema.",
    "The graphical part does not start: {file} is lacking, to be installed from the system's packages.",
)
NO_DISPLAY = Sentence(
    "Non c'è uno schermo da mostrare o fotografare: avviare dal desktop, oppure con --picture none.",
    "There is no screen to show or to take: start it from the desktop, or with --picture none.",
)
NO_TRAY = Sentence(
    "Questo desktop non ha un'area di notifica: usare helpdeskctl-tray --once da una scorciatoia.",
    "This desktop has no notification area: use helpdeskctl-tray --once with a keyboard shortcut.",
)
NO_PICTURE = Sentence(
    "Il sistema non ha dato la schermata: riprovare, oppure segnalare senza schermata.",
    "The system did not give the screenshot: try again, or report without a screenshot.",
)
NO_WINDOW = Sentence(
    "Non si riconosce la finestra attiva: usare la voce con tutta la schermata.",
    "The active window cannot be told: use the entry with the whole screen.",
)
ALREADY_RUNNING = Sentence(
    "L'icona è già in funzione: si trova vicino all'orologio.",
    "The icon is running already: it is beside the clock.",
)
CANNOT_READ = Sentence(
    "Non si può leggere {path}: {reason}. Correggere il file o i suoi permessi.",
    "{path} cannot be read: {reason}. Correct the file or its permissions.",
)
CANNOT_WRITE = Sentence(
    "Non si può scrivere {path}: {reason}. Scegliere un altro posto o correggere i permessi.",
    "{path} cannot be written: {reason}. Choose another place or correct the permissions.",
)
NOT_THERE = Sentence("non esiste", "it is not there")
NO_RIGHT = Sentence("manca il permesso", "permission is lacking")
AT_LINE = Sentence("riga {line}", "line {line}")
AT_END = Sentence("alla fine", "at its end")
NO_TEXT = Sentence("non è testo UTF-8", "it is no UTF-8 text")
NO_ROOM = Sentence("non c'è più spazio", "there is no room left")
NO_FILE = Sentence("il sistema rifiuta (errore {number})", "the system refuses (error {number})")
NOT_TOML = Sentence(
    "{path} non è TOML valido ({where}): correggere il file.",
    "{path} is no valid TOML ({where}): correct the file.",
)
UNKNOWN_KEY = Sentence(
    "{path}: la chiave {key} non esiste; le chiavi sono {allowed}.",
    "{path}: there is no key {key}; the keys are {allowed}.",
)
NOT_ALLOWED = Sentence(
    "{path}: {key} = {found} non va bene; è ammesso {allowed}.",
    "{path}: {key} = {found} will not do; allowed is {allowed}.",
)
ONE_OF = Sentence("uno di {choices}", "one of {choices}")
A_NUMBER = Sentence("un numero intero da {least} a {most}", "a whole number from {least} to {most}")
AN_ADDRESS = Sentence("un indirizzo come {example}", "an address like {example}")
A_CONTRACT = Sentence(
    "niente, o lettere e cifre con . / _ - in mezzo, al più 40",
    "nothing, or letters and digits with . / _ - in between, at most 40",
)
WRONG_OPTION = Sentence(
    "Opzione non valida: {option}. Vedere helpdeskctl-tray --help.",
    "Wrong option: {option}. See helpdeskctl-tray --help.",
)
WRONG_PICTURE = Sentence(
    "--picture {found} non esiste: scegliere fra {choices}.",
    "There is no --picture {found}: choose one of {choices}.",
)
NEEDS_ONCE = Sentence(
    "{option} va insieme a --once.",
    "{option} goes with --once.",
)
USAGE = Sentence(
    """\
Uso: helpdeskctl-tray [OPZIONI]

Mette vicino all'orologio l'icona "++", che prepara una segnalazione con la
schermata e la apre nel programma di posta. Non invia mai nulla da sola.

  --once             una segnalazione subito, senza icona (per una scorciatoia)
  --picture QUALE    pointer (lo schermo con il puntatore), all, window, none
  --out FILE.eml     scrive solo la bozza in FILE.eml (sottintende --once)
  --config FILE      le impostazioni da questo file soltanto
  --version          la versione
  -h, --help         questo aiuto

Esempio: helpdeskctl-tray --once --picture window""",
    """\
Usage: helpdeskctl-tray [OPTIONS]

Puts the "++" icon beside the clock; it prepares a report with a screenshot and
opens it in the mail program. It never sends anything by itself.

  --once             one report now, without the icon (for a keyboard shortcut)
  --picture WHICH    pointer (the screen with the pointer), all, window, none
  --out FILE.eml     only writes the draft to FILE.eml (implies --once)
  --config FILE      the settings from this file only
  --version          the version
  -h, --help         this help

Example: helpdeskctl-tray --once --picture window""",
)
