"""Mail as it really comes: what plain parsing loses comes out right here (behaviour.md §3)."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpdeskctl.adapters.mail_parser import parse, peek
from helpdeskctl.domain.errors import UnreadableMailError
from helpdeskctl.domain.message import Address, Message
from helpdeskctl.domain.settings import Limits
from tests.builders import NOW

LIMITS = Limits(50, 256, 1000, 50)
Read = Callable[..., Message]
PLAIN = {
    "From": "Anna Verdi <anna.verdi@cliente.example>",
    "To": "nuovocaso@projectpp.it",
    "Subject": "Stampante",
    "Date": "Mon, 23 Nov 2026 09:12:00 +0100",
    "Message-ID": "<1@cliente.example>",
}


def mail(body: bytes | str = "testo\n", **headers: str | bytes | None) -> bytes:
    """A mail with those headers instead of, or besides, plain ones; None leaves one out."""
    known: dict[str, str | bytes | None] = dict(PLAIN)
    known |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [
        n.encode() + b": " + (v if isinstance(v, bytes) else v.encode())
        for n, v in known.items()
        if v is not None
    ]
    return b"\n".join(lines) + b"\n\n" + (body.encode() if isinstance(body, str) else body)


def multipart(kind: str, *parts: bytes, boundary: str = "xx", **headers: Any) -> bytes:
    inner = b"".join(b"--" + boundary.encode() + b"\n" + part + b"\n" for part in parts)
    return mail(
        inner + f"--{boundary}--\n".encode(),
        Content_Type=f'multipart/{kind}; boundary="{boundary}"',
        **headers,
    )


def part(content: bytes | str, **headers: str) -> bytes:
    lines = "".join(f"{n.replace('_', '-')}: {v}\n" for n, v in headers.items()).encode()
    return lines + b"\n" + (content.encode() if isinstance(content, str) else content)


def b64(content: bytes) -> str:
    return base64.encodebytes(content).decode()


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(content: bytes, limits: Limits = LIMITS) -> Message:
        path = tmp_path / "mail"
        path.write_bytes(content)
        found = parse(str(path), NOW, limits)
        check_whole(found)
        return found

    return reading


def check_whole(found: Message) -> None:
    """What holds of every mail: decoded, no control characters, names that are none of a path."""
    texts = [found.subject, found.sender.name, found.sender.address, found.message_id, *found.recipients]
    texts += [*found.references, *(v for values in found.headers.values() for v in values), found.date]
    assert all(
        t == " ".join(t.split())
        and not any(c < " " or "\x7f" <= c < "\xa0" or "\ud800" <= c <= "\udfff" for c in t)
        for t in texts
    ), texts
    for text in (found.text, found.new_text):
        assert not any(
            (c < " " and c not in "\n\t") or "\x7f" <= c < "\xa0" or "\ud800" <= c <= "\udfff" for c in text
        )
    for one in found.attachments:
        assert one.name and "/" not in one.name and "\\" not in one.name and not one.name.startswith(".")
        assert len(one.name) <= 160 and one.size >= 0 and len(one.sha256) == 64 and "/" in one.type
    assert len(found.digest) == 64
    assert found.arrived_at == NOW


# --- headers ---


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("Anna <anna@Cliente.EXAMPLE>", "Anna", "anna@cliente.example"),
        ('"Verdi, Anna" <a@b.example>', "Verdi, Anna", "a@b.example"),
        ("a@b.example", "", "a@b.example"),
        ("a@b.example (Anna Verdi)", "Anna Verdi", "a@b.example"),
        ("=?utf-8?q?Nicol=C3=B2?= <a@b.example>", "Nicolò", "a@b.example"),
        ("=?iso-8859-1?q?Nicol=F2_Gall=EC?= <a@b.example>", "Nicolò Gallì", "a@b.example"),
        ("=?utf-8?B?abcde?= <a@b.example>", None, "a@b.example"),
        ("=?utf-8?B?TmljcQ==?= =?utf-8?B?w7I=?= <a@b.example>", "Nicqò", "a@b.example"),
        ("=?utf-8?b?TmljbMM=?= =?utf-8?b?sg==?= <a@b.example>", "Niclò", "a@b.example"),
        ("=?x-unknown?q?Nicol=F2?= <a@b.example>", "Nicolò", "a@b.example"),
        ("=?utf-8?q?a=0D=0ABcc=3A_x?= <a@b.example>", "a Bcc: x", "a@b.example"),
        ("=?utf-8?q?=1B=5B31m?= <a@b.example>", "[31m", "a@b.example"),
        ("Uno <a@b.example>, Due <c@d.example>", "Uno", "a@b.example"),
        ("undisclosed", None, ""),
        ("", "", ""),
        ("<>", "", ""),
        ("Anna\n\tVerdi <a@b.example>", "Anna Verdi", "a@b.example"),
        ('"=?utf-8?q?Nicol=C3=B2?=" <a@b.example>', "Nicolò", "a@b.example"),
    ],
)
def test_the_sender(read: Read, written: str, name: str | None, address: str) -> None:
    found = read(mail(From=written)).sender
    assert found.address == address
    if name is not None:
        assert found.name == name


@pytest.mark.parametrize("raw", ["Nicolò".encode(), "Nicolò".encode("cp1252")])
def test_raw_letters_in_names_and_subjects(read: Read, raw: bytes) -> None:
    found = read(mail(From=raw + b" <a@b.example>", Subject=raw + b" scrive"))
    assert found.sender == Address("Nicolò", "a@b.example")
    assert found.subject == "Nicolò scrive"


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("Stampante   guasta", "Stampante guasta"),
        ("=?utf-8?q?Perch=C3=A9?=", "Perché"),
        ("R: =?utf-8?q?Perch=C3=A9?= adesso", "R: Perché adesso"),
        ("=?utf-8?q?uno?=\n =?utf-8?q?due?=", "unodue"),
        ("=?utf-8?q?uno_?= =?iso-8859-1?q?citt=E0?=", "uno città"),
        ("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?utf-8*it?q?Perch=C3=A9?=", "Perché"),
        ("=?utf-8?b?UGVyY2jDqQ?=", "Perché"),
        ("=?utf-7?q?+ADw-script?=", "<script"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?mancante", "=?utf-8?q?mancante"),
        ("=?utf-8?q?tab=09e=00nul?=", "tab enul"),
        ("=?us-ascii?q?caff=E8?=", "caffè"),
        ("a\n\tb", "a b"),
        ("", ""),
    ],
)
def test_the_subject(read: Read, written: str, subject: str) -> None:
    assert read(mail(Subject=written)).subject == subject


def test_a_blank_before_the_colon_ends_no_header(read: Read) -> None:
    content = mail().replace(b"Subject: ", b"Subject : ").replace(b"To: ", b"To\t: ")
    found = read(content)
    assert found.subject == "Stampante"
    assert found.recipients == ("nuovocaso@projectpp.it",)
    assert found.text == "testo"


def test_a_mbox_line_among_the_headers_ends_none(read: Read) -> None:
    assert read(b">From anna Mon Nov 23\n" + mail()).subject == "Stampante"
    assert read(mail().replace(b"Subject", b">From x\nSubject")).text == "testo"


def test_the_first_of_several_counts(read: Read) -> None:
    found = read(b"Subject: primo\nFrom: uno@b.example\nMessage-ID: <a@b>\n" + mail())
    assert (found.subject, found.sender.address, found.message_id) == ("primo", "uno@b.example", "a@b")


def test_recipients_of_envelope_and_header(read: Read) -> None:
    found = read(
        b"Delivered-To: uno@projectpp.it\nX-Original-To: due@projectpp.it\nDelivered-To: UNO@projectpp.it\nEnvelope-To: tre@projectpp.it\n"
        + mail(
            To="Gruppo: a@b.example, Nome <c@D.example>;, e@f.example",
            Cc="g@h.example",
            Resent_To="i@l.example",
        )
    )
    assert found.envelope_recipients[:2] == ("uno@projectpp.it", "UNO@projectpp.it")
    assert set(found.envelope_recipients) == {
        "uno@projectpp.it",
        "UNO@projectpp.it",
        "due@projectpp.it",
        "tre@projectpp.it",
    }
    assert found.recipients == ("a@b.example", "c@d.example", "e@f.example", "g@h.example", "i@l.example")


def test_references_have_the_mail_answered_first(read: Read) -> None:
    found = read(mail(References="<a@x> <b@x>\n <c@x>", In_Reply_To="<c@x> from Anna"))
    assert found.references == ("c@x", "b@x", "a@x")
    assert read(mail(In_Reply_To="senza-parentesi@x.example")).references == ("senza-parentesi@x.example",)
    assert len(read(mail(References=" ".join(f"<{n}@x>" for n in range(500)))).references) == 100


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Mon, 23 Nov 2026 09:12:00 +0100", "2026-11-23T09:12:00+01:00"),
        ("Mon, 23 Nov 2026 09:12:00 CET", "2026-11-23T09:12:00+01:00"),
        ("Mon, 23 Nov 2026 09:12:00 +0100 (CET)", "2026-11-23T09:12:00+01:00"),
        ("23 Nov 2026 09:12", "2026-11-23T09:12:00"),
        ("domani", ""),
        ("Mon, 99 Nov 2026 09:12:00 +0100", ""),
        ("Mon, 23 Nov 2026 09:12:00 +9999999999", ""),
        ("", ""),
    ],
)
def test_the_date_is_shown_as_far_as_it_can_be_read(read: Read, written: str, date: str) -> None:
    assert read(mail(Date=written)).date == date


def test_only_deciding_headers_are_handed_on(read: Read) -> None:
    found = read(
        mail(
            Auto_Submitted="auto-generated;\n x=1",
            X_Other="x",
            Return_Path="<>",
            List_Id="=?utf-8?q?a?= <b.c>",
        )
    )
    assert found.headers["auto-submitted"] == ("auto-generated; x=1",)
    assert found.headers["return-path"] == ("<>",)
    assert "x-other" not in found.headers and "subject" not in found.headers


# --- texts ---


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("utf-8", "perché €".encode(), "perché €"),
        ("iso-8859-1", "perché €".encode("cp1252"), "perché €"),
        ("us-ascii", "perché".encode("cp1252"), "perché"),
        ("us-ascii", "perché".encode(), "perché"),
        ("windows-1252", b"l\x92ora", "l\u2019ora"),
        ("", "perché".encode("cp1252"), "perché"),
        ("x-unknown", "perché".encode(), "perché"),
        ("utf\0-8", b"ok", "ok"),
        ("utf\0-8", "perché".encode(), "perché"),
        ("utf-8", "perché".encode("cp1252"), "perché"),
        ("iso-2022-jp", b"\x1b$BF|K\\\x1b(B", "日本"),
        ("utf-16", "perché".encode("utf-16"), "perché"),
        ("utf-7", b"+ADw-b+AD4-", "<b>"),
        ("base64", b"ok", "ok"),
        ("koi8-r", "мир".encode("koi8-r"), "мир"),
        ("utf-8", b"a\x00b\x1b[31mc\x0bd\x9b", None),
        ("iso-8859-15", b"100 \xa4", "100 €"),
        ("iso-8859-15", b"100 \x80 \xa4", "100 € ¤"),
        # A little damaged, but plainly what it is said to be.
        ("utf-8", "Però è così, perciò".encode() + b"\xc3.", "Però è così, perciò\ufffd."),
        ("utf-8", b"perch\xe8 \xe8 cos\xec, citt\xc3\xa0", "perchè è così, cittÃ\xa0"),
        ("gb2312", "你好，我是客户".encode("gbk") + b"\xff", "你好，我是客户\ufffd"),
        ("gb2312", "打印机壞了".encode("gb18030"), "打印机壞了"),
        ("iso-2022-jp", b"\x1b$B-!4]?t;z%F%9%H\x1b(B", "\ufffd丸数字テスト"),
        ("koi8-r", "тест".encode("koi8-r"), "тест"),
    ],
)
def test_any_charset_or_a_wrong_one(read: Read, charset: str, content: bytes, text: str | None) -> None:
    found = read(mail(content, Content_Type=f"text/plain; charset={charset}" if charset else "text/plain"))
    if text is not None:
        assert found.text == text


def test_quoted_printable_base64_and_flowed(read: Read) -> None:
    qp = read(
        mail(
            "perch=C3=A9 =E2=82=AC=\n fine",
            Content_Type="text/plain; charset=utf-8",
            Content_Transfer_Encoding="quoted-printable",
        )
    )
    assert qp.text == "perché € fine"
    coded = read(
        mail(
            b64("perché".encode()),
            Content_Type="text/plain; charset=utf-8",
            Content_Transfer_Encoding="BASE64 ",
        )
    )
    assert coded.text == "perché"
    flowed = read(
        mail(
            "una riga \nche continua\n\n> citata \n> ancora\n-- \nfirma",
            Content_Type="text/plain; format=flowed",
        )
    )
    assert flowed.text.startswith("una riga che continua\n\n> citata")
    assert flowed.new_text == "una riga che continua"


def test_a_mail_without_any_header_is_a_text(read: Read) -> None:
    found = read(b"solo testo\nsenza intestazione\n")
    assert found.sender == Address("", "")
    assert "solo testo" in found.text


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\n\n\n", b"\0", b"Subject: x", b"Subject: x\n", b"From: a@b.example\r\n\r\n"]
)
def test_next_to_nothing_is_a_mail_too(read: Read, content: bytes) -> None:
    read(content)


def test_plain_text_is_what_a_person_sees_and_html_where_it_is_empty(read: Read) -> None:
    html = part("<p>dal&nbsp;HTML</p>", Content_Type="text/html")
    both = read(multipart("alternative", part("dal testo", Content_Type="text/plain"), html))
    assert both.text == "dal testo"
    empty = read(multipart("alternative", part(" \n ", Content_Type="text/plain"), html))
    assert empty.text == "dal HTML"
    assert read(mail("<b>solo</b> html", Content_Type="text/html")).text == "solo html"


def test_texts_of_a_mail_follow_each_other(read: Read) -> None:
    found = read(
        multipart("mixed", part("uno", Content_Type="text/plain"), part("due", Content_Type="text/plain"))
    )
    assert found.text == "uno\n\ndue"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>uno</p><p>due</p>", "uno\n\ndue"),
        ("uno<br>due<br/>tre", "uno\ndue\ntre"),
        ("<div>uno</div><div>due</div>", "uno\ndue"),
        ("<div>uno<div>due</div>tre</div>", "uno\ndue\ntre"),
        ("<ul><li>uno<li>due</ul>", "- uno\n- due"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc"),
        ("un <b>po'</b> di <i>testo</i>.", "un po' di testo."),
        ("<a href='http://x.example'>qui</a>", "qui"),
        ("&egrave; &amp; &#8364; &nbsp;x", "è & € x"),
        ("<style>p{color:red}</style><p>x</p>", "x"),
        ("<script>alert(1)</script>x", "x"),
        ("<head><title>t</title></head><body>x</body>", "x"),
        ("<!-- c -->x<!--[if mso]>y<![endif]-->", "x"),
        ("<div style='display:none'>preheader</div>x", "x"),
        (
            "<div style='DISPLAY : none !important'>a</div><span style='visibility:hidden'>b</span><p hidden>c</p>x",
            "x",
        ),
        ("<span style='font-size:0px'>a</span><div style='max-height:0;overflow:hidden'>b</div>x", "x"),
        ("<span style='mso-hide:all'>a</span>x", "x"),
        ("<span style='font-size:10px'>a</span>x", "ax"),
        ("<blockquote>citato<br>ancora</blockquote>mio", "> citato\n> ancora\nmio"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("<p>uno\n  due</p>", "uno due"),
        ("a<span> b</span>c", "a bc"),
        ("<p>x", "x"),
        ("<h1>Titolo</h1>testo", "Titolo\ntesto"),
        ("x<img src=a alt=b>y", "xy"),
        ("", ""),
        ("<", "<"),
    ],
)
def test_html_as_a_person_sees_it(read: Read, html: str, text: str) -> None:
    found = read(mail(f"<html><body>{html}</body></html>", Content_Type="text/html; charset=utf-8"))
    assert found.text.replace("\n\n", "\n") == text.replace("\n\n", "\n")


def test_html_nested_beyond_all_reason_is_read(read: Read) -> None:
    assert "fondo" in read(mail("<div>" * 3000 + "fondo", Content_Type="text/html")).text


# --- attachments ---


def test_every_other_part_is_attached_also_unnamed_and_inline_ones(read: Read) -> None:
    found = read(
        multipart(
            "mixed",
            part("testo", Content_Type="text/plain"),
            part(
                b64(b"\x89PNG1"),
                Content_Type="image/png; name=schermata.png",
                Content_Transfer_Encoding="base64",
            ),
            part(
                b64(b"\x89PNG2"),
                Content_Type="image/png",
                Content_Transfer_Encoding="base64",
                Content_ID="<x>",
            ),
            part("a;b\n", Content_Type="text/csv", Content_Disposition="inline"),
            part("log", Content_Type="text/plain; name=log.txt", Content_Disposition="attachment"),
            part("altro", Content_Type="text/plain; name=nota.txt"),
            part("", Content_Type="application/pdf; name=vuoto.pdf"),
        )
    )
    assert found.text == "testo"
    assert [(a.name, a.type, a.size) for a in found.attachments] == [
        ("schermata.png", "image/png", 5),
        ("allegato-2.png", "image/png", 5),
        ("allegato-3.csv", "text/csv", 4),
        ("log.txt", "text/plain", 3),
        ("nota.txt", "text/plain", 5),
        ("vuoto.pdf", "application/pdf", 0),
    ]
    assert found.attachments[0].sha256 == hashlib.sha256(b"\x89PNG1").hexdigest()


def test_made_up_names_are_the_same_at_every_reading(read: Read) -> None:
    content = multipart("mixed", part("x", Content_Type="application/octet-stream"))
    assert read(content) == read(content)


def test_a_body_that_carries_a_name_is_still_the_body(read: Read) -> None:
    found = read(multipart("mixed", part("testo", Content_Type="text/plain; name=body.txt")))
    assert (found.text, found.attachments) == ("testo", ())


def test_an_attached_mail_is_kept_whole_and_out_of_the_text(read: Read) -> None:
    inner = multipart(
        "mixed", part("dentro", Content_Type="text/plain"), part("y", Content_Type="image/png"), boundary="yy"
    )
    found = read(
        multipart(
            "mixed",
            part("fuori", Content_Type="text/plain"),
            part(inner, Content_Type="message/rfc822; name=inoltrato.eml"),
        )
    )
    assert found.text == "fuori"
    assert [(a.name, a.type) for a in found.attachments] == [("inoltrato.eml", "message/rfc822")]
    assert found.attachments[0].size > 100


def test_an_attached_mail_that_cannot_be_written_again_is_kept_as_far_as_it_can(read: Read) -> None:
    inner = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=BBB\n\xff\n--BBB--\n"
    found = read(
        multipart(
            "mixed", part("testo", Content_Type="text/plain"), part(inner, Content_Type="message/rfc822")
        )
    )
    assert [(a.type, a.size > 20) for a in found.attachments] == [("message/rfc822", True)]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ('filename="fattura.pdf"', "fattura.pdf"),
        ("filename*=utf-8''fattura%20n%C2%B0%205.pdf", "fattura n° 5.pdf"),
        ("filename*0=fatt; filename*1=ura.pdf", "fattura.pdf"),
        ('filename="=?utf-8?q?citt=C3=A0.pdf?="', "città.pdf"),
        ('filename="fattura n\u00b0 5/2026.pdf"', "fattura n° 5-2026.pdf"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\\\Users\\\\anna\\\\foto.png"', "foto.png"),
        ('filename="/tmp/x"', "x"),
        ('filename=".bashrc"', "bashrc"),
        ('filename="a\u202egnp.exe"', "agnp.exe"),
        ('filename="con.txt"', "_con.txt"),
        ('filename="' + "x" * 500 + '.docx"', "x" * 145 + ".docx"),
        ('filename=""', "allegato-1.bin"),
        ('filename=".."', "allegato-1.bin"),
        ('filename="a:b*c?.txt"', "a-b-c-.txt"),
        ('filename="  spazi  .pdf"', "spazi .pdf"),
    ],
)
def test_names_are_cleaned_and_stay_recognisable(read: Read, given: str, name: str) -> None:
    content = multipart(
        "mixed",
        part("testo", Content_Type="text/plain"),
        part("x", Content_Type="application/octet-stream", Content_Disposition=f"attachment; {given}"),
    )
    assert read(content).attachments[0].name == name


@pytest.mark.parametrize("kind", ["application/PDF", "pdf", "a/b/c", "application x/y", "", "/", "text"])
def test_types_are_types_whatever_stands_there(read: Read, kind: str) -> None:
    found = read(
        multipart(
            "mixed",
            part("t", Content_Type="text/plain"),
            part("x", Content_Type=kind, Content_Disposition="attachment"),
        )
    )
    assert found.attachments[0].type in {"application/pdf", "application/octet-stream", "text/plain"}


def test_broken_base64_gives_what_is_whole_of_it(read: Read) -> None:
    found = read(
        multipart("mixed", part("QUJD*RA", Content_Type="image/png", Content_Transfer_Encoding="base64"))
    )
    assert found.attachments[0].size >= 3


def test_a_signature_is_no_attachment_and_encryption_is_marked(read: Read) -> None:
    signed = read(
        multipart(
            "signed",
            part("testo", Content_Type="text/plain"),
            part("x", Content_Type="application/pkcs7-signature; name=smime.p7s"),
        )
    )
    assert (signed.text, signed.attachments, signed.encrypted) == ("testo", (), False)
    for content in (
        mail("x", Content_Type="application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"),
        multipart(
            "encrypted",
            part("Version: 1", Content_Type="application/pgp-encrypted"),
            part("x", Content_Type="application/octet-stream"),
        ),
    ):
        assert read(content).encrypted
    assert not read(mail("x", Content_Type="application/pkcs7-mime; smime-type=signed-data")).encrypted


# --- identity ---


def test_two_deliveries_of_a_mail_have_one_digest(read: Read) -> None:
    one = read(mail("a  \r\nb\r\n\r\n"))
    two = read(b"Received: from x\nDelivered-To: a@projectpp.it\nReturn-Path: <a@b>\n" + mail("a\nb\n"))
    assert one.digest == two.digest


@pytest.mark.parametrize(
    "changed",
    [
        {"Subject": "altro"},
        {"Date": "Mon, 23 Nov 2026 09:12:01 +0100"},
        {"From": "altro@cliente.example"},
        {"body": "altro"},
    ],
)
def test_another_mail_has_another_digest(read: Read, changed: dict[str, str]) -> None:
    assert read(mail(**changed)).digest != read(mail()).digest


def test_another_screenshot_is_another_mail(read: Read) -> None:
    one, two = (read(multipart("mixed", part(x, Content_Type="image/png; name=a.png"))) for x in "xy")
    assert one.digest != two.digest


# --- limits ---


@pytest.mark.parametrize(
    ("content", "limits", "said"),
    [
        (mail("x" * 1_100_000), LIMITS._replace(mail_mb=1), "mail_mb"),
        (mail(X_Long="x" * 20_000), LIMITS._replace(header_kb=16), "header_kb"),
        (b"".join(b"X-%d: y\n" % n for n in range(100_000)) + b"\n", LIMITS, "header_kb"),
        (mail(Subject="=?utf-8?b?" + "QUJD" * 300_000 + "?="), LIMITS, "header_kb"),
        (multipart("mixed", *[part("x")] * 200), LIMITS._replace(parts=100), "parts"),
        (
            b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(60)) + b"\nx",
            LIMITS,
            "nesting",
        ),
        (
            b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(10_000)) + b"\nx",
            LIMITS,
            "nest",
        ),
        (b"Content-Type: message/rfc822\n\n" * 900 + b"x", LIMITS, "nest"),
    ],
)  # fmt: skip
def test_over_a_limit_a_mail_is_held_with_the_reason(
    read: Read, content: bytes, limits: Limits, said: str
) -> None:
    with pytest.raises(UnreadableMailError, match=said):
        read(content, limits)


def test_a_mail_that_has_gone_is_no_unreadable_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        parse(str(tmp_path / "nulla"), NOW, LIMITS)


@pytest.mark.parametrize(
    "content",
    [mail(X_Long="x" * 200_000), mail(), b"", b"\xff\xfe\0", mail(Subject="=?utf-8?b?" + "QUJD" * 90_000)],
)
def test_sender_and_subject_can_be_peeked_at_whatever_the_mail(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m").write_bytes(content)
    sender, _subject = peek(str(tmp_path / "m"))
    if b"anna" in content:
        assert sender.address == "anna.verdi@cliente.example"


# --- reports ---


def dsn(
    action: str,
    returned: bytes = b"Message-ID: <caso.7.x@projectpp.it>\n\n",
    kind: str = "text/rfc822-headers",
) -> bytes:
    return multipart(
        "report; report-type=delivery-status",
        part("Non consegnato", Content_Type="text/plain"),
        part(
            f"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; x@y.example\nAction: {action}\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\n",
            Content_Type="message/delivery-status",
        ),
        part(returned, Content_Type=kind),
        From="mailer-daemon@mx.example",
    )


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("failed", "failed"),
        ("Failed (permanent)", "failed"),
        ("delayed", "delayed"),
        ("delivered", "delivered"),
        ("relayed", "delivered"),
    ],
)
def test_delivery_reports(read: Read, action: str, kind: str) -> None:
    found = read(dsn(action)).report
    assert found is not None
    assert (found.kind, found.recipient, found.original) == (kind, "x@y.example", "caso.7.x@projectpp.it")
    assert "550 no" in found.detail


def test_the_returned_mail_may_be_whole(read: Read) -> None:
    found = read(dsn("failed", mail(Message_ID="<caso.8.x@projectpp.it>"), "message/rfc822")).report
    assert found is not None and found.original == "caso.8.x@projectpp.it"


@pytest.mark.parametrize(
    "content",
    [
        mail("Hi. This is the qmail-send program at mx.example.\n<x@y.example>:\nno\n\n--- Below\nMessage-ID: <caso.7.x@projectpp.it>\n", From="MAILER-DAEMON@mx.example", Subject="failure notice"),
        mail("x@y.example failed\n------ copy\nMessage-Id: <caso.7.x@projectpp.it>\n", From="Mail Delivery System <Mailer-Daemon@mx.example>", X_Failed_Recipients="x@y.example", Subject="Mail delivery failed"),
        mail("Address x@y.example not found\n> Message-ID: <caso.7.x@projectpp.it>\n", From="Mail Delivery Subsystem <mailer-daemon@gmail.example>", Subject="Delivery Status Notification (Failure)"),
        mail("x@y.example\nMessage-ID: <caso.7.x@projectpp.it>", From="postmaster@ditta.example", Subject="Undeliverable: x", Return_Path="<>"),
    ],
    ids=["qmail", "exim", "gmail", "exchange"],
)  # fmt: skip
def test_older_forms_of_bounces(read: Read, content: bytes) -> None:
    found = read(content).report
    assert found is not None
    assert (found.kind, found.recipient, found.original) == ("failed", "x@y.example", "caso.7.x@projectpp.it")


def test_a_person_who_writes_about_undeliverable_mail_reports_nothing(read: Read) -> None:
    assert read(mail("Message-ID: <caso.7.x@projectpp.it>", Subject="Undeliverable: aiuto")).report is None


def test_a_read_receipt(read: Read) -> None:
    found = read(
        multipart(
            "report; report-type=disposition-notification",
            part("Letto", Content_Type="text/plain"),
            part(
                "Final-Recipient: rfc822; x@y.example\nOriginal-Message-ID: <caso.7.x@projectpp.it>\nDisposition: manual; displayed\n",
                Content_Type="message/disposition-notification",
            ),
        )
    ).report
    assert found is not None
    assert (found.kind, found.original) == ("displayed", "caso.7.x@projectpp.it")


# --- certified mail ---


def pec(inner: bytes, kind: str = "posta-certificata", outer: str = "protocollo@pec.comune.example") -> bytes:
    shell = multipart(
        "mixed",
        part("Messaggio di posta certificata", Content_Type="text/plain"),
        part("<postacert/>", Content_Type="application/xml; name=daticert.xml"),
        part(inner, Content_Type='message/rfc822; name="postacert.eml"'),
        boundary="busta",
    )
    head, _, body = shell.partition(b"\n\n")
    kind_line = next(line for line in head.split(b"\n") if line.startswith(b"Content-Type"))
    return multipart(
        "signed",
        kind_line + b"\n\n" + body,
        part("x", Content_Type="application/x-pkcs7-signature; name=smime.p7s"),
        boundary="firma",
        X_Trasporto=kind,
        From=f'"Per conto di: {outer}" <posta-certificata@gestore.example>',
        Subject="POSTA CERTIFICATA: Richiesta",
        Message_ID="<busta@gestore.example>",
        Delivered_To="nuovocaso@projectpp.it",
    )


INNER = mail(
    "testo interno",
    From="Protocollo <protocollo@pec.comune.example>",
    Subject="Richiesta",
    Message_ID="<i@pec>",
)


def test_a_certified_mail_is_the_one_in_its_envelope(read: Read) -> None:
    found = read(pec(INNER))
    assert found.sender == Address("Protocollo", "protocollo@pec.comune.example")
    assert (found.subject, found.text, found.message_id) == ("Richiesta", "testo interno", "i@pec")
    assert found.attachments == ()
    assert found.envelope_recipients == ("nuovocaso@projectpp.it",)
    assert found.envelope is not None
    assert found.envelope.kind == "posta-certificata"
    assert found.envelope.on_behalf_of == "protocollo@pec.comune.example"
    assert found.envelope.provider.address == "posta-certificata@gestore.example"
    assert found.headers["x-trasporto"] == ("posta-certificata",)


def test_a_faulty_envelope_is_told(read: Read) -> None:
    found = read(pec(INNER, "errore", "altro@altrove.example"))
    assert found.envelope is not None
    assert (found.envelope.kind, found.envelope.on_behalf_of) == ("errore", "altro@altrove.example")


def test_headers_inside_say_nothing_of_an_envelope(read: Read) -> None:
    inner = mail("x", X_Trasporto="posta-certificata")
    found = read(
        multipart("mixed", part("t", Content_Type="text/plain"), part(inner, Content_Type="message/rfc822"))
    )
    assert found.envelope is None


@pytest.mark.parametrize(
    ("receipt", "kind"),
    [
        ("accettazione", "accepted"),
        ("avvenuta-consegna", "delivered"),
        ("presa-in-carico", "delivered"),
        ("non-accettazione", "failed"),
        ("errore-consegna", "failed"),
        ("preavviso-errore-consegna", "failed"),
    ],
)
def test_receipts_of_certified_mail(read: Read, receipt: str, kind: str) -> None:
    found = read(
        mail(
            X_Ricevuta=receipt,
            X_Riferimento_Message_ID="<caso.7.x@projectpp.it>",
            X_Trasporto="posta-certificata",
        )
    )
    assert found.report is not None and found.envelope is None
    assert (found.report.kind, found.report.original) == (kind, "caso.7.x@projectpp.it")


# --- whatever arrives ---


def test_nothing_is_ever_printed(read: Read, capfd: pytest.CaptureFixture[str]) -> None:
    read(mail(From="=?utf-8?B?abcde?= <a@x.it>", Date="x", Content_Type='multipart/mixed; charset="\0"'))
    read(multipart("mixed", part("x", Content_Type="message/rfc822", Content_Disposition="attachment")))
    assert capfd.readouterr() == ("", "")


def test_the_comparison_in_the_documentation_is_what_the_command_prints() -> None:
    from tests.adapters.comparison import table

    assert table() in (Path(__file__).parents[2] / "docs/mail-parser.md").read_text()


@pytest.mark.parametrize(
    "name",
    [
        b"filename*=utf-8''fattura%20n%C2%B0 5 \xd0\xb4\xd0\xbe.pdf",
        b"filename*=iso-8859-1''\xd0\x94\xd0\xbe\xd0\xba.pdf",
        b"filename*0*=utf-8''\xe2\x82\xac; filename*1=abc.pdf",
        "filename=Документ.pdf".encode(),
        b"filename*=nochar''%ff%fe\xff.pdf",
        b"filename*='''\xe8",
    ],
)
def test_a_name_with_raw_letters_where_none_belong_is_read(read: Read, name: bytes) -> None:
    content = (
        b"x\n--xx\nContent-Type: application/pdf\nContent-Disposition: attachment; "
        + name
        + b"\n\nabc\n--xx--\n"
    )
    raw = mail(b"--xx\n\n" + content, Content_Type='multipart/mixed; boundary="xx"')
    [found] = read(raw).attachments
    assert found.name
    assert found.name.isprintable()


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Undelivered Mail Returned to Sender", "failed"),
        ("Mail delivery failed: returning message to sender", "failed"),
        ("Delivery Status Notification (Failure)", "failed"),
        ("Undeliverable: [Caso #7] Stampante", "failed"),
        ("Non recapitabile: [Caso #7] Stampante", "failed"),
        ("Notifica di mancato recapito", "failed"),
        ("DELIVERY FAILURE: User anna (anna@cliente.example) not listed in Domino Directory", "failed"),
        ("Returned mail: see transcript for details", "failed"),
        ("Your message could not be delivered", "failed"),
        ("Delivery Status Notification (Delay)", "delayed"),
        ("Warning: could not send message for past 4 hours", "delayed"),
        ("Delivery delayed: [Caso #7] Stampante", "delayed"),
        ("Ritardo nella consegna: Stampante", "delayed"),
    ],
)
def test_reports_without_a_status_part_are_told_by_their_subject(read: Read, subject: str, kind: str) -> None:
    text = "Could not be delivered: <anna@cliente.example>\n\nMessage-ID: <caso.7.x@projectpp.it>\n"
    found = read(mail(text, From="Mail Delivery System <MAILER-DAEMON@mx.example>", Subject=subject)).report
    assert found is not None
    assert (found.kind, found.original, found.recipient) == (
        kind,
        "caso.7.x@projectpp.it",
        "anna@cliente.example",
    )
    assert read(mail(text, Subject=subject)).report is None


STATUS = (
    "Reporting-MTA: dns; mx.example\n\n"
    "Final-Recipient: utf-8; anna@cliente.example\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 no such user\n"
)
RETURNED = "Message-ID: <caso.7.x@projectpp.it>\nSubject: x\n"


@pytest.mark.parametrize(
    "report_type", ["; report-type=delivery-status", "; Report-Type=DELIVERY-STATUS", ""]
)
@pytest.mark.parametrize("status", ["message/delivery-status", "Message/Global-Delivery-Status"])
@pytest.mark.parametrize("headers", ["text/rfc822-headers", "message/global-headers", "message/rfc822"])
def test_a_status_part_is_read_however_it_is_labelled(
    read: Read, report_type: str, status: str, headers: str
) -> None:
    inner = part("Non consegnato.", Content_Type="text/plain")
    parts = (inner, part(STATUS, Content_Type=status), part(RETURNED, Content_Type=headers))
    body = b"".join(b"--xx\n" + one + b"\n" for one in parts) + b"--xx--\n"
    for container in ("report", "mixed") if report_type else ("report",):
        kind = f'multipart/{container}{report_type}; boundary="xx"'
        found = read(mail(body, From="postmaster@mx.example", Content_Type=kind)).report
        assert found is not None, container
        assert (found.kind, found.recipient) == ("failed", "anna@cliente.example")
        assert (found.original, found.detail) == ("caso.7.x@projectpp.it", "smtp; 550 no such user")


def test_a_read_receipt_without_report_type_is_one(read: Read) -> None:
    told = "Final-Recipient: rfc822; anna@cliente.example\nOriginal-Message-ID: <caso.7.x@projectpp.it>\n"
    for kind in ("message/disposition-notification", "message/global-disposition-notification"):
        found = read(
            multipart("report", part("Letto.", Content_Type="text/plain"), part(told, Content_Type=kind))
        )
        assert found.report is not None
        assert (found.report.kind, found.report.original) == ("displayed", "caso.7.x@projectpp.it")
        assert found.attachments == ()


def test_a_container_without_parts_is_text(read: Read) -> None:
    for kind in ("multipart/alternative", "multipart/mixed; boundary=altrove"):
        found = read(mail("Non si accende.\n", Content_Type=kind))
        assert (found.text, found.attachments) == ("Non si accende.", ())
    assert read(mail("", Content_Type="multipart/mixed")).attachments == ()


def test_a_quoted_local_part_stays_whole(read: Read) -> None:
    assert read(mail(From='"Anna Verdi"@cliente.example')).sender == Address(
        "", '"Anna Verdi"@cliente.example'
    )
    assert read(mail(From="'anna@cliente.example'")).sender.address == "anna@cliente.example"
    assert read(mail(From="<<anna@cliente.example>>")).sender.address == "anna@cliente.example"


def test_a_uuencoded_file_whose_lines_are_padded_too_far_is_whole(read: Read) -> None:
    lines = "#86)C``  \n#86)CAAAA\n"
    [found] = read(mail(f"Ecco.\n\nbegin 644 foto.jpg\n{lines}`\nend\n")).attachments
    assert (found.name, found.size) == ("foto.jpg", 6)


def test_a_mail_attached_in_base64_that_is_none_is_kept(read: Read) -> None:
    inner = b"Zm9v\n\n\xc0 testo\n"
    raw = mail(inner, Content_Type="message/rfc822", Content_Transfer_Encoding="base64")
    [found] = read(raw).attachments
    assert found.type == "message/rfc822"
