"""SPS and PPS before every key picture, whatever an encoder does with them."""

from __future__ import annotations

import io

import av
from av.bitstream import BitStreamFilterContext

from pipelines.encoding.errors import EncoderFailed

_SPS = 7
_SLICES = range(1, 6)
# As libx264 is told for JPEG: full range, BT.601.
_FULL_RANGE = "h264_metadata=video_full_range_flag=1:matrix_coefficients=5"


class ParameterSetInserter:
    """Remembers the parameter sets of one stream of access units in Annex B.

    They may come before each key picture, before the first one only, or in a packet without a picture. With
    ``full_range`` they are made to say that colours have the full range.
    """

    def __init__(self, *, full_range: bool) -> None:
        self._full_range = full_range
        self._sets = b""
        self._amended: tuple[bytes, bytes] = (b"", b"")

    def insert(self, data: bytes, *, key: bool) -> bytes:
        """The access unit, with parameter sets if it is a key picture; empty where there is no picture in it.

        EncoderFailed for a key picture of which nobody knows the parameter sets.
        """
        at, has_sets = _first_slice(data)
        if has_sets:
            self._sets = data[:at]
        if at == len(data) or not key:
            return data[at:]
        if not self._sets:
            raise EncoderFailed("a key picture came before any parameter sets")
        return self._said(data[at:]) + data[at:]

    def _said(self, picture: bytes) -> bytes:
        if not self._full_range:
            return self._sets
        given, amended = self._amended
        if given != self._sets:
            amended = _amended(self._sets, picture)
            self._amended = (self._sets, amended)
        return amended


def _first_slice(data: bytes) -> tuple[int, bool]:
    """Where the first slice begins, with its start code (else the end), and whether an SPS comes before it."""
    has_sets = False
    at = data.find(b"\0\0\1")
    while 0 <= at < len(data) - 3:
        kind = data[at + 3] & 31
        if kind in _SLICES:
            return at - 1 if at and data[at - 1] == 0 else at, has_sets
        has_sets = has_sets or kind == _SPS
        at = data.find(b"\0\0\1", at + 3)
    return len(data), has_sets


def _amended(sets: bytes, picture: bytes) -> bytes:
    whole = sets + picture
    with av.open(io.BytesIO(whole), format="h264") as probe:
        amend = BitStreamFilterContext(_FULL_RANGE, probe.streams.video[0])
        packets = [*amend.filter(av.Packet(whole)), *amend.filter(None)]
    data = b"".join(map(bytes, packets))
    return data[: _first_slice(data)[0]]
