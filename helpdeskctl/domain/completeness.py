"""Minimum requirements (behaviour.md §7): a subject that names the problem, a text that tells it."""

from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.reference import bare_subject

# Words that name no problem, folded: a subject made of these alone says nothing.
_VAGUE = frozenset(
    """
    a aiutateci aiutatemi aiuto al alla assistenza attenzione avete bisogno bloccata bloccati bloccato
    buonasera buongiorno case caso che chiamare chiamatemi ci ciao cosa critica critico da del della di dei
    e errore errori fermi fermo funziona funzionano grave guasto help ho help il importante info informazioni
    la le lo malfunzionamento message messaggio mi nessun nessuno niente no non nulla nuovo oggetto per
    piu please prego problem problema problemi problems prova qualcosa quesito re richiesta richieste salve
    segnalazione senza siamo situazione si sos stuck subject subito supporto support test ticket tutti tutto
    un una urgent urgente urgenti urgentissimo urgenza vi we are
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
