"""A microphone's blocks become one unbroken sound on lesson time: drift corrected, holes silent, pauses cut out."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat
from pipelines.capture.gap_detector import GapDetector, NumberedSamples, SampleRun
from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.mixdown import with_channels
from pipelines.capture.pcm_assembler import WORTH_TELLING, PcmAssembler, SilentSpan
from pipelines.capture.resampler import FILTER_DELAY, Resampler
from pipelines.journal.entries import Cause, Drift, Dropped, Gap

SoundEvent = Gap | Dropped | Drift

HELD_BACK_NS = 4_000_000_000
DRIFT_EVERY = 10 * LESSON_RATE_HZ


class LessonTimeMap(Protocol):
    """What a sound line asks of lesson time."""

    def to_lesson(self, at_ns: int, /) -> int | None:
        """Lesson time of a moment of CLOCK_MONOTONIC; None while there is none (before, paused, after)."""


class AudioAligner:
    """Sound of one microphone as contiguous float32 samples at 48 kHz on lesson time.

    Sample number k of a lesson is the sound at lesson time k / 48000 s. The first
    sample out is number ``floor(start_lesson_ns · 48000)``, each ``take`` goes on
    where the last one ended, and ``finish`` makes the sound end exactly where the lesson
    does; whatever the microphone did not deliver in between is silence and a ``Gap``.

    The order of calls: ``opened`` for every successful ``open()`` of the device, ``feed``
    for its blocks, ``tick`` a few times a second whether or not blocks come (and while the
    device is away), ``finish`` once. Blocks from before the lesson's start are welcome: they are cut out,
    but the line learns the microphone's clock from them. It holds sound until it knows the clock: a
    few blocks where the stamps are good, three seconds at most.

    One thread owns a line; it starts no thread and reads no clock. ``start_cause`` is
    the cause written down if sound is missing right at the start (a restart, say).
    """

    def __init__(
        self,
        track: str,
        clock: LessonTimeMap,
        *,
        start_lesson_ns: int = 0,
        channels: int = 1,
        start_cause: Cause = Cause.DEVICE,
    ) -> None:
        self._track = track
        self._clock = clock
        self._channels = channels
        self._output = PcmAssembler(_position(start_lesson_ns), channels)
        self._continuity: GapDetector | None = None
        self._unplaced: deque[NumberedSamples] = deque()
        self._stretch: Resampler | None = None
        self._heard: SampleRun | None = None
        self._missing = (start_cause, "nothing from the microphone yet")
        self._too_late = 0
        self._drift_due = self._output.position + DRIFT_EVERY
        self._finished = False
        self._events: list[SoundEvent] = []

    def opened(self, sound_format: SoundFormat) -> None:
        """The device was opened (again) and gives this; before the first block and after each reopening."""
        self._place_all()
        self._end_stretch()
        self._because(Cause.DEVICE, "the microphone was opened again")
        self._continuity = GapDetector(sound_format.rate_hz)

    def feed(self, block: SoundBlock) -> None:
        """The device's next block, at its real rate. What came too late for its place is dropped and reported."""
        if self._finished:
            return
        if self._continuity is None:
            raise ValueError(f"{self._track}: a block came before the microphone was said to be open")
        self._unplaced.extend(self._continuity.feed(block))
        while self._unplaced and self._continuity.settled(self._unplaced[0]):
            self._place(self._unplaced.popleft())

    def tick(self, now_ns: int) -> None:
        """Time passes: what is still missing 4 s after its time becomes silence."""
        lesson_ns = self._clock.to_lesson(now_ns - HELD_BACK_NS)
        if self._finished or lesson_ns is None or _position(lesson_ns) <= self._output.position:
            return
        self._place_all()
        if _position(lesson_ns) > self._output.position:
            self._end_stretch()
            self._because(Cause.DEVICE, "nothing from the microphone for 4 s")
            self._output.silence_to(_position(lesson_ns), *self._missing)

    def finish(self, end_lesson_ns: int) -> None:
        """Cut or fill to the lesson's end and ignore what comes after; ``take`` then gives the rest.

        Call it when the line has ``reached`` the end (late blocks included) or when you will wait no longer.
        What was taken cannot be cut any more, so lesson time should stop at the moment of the call to stop it.
        """
        if self._finished:
            return
        self._place_all()
        self._end_stretch()
        self._because(Cause.DEVICE, "nothing from the microphone at the end")
        self._output.silence_to(_position(end_lesson_ns), *self._missing)
        self._output.end_at(_position(end_lesson_ns))
        self._tell_too_late()
        self._finished = True

    def take(self) -> NDArray[np.float32]:
        """The samples since the last call, shape (n, channels), full scale ±1.

        At most ten seconds of them: call again until there are none.
        """
        return self._output.take()

    def events(self) -> list[SoundEvent]:
        """What happened since the last call, as journal entries: holes, dropped samples, drift every 10 s.

        A hole is reported when it ends and once a minute while it lasts, in pieces that adjoin.
        """
        events, self._events = self._events, []
        return [*map(self._hole, self._output.silences()), *events]

    @property
    def reached_ns(self) -> int:
        """Lesson time up to which samples have been made, taken or not."""
        return _lesson_ns(self._output.position)

    def reached(self, end_lesson_ns: int) -> bool:
        """Whether all sound before the end is made, but for less than a millisecond that ``finish`` adds."""
        return self._output.position > _position(end_lesson_ns) - WORTH_TELLING

    def _place_all(self) -> None:
        if self._continuity is not None:
            self._unplaced.extend(self._continuity.release())
        while self._unplaced:
            self._place(self._unplaced.popleft())

    def _place(self, portion: NumberedSamples) -> None:
        """Put the parts of a portion that belong to the lesson where they belong."""
        run, begin = portion.run, portion.first
        end = begin + len(portion.samples)
        samples = with_channels(portion.samples.astype(np.float32) * np.float32(1 / 32768), self._channels)
        for first, after, offset_ns in self._lesson_parts(run, begin, end):
            if not self._goes_on(run, first, offset_ns):
                self._end_stretch()
                first = self._begin_stretch(run, first, after, offset_ns)
            if self._stretch is not None and first < after:
                self._output.sound(self._stretch.feed(samples[first - begin : after - begin]))
        if self._stretch is not None and self._stretch.next != end:
            self._end_stretch()
        self._tell_drift()

    def _lesson_parts(self, run: SampleRun, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The parts [first, after) of [begin, end) in which lesson time runs, with lesson minus monotonic time."""
        begin_ns, last_ns = int(run.fit.time_ns(begin)), int(run.fit.time_ns(end - 1))
        at_begin, at_last = self._clock.to_lesson(begin_ns), self._clock.to_lesson(last_ns)
        if at_begin is None and at_last is None:
            return
        if at_begin is not None and at_last is not None and at_last - at_begin == last_ns - begin_ns:
            yield begin, end, at_begin - begin_ns
        elif end - begin > 1:
            middle = (begin + end) // 2
            yield from self._lesson_parts(run, begin, middle)
            yield from self._lesson_parts(run, middle, end)

    def _goes_on(self, run: SampleRun, first: int, offset_ns: int) -> bool:
        stretch = self._stretch
        return stretch is not None and stretch.run is run and stretch.next == first and stretch.offset_ns == offset_ns

    def _begin_stretch(self, run: SampleRun, first: int, after: int, offset_ns: int) -> int:
        """Begin where the samples [first, after) belong, if any is in time; the first that is."""
        if run is not self._heard and run.after_loss:
            self._because(Cause.OVERLOAD, "samples were lost on their way from the microphone")
        ratio = run.fit.rate_hz / LESSON_RATE_HZ
        belongs = (run.fit.time_ns(first) + offset_ns) * LESSON_RATE_HZ / 1e9
        position = max(self._output.position, math.ceil(belongs))
        too_late = round((position + FILTER_DELAY - belongs) * ratio)
        if too_late >= after - first:
            self._too_late += after - first
            return after
        self._too_late += too_late
        self._output.silence_to(position, *self._missing)
        self._tell_too_late()
        self._stretch = Resampler(run, first + too_late, position, offset_ns, self._channels)
        self._heard = run
        return first + too_late

    def _end_stretch(self) -> None:
        """Write the rest of a stretch, to where its last sample belongs: lesson time may end there."""
        if self._stretch is not None:
            self._output.sound(self._stretch.end())
            self._output.end_at(math.floor(self._stretch.last_belongs))
            self._stretch = None

    def _because(self, cause: Cause, reason: str) -> None:
        """Whatever is missing next is missing for this; before anything was heard, the reason is the start's."""
        if self._heard is not None:
            self._missing = (cause, reason)

    def _hole(self, silence: SilentSpan) -> Gap:
        return Gap(
            track=self._track,
            from_ns=_lesson_ns(silence.begin),
            to_ns=_lesson_ns(silence.end),
            cause=silence.cause,
            reason=silence.reason,
        )

    def _tell_too_late(self) -> None:
        count, self._too_late = self._too_late, 0
        if count >= WORTH_TELLING:
            self._events.append(
                Dropped(
                    track=self._track,
                    lesson_ns=self.reached_ns,
                    what="samples that came too late",
                    count=count,
                    cause=self._missing[0],
                )
            )

    def _tell_drift(self) -> None:
        if self._stretch is None or self._output.position < self._drift_due:
            return
        self._drift_due = self._output.position + DRIFT_EVERY
        self._events.append(
            Drift(
                track=self._track,
                lesson_ns=self.reached_ns,
                ppm=round(self._stretch.run.fit.ppm, 2),
                offset_ms=round(self._stretch.late_samples / LESSON_RATE_HZ * 1e3, 3),
            )
        )


def _position(lesson_ns: int) -> int:
    return lesson_ns * LESSON_RATE_HZ // 1_000_000_000


def _lesson_ns(position: int) -> int:
    return position * 1_000_000_000 // LESSON_RATE_HZ
