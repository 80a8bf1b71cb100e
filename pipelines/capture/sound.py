"""A microphone's blocks become one unbroken sound on lesson time: drift corrected, holes silent, pauses cut out."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat
from pipelines.recording.entries import Cause, Drift, Dropped, Hole

SoundEvent = Hole | Dropped | Drift

HELD_BACK_NS = 4_000_000_000


class LessonClock(Protocol):
    """What a sound line asks of lesson time."""

    def to_lesson(self, mono_ns: int) -> int | None:
        """Lesson time of a moment of CLOCK_MONOTONIC; None while there is none (before, paused, after)."""


class SoundLine:
    """Sound of one microphone as contiguous float32 samples at 48 kHz on lesson time.

    Sample number k of a lesson is the sound at lesson time k / 48000 s. The first
    sample out is number ``floor(start_lesson_ns · 48000)``, each ``take`` goes on
    where the last one ended, and ``finish`` makes the sound end exactly where the lesson
    does; whatever the microphone did not deliver in between is silence and a ``Hole``.

    The order of calls: ``opened`` for every successful ``open()`` of the device, ``feed``
    for its blocks, ``tick`` a few times a second whether or not blocks come (and while the
    device is away), ``finish`` once. Blocks from before the lesson's start are welcome: they are cut out,
    but the line learns the microphone's clock from them.

    One thread owns a line; it starts no thread and reads no clock. ``start_cause`` is
    the cause written down if sound is missing right at the start (a restart, say).
    """

    def __init__(
        self,
        track: str,
        clock: LessonClock,
        *,
        start_lesson_ns: int = 0,
        channels: int = 1,
        start_cause: Cause = Cause.DEVICE,
    ) -> None:
        raise NotImplementedError

    def opened(self, sound_format: SoundFormat) -> None:
        """The device was opened (again) and gives this; before the first block and after each reopening."""
        raise NotImplementedError

    def feed(self, block: SoundBlock) -> None:
        """The device's next block, at its real rate. What came too late for its place is dropped and reported."""
        raise NotImplementedError

    def tick(self, now_ns: int) -> None:
        """Time passes: what is still missing 4 s after its time becomes silence."""
        raise NotImplementedError

    def finish(self, end_lesson_ns: int) -> None:
        """Cut or fill to the lesson's end and ignore what comes after; ``take`` then gives the rest.

        Call it when ``reached_ns`` has come to the end (late blocks included) or when you will wait no longer.
        """
        raise NotImplementedError

    def take(self) -> NDArray[np.float32]:
        """The samples since the last call, shape (n, channels), full scale ±1; perhaps none."""
        raise NotImplementedError

    def events(self) -> list[SoundEvent]:
        """What happened since the last call, as journal entries: holes, dropped samples, drift every 10 s.

        A hole is reported when it ends and once a minute while it lasts, in pieces that adjoin.
        """
        raise NotImplementedError

    @property
    def reached_ns(self) -> int:
        """Lesson time up to which samples have been made, taken or not."""
        raise NotImplementedError
