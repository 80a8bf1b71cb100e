"""The structures of ALSA's control interface: requests packed to bytes, answers unpacked.

Source: sound/asound.h of the kernel. Sizes are those of this machine's C compiler, since ``long`` and pointers are in
them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_WRITE, _READ = 1, 2

_ID: Final = struct.Struct("@IiII44sI")
_LIST: Final = struct.Struct("@IIIIP50x0P")
_INFO: Final = struct.Struct("@IiII44sIiIIi3l0q")
_INFO_SIZE: Final = _ID.size + 16 + 128 + 64
_VALUE: Final = struct.Struct("@IiII44sII0q128l128x0q")
_TLV: Final = struct.Struct("@II")


def _request(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("U") << 8 | number


ELEM_LIST: Final = _request(_READ | _WRITE, 0x10, _LIST.size)
ELEM_INFO: Final = _request(_READ | _WRITE, 0x11, _INFO_SIZE)
ELEM_READ: Final = _request(_READ | _WRITE, 0x12, _VALUE.size)
ELEM_WRITE: Final = _request(_READ | _WRITE, 0x13, _VALUE.size)
TLV_READ: Final = _request(_READ | _WRITE, 0x1A, _TLV.size)

ID_SIZE: Final = _ID.size
MOST_VALUES: Final = 128

_IFACE_MIXER = 2
_TYPE_BOOLEAN = 1
_TYPE_INTEGER = 2
_ACCESS_WRITE = 1 << 1
_ACCESS_TLV_READ = 1 << 4
_ACCESS_INACTIVE = 1 << 8
_ACCESS_LOCK = 1 << 9


@dataclass(frozen=True, slots=True)
class ElementId:
    """One control of a card: its number, its name, and whether it is a mixer's."""

    number: int
    name: str
    is_mixer: bool


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """A control's kind and limits; ``count`` is how many values it has, most often one a channel."""

    number: int
    name: str
    is_switch: bool
    is_volume: bool
    count: int
    low: int
    high: int
    step: int
    is_writable: bool
    has_decibels: bool


def list_request(space: int, address: int) -> bytearray:
    """Return an ELEM_LIST request for as many ids, to be written to ``address``; 0 asks only for their number."""
    return bytearray(_LIST.pack(0, space, 0, 0, address))


def list_counts(answer: bytes) -> tuple[int, int]:
    """Unpack from the answer to ELEM_LIST how many ids were written, and how many controls there are."""
    _offset, _space, used, count, _address = _LIST.unpack(answer)
    return used, count


def element_ids(table: bytes, used: int) -> list[ElementId]:
    """Unpack the first ``used`` ids that ELEM_LIST wrote."""
    found = []
    for number, iface, _device, _subdevice, name, _index in _ID.iter_unpack(table[: used * _ID.size]):
        found.append(ElementId(number, _text(name), iface == _IFACE_MIXER))
    return found


def info_request(number: int) -> bytearray:
    """Return an ELEM_INFO request for the control with this number."""
    return bytearray(_id(number).ljust(_INFO_SIZE, b"\0"))


def element_info(answer: bytes) -> ElementInfo:
    """Unpack the answer to ELEM_INFO."""
    number, _iface, _device, _sub, name, _index, kind, access, count, _owner, low, high, step = _INFO.unpack_from(
        answer
    )
    return ElementInfo(
        number,
        _text(name),
        kind == _TYPE_BOOLEAN,
        kind == _TYPE_INTEGER,
        min(count, MOST_VALUES),
        low,
        high,
        step,
        bool(access & _ACCESS_WRITE) and not access & (_ACCESS_INACTIVE | _ACCESS_LOCK),
        bool(access & _ACCESS_TLV_READ),
    )


def value_request(number: int, values: tuple[int, ...] = ()) -> bytearray:
    """Return an ELEM_READ request, or an ELEM_WRITE request with these values."""
    padded = values + (0,) * (MOST_VALUES - len(values))
    return bytearray(_VALUE.pack(number, 0, 0, 0, b"", 0, 0, *padded))


def values(answer: bytes, count: int) -> tuple[int, ...]:
    """Unpack the first ``count`` values from the answer to ELEM_READ."""
    unpacked: tuple[int, ...] = _VALUE.unpack(answer)[7 : 7 + count]
    return unpacked


def tlv_request(number: int, length: int) -> bytearray:
    """Return a TLV_READ request with room for ``length`` bytes."""
    return bytearray(_TLV.pack(number, length) + bytes(length))


def tlv_words(answer: bytes) -> tuple[int, ...]:
    """Unpack the 32-bit words of the answer to TLV_READ."""
    return struct.unpack_from(f"={(len(answer) - _TLV.size) // 4}I", answer, _TLV.size)


def _id(number: int) -> bytes:
    """A control's id by its number alone, which is enough for the kernel."""
    return _ID.pack(number, 0, 0, 0, b"", 0)


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode(errors="replace")
