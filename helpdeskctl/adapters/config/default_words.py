"""The words that name no problem, in Italian and English: those in force where the file gives none."""

VAGUE_WORDS: tuple[str, ...] = tuple(
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
