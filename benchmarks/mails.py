"""Support mails for the benchmarks: the same at every run, each unlike the others, as they really come.

Three Received lines, a name with accents, quoted-printable text of about 700 bytes: some 2 kB in all.
"""

import random
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime

SENDERS = 400
DOMAINS = ("cliente.example", "officina.example", "studio.example")
_BEGUN = datetime(2026, 3, 2, 8, 0, tzinfo=timezone(timedelta(hours=1)))
_NAMES = (
    "Giulia Neri", "Marco Bianchi", "Niccolò Però", "Chiara D'Amico", "Luca Fabbri",
    "Sofia Sposito", "Sandro Greco", "Martina Conti", "Andrea Galli", "Elena Marà",
)  # fmt: skip
_SUBJECTS = (
    "Il server di posta rifiuta gli allegati", "Stampante del magazzino bloccata",
    "Accesso da casa per un collega nuovo", "Lo schermo resta nero", "Password da rinnovare",
    "Errore 500 sul portale dei fornitori", "Serve un portatile in più", "La rete è lentissima",
    "Un foglio di calcolo non si apre", "Aggiornamento della contabilità",
)  # fmt: skip
_SENTENCES = (
    "Buongiorno, da stamattina il programma non risponde e non so più che cosa fare.",
    "Ho già riavviato due volte, però dopo pochi minuti succede di nuovo.",
    "Al secondo piano vedono tutti la stessa schermata grigia.",
    "Ci sarebbe bisogno di una risposta entro oggi: domani chiudiamo il mese.",
    "Sullo schermo c'è scritto «connessione interrotta», nient'altro.",
    "Resto a disposizione per provare quello che serve.",
    "Anche il collega dell'ufficio accanto ha lo stesso guaio, perciò penso alla rete.",
    "Il computer è quello con Windows 11, aggiornato la settimana scorsa.",
    "Mi trovate all'interno 45 fino alle sei, poi solo per posta.",
)


def address(number: int) -> str:
    """Who writes mail `number`."""
    return f"utente{number % SENDERS}@{DOMAINS[number % len(DOMAINS)]}"


def subject(number: int) -> str:
    """What it is about."""
    return f"{_SUBJECTS[number % len(_SUBJECTS)]} (pratica {number})"


def text(number: int) -> str:
    """What it says."""
    chosen, said = random.Random(f"testo {number}"), list[str]()
    while sum(map(len, said)) < 700:
        said.append(chosen.choice(_SENTENCES))
    return "\n".join(said) + "\n"


def mail(number: int, to: str = "nuovocaso@projectpp.it") -> bytes:
    """Mail `number`, some 2 kB."""
    made, sender, at = EmailMessage(), address(number), _BEGUN + timedelta(minutes=7 * number)
    domain = sender.partition("@")[2]
    made["Return-Path"] = f"<{sender}>"
    for hop, host in enumerate(("mx.projectpp.it", f"relay.{domain}", f"pc.{domain}")):
        made["Received"] = (
            f"from relay{hop}.{domain} (relay{hop}.{domain} [192.0.2.{(number + hop) % 250 + 1}]) by {host} "
            f"(Postfix) with ESMTPS id {number:08X}{hop} for <{to}>; {format_datetime(at)}"
        )
    made["From"] = f"{_NAMES[number % len(_NAMES)]} <{sender}>"
    made["To"] = f"Assistenza <{to}>"
    made["Subject"] = subject(number)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{number:08x}.prova@{domain}>"
    made["X-Mailer"] = "Mozilla Thunderbird 128"
    made.set_content(text(number), charset="utf-8", cte="quoted-printable")
    return made.as_bytes()


def large(megabytes: int) -> bytes:
    """A mail with one attachment of that size."""
    made = EmailMessage()
    made["From"], made["To"] = "Luca Fabbri <luca@officina.example>", "nuovocaso@projectpp.it"
    made["Subject"], made["Message-ID"] = "Il disegno della staffa", "<grande@officina.example>"
    made.set_content("In allegato il disegno.\n")
    content = random.Random("disegno").randbytes(megabytes * 1_000_000)
    made.add_attachment(content, "application", "octet-stream", filename="staffa.dwg")
    return made.as_bytes()
