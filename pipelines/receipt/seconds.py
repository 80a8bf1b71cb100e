"""What was captured and measured in each second of a lesson, as the receipt's checks take it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from pipelines.journal.entries import Gap, PictureMeasurement, SoundMeasurement
from pipelines.receipt.compact_records import CompactRecords, RecordLayout

SECOND_NS = 1_000_000_000
NOT_MEASURED = math.nan
"""A figure that nobody measured: it compares false with every limit."""
_LOUDEST_DBFS = 1e6
NOT_COUNTED = -1

MAX_CHANNELS = 8


class PictureSecond(NamedTuple):
    """A second of a picture track; ``promised_fps`` is what the camera promised then, 0 if nothing."""

    lesson_ns: int
    luma: float
    change: float
    pictures: int
    damaged: int
    promised_fps: float


class SoundSecond(NamedTuple):
    """A second of a microphone or a decoded track.

    ``channels_dbfs`` are the levels of its channels above mains hum, up to the eighth.
    """

    lesson_ns: int
    rms_dbfs: float
    peak_dbfs: float
    samples: int
    channels_dbfs: tuple[float, ...]


def picture_second(measured: PictureMeasurement, promised_fps: float = 0.0) -> PictureSecond:
    """Return a journalled measurement as a second."""
    return PictureSecond(
        measured.lesson_ns,
        NOT_MEASURED if measured.luma is None else measured.luma,
        NOT_MEASURED if measured.change is None else measured.change,
        NOT_COUNTED if measured.pictures is None else min(measured.pictures, 0x7FFF),
        min(measured.damaged, 0x7FFF),
        promised_fps,
    )


def sound_second(measured: SoundMeasurement) -> SoundSecond:
    """Return a journalled measurement as a second."""
    return SoundSecond(
        measured.lesson_ns,
        _packable(measured.rms_dbfs),
        _packable(measured.peak_dbfs),
        NOT_COUNTED if measured.samples is None else measured.samples,
        tuple(map(_packable, measured.channels_dbfs[:MAX_CHANNELS])),
    )


def _packable(dbfs: float) -> float:
    """The level, within what 32 bits hold: a damaged journal may have any number."""
    return math.copysign(min(abs(dbfs), _LOUDEST_DBFS), dbfs) if math.isfinite(dbfs) else dbfs


def picture_seconds() -> CompactRecords[PictureSecond]:
    """An empty list of seconds."""
    return CompactRecords(_PICTURES)


def sound_seconds() -> CompactRecords[SoundSecond]:
    """An empty list of seconds."""
    return CompactRecords(_SOUNDS)


def _make_sound(lesson_ns: int, rms_dbfs: float, peak_dbfs: float, samples: int, *levels: float) -> SoundSecond:
    channels = tuple(level for level in levels if not math.isnan(level))
    return SoundSecond(lesson_ns, rms_dbfs, peak_dbfs, samples, channels)


def _flatten_sound(second: SoundSecond) -> Iterable[float]:
    absent = (NOT_MEASURED,) * (MAX_CHANNELS - len(second.channels_dbfs))
    return (*second[:4], *second.channels_dbfs, *absent)


_PICTURES = RecordLayout("<qffhhf", PictureSecond)
_SOUNDS = RecordLayout(f"<qffi{MAX_CHANNELS}f", _make_sound, _flatten_sound)


def seconds_of(gaps: Iterable[Gap]) -> set[int]:
    """The lesson seconds that a journalled gap touches."""
    return {second for gap in gaps for second in range(gap.from_ns // SECOND_NS, -(-gap.to_ns // SECOND_NS))}
