"""What is known of a mail's envelope, as the header lines that delivery agents write."""

import re
from typing import BinaryIO

PIECE = 64 * 1024


def with_envelope(first: bytes, recipients: tuple[str, ...]) -> tuple[bytes, bytes]:
    """What is known of the envelope, as header lines, and the mail's beginning without an mbox line.

    A Return-Path is looked for in as much of the header block as `first` holds. An empty mail stays so.
    """
    lines = []
    if first.startswith(b"From ") and b"\n" in first:
        from_line, _, first = first.partition(b"\n")
        header = re.split(rb"(?m)^\r?\n", first, maxsplit=1)[0]
        if not re.search(rb"(?im)^return-path[ \t]*:", header):
            lines.append(b"Return-Path: <" + _envelope_sender(from_line) + b">")
    for recipient in recipients:
        # Lone surrogates, which cannot be encoded, are not printable either.
        if address := "".join(filter(str.isprintable, recipient)).strip():
            lines.append(b"Delivered-To: " + address.encode())
    if not first:
        return b"", b""
    end = b"\r\n" if first.partition(b"\n")[0].endswith(b"\r") else b"\n"
    return b"".join(line + end for line in lines), first


def _envelope_sender(from_line: bytes) -> bytes:
    """The address of `From ADDRESS  Tue Nov 24 ...`; b"" for the null sender (`From   Tue Nov 24 ...`)."""
    # A local part may be quoted. Nothing follows that could fail, so this is linear.
    written = re.match(rb'From ((?:"[^"]*"|\S)*)', from_line)
    address = re.sub(rb"[\x00-\x1f\x7f<>]", b"", written[1] if written else b"")
    return b"" if address.upper().partition(b"@")[0] == b"MAILER-DAEMON" else address


def first_piece(stream: BinaryIO) -> bytes:
    """The first 64 kB, or all there is: one read of a pipe may give less."""
    first = b""
    while len(first) < PIECE and (piece := stream.read(PIECE - len(first))):
        first += piece
    return first
