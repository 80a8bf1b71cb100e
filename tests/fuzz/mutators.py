"""Changes that break parsers: odd numbers and characters, repetition, nesting, encodings, and boxes whose sizes agree.

Each takes data, a source of chance, the seeds of the target and the room there is, and returns the changed data.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

Mutator = Callable[[bytes, random.Random, Sequence[bytes], int], bytes]

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_ODD_NUMBERS = (
    *(b"0", b"-1", b"-0.0", b"1e999", b"1e-999", b"NaN", b"Infinity", b"0x1F", b"1_000", b"007", b"2.5", b"true"),
    *(b"2147483648", b"18446744073709551616", b"9" * 400, b"9" * 5000, "٣".encode(), "１２".encode(), b'"7"', b"null"),
)
_ODD_TEXT = (
    *("\0", "\ufeff", "\u2028", "\x85", "\x1c", "\r", "\n", "\t", " ", "\u3000", "＝", "，", "“", "e\u0301", "𠮷", "İ"),
    *('"', "'", "\\", "\\ud800", "\\u0000", "\\N", "../", "%00", "[", "]", "{", "}", "=", ",", ";", ":", "#", "|"),
)
_ODD_BYTES = (b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xff\xfe", b"\x80", b"\xfe\xff\xd8\x00")
_AROUND = ((b"[", b"]"), (b'{"a":', b"}"), (b"a.", b""), (b'"', b'"'), (b"{a=", b"}"), (b"(", b")"))
_ENCODINGS = ("utf-16", "utf-16-be", "utf-8-sig", "gb18030", "utf-32", "latin-1")
_EDGES = (0, 1, 2, 7, 8, 9, 15, 16, 0x7F, 0x80, 0xFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFF8, 1 << 63)
_CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf"))


def odd_number(data: bytes, rng: random.Random, _seeds: Sequence[bytes], _room: int) -> bytes:
    """Put another number in the place of one."""
    found = list(_NUMBER.finditer(data[:20_000]))
    if not found:
        return data + rng.choice(_ODD_NUMBERS)
    place = rng.choice(found)
    return data[: place.start()] + rng.choice(_ODD_NUMBERS) + data[place.end() :]


def odd_text(data: bytes, rng: random.Random, _seeds: Sequence[bytes], _room: int) -> bytes:
    """Insert a character, or bytes that are none, or write them over others."""
    at = rng.randint(0, len(data))
    odd = rng.choice(_ODD_TEXT).encode() if rng.random() < 0.8 else rng.choice(_ODD_BYTES)
    return data[:at] + odd + data[at + rng.choice((0, len(odd))) :]


def odd_field(data: bytes, rng: random.Random, _seeds: Sequence[bytes], _room: int) -> bytes:
    """Write a number at the edge of its range over a few bytes."""
    size = rng.choice((1, 2, 4, 8))
    at = rng.randint(0, len(data))
    number = rng.choice(_EDGES) & ((1 << 8 * size) - 1)
    return data[:at] + number.to_bytes(size, rng.choice(("big", "little"))) + data[at + size :]


def repeat(data: bytes, rng: random.Random, _seeds: Sequence[bytes], room: int) -> bytes:
    """Repeat a piece, up to as often as there is room."""
    start, end = _piece(data, rng)
    piece = data[start:end] or b"0"
    most = max(2, (room - len(data)) // len(piece))
    return data[:end] + piece * int(most ** rng.random()) + data[end:]


def nest(data: bytes, rng: random.Random, _seeds: Sequence[bytes], room: int) -> bytes:
    """Put brackets around a piece, up to as deep as there is room."""
    start, end = _piece(data, rng)
    before, behind = rng.choice(_AROUND)
    depth = int(max(2, (room - len(data)) // (len(before) + len(behind))) ** rng.random())
    return data[:start] + before * depth + data[start:end] + behind * depth + data[end:]


def truncate(data: bytes, rng: random.Random, _seeds: Sequence[bytes], _room: int) -> bytes:
    """Cut off an end, or a piece out of the middle."""
    start, end = _piece(data, rng)
    return data[:start] if rng.random() < 0.5 else data[:start] + data[end:]


def lines(data: bytes, rng: random.Random, _seeds: Sequence[bytes], _room: int) -> bytes:
    """Swap two lines, or write one twice."""
    rows = data.split(b"\n")
    first, second = rng.randrange(len(rows)), rng.randrange(len(rows))
    if rng.random() < 0.5:
        rows[first], rows[second] = rows[second], rows[first]
    else:
        rows.insert(first, rows[second])
    return b"\n".join(rows)


def splice(data: bytes, rng: random.Random, seeds: Sequence[bytes], _room: int) -> bytes:
    """Put a piece of a seed into the place of a piece."""
    start, end = _piece(data, rng)
    other = rng.choice(seeds)
    from_, to = _piece(other, rng)
    return data[:start] + other[from_:to] + data[end:]


def recode(data: bytes, rng: random.Random, _seeds: Sequence[bytes], _room: int) -> bytes:
    """Write the text in another encoding."""
    return data.decode("utf-8", "replace").encode(rng.choice(_ENCODINGS), "replace")


def boxes(data: bytes, rng: random.Random, seeds: Sequence[bytes], room: int) -> bytes:
    """Change a box (ISO/IEC 14496-12): its body, or drop it, or write it twice. The sizes of all around it agree."""
    tree = _parsed(data)
    if not tree:
        return odd_field(data, rng, seeds, room)
    siblings = tree
    at = rng.randrange(len(siblings))
    while isinstance(children := siblings[at][1], list) and children and rng.random() < 0.8:
        siblings, at = children, rng.randrange(len(children))
    kind, body = siblings[at]
    match rng.randrange(4):
        case 0:
            del siblings[at]
        case 1:
            siblings.insert(rng.randrange(len(siblings) + 1), (kind, body))
        case _ if isinstance(body, bytes):
            change = rng.choice((odd_field, odd_field, odd_field, truncate, repeat))
            siblings[at] = (kind, change(body, rng, seeds, room))
        case _:
            siblings[at] = (rng.choice((b"moof", b"traf", b"mdat", b"free")), body)
    return _serialised(tree)


_BINARY: tuple[Mutator, ...] = (odd_field, odd_field, repeat, truncate, splice)
_TEXT: tuple[Mutator, ...] = (odd_number, odd_number, odd_text, odd_text, repeat, nest, truncate, lines, splice, recode)
BY_FORM: dict[str, Sequence[Mutator]] = {"binary": _BINARY, "text": _TEXT, "boxes": (*_BINARY, *[boxes] * 5)}


def mutate(form: str, data: bytes, rng: random.Random, seeds: Sequence[bytes], room: int) -> bytes:
    """Change data once to four times; it fits into ``room`` bytes."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        data = rng.choice(BY_FORM[form])(data, rng, seeds, room)[:room]
    return data


def _piece(data: bytes, rng: random.Random) -> tuple[int, int]:
    """Where a piece begins and ends; most are short."""
    start = rng.randint(0, len(data))
    return start, min(len(data), start + int((len(data) + 1) ** rng.random()))


_Boxes = list[tuple[bytes, "bytes | _Boxes"]]


def _parsed(data: bytes, depth: int = 0) -> _Boxes:
    """The boxes of data, nested; what is no whole box is left out."""
    found: _Boxes = []
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + size]
        if size < 8 or at + size > len(data):
            break
        found.append((kind, _parsed(body, depth + 1) if kind in _CONTAINERS and depth < 8 else body))
        at += size
    return found


def _serialised(tree: _Boxes) -> bytes:
    parts = []
    for kind, body in tree:
        raw = body if isinstance(body, bytes) else _serialised(body)
        parts.append((len(raw) + 8).to_bytes(4, "big") + kind + raw)
    return b"".join(parts)
