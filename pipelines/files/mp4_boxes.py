"""Parsing of MP4 boxes and movie fragment headers (ISO/IEC 14496-12, ISO base media file format). Pure, no I/O."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BOX = 64 << 20


class InvalidBox(ValueError):
    """The bytes are not whole boxes; the message says what is wrong, and where it can, at which offset."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box inside a buffer: its four-character type, and the offsets of its start, its body and its end."""

    type: bytes
    start: int
    body: int
    end: int


def parse_boxes(data: bytes | memoryview, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the sibling boxes in data[start:end].

    Raises:
        InvalidBox: a box is not whole; those before it have been yielded.
    """
    end = len(data) if end is None else end
    while start < end:
        if start + 8 > end:
            raise InvalidBox(f"{end - start} bytes too few for a box at {start}")
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        if size < body - start or start + size > end:
            raise InvalidBox(f"box {kind!r} at {start} claims {size} bytes, {end - start} are there")
        yield Box(kind, start, body, start + size)
        start += size


class BoxSplitter:
    """Splits a stream of bytes into its top-level boxes; the pieces of one are put together once, when it is whole."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._size = 0
        # How many bytes the next box needs to be looked at: its header, or all of it.
        self._needed = 8

    def push_bytes(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """Add bytes, and return the boxes they complete, each as (type, all its bytes, header included).

        Raises:
            InvalidBox: a box claims less than its own header or more than MAX_BOX bytes.
        """
        self._pending.append(data)
        self._size += len(data)
        complete: list[tuple[bytes, bytes]] = []
        if self._size < self._needed:
            return complete
        pending = b"".join(self._pending)
        at, self._needed = 0, 8
        while len(pending) - at >= 8:
            size, kind = struct.unpack_from(">I4s", pending, at)
            if not 8 <= size <= MAX_BOX:
                raise InvalidBox(f"box {kind!r} claims {size} bytes")
            if len(pending) - at < size:
                self._needed = size
                break
            complete.append((kind, pending[at : at + size]))
            at += size
        self._pending = [pending[at:]]
        self._size = len(pending) - at
        return complete


@dataclass(frozen=True, slots=True)
class FragmentHeader:
    """The contents of a moof box: decode time and duration in the track's time scale, and the number of samples.

    ``is_key``: the first sample is a sync sample.
    """

    start: int
    duration: int
    samples: int
    is_key: bool


# Flags of the tfhd and trun boxes, ISO/IEC 14496-12 §8.8.7 and §8.8.8.
_TFHD_BASE_OFFSET, _TFHD_DESCRIPTION, _TFHD_DURATION, _TFHD_SIZE, _TFHD_FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
_TRUN_OFFSET, _TRUN_FIRST_FLAGS = 0x1, 0x4
_TRUN_DURATION, _TRUN_SIZE, _TRUN_FLAGS, _TRUN_COMPOSITION = 0x100, 0x200, 0x400, 0x800
_SAMPLE_IS_NON_SYNC = 0x10000
# Times in journals and receipts are signed 64-bit numbers; no lesson comes near the end of them.
_LAST_TICK = (1 << 63) - 1


def parse_moof(moof: bytes | memoryview) -> FragmentHeader:
    """Parse a moof box (its own header included) of one track.

    Raises:
        InvalidBox: these bytes are not a moof box.
    """
    try:
        return _parse_moof(moof)
    except (struct.error, IndexError) as error:
        raise InvalidBox(f"moof cut short: {error}") from error


def _parse_moof(moof: bytes | memoryview) -> FragmentHeader:
    top = next(parse_boxes(moof), None)
    if top is None or top.type != b"moof":
        raise InvalidBox("no moof")
    start = None
    default_duration = default_flags = duration = samples = 0
    first_flags: int | None = None
    for traf in (box for box in parse_boxes(moof, top.body, top.end) if box.type == b"traf"):
        for box in parse_boxes(moof, traf.body, traf.end):
            if box.type == b"tfhd":
                default_duration, default_flags = _parse_tfhd(moof, box)
            elif box.type == b"tfdt":
                is_64_bit = moof[box.body] == 1
                (start,) = struct.unpack_from(">Q" if is_64_bit else ">I", moof, box.body + 4)
            elif box.type == b"trun":
                run_duration, run_samples, run_flags = _parse_trun(moof, box, default_duration, default_flags)
                first_flags = run_flags if first_flags is None else first_flags
                duration += run_duration
                samples += run_samples
    if start is None or first_flags is None:
        raise InvalidBox("moof without tfdt or trun")
    if start + duration > _LAST_TICK:
        raise InvalidBox(f"moof from {start} for {duration}")
    return FragmentHeader(start, duration, samples, not first_flags & _SAMPLE_IS_NON_SYNC)


def _parse_tfhd(moof: bytes | memoryview, box: Box) -> tuple[int, int]:
    (flags,) = struct.unpack_from(">I", moof, box.body)
    at = box.body + 8 + (8 if flags & _TFHD_BASE_OFFSET else 0) + (4 if flags & _TFHD_DESCRIPTION else 0)
    duration = sample_flags = 0
    if flags & _TFHD_DURATION:
        (duration,) = struct.unpack_from(">I", moof, at)
        at += 4
    at += 4 if flags & _TFHD_SIZE else 0
    if flags & _TFHD_FLAGS:
        (sample_flags,) = struct.unpack_from(">I", moof, at)
    return duration, sample_flags


def _parse_trun(moof: bytes | memoryview, box: Box, default_duration: int, default_flags: int) -> tuple[int, int, int]:
    flags, samples = struct.unpack_from(">II", moof, box.body)
    at = box.body + 8 + (4 if flags & _TRUN_OFFSET else 0)
    first = default_flags
    if flags & _TRUN_FIRST_FLAGS:
        (first,) = struct.unpack_from(">I", moof, at)
        at += 4
    fields = [flag for flag in (_TRUN_DURATION, _TRUN_SIZE, _TRUN_FLAGS, _TRUN_COMPOSITION) if flags & flag]
    values = struct.unpack_from(f">{samples * len(fields)}I", moof, at)
    if _TRUN_FLAGS in fields and samples and not flags & _TRUN_FIRST_FLAGS:
        first = values[fields.index(_TRUN_FLAGS)]
    if _TRUN_DURATION in fields:
        return sum(values[fields.index(_TRUN_DURATION) :: len(fields)]), samples, first
    return default_duration * samples, samples, first


def parse_fragments(segment: bytes | memoryview) -> Iterator[tuple[FragmentHeader, int, int]]:
    """Yield each fragment (moof and mdat) of a segment as (header, offset, length).

    Raises:
        InvalidBox: a fragment is not whole; those before it have been yielded.
    """
    moof: Box | None = None
    for box in parse_boxes(segment):
        if box.type == b"moof":
            moof = box
        elif box.type == b"mdat" and moof is not None:
            yield parse_moof(segment[moof.start : moof.end]), moof.start, box.end - moof.start
            moof = None
    if moof is not None:
        raise InvalidBox(f"moof at {moof.start} without its mdat")


def sps_of_init(init: bytes) -> bytes:
    """Return the first H.264 SPS in an init segment's avcC box (ISO/IEC 14496-15, 5.3.3.1); empty if there is none."""
    at = init.find(b"avcC")
    if at < 0 or len(init) < at + 12:
        return b""
    (length,) = struct.unpack_from(">H", init, at + 10)
    return init[at + 12 : at + 12 + length]
