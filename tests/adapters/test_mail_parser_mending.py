"""What a person would still read right, however a program wrote it: addresses, headers, parts, texts."""

from email import message_from_string
from time import process_time

import pytest

from helpdeskctl.adapters.mail_parser.addresses import Listed, listed
from helpdeskctl.adapters.mail_parser.mending import mended, message_of
from helpdeskctl.domain.message import Address
from tests.adapters.test_mail_parser import PLAIN, Read, b64, mail, multipart, part, read

__all__ = ["read"]

ANNA = "anna@cliente.example"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (f"Anna Verdi <{ANNA}>", "Anna Verdi"),
        (f"{ANNA} (Anna Verdi)", "Anna Verdi"),
        (f"Anna Verdi {ANNA}", "Anna Verdi"),
        (f"Verdi, Anna <{ANNA}>", "Verdi, Anna"),
        (f'"Verdi, Anna" <{ANNA}>', "Verdi, Anna"),
        (f"=?utf-8?Q?Verdi,_Anna_(casa)?= <{ANNA}>", "Verdi, Anna (casa)"),
        (f"Anna [Ufficio] <{ANNA}>", "Anna [Ufficio]"),
        (f"Anna: ufficio <{ANNA}>", "Anna: ufficio"),
        (f"Anna@Ufficio <{ANNA}>", "Anna@Ufficio"),
        (f"altra@casa.example <{ANNA}>", "altra@casa.example"),
        (f"Anna (l'ufficio <{ANNA}>", "Anna (l'ufficio"),
        (f'"Anna <{ANNA}>', "Anna"),
        (f'"Anna" Verdi" <{ANNA}>', "Anna Verdi"),
        (f'"Anna \\"Nina\\" Verdi" <{ANNA}>', 'Anna "Nina" Verdi'),
        (f"Anna <{ANNA}", "Anna"),
        (f"Anna <{ANNA}>>", "Anna"),
        (f"Anna \\<{ANNA}\\>", "Anna"),
        (f"Anna <mailto:{ANNA}>", "Anna"),
        (f"Anna [mailto:{ANNA}]", "Anna"),
        (f"Anna <@relay.example,@altro.example:{ANNA}>", "Anna"),
        (f"<{ANNA}> Anna", "Anna"),
        (f"<Anna> {ANNA}", "Anna"),
        (f"Anna <{ANNA}> Luca <luca@cliente.example>", "Anna"),
        (f"Anna =?utf-8?q?=3C{ANNA.replace('@', '=40')}=3E?=", "Anna"),
        (f'"Anna Verdi" ({ANNA})', "Anna Verdi"),
        (f"mailto:{ANNA}", ""),
        (f"Ufficio: {ANNA}, luca@cliente.example;", ""),
        (f"{ANNA}; luca@cliente.example", ""),
        (f"{ANNA} luca@cliente.example", ""),
    ],
)
def test_a_sender_is_found_however_it_is_written(read: Read, written: str, name: str) -> None:
    assert read(mail(From=written)).sender == Address(name, ANNA)


def test_every_address_of_a_list_is_found_once() -> None:
    value = f'Anna <{ANNA}>, "Rossi, Luca" <luca@a.example>, pia@b.example (Pia), Gruppo: <c@c.example>, d@[1.2.3.4];'
    assert [one.address for one in listed(value)] == [
        ANNA, "luca@a.example", "pia@b.example", "c@c.example", "d@[1.2.3.4]",
    ]  # fmt: skip
    assert list(listed("undisclosed-recipients:;")) == []
    assert list(listed("")) == []
    assert list(listed("root")) == [Listed("root", "")]


@pytest.mark.parametrize(
    "unit", ['"', "(", "<", '\\"', "a@", '"a" ', "(a) ", "=?", "=?a?q?", "(\\)", ",", ";:"]
)
def test_a_crafted_list_takes_no_time(unit: str) -> None:
    begun = process_time()
    for value in (
        unit * 20_000,
        f'"{unit * 20_000}',
        f"({unit * 20_000}",
        f"<{unit * 20_000}",
        f"{unit * 20_000}x a@b",
    ):
        list(listed(value))
    assert process_time() - begun < 4


@pytest.mark.parametrize(
    "before", ["\n\n", "\ufeff", " ", "\r\n", "From anna@a.example Mon Nov 23\n", ">From x\n"]
)
def test_what_stands_before_the_headers_hides_none(read: Read, before: str) -> None:
    found = read(before.encode() + mail("Non stampa.\n"))
    assert (found.sender.address, found.subject, found.text) == (
        "anna.verdi@cliente.example", "Stampante", "Non stampa.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["una riga fuori posto\n", "X Strano Header: sì\n", 'name="x.txt"\n', "=20\n", "quite X-Altro: no\n"],
)
def test_a_line_among_the_headers_that_is_none_hides_no_other(read: Read, line: str) -> None:
    lines = [f"{name}: {value}\n" for name, value in PLAIN.items()]
    for at in range(1, len(lines)):
        content = "".join([*lines[:at], line, *lines[at:]]) + "\nNon stampa.\n"
        found = read(content.encode())
        assert found.sender.address == "anna.verdi@cliente.example"
        assert found.subject.startswith("Stampante")
        assert found.text == "Non stampa."


def test_a_text_without_a_blank_line_before_it_stays_text() -> None:
    for body in (
        b"Una riga di testo\ne un'altra\n",
        b"   \n--x\nContent-Type: text/plain\n\ntesto\n",
        b"--x\n",
    ):
        found = message_of(mended(b"Subject: Stampante\n" + body))
        assert found is not None
        assert found["subject"].strip() == "Stampante"
        assert str(found.get_payload()).strip().encode() == body.strip()


def test_a_part_whose_header_is_wrapped_without_a_blank_is_whole(read: Read) -> None:
    headers = (
        'Content-Type: application/zip; x-mode=0600;\nname="foto.zip"\nContent-Transfer-Encoding: base64\n\n'
    )
    found = read(multipart("mixed", part("testo"), headers.encode() + b64(b"PK zip").encode()))
    assert found.text == "testo"
    [attached] = found.attachments
    assert (attached.name, attached.type, attached.size) == ("foto.zip", "application/zip", 6)


@pytest.mark.parametrize(
    "kind", ["multipart/mixed", "multipart/mixed; boundary=y", 'multipart/mixed; boundary="x']
)
def test_the_boundary_that_is_there_parts_the_mail(read: Read, kind: str) -> None:
    body = "--x\nContent-Type: text/plain\n\nNon stampa.\n--x\nContent-Type: image/png; name=a.png\n\nPNG\n--x--\n"
    found = read(mail(body, Content_Type=kind))
    assert (found.text, [one.name for one in found.attachments]) == ("Non stampa.", ["a.png"])


def test_what_is_nested_too_deep_is_not_read_again() -> None:
    assert message_of(b"Content-Type: message/rfc822\n\n" * 5000) is None
    assert message_of(b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 40) is not None


@pytest.mark.parametrize("encoding", ["base64;", '"base64"', "base64 (così)", "Base-64", " BASE64 "])
def test_base64_is_read_however_it_is_named(read: Read, encoding: str) -> None:
    content = mail(b64("Però va bene.".encode()), Content_Transfer_Encoding=encoding.encode())
    assert read(content).text == "Però va bene."


@pytest.mark.parametrize("encoding", ["quoted-printable;", "Quoted-Printible", '"quoted-printable"'])
def test_quoted_printable_is_read_however_it_is_named(read: Read, encoding: str) -> None:
    body = b"Per=C3=B2 va be= \t\nne, =\npi\xc3\xb9 di prima.\n"
    kind = "text/plain; charset=utf-8"
    content = mail(body, Content_Transfer_Encoding=encoding, Content_Type=kind)
    assert read(content).text == "Però va bene, più di prima."


def test_raw_letters_in_quoted_printable_are_in_its_charset(read: Read) -> None:
    content = mail(
        "caff\xe8 o caff=E8".encode("latin-1"),
        Content_Transfer_Encoding="quoted-printable",
        Content_Type="text/plain; charset=iso-8859-1",
    )
    assert read(content).text == "caffè o caffè"


def test_a_footer_behind_base64_is_no_base64(read: Read) -> None:
    body = b64(b"Non stampa nulla!!") + "=\n____\nLista: http://lista.example/perch\xe9\n"
    found = read(mail(body.encode("latin-1"), Content_Transfer_Encoding="base64"))
    assert found.text == "Non stampa nulla!!"


def test_a_text_that_only_claims_to_be_base64_is_shown(read: Read) -> None:
    found = read(mail("Non stampa, da ieri.\n", Content_Transfer_Encoding="base64"))
    assert found.text == "Non stampa, da ieri."


def test_an_attached_mail_in_base64_is_a_mail(read: Read) -> None:
    inner = mail("Dentro.\n", Subject="Interno")
    content = part(b64(inner), Content_Type="message/rfc822", Content_Transfer_Encoding="base64")
    [attached] = read(multipart("mixed", part("testo"), content)).attachments
    assert (attached.type, attached.size) == ("message/rfc822", len(inner))


PAGE = part("<p>Il corpo vero</p>", Content_Type="text/html")
FOOTER = part("____\nLista clienti", Content_Type="text/plain")
PDF = part("%PDF", Content_Type="application/pdf; name=a.pdf")


def test_a_page_with_a_footer_in_plain_text_is_read_whole(read: Read) -> None:
    assert read(multipart("mixed", PAGE, FOOTER)).text == "Il corpo vero\n\n____\nLista clienti"


def test_a_page_behind_an_attachment_is_read(read: Read) -> None:
    found = read(multipart("mixed", part("Inizio"), PDF, PAGE))
    assert (found.text, len(found.attachments)) == ("Inizio\n\nIl corpo vero", 1)


def test_a_page_that_says_the_same_is_not_read_twice(read: Read) -> None:
    assert read(multipart("mixed", part("Il corpo  vero\n"), PAGE)).text == "Il corpo  vero"
    assert read(multipart("alternative", part("Altre parole\n"), PAGE)).text == "Altre parole"


def test_of_alternatives_that_say_nothing_plainly_the_page_is_read(read: Read) -> None:
    both = multipart("alternative", part(" \n"), PAGE, boundary="yy")
    inner = both[both.index(b"Content-Type") :]
    assert read(multipart("mixed", inner, FOOTER)).text == "Il corpo vero\n\n____\nLista clienti"


def test_an_alternative_that_carries_a_name_is_no_attachment(read: Read) -> None:
    named = part("<p>Il corpo vero</p>", Content_Type="text/html; name=pagina.html")
    assert read(multipart("alternative", part("Il corpo vero"), named)).attachments == ()
    assert len(read(multipart("mixed", part("Il corpo vero"), named)).attachments) == 1


@pytest.mark.parametrize("kind", ["text/enriched", "text/richtext"])
def test_enriched_text_is_read_without_its_marks(read: Read, kind: str) -> None:
    body = "<color><param>red</param>Non</color> stampa, 3 << 4\n"
    assert read(mail(body, Content_Type=kind)).text == "Non stampa, 3 < 4"


def test_flowed_lines_whose_blank_is_none_of_the_text_are_put_together(read: Read) -> None:
    body = "una stampan \nte \nguasta\n"
    assert read(mail(body, Content_Type="text/plain; format=flowed; delsp=yes")).text == "una stampanteguasta"
    assert read(mail(body, Content_Type="text/plain; format=flowed")).text == "una stampan te guasta"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("windows-874", "cp874"), ("dos-862", "cp862"), ("cp-850", "cp850"), ("x-cp1251", "cp1251"),
        ("x-gbk", "gbk"), ("x-mac-roman", "mac_roman"), ("iso-8859-8-i", "iso8859-8"),
        ("windows-949", "cp949"), ("ISO-8859-2.", "iso8859-2"), ("x-euc-jp", "euc_jp"),
    ],
)  # fmt: skip
def test_charsets_of_other_names_are_known(read: Read, charset: str, codec: str) -> None:
    letters = {
        "cp874": "สวัสดี", "cp862": "שלום", "cp850": "più £", "cp1251": "привет", "gbk": "打印机坏了",
        "mac_roman": "più €", "iso8859-8": "שלום", "cp949": "안녕하세요", "iso8859-2": "dzień", "euc_jp": "日本語",
    }[codec]  # fmt: skip
    content = mail(letters.encode(codec), Content_Type=f"text/plain; charset={charset}")
    assert read(content).text == letters


def test_japanese_that_hides_in_ascii_is_read(read: Read) -> None:
    raw = "日本".encode("iso2022_jp")
    found = read(mail(raw, Subject=raw))
    assert (found.subject, found.text) == ("日本", "日本")


def test_raw_letters_of_a_header_are_in_the_charset_of_the_text(read: Read) -> None:
    raw = "Принтер".encode("koi8-r")
    found = read(mail("мир".encode("koi8-r"), Subject=raw, Content_Type="text/plain; charset=koi8-r"))
    assert (found.subject, found.text) == ("Принтер", "мир")
    utf_8 = mail("мир".encode("koi8-r"), Subject="Però".encode(), Content_Type="text/plain; charset=koi8-r")
    assert read(utf_8).subject == "Però"


def test_a_page_names_its_charset_where_its_header_does_not(read: Read) -> None:
    page = "<head><meta http-equiv=Content-Type content='text/html; charset=koi8-r'></head><p>Привет"
    assert read(mail(page.encode("koi8-r"), Content_Type="text/html")).text == "Привет"


def test_a_question_mark_in_an_encoded_word_ends_none(read: Read) -> None:
    assert read(mail(Subject="=?utf-8?Q?Perch=C3=A9_non_va??=")).subject == "Perché non va?"
    assert read(mail(Subject="=?utf-8?Q?a?= e =?utf-8?Q?non finita")).subject == "a e =?utf-8?Q?non finita"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="foto.jpg', "foto.jpg"),
        ('attachment; filename="foto.jpg" size=12', "foto.jpg"),
        ("attachment filename=foto.jpg", "foto.jpg"),
        ('attachment, filename="la foto.jpg"', "la foto.jpg"),
    ],
)
def test_a_name_is_found_however_it_is_written(read: Read, header: str, name: str) -> None:
    attached = part("x", Content_Type="image/jpeg", Content_Disposition=header)
    assert read(multipart("mixed", part("testo"), attached)).attachments[0].name == name


def test_what_stands_behind_a_type_is_none_of_it(read: Read) -> None:
    attached = part("x", Content_Type='application/pdf name="fattura.pdf"')
    [found] = read(multipart("mixed", part("testo", Content_Type="text/plain>"), attached)).attachments
    assert (found.name, found.type) == ("fattura.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("sender", "subject", "text", "kind"),
    [
        ("MDaemon@mx.example", "Permanent Delivery Failure", "fatal delivery errors", "failed"),
        ("MAILER-DAEMON@mx.example", "Errore", f"{ANNA}\nNon è stato possibile consegnare", "failed"),
        ("MAILER-DAEMON@mx.example", "", "I wasn't able to deliver the following message", "failed"),
        ("Mail.Delivery.System@mx.example", "Status", "Could not deliver to", "failed"),
        ("MAILER-DAEMON@mx.example", "Nota", "THIS IS A WARNING MESSAGE ONLY\nnot delivered", "delayed"),
        ("MAILER-DAEMON@mx.example", "Warning: message has not yet been delivered", "", "delayed"),
        ("MAILER-DAEMON@mx.example", "Statistiche", "Tutto va bene", ""),
        ("anna@cliente.example", "Nota", "Non è stato possibile consegnare", ""),
    ],
)
def test_older_reports_are_told_by_who_writes_and_what(
    read: Read, sender: str, subject: str, text: str, kind: str
) -> None:
    found = read(mail(text, From=sender, Subject=subject)).report
    assert (found.kind if found else "") == kind


@pytest.mark.parametrize(
    ("status", "kind"), [("5.1.1", "failed"), ("4.2.2", "delayed"), ("2.0.0", "delivered")]
)
def test_a_status_without_an_action_tells_what_became_of_it(read: Read, status: str, kind: str) -> None:
    told = f"Reporting-MTA: dns; mx.example\n\nOriginal-Recipient: rfc822;<{ANNA}>\nStatus: {status}\n"
    report = multipart("report", part("x"), part(told, Content_Type="message/delivery-status"))
    found = read(report).report
    assert found is not None
    assert (found.kind, found.recipient) == (kind, ANNA)


def test_the_standard_library_still_needs_the_mending() -> None:
    assert message_from_string("\nFrom: a@b.example\n\nx")["from"] is None
