"""Finding lost and incomplete pictures in an H.264 stream by its slice headers.

Source: ITU-T H.264, 7.3.3 (slice header) and 7.4.3 (semantics of frame_num).
"""

from __future__ import annotations

from drivers.h264_annexb import IDR, nal_type
from drivers.h264_sps import BitReader, InvalidParameterSet, SequenceParameterSet

# A camera that miscounts right behind so many key pictures in a row never counts as the standard says.
_MISCOUNTED_GOPS = 3


class SliceContinuity:
    """Follows one stream's frame numbers from a key picture on, or from where it is resumed; the next one begins anew.

    A picture whose slices or reference pictures are missing is broken, and so are all that follow: decoded, they smear.
    """

    def __init__(self) -> None:
        self._reference: int | None = None
        self._is_resumed = False
        self._since_key = 0
        self._miscounted_gops = 0

    @property
    def is_lost(self) -> bool:
        """Whether nothing is whole before the next key picture."""
        return self._reference is None and not self._is_resumed

    def is_whole(self, first: bytes, sps: SequenceParameterSet) -> bool:
        """Whether the access unit whose first slice begins so, and all it refers to, came."""
        try:
            is_first, number = _slice_header(first, sps)
        except InvalidParameterSet:
            return self._lose()
        if nal_type(first) == IDR:
            self._reference, self._since_key = (number, 0) if is_first else (None, 0)
            return is_first
        self._since_key += 1
        if self._is_resumed and is_first:
            self._reference, self._is_resumed = number, False
        if self._reference is None:
            return False
        is_next = (number - self._reference) % (1 << sps.frame_number_bits) <= 1
        if self._since_key == 1:
            self._miscounted_gops = 0 if is_next else self._miscounted_gops + 1
        if not is_first or not (is_next or sps.allows_gaps or self._miscounted_gops >= _MISCOUNTED_GOPS):
            return self._lose()
        if first[0] & 0x60:
            self._reference = number
        return True

    def lose(self) -> None:
        """Something was lost: nothing is whole before the next key picture."""
        self._reference, self._is_resumed = None, False

    def resume(self) -> None:
        """The next picture refers to nothing that was lost, although no key picture came."""
        self._is_resumed = self._reference is None

    def _lose(self) -> bool:
        self.lose()
        return False


def _slice_header(unit: bytes, sps: SequenceParameterSet) -> tuple[bool, int]:
    """Whether this slice is the first of its picture, and its frame number."""
    reader = BitReader(unit[1:])
    first_macroblock = reader.unsigned()
    reader.unsigned()
    reader.unsigned()
    if sps.has_colour_planes:
        reader.bits(2)
    return first_macroblock == 0, reader.bits(sps.frame_number_bits)
