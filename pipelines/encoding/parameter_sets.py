"""Insert SPS and PPS before every key picture of an H.264 stream, wherever the encoder puts them."""

from __future__ import annotations

import io
from fractions import Fraction

import av
from av.bitstream import BitStreamFilterContext

from drivers.samples import SQUARE, ColourMatrix
from pipelines.encoding.errors import EncoderFailed

_SPS = 7
_SLICES = range(1, 6)
# ITU-T H.273, Table 4, as ``x264_encoder`` writes them.
_MATRICES = {ColourMatrix.BT601: 5, ColourMatrix.BT709: 1}


class ParameterSetInserter:
    """Keep the parameter sets of one stream of access units (ITU-T H.264, Annex B).

    They may come before each key picture, before the first one only, or in a packet without a picture. Range, matrix
    and pixel aspect are written into their video usability information where they are not what players expect.
    """

    def __init__(
        self, *, full_range: bool, matrix: ColourMatrix = ColourMatrix.UNKNOWN, pixel_aspect: Fraction = SQUARE
    ) -> None:
        options = ["video_full_range_flag=1"] if full_range else []
        options += [f"matrix_coefficients={number}"] if (number := _MATRICES.get(matrix)) else []
        options += [f"sample_aspect_ratio={pixel_aspect}"] if pixel_aspect != SQUARE else []
        self._amendments = "h264_metadata=" + ":".join(options) if options else ""
        self._sets = b""
        self._last_amended: tuple[bytes, bytes] = (b"", b"")

    def insert(self, data: bytes, *, key: bool) -> bytes:
        """Return the access unit, with parameter sets if it is a key picture; empty if it contains no picture.

        Raises:
            EncoderFailed: A key picture came before any parameter sets.
        """
        at, has_sets = _first_slice(data)
        if has_sets:
            self._sets = data[:at]
        if at == len(data) or not key:
            return data[at:]
        if not self._sets:
            raise EncoderFailed("a key picture came before any parameter sets")
        return self._sets_for(data[at:]) + data[at:]

    def _sets_for(self, slices: bytes) -> bytes:
        if not self._amendments:
            return self._sets
        given, amended = self._last_amended
        if given != self._sets:
            amended = _amended_sets(self._sets, slices, self._amendments)
            self._last_amended = (self._sets, amended)
        return amended


def _first_slice(data: bytes) -> tuple[int, bool]:
    """Offset of the first slice's start code (else the end), and whether an SPS comes before it."""
    has_sets = False
    at = data.find(b"\0\0\1")
    while 0 <= at < len(data) - 3:
        nal_type = data[at + 3] & 31
        if nal_type in _SLICES:
            return at - 1 if at and data[at - 1] == 0 else at, has_sets
        has_sets = has_sets or nal_type == _SPS
        at = data.find(b"\0\0\1", at + 3)
    return len(data), has_sets


def _amended_sets(sets: bytes, slices: bytes, amendments: str) -> bytes:
    unit = sets + slices
    with av.open(io.BytesIO(unit), format="h264") as probe:
        amend = BitStreamFilterContext(amendments, probe.streams.video[0])
        packets = [*amend.filter(av.Packet(unit)), *amend.filter(None)]
    data = b"".join(map(bytes, packets))
    return data[: _first_slice(data)[0]]
