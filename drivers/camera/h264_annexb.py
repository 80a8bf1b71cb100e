"""H.264 Annex B byte streams: NAL units, and parameter sets repeated before every key picture.

Source: ITU-T H.264, Annex B and Table 7-1.
"""

from __future__ import annotations

from collections.abc import Iterator

_START_CODE = b"\0\0\1"
_LONG_START_CODE = b"\0\0\0\1"
_IDR, _SPS, _PPS, _ACCESS_UNIT_DELIMITER = 5, 7, 8, 9


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


def join_nal_units(units: list[bytes]) -> bytes:
    return b"".join(_LONG_START_CODE + unit for unit in units)


class ParameterSetCompleter:
    """Remembers a stream's SPS and PPS and inserts them before every key picture that lacks them."""

    def __init__(self, extradata: bytes) -> None:
        """``extradata`` is the stream's header in Annex B; it may be empty."""
        self._parameter_sets: dict[int, list[bytes]] = {}
        self._remember(list(nal_units(extradata)))

    def complete(self, data: bytes) -> tuple[bytes, bool]:
        """Return the access unit and whether it is key (IDR); a key unit begins with its SPS and PPS."""
        units = list(nal_units(data))
        self._remember(units)
        if all(_nal_type(unit) != _IDR for unit in units):
            return data, False
        others = [unit for unit in units if _nal_type(unit) not in (_SPS, _PPS, _ACCESS_UNIT_DELIMITER)]
        return join_nal_units(self._parameter_sets.get(_SPS, []) + self._parameter_sets.get(_PPS, []) + others), True

    def _remember(self, units: list[bytes]) -> None:
        for nal_type in (_SPS, _PPS):
            if units_of_type := [unit for unit in units if _nal_type(unit) == nal_type]:
                self._parameter_sets[nal_type] = units_of_type


def _nal_type(unit: bytes) -> int:
    return unit[0] & 0x1F
