"""Minimum requirements (behaviour.md §7): a subject that names the problem, a text that tells it."""

from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.reference import bare_subject

# Words that name no problem, folded: a subject made of these alone says nothing.
_VAGUE = frozenset(
    """
    a abbiamo aiutateci aiutatemi aiuto al all alla anche ancora anomalia are asap assistenza attenzione
    avete bisogno bloccata bloccate bloccati bloccato blocco broken buonasera buongiorno c case caso ce che
    chiamare chiamateci chiamatemi chiarimenti chiarimento ci ciao cosa critica critico da dall dei del dell
    della di does doesn domanda domande e emergenza error errore errori errors ferma ferme fermi fermo
    funziona funzionano grave grazie guasti guasto has have hello help hi ho il importante importantissimo
    info informazioni intervento is issue issues it l la le lo malfunzionamento me message messaggio mi molto
    my nessun nessuno niente no non not nulla nuova nuovi nuovo oggetto per piu please prego problem problema
    problemi problems prova qualcosa quesito question qui re request richiamare richiamateci richiamatemi
    richiesta richieste rispondete salve segnalazione senza si siamo siete situazione sono sos stop stuck
    subito subject support supporto t test thanks ticket tutti tutto un una urgent urgente urgenti
    urgentissimo urgently urgenza va vanno vi we work working works
    """.split()
)
# Fewer words than this tell nothing that a technician could reproduce.
_ENOUGH_WORDS = 4


def incomplete(message: Message) -> Finding | None:
    """What is lacking, or None. A telling subject with an attachment is fine without text: that is
    what the tray icon sends."""
    words = "".join(c if c.isalnum() else " " for c in fold(bare_subject(message.subject))).split()
    if all(word in _VAGUE or word.isdigit() for word in words):
        return Finding("minimum requirements", "subject", message.subject[:60], "incomplete")
    text = message.new_text or message.text
    if not message.attachments and len(text.split(None, _ENOUGH_WORDS)) < _ENOUGH_WORDS:
        return Finding("minimum requirements", "body", text.strip()[:60], "incomplete")
    return None
