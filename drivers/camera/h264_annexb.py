"""H.264 in Annex B: an access unit made one that a decoder can start with."""

from __future__ import annotations

from collections.abc import Iterator

_START = b"\0\0\1"
_LONG_START = b"\0\0\0\1"
_IDR, _SPS, _PPS, _DELIMITER = 5, 7, 8, 9


def nal_units(data: bytes) -> Iterator[bytes]:
    """The NAL units of a byte stream, without start codes and the zeros between them."""
    begin = data.find(_START)
    while begin >= 0:
        begin += len(_START)
        end = data.find(_START, begin)
        unit = data[begin:] if end < 0 else data[begin:end]
        if unit := unit.rstrip(b"\0"):
            yield unit
        begin = end


def joined(units: list[bytes]) -> bytes:
    """NAL units as a byte stream."""
    return b"".join(_LONG_START + unit for unit in units)


class ParameterSetCompleter:
    """Remembers a stream's SPS and PPS, and puts them before every key picture that lacks them."""

    def __init__(self, extradata: bytes) -> None:
        """``extradata`` is what the stream said of itself beforehand, in Annex B; it may be empty."""
        self._known: dict[int, list[bytes]] = {}
        self._remember(list(nal_units(extradata)))

    def completed(self, data: bytes) -> tuple[bytes, bool]:
        """The access unit and whether it is key, that is, IDR; a key unit begins with its SPS and PPS."""
        units = list(nal_units(data))
        self._remember(units)
        if all(_kind(unit) != _IDR for unit in units):
            return data, False
        rest = [unit for unit in units if _kind(unit) not in (_SPS, _PPS, _DELIMITER)]
        return joined(self._known.get(_SPS, []) + self._known.get(_PPS, []) + rest), True

    def _remember(self, units: list[bytes]) -> None:
        for kind in (_SPS, _PPS):
            if found := [unit for unit in units if _kind(unit) == kind]:
                self._known[kind] = found


def _kind(unit: bytes) -> int:
    return unit[0] & 0x1F
