"""H.264 Annex B byte streams: NAL units, and parameter sets repeated before every key picture.

Source: ITU-T H.264, Annex B and Table 7-1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

_START_CODE = b"\0\0\1"
_LONG_START_CODE = b"\0\0\0\1"
IDR, SPS, PPS, _ACCESS_UNIT_DELIMITER = 5, 7, 8, 9
SLICES = (1, 2, IDR)
# Enough for a slice's first numbers.
_SLICE_HEAD_BYTES = 24


def nal_units(data: bytes) -> Iterator[bytes]:
    """Yield the NAL units of a byte stream, without start codes and the zeros between them."""
    begin = data.find(_START_CODE)
    while begin >= 0:
        begin += len(_START_CODE)
        end = data.find(_START_CODE, begin)
        unit = data[begin:] if end < 0 else data[begin:end]
        if unit := unit.rstrip(b"\0"):
            yield unit
        begin = end


def join_nal_units(units: Iterable[bytes]) -> bytes:
    return b"".join(_LONG_START_CODE + unit for unit in units)


class AnnexBUnit(NamedTuple):
    """An access unit, whether it is key (IDR), and the beginning of its first slice; empty if it has no slice."""

    data: bytes
    is_key: bool
    slice_head: bytes


def split_access_unit(data: bytes) -> tuple[list[bytes], int, bytes]:
    """Return the NAL units before the first slice, the offset of its start code, and the beginning of that slice.

    The slices, by far the most of it, are neither searched nor copied.
    """
    before: list[bytes] = []
    begin = data.find(_START_CODE)
    while begin >= 0:
        body = begin + len(_START_CODE)
        if body < len(data) and data[body] & 0x1F in SLICES:
            at = begin - 1 if begin and not data[begin - 1] else begin
            return before, at, data[body : body + _SLICE_HEAD_BYTES]
        begin = data.find(_START_CODE, body)
        if unit := (data[body:] if begin < 0 else data[body:begin]).rstrip(b"\0"):
            before.append(unit)
    return before, len(data), b""


def parameter_sets(data: bytes) -> tuple[bytes, ...]:
    """Return the SPS and PPS before an access unit's first slice."""
    return tuple(unit for unit in split_access_unit(data)[0] if nal_type(unit) in (SPS, PPS))


def first_sps(data: bytes) -> bytes:
    """Return the first SPS of an access unit; empty if it has none."""
    return next((unit for unit in parameter_sets(data) if nal_type(unit) == SPS), b"")


def nal_type(unit: bytes) -> int:
    """The type of a NAL unit (Table 7-1)."""
    return unit[0] & 0x1F


class ParameterSetCompleter:
    """Remembers a stream's SPS and PPS and inserts them before every key picture that lacks them."""

    def __init__(self, extradata: bytes) -> None:
        """``extradata`` is the stream's header in Annex B; it may be empty."""
        self._parameter_sets: dict[int, list[bytes]] = {SPS: [], PPS: []}
        self.remember(nal_units(extradata))

    @property
    def sps(self) -> bytes:
        """The stream's present SPS; empty before the first."""
        return next(iter(self._parameter_sets[SPS]), b"")

    @property
    def has_both(self) -> bool:
        """Whether there is an SPS and a PPS."""
        return all(self._parameter_sets.values())

    def remember(self, units: Iterable[bytes]) -> None:
        """Take the parameter sets among these NAL units in place of earlier ones."""
        given = list(units)
        for kind in (SPS, PPS):
            if of_kind := [unit for unit in given if nal_type(unit) == kind]:
                self._parameter_sets[kind] = of_kind

    def complete(self, data: bytes) -> AnnexBUnit:
        """Return the access unit; a key unit begins with its SPS and PPS."""
        before, at, slice_head = split_access_unit(data)
        if before:
            self.remember(before)
        if not slice_head or nal_type(slice_head) != IDR:
            return AnnexBUnit(data, False, slice_head)
        others = [unit for unit in before if nal_type(unit) not in (SPS, PPS, _ACCESS_UNIT_DELIMITER)]
        head = join_nal_units([*self._parameter_sets[SPS], *self._parameter_sets[PPS], *others])
        return AnnexBUnit(head + data[at:], True, slice_head)
