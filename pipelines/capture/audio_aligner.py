"""Align a microphone's blocks to lesson time: drift corrected, gaps filled with silence, pauses cut out."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat
from pipelines.capture.arrival_check import ArrivalCheck
from pipelines.capture.channel_meter import ChannelMeter
from pipelines.capture.gap_detector import GapDetector, NumberedSamples, SampleRun
from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.mixdown import remix_channels
from pipelines.capture.pcm_assembler import MIN_GAP_SAMPLES, PcmAssembler, SilentSpan
from pipelines.capture.resampler import FILTER_DELAY, Resampler
from pipelines.journal.entries import Cause, Drift, Dropped, Gap

AlignerEvent = Gap | Dropped | Drift

MAX_LATENESS_NS = 4_000_000_000
# From a microphone that is not there nothing is on its way; the mix waits for the slowest of all.
AWAY_LATENESS_NS = 600_000_000
# Blocks that are dropped by a full queue are found missing when the rest of it has been processed.
MAX_QUEUE_SAMPLES = 60 * LESSON_RATE_HZ
DRIFT_INTERVAL = 10 * LESSON_RATE_HZ


class LessonTimeMap(Protocol):
    """The part of the lesson timeline that an aligner needs."""

    def to_lesson_ns(self, at_ns: int, /) -> int | None:
        """Lesson time of a moment on CLOCK_MONOTONIC; None where there is none (before, paused, after)."""


class AudioAligner:
    """One microphone's audio as contiguous float32 samples at 48 kHz on lesson time.

    Sample number k of a lesson is the sound at lesson time k / 48000 s. The first sample out is number
    ``floor(start_lesson_ns · 48000)``, each ``pop_samples`` continues where the last one ended, and ``finish`` makes
    the audio end exactly with the lesson; whatever the microphone did not deliver is silence and a ``Gap``.

    Order of calls: ``on_device_opened`` after every successful ``open()`` of the device, ``push_block`` for its
    blocks, ``tick`` a few times a second whether or not blocks come (also while the device is away), ``finish``
    once. Blocks from before the lesson are cut out, but the microphone's clock is learned from them. Audio is held
    back until that clock is known: half a second where the time stamps are good, three seconds at most.

    Owned by one thread; starts no thread and reads no clock. ``start_cause`` is the cause that is reported when
    audio is missing right at the start (a restart, for example).
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
        self._channel_meter = ChannelMeter()
        self._gap_detector: GapDetector | None = None
        self._arrivals = ArrivalCheck(LESSON_RATE_HZ)
        self._nominal_hz = LESSON_RATE_HZ
        self._dropped_at: int | None = None
        self._pending: deque[NumberedSamples] = deque()
        self._resampler: Resampler | None = None
        self._last_run: SampleRun | None = None
        self._gap_cause = (start_cause, "nothing from the microphone yet")
        self._late_count = 0
        self._drift_due = self._output.position + DRIFT_INTERVAL
        self._is_finished = False
        self._events: list[AlignerEvent] = []

    def on_device_opened(self, sound_format: SoundFormat) -> None:
        """Start on a newly opened device of this format; before its first block and after each reopening."""
        self._place_all()
        self._end_resampler()
        self._set_gap_cause(Cause.DEVICE, "the microphone was opened again")
        self._gap_detector = GapDetector(sound_format.rate_hz)
        self._arrivals = ArrivalCheck(sound_format.rate_hz)
        self._nominal_hz = sound_format.rate_hz

    def push_block(self, block: SoundBlock, arrived_ns: int | None = None) -> None:
        """Add the device's next block, at its real rate; samples too late for their place are dropped and reported.

        ``arrived_ns`` is when the driver delivered it (CLOCK_MONOTONIC): capture times that cannot be true are
        corrected by it.

        Raises:
            ValueError: No device has been opened yet.
        """
        if self._is_finished:
            return
        if self._gap_detector is None:
            raise ValueError(f"{self._track}: a block came before the microphone was said to be open")
        if arrived_ns is not None:
            block = self._arrivals.correct(block, arrived_ns)
        self._pending.extend(self._gap_detector.push_block(block))
        while self._pending and self._gap_detector.is_settled(self._pending[0]):
            self._place(self._pending.popleft())

    def on_blocks_dropped(self) -> None:
        """Note that the recorder itself dropped blocks, of this microphone or another, before the next one."""
        self._dropped_at = self._output.position

    def tick(self, now_ns: int, fault: str = "") -> None:
        """Replace what is still missing 4 s after its time by silence.

        ``fault`` is why the device cannot be read at all: then there is no more to wait for than half a second.
        """
        lesson_ns = self._clock.to_lesson_ns(now_ns - (AWAY_LATENESS_NS if fault else MAX_LATENESS_NS))
        if self._is_finished or lesson_ns is None or _position(lesson_ns) <= self._output.position:
            return
        if self._gap_detector is not None:
            self._pending.extend(self._gap_detector.release_overdue())
        self._place_pending()
        if self._late_count >= self._nominal_hz:
            self._report_late()
        if _position(lesson_ns) > self._output.position:
            self._end_resampler()
            self._set_gap_cause(Cause.DEVICE, fault or "nothing from the microphone for 4 s")
            self._output.pad_to(_position(lesson_ns), *self._gap_cause)

    def finish(self, end_lesson_ns: int) -> None:
        """Cut or pad to the lesson's end and ignore what comes after; ``pop_samples`` then returns the rest.

        Call it when the aligner ``has_reached`` the end (late blocks included) or no more is to be waited for.
        Samples that were popped cannot be cut any more, so lesson time should stop at the moment of the call that
        stops it.
        """
        if self._is_finished:
            return
        self._place_all()
        self._end_resampler()
        self._set_gap_cause(Cause.DEVICE, "nothing from the microphone at the end")
        self._output.pad_to(_position(end_lesson_ns), *self._gap_cause)
        self._output.truncate_to(_position(end_lesson_ns))
        self._report_late()
        self._is_finished = True

    def pop_samples(self) -> NDArray[np.float32]:
        """Remove and return the samples since the last call, shape (n, channels), full scale ±1.

        At most ten seconds of them: call again until there are none.
        """
        return self._output.pop_samples()

    def pop_events(self) -> list[AlignerEvent]:
        """Journal entries since the last call: gaps, dropped samples, and the drift every 10 s.

        A gap is reported when it ends, and once a minute while it lasts, in adjoining pieces.
        """
        events, self._events = self._events, []
        return [*map(self._gap, self._output.pop_silences()), *events]

    def pop_captured(self, second: int) -> tuple[int, list[float]]:
        """Samples captured in a lesson second that was popped, and the level of each of the device's channels in dBFS.

        See SoundMeasurement; what is known of older seconds is forgotten.
        """
        return self._output.pop_captured(second), self._channel_meter.pop_second(second)

    @property
    def reached_ns(self) -> int:
        """Lesson time up to which samples have been made, popped or not."""
        return _lesson_ns(self._output.position)

    def has_reached(self, end_lesson_ns: int) -> bool:
        """Whether all samples before the end are made, except for less than a millisecond that ``finish`` adds."""
        return self._output.position > _position(end_lesson_ns) - MIN_GAP_SAMPLES

    def _place_all(self) -> None:
        if self._gap_detector is not None:
            self._pending.extend(self._gap_detector.release_held())
        self._place_pending()

    def _place_pending(self) -> None:
        while self._pending:
            self._place(self._pending.popleft())

    def _place(self, numbered: NumberedSamples) -> None:
        """Put the parts of these samples that belong to the lesson in their places."""
        run, begin = numbered.run, numbered.first
        end = begin + len(numbered.samples)
        captured = numbered.samples.astype(np.float32) * np.float32(1 / 32768)
        samples = remix_channels(captured, self._channels)
        for first, after, offset_ns in self._lesson_parts(run, begin, end):
            if not self._is_continued(run, first, offset_ns):
                self._end_resampler()
                first = self._begin_resampler(run, first, after, offset_ns)
            if self._resampler is not None and first < after:
                self._channel_meter.push_samples(
                    captured[first - begin : after - begin], int(run.clock.time_ns(first)) + offset_ns
                )
                self._output.append_samples(self._resampler.resample(samples[first - begin : after - begin]))
        if self._resampler is not None and self._resampler.next_sample != end:
            self._end_resampler()
        self._report_drift()

    def _lesson_parts(self, run: SampleRun, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The parts [first, after) of [begin, end) in which lesson time runs, with lesson minus monotonic time."""
        begin_ns, last_ns = int(run.clock.time_ns(begin)), int(run.clock.time_ns(end - 1))
        at_begin, at_last = self._clock.to_lesson_ns(begin_ns), self._clock.to_lesson_ns(last_ns)
        if at_begin is None and at_last is None:
            return
        if at_begin is not None and at_last is not None and at_last - at_begin == last_ns - begin_ns:
            yield begin, end, at_begin - begin_ns
        elif end - begin > 1:
            middle = (begin + end) // 2
            yield from self._lesson_parts(run, begin, middle)
            yield from self._lesson_parts(run, middle, end)

    def _is_continued(self, run: SampleRun, first: int, offset_ns: int) -> bool:
        current = self._resampler
        return (
            current is not None
            and current.run is run
            and current.next_sample == first
            and current.offset_ns == offset_ns
        )

    def _begin_resampler(self, run: SampleRun, first: int, after: int, offset_ns: int) -> int:
        """Begin where the samples [first, after) belong, if any is in time; return the first that is."""
        if run is not self._last_run and run.why:
            self._set_gap_cause(Cause.OVERLOAD if self._has_just_dropped() else Cause.DEVICE, run.why)
        ratio = run.clock.rate_hz / LESSON_RATE_HZ
        target = (run.clock.time_ns(first) + offset_ns) * LESSON_RATE_HZ / 1e9
        position = max(self._output.position, math.ceil(target))
        late = round((position + FILTER_DELAY - target) * ratio)
        if late >= after - first:
            self._late_count += after - first
            return after
        self._late_count += late
        self._output.pad_to(position, *self._gap_cause)
        self._report_late()
        self._channel_meter.restart(run.clock.rate_hz)
        self._resampler = Resampler(run, first + late, position, offset_ns, self._channels)
        self._last_run = run
        return first + late

    def _end_resampler(self) -> None:
        """Append the rest of a resampled run, up to where its last sample belongs: lesson time may end there."""
        if self._resampler is not None:
            self._output.append_samples(self._resampler.flush())
            self._output.truncate_to(math.floor(self._resampler.last_target_position))
            self._resampler = None

    def _has_just_dropped(self) -> bool:
        """Whether the recorder dropped blocks of late: then it knows why samples are missing."""
        return self._dropped_at is not None and self._output.position - self._dropped_at < MAX_QUEUE_SAMPLES

    def _set_gap_cause(self, cause: Cause, reason: str) -> None:
        """Set the cause of the gap that comes next; before the first sample it stays that of the start."""
        if self._last_run is not None:
            self._gap_cause = (cause, reason)

    def _gap(self, silence: SilentSpan) -> Gap:
        return Gap(
            track=self._track,
            from_ns=_lesson_ns(silence.begin),
            to_ns=_lesson_ns(silence.end),
            cause=silence.cause,
            reason=silence.reason,
        )

    def _report_late(self) -> None:
        count, self._late_count = self._late_count, 0
        if count >= MIN_GAP_SAMPLES:
            self._events.append(
                Dropped(
                    track=self._track,
                    lesson_ns=self.reached_ns,
                    what="samples that came too late",
                    count=count,
                    cause=self._gap_cause[0],
                )
            )

    def _report_drift(self) -> None:
        if self._resampler is None or self._output.position < self._drift_due:
            return
        self._drift_due = self._output.position + DRIFT_INTERVAL
        clock = self._resampler.run.clock
        true_hz = clock.rate_hz * (1.0 + clock.ppm * 1e-6)
        self._events.append(
            Drift(
                track=self._track,
                lesson_ns=self.reached_ns,
                ppm=round((true_hz / self._nominal_hz - 1.0) * 1e6, 2),
                offset_ms=round(self._resampler.late_samples / LESSON_RATE_HZ * 1e3, 3),
            )
        )


def _position(lesson_ns: int) -> int:
    return lesson_ns * LESSON_RATE_HZ // 1_000_000_000


def _lesson_ns(position: int) -> int:
    return position * 1_000_000_000 // LESSON_RATE_HZ
