"""The published rules (behaviour.md §7 and the firm's own page): in force where the file gives none."""

from helpdeskctl.domain.case import Urgency
from helpdeskctl.domain.rules import Rule

# What is plainly no command (behaviour.md §6), said of closing and of reopening alike. A phrase is as
# short as it can be without taking a command for none: "si può chiudere" asks for it, "riesco a
# chiudere" never does. It counts inside a longer word, too: "mai chiuso" would excuse "ormai chiuso".
_NO_COMMAND = """
    non {verb}
    non lo {verb}
    non la {verb}
    senza {verb}
    prima di {verb}
    impossibile {verb}
    impossibilità di {verb}
    impossibilità a {verb}
    impossibilitato a {verb}
    impossibilitati a {verb}
    riesco a {verb}
    riesco più a {verb}
    riesco ancora a {verb}
    riesce a {verb}
    riesce più a {verb}
    riesce ancora a {verb}
    riusciamo a {verb}
    riusciamo più a {verb}
    riusciamo ancora a {verb}
    riescono a {verb}
    riescono più a {verb}
    riuscito a {verb}
    riuscita a {verb}
    riusciti a {verb}
    riuscire a {verb}
    non posso {verb}
    non posso più {verb}
    non può {verb}
    non si può {verb}
    non si può più {verb}
    non possiamo {verb}
    non possiamo più {verb}
    non possono {verb}
    non potete {verb}
    non è possibile {verb}
    non è più possibile {verb}
    non è ancora possibile {verb}
    non era possibile {verb}
    non si deve {verb}
    non deve {verb}
    non dovete {verb}
    non bisogna {verb}
    non voglio {verb}
    non vogliamo {verb}
    non vuole {verb}
    non fa {verb}
    non fa più {verb}
    non mi fa {verb}
    non mi fa più {verb}
    non ci fa {verb}
    non ci fa più {verb}
    non si fa {verb}
    non far {verb}
    non fate {verb}
    lascia {verb}
    lascia più {verb}
    permette di {verb}
    permette più di {verb}
    consente di {verb}
    consente più di {verb}
    impedisce di {verb}
    rifiuta di {verb}
    come {verb}
    come si fa a {verb}
    come faccio a {verb}
    come posso {verb}
    come possiamo {verb}
    come si può {verb}
    errore nel {verb}
    errore al {verb}
    errore a {verb}
    errori nel {verb}
    problema nel {verb}
    problema a {verb}
    problemi nel {verb}
    problemi a {verb}
    blocca nel {verb}
    difficoltà nel {verb}
    difficoltà a {verb}
    difficoltà di {verb}
    provo a {verb}
    proviamo a {verb}
    provato a {verb}
    provando a {verb}
    cerco di {verb}
    cercato di {verb}
    cercando di {verb}
    tento di {verb}
    tentativo di {verb}
    aspettate a {verb}
    aspettare a {verb}
    do not {verb}
    don't {verb}
    cannot {verb}
    can't {verb}
    unable to {verb}
    how to {verb}
"""
_NOT_CLOSED = """
    non chiuso
    non ancora chiuso
    non è chiuso
    non è ancora chiuso
    non è stato chiuso
    non è stato ancora chiuso
    non è ancora stato chiuso
    non è mai stato chiuso
    non era chiuso
    non era stato chiuso
    non va chiuso
    non sia chiuso
    non sia stato chiuso
    non risulta chiuso
    non risulta ancora chiuso
    non può essere chiuso
    non deve essere chiuso
    non ho chiuso
    non l'ho chiuso
    non abbiamo chiuso
    non hanno chiuso
    si è chiuso
    si è di nuovo chiuso
    si è improvvisamente chiuso
    si era chiuso
    si sia chiuso
    s'è chiuso
    perché è chiuso
    perché è stato chiuso
    perché avete chiuso
    perché hanno chiuso
    come mai è stato chiuso
    come mai avete chiuso
    chiuso per errore
    chiuso per sbaglio
    chiuso erroneamente
    chiuso da solo
    chiuso all'improvviso
    chiuso improvvisamente
    rimane chiuso
    resta chiuso
    trovato chiuso
    not chiuso
"""


def _phrases(lines: str) -> tuple[str, ...]:
    """One phrase a line; also as it is typed where a keyboard has no accents: "non e' chiuso"."""
    typed = str.maketrans({ord(c): f"{plain}'" for c, plain in zip("àèéòù", "aeeou", strict=True)})
    phrases = [line.strip() for line in lines.splitlines() if line.strip()]
    return tuple(dict.fromkeys(form for phrase in phrases for form in (phrase, phrase.translate(typed))))


RULES: tuple[Rule, ...] = (
    Rule(
        name="mago",
        fields=("subject", "body"),
        kind="contains",
        patterns=("mago",),
        sector="gestionale",
        matches=("Mago4 non stampa il DDT", "errore in MAGO.NET"),
        misses=("La stampante non stampa",),
    ),
    Rule(
        name="urgente",
        fields=("subject",),
        kind="contains",
        patterns=("urgente",),
        urgency=Urgency.urgente,
        matches=("R: R: I: URGENTE!!", "Urgentemente: server fermo"),
        misses=("Senza urgenza: nuovo toner",),
    ),
    Rule(
        name="critico",
        fields=("subject",),
        kind="contains",
        patterns=("critico",),
        urgency=Urgency.critico,
        matches=("CRITICO: nessuno accede al gestionale",),
        misses=("Criticità minori sul portale",),
    ),
    Rule(
        name="riaprire",
        fields=("subject",),
        kind="contains",
        patterns=("riaprire",),
        unless=_phrases(_NO_COMMAND.format(verb="riaprire")),
        command="reopen",
        matches=("Caso 7 da riaprire", "riaprire il caso chiuso 7", "Si può riaprire? Il problema è tornato"),
        misses=("Non riesco a riaprire il documento", "Impossibile riaprire la posta", "NON RIAPRIRE"),
    ),
    Rule(
        name="chiudere",
        fields=("subject",),
        kind="contains",
        patterns=("chiudere", "chiuso"),
        unless=_phrases(_NO_COMMAND.format(verb="chiudere") + _NOT_CLOSED),
        command="close",
        matches=(
            "Caso 7 chiuso, grazie",
            "Impossibile chiudere la fattura - chiudere",
            "Potete chiudere il caso",
            "Risolto, si può chiudere",
        ),
        misses=(
            "Impossibile chiudere la fattura",
            "Il programma si è chiuso da solo",
            "Il caso 7 non e' ancora chiuso",
            "Errore nel chiudere il registro",
            "NON CHIUDERE",
        ),
    ),
)


def published(sectors: tuple[str, ...]) -> tuple[Rule, ...]:
    """The published rules as far as their sectors exist."""
    return tuple(rule for rule in RULES if not rule.sector or rule.sector in sectors)
