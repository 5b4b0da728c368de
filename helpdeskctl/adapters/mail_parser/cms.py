"""What an opaque signature wraps (RFC 5652 §5, RFC 8551 §3.5): found by walking the BER, nothing verified."""

from collections.abc import Iterator
from typing import NamedTuple

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_SEQUENCE, _OCTETS, _OCTETS_IN_PIECES, _EXPLICIT_0 = 0x30, 0x04, 0x24, 0xA0
# Deeper than any signature goes; a crafted one must not exhaust the stack.
_DEEPEST = 12


class Value(NamedTuple):
    """One value: its tag, where its content begins and ends, where the next one begins."""

    tag: int
    start: int
    end: int
    after: int


def signed_content(raw: bytes) -> bytes | None:
    """The content that was signed; None for what is no such signature, or is damaged."""
    try:
        outer = _value(raw, 0, len(raw), 0)
        kind, wrapped = _two(raw, outer)
        if raw[kind.start - 2 : kind.end] != _SIGNED_DATA or wrapped.tag != _EXPLICIT_0:
            return None
        signed = _value(raw, wrapped.start, wrapped.end, 1)
        _version, _algorithms, content, *_rest = _inner(raw, signed)
        _type, explicit = _two(raw, content)
        return b"".join(_octets(raw, _value(raw, explicit.start, explicit.end, 2), 3))
    except (ValueError, IndexError):
        return None


def _two(raw: bytes, value: Value) -> tuple[Value, Value]:
    first, second, *_rest = _inner(raw, value)
    return first, second


def _octets(raw: bytes, value: Value, depth: int) -> Iterator[bytes]:
    """The bytes of an octet string, which may be written in pieces."""
    if value.tag == _OCTETS:
        yield raw[value.start : value.end]
    elif value.tag == _OCTETS_IN_PIECES and depth < _DEEPEST:
        for piece in _inner(raw, value):
            yield from _octets(raw, piece, depth + 1)
    else:
        raise ValueError(value.tag)


def _inner(raw: bytes, value: Value) -> Iterator[Value]:
    position = value.start
    while position < value.end:
        found = _value(raw, position, value.end, 0)
        yield found
        position = found.after


def _value(raw: bytes, position: int, end: int, depth: int) -> Value:
    """The value that begins there. ValueError where none fits between there and `end`."""
    tag, length, start = raw[position], raw[position + 1], position + 2
    if length == 0x80:
        return _of_unknown_length(raw, tag, start, end, depth)
    if length > 0x80:
        count = length & 0x7F
        if count > 4:
            raise ValueError(length)
        length, start = int.from_bytes(raw[start : start + count]), start + count
    if start + length > end:
        raise ValueError(length)
    return Value(tag, start, start + length, start + length)


def _of_unknown_length(raw: bytes, tag: int, start: int, end: int, depth: int) -> Value:
    """A value that two zero bytes end (X.690 §8.1.3.6)."""
    if depth > _DEEPEST:
        raise ValueError(depth)
    position = start
    while raw[position : position + 2] != b"\0\0":
        position = _value(raw, position, end, depth + 1).after
    return Value(tag, start, position, position + 2)
