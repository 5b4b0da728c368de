"""The published rules (behaviour.md §7 and the firm's own page): in force where the file gives none.

They stand here as they would in the file, and are read by the same code.
"""

from typing import Any

# What is plainly no command (behaviour.md §6), said of closing and, with other words, of reopening.
_UNABLE = (
    "non {verb}",
    "non lo {verb}",
    "non la {verb}",
    "impossibile {verb}",
    "impossibilitati a {verb}",
    "impossibilità di {verb}",
    "non è possibile {verb}",
    "non e' possibile {verb}",
    "non è più possibile {verb}",
    "non riesco a {verb}",
    "non riesco più a {verb}",
    "non riusciamo a {verb}",
    "non riusciamo più a {verb}",
    "non riesce a {verb}",
    "non riescono a {verb}",
    "non si riesce a {verb}",
    "non si riesce più a {verb}",
    "non posso {verb}",
    "non possiamo {verb}",
    "non si può {verb}",
    "non si puo' {verb}",
    "non fa {verb}",
    "non mi fa {verb}",
    "non ci fa {verb}",
    "non lascia {verb}",
    "non mi lascia {verb}",
    "non permette di {verb}",
    "non consente di {verb}",
    "errore nel {verb}",
    "errore a {verb}",
    "problema nel {verb}",
    "problemi nel {verb}",
    "problemi a {verb}",
    "come {verb}",
    "come si fa a {verb}",
)


def _unable(verb: str) -> list[str]:
    return [phrase.format(verb=verb) for phrase in _UNABLE]


RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "mago",
        "in": ["subject", "body"],
        "contains": ["mago"],
        "sector": "gestionale",
        "matches": ["Mago4 non stampa il DDT", "errore in MAGO.NET"],
        "misses": ["La stampante non stampa"],
    },
    {
        "name": "urgente",
        "in": ["subject"],
        "contains": ["urgente"],
        "urgency": "urgente",
        "matches": ["R: R: I: URGENTE!!", "Urgentemente: server fermo"],
        "misses": ["Senza urgenza: nuovo toner"],
    },
    {
        "name": "critico",
        "in": ["subject"],
        "contains": ["critico"],
        "urgency": "critico",
        "matches": ["CRITICO: nessuno riesce ad accedere"],
        "misses": ["Criticità minori sul portale"],
    },
    {
        "name": "riaprire",
        "in": ["subject"],
        "contains": ["riaprire"],
        "unless": _unable("riaprire"),
        "command": "reopen",
        "matches": ["Caso 7 da riaprire", "riaprire il caso chiuso 7"],
        "misses": ["Non riesco a riaprire il documento", "Impossibile riaprire la posta"],
    },
    {
        "name": "chiudere",
        "in": ["subject"],
        "contains": ["chiudere", "chiuso"],
        "unless": [
            *_unable("chiudere"),
            "da non chiudere",
            "si è chiuso",
            "si e' chiuso",
            "mi si è chiuso",
            "non è chiuso",
            "non e' chiuso",
            "non ancora chiuso",
            "non chiuso",
            "non risulta chiuso",
            "rimane chiuso",
            "resta chiuso",
            "trovato chiuso",
        ],
        "command": "close",
        "matches": ["Caso 7 chiuso, grazie", "Impossibile chiudere la fattura - chiudere"],
        "misses": ["Impossibile chiudere la fattura", "Il programma si è chiuso da solo", "NON CHIUDERE"],
    },
)  # fmt: skip
