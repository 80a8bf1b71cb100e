"""Parsing of H.264 sequence parameter sets: what a stream says of its own pictures.

Source: ITU-T H.264, 7.3.2.1.1 (sequence parameter set), E.1.1 (VUI parameters) and Table E-1 (pixel aspect).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from drivers.samples import SQUARE, ColourMatrix

_HIGH_PROFILES = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}
_MAX_SIZE = 16_384
_MAX_EXP_GOLOMB_BITS = 31
_EXTENDED_ASPECT = 255
_ASPECTS = (
    (1, 1), (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11),
    (80, 33), (18, 11), (15, 11), (64, 33), (160, 99), (4, 3), (3, 2), (2, 1),
)  # fmt: skip
_MATRICES = {1: ColourMatrix.BT709, 5: ColourMatrix.BT601, 6: ColourMatrix.BT601}


class InvalidParameterSet(ValueError):
    """The bytes are no sequence parameter set that can be decoded."""


class BitReader:
    """Reads the bits of a NAL unit, its emulation prevention bytes removed (ITU-T H.264, 7.2 and 9.1).

    Raises:
        InvalidParameterSet: from every method, where the bits are at their end.
    """

    def __init__(self, nal_unit: bytes) -> None:
        data = nal_unit.replace(b"\0\0\3", b"\0\0")
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def bits(self, count: int) -> int:
        """An unsigned number of so many bits."""
        self._left -= count
        if self._left < 0:
            raise InvalidParameterSet("it is cut short")
        return (self._value >> self._left) & ((1 << count) - 1)

    def unsigned(self) -> int:
        """An unsigned Exp-Golomb number."""
        zeros = self._left - (self._value & ((1 << self._left) - 1)).bit_length()
        if zeros > _MAX_EXP_GOLOMB_BITS:
            raise InvalidParameterSet("a number in it has too many bits")
        return self.bits(2 * zeros + 1) - 1

    def signed(self) -> int:
        """A signed Exp-Golomb number."""
        number = self.unsigned()
        return (number + 1) // 2 if number % 2 else -(number // 2)


@dataclass(frozen=True, slots=True)
class SequenceParameterSet:
    """What a stream says of its pictures: size in pixels after cropping, shape of a pixel, and colours.

    ``fps`` is None where it tells no rate. The last three are what ``SliceContinuity`` needs.
    """

    width: int
    height: int
    pixel_aspect: Fraction
    full_range: bool
    matrix: ColourMatrix
    fps: Fraction | None
    frame_number_bits: int
    allows_gaps: bool
    has_colour_planes: bool


def parse_sps(nal_unit: bytes) -> SequenceParameterSet:
    """Parse a NAL unit of type 7, its header included.

    Raises:
        InvalidParameterSet: it cannot be decoded, or describes no picture.
    """
    reader = BitReader(nal_unit[1:])
    profile = reader.bits(8)
    reader.bits(16)
    reader.unsigned()
    chroma_format, has_colour_planes = 1, False
    if profile in _HIGH_PROFILES:
        chroma_format = reader.unsigned()
        has_colour_planes = chroma_format == 3 and bool(reader.bits(1))
        reader.unsigned()
        reader.unsigned()
        reader.bits(1)
        if reader.bits(1):
            _skip_scaling_lists(reader, 12 if chroma_format == 3 else 8)
    if chroma_format > 3:
        raise InvalidParameterSet(f"chroma format {chroma_format}")
    frame_number_bits = reader.unsigned() + 4
    _skip_picture_order(reader)
    reader.unsigned()
    allows_gaps = bool(reader.bits(1))
    width, map_units = 16 * (reader.unsigned() + 1), reader.unsigned() + 1
    frames_only = reader.bits(1)
    height = 16 * map_units * (2 - frames_only)
    if not frames_only:
        reader.bits(1)
    reader.bits(1)
    left, right, top, bottom = (reader.unsigned() for _ in range(4)) if reader.bits(1) else (0, 0, 0, 0)
    x_unit = 2 if chroma_format in (1, 2) else 1
    y_unit = (2 if chroma_format == 1 else 1) * (2 - frames_only)
    width, height = width - (left + right) * x_unit, height - (top + bottom) * y_unit
    if not (0 < width <= _MAX_SIZE and 0 < height <= _MAX_SIZE) or frame_number_bits > 16:
        raise InvalidParameterSet(f"pictures of {width}x{height}")
    pixel_aspect, full_range, matrix, fps = SQUARE, False, ColourMatrix.UNKNOWN, None
    if reader.bits(1):
        pixel_aspect = _parse_aspect(reader)
        full_range, matrix = _parse_colours(reader)
        fps = _parse_rate(reader)
    return SequenceParameterSet(
        width, height, pixel_aspect, full_range, matrix, fps, frame_number_bits, allows_gaps, has_colour_planes
    )


def _skip_scaling_lists(reader: BitReader, count: int) -> None:
    for number in range(count):
        if not reader.bits(1):
            continue
        last = following = 8
        for _ in range(16 if number < 6 else 64):
            if following:
                following = (last + reader.signed()) % 256
            last = following or last


def _skip_picture_order(reader: BitReader) -> None:
    kind = reader.unsigned()
    if kind == 0:
        reader.unsigned()
    elif kind == 1:
        reader.bits(1)
        reader.signed()
        reader.signed()
        for _ in range(min(reader.unsigned(), 255)):
            reader.signed()


def _parse_aspect(reader: BitReader) -> Fraction:
    if not reader.bits(1):
        return SQUARE
    known = reader.bits(8)
    across, down = (reader.bits(16), reader.bits(16)) if known == _EXTENDED_ASPECT else _ASPECTS[known % len(_ASPECTS)]
    # Some encoders write 0:1 for "unknown".
    return Fraction(across, down) if across and down else SQUARE


def _parse_colours(reader: BitReader) -> tuple[bool, ColourMatrix]:
    full_range, matrix = False, ColourMatrix.UNKNOWN
    if reader.bits(1):
        reader.bits(1)
    if reader.bits(1):
        reader.bits(3)
        full_range = bool(reader.bits(1))
        if reader.bits(1):
            reader.bits(16)
            matrix = _MATRICES.get(reader.bits(8), ColourMatrix.UNKNOWN)
    if reader.bits(1):
        reader.unsigned()
        reader.unsigned()
    return full_range, matrix


def _parse_rate(reader: BitReader) -> Fraction | None:
    if not reader.bits(1):
        return None
    tick, scale = reader.bits(32), reader.bits(32)
    return Fraction(scale, 2 * tick) if tick and scale else None
