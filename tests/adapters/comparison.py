"""`make comparison`: what plain mail-parser, and what helpdeskctl, make of the same awkward mails.

Prints the table that stands in docs/mail-parser.md.
"""

import logging
import sys
import tempfile
from collections.abc import Callable
from typing import NamedTuple

import mailparser

from helpdeskctl.adapters.mail_parser import parse
from tests.adapters.test_mail_parser import INNER, LIMITS, b64, mail, multipart, part, pec
from tests.builders import NOW


class Seen(NamedTuple):
    """What a mail says: sender's address, subject, text (white space squashed), names of attachments."""

    sender: str
    subject: str
    text: str
    attachments: tuple[str, ...]


TEXT = part("testo", Content_Type="text/plain")
PNG = part(b64(b"\x89PNG"), Content_Type="image/png", Content_Transfer_Encoding="base64")
ANNA, STAMPANTE = "anna.verdi@cliente.example", "Stampante"
CASES: tuple[tuple[str, bytes, Seen], ...] = (
    ("a plain mail", mail(), Seen(ANNA, STAMPANTE, "testo", ())),
    ("an attached mail beside a text", multipart("mixed", TEXT, part(mail("dentro"), Content_Type="message/rfc822; name=i.eml")), Seen(ANNA, STAMPANTE, "testo", ("i.eml",))),
    ("an image without a name", multipart("mixed", TEXT, PNG), Seen(ANNA, STAMPANTE, "testo", ("allegato-1.png",))),
    ("a body that carries a name", multipart("mixed", part("testo", Content_Type="text/plain; name=b.txt")), Seen(ANNA, STAMPANTE, "testo", ())),
    ("raw UTF-8 in the subject", mail(Subject="Perché".encode()), Seen(ANNA, "Perché", "testo", ())),
    ("raw cp1252 in the subject", mail(Subject="Perché".encode("cp1252")), Seen(ANNA, "Perché", "testo", ())),
    ("`Subject :` with a blank", mail().replace(b"Subject:", b"Subject :"), Seen(ANNA, STAMPANTE, "testo", ())),
    ("two Subject headers", b"Subject: primo\n" + mail(), Seen(ANNA, "primo", "testo", ())),
    ("ISO-2022-JP in the subject", mail(Subject="=?iso-2022-jp?b?GyRCRnxLXBsoQg==?="), Seen(ANNA, "日本", "testo", ())),
    ("a subject cut within a letter", mail(Subject="=?utf-8?b?Y2FmZsM=?= =?utf-8?b?qA==?="), Seen(ANNA, "caffè", "testo", ())),
    ("CR and LF in an encoded subject", mail(Subject="=?utf-8?q?a=0D=0ABcc=3A_b?="), Seen(ANNA, "a Bcc: b", "testo", ())),
    ("damaged base64 in a name", mail(From="=?utf-8?B?abcde?= <anna.verdi@cliente.example>"), Seen(ANNA, STAMPANTE, "testo", ())),
    ("NUL in a charset", mail("testo", Content_Type="text/plain; charset=utf\0-8"), Seen(ANNA, STAMPANTE, "testo", ())),
    ("cp1252 under a latin-1 label", mail("100 €".encode("cp1252"), Content_Type="text/plain; charset=iso-8859-1"), Seen(ANNA, STAMPANTE, "100 €", ())),
    ("cp1252 without a label", mail("caffè".encode("cp1252")), Seen(ANNA, STAMPANTE, "caffè", ())),
    ("cp1252 under a UTF-8 label", mail("caffè".encode("cp1252"), Content_Type="text/plain; charset=utf-8"), Seen(ANNA, STAMPANTE, "caffè", ())),
    ("HTML with hidden parts", mail("<style>x</style><p style='display:none'>no</p><p>testo", Content_Type="text/html"), Seen(ANNA, STAMPANTE, "testo", ())),
    ("a path as a file name", multipart("mixed", TEXT, part("x", Content_Type="image/png", Content_Disposition='attachment; filename="../../x.png"')), Seen(ANNA, STAMPANTE, "testo", ("x.png",))),
    ("a slash in a file name", multipart("mixed", TEXT, part("x", Content_Type="application/pdf", Content_Disposition='attachment; filename="n. 5/2026.pdf"')), Seen(ANNA, STAMPANTE, "testo", ("n. 5-2026.pdf",))),
    ("an address as a name", mail(From=f"altra@casa.example <{ANNA}>"), Seen(ANNA, STAMPANTE, "testo", ())),
    ("a blank line before the headers", b"\n" + mail(), Seen(ANNA, STAMPANTE, "testo", ())),
    ("a line among the headers that is none", mail().replace(b"Subject:", b"fuori posto\nSubject:"), Seen(ANNA, STAMPANTE, "testo", ())),
    ("`base64;` as an encoding", mail(b64(b"testo"), Content_Transfer_Encoding="base64;"), Seen(ANNA, STAMPANTE, "testo", ())),
    ("a list's footer behind base64", mail(b64(b"testo..") + "____\nLista clienti\n", Content_Transfer_Encoding="base64"), Seen(ANNA, STAMPANTE, "testo..", ())),
    ("a boundary that is not named", mail("--x\n\ntesto\n--x\nContent-Type: image/png; name=a.png\n\nPNG\n--x--\n", Content_Type="multipart/mixed"), Seen(ANNA, STAMPANTE, "testo", ("a.png",))),
    ("a page with a footer in plain text", multipart("mixed", part("<p>testo</p>", Content_Type="text/html"), part("Lista", Content_Type="text/plain")), Seen(ANNA, STAMPANTE, "testo Lista", ())),
    ("`windows-874` as a charset", mail("สวัสดี".encode("cp874"), Content_Type="text/plain; charset=windows-874"), Seen(ANNA, STAMPANTE, "สวัสดี", ())),
    ("a raw subject in the text's charset", mail("мир".encode("koi8-r"), Subject="Принтер".encode("koi8-r"), Content_Type="text/plain; charset=koi8-r"), Seen(ANNA, "Принтер", "мир", ())),
    ("a question mark in an encoded word", mail(Subject="=?utf-8?Q?Non_va??="), Seen(ANNA, "Non va?", "testo", ())),
    ("a certified mail (PEC)", pec(INNER), Seen("protocollo@pec.comune.example", "Richiesta", "testo interno", ())),
)  # fmt: skip


def plain(content: bytes) -> Seen:
    """What mail-parser gives by itself; what it raises is what it gives."""
    found = mailparser.parse_from_bytes(content)
    sender = found.from_[0][1] if found.from_ else ""
    text = " ".join(" ".join(found.text_plain or found.text_html).split())
    return Seen(sender, str(found.subject), text, tuple(one["filename"] for one in found.attachments))


def ours(content: bytes) -> Seen:
    """What this package gives."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        found = parse(file.name, NOW, LIMITS)
    text = " ".join(found.text.split())
    return Seen(found.sender.address, found.subject, text, tuple(one.name for one in found.attachments))


def judged(read: Callable[[bytes], Seen], content: bytes, expected: Seen) -> str:
    """`right`, or what is wrong."""
    try:
        seen = read(content)
    except BaseException as error:
        return f"raises {type(error).__name__}"
    wrong = [name for name, one, other in zip(Seen._fields, seen, expected, strict=True) if one != other]
    return f"wrong: {', '.join(wrong)}" if wrong else "right"


def table() -> str:
    """The table in Markdown, with a line of sums."""
    logging.getLogger("mailparser").addHandler(logging.NullHandler())
    rows = [(name, judged(plain, content, e), judged(ours, content, e)) for name, content, e in CASES]
    lines = ["| mail | mail-parser alone | helpdeskctl |", "|---|---|---|"]
    lines += [f"| {name} | {alone} | {here} |" for name, alone, here in rows]
    right = [sum(row[column] == "right" for row in rows) for column in (1, 2)]
    lines.append(f"| right, of {len(rows)} | {right[0]} | {right[1]} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
