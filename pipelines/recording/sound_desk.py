"""The thread of all sound: every microphone onto lesson time, the mix, and the sound tracks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat
from pipelines.capture.belt import Belt
from pipelines.capture.level import METER_NS, LevelMeter
from pipelines.capture.mixer import Mixer
from pipelines.capture.sound import SoundLine
from pipelines.journal.entries import SoundFigures
from pipelines.recording.sound_track import SoundTrack

# Half a minute of 10 ms blocks from two microphones: sound waits rather than be dropped.
BELT_LENGTH = 6_000
_TICK_S = 0.1
_STRAGGLERS_NS = 600_000_000


@dataclass(slots=True)
class MicrophoneChannel:
    """One microphone on the desk; ``track`` is its own track, where it has one."""

    role: str
    line: SoundLine
    seconds: LevelMeter
    meter: LevelMeter
    track: SoundTrack | None = None
    form: SoundFormat | None = None


class SoundDesk:
    """Mixes the microphones into the programme's sound, and keeps each one's own track.

    ``on_level`` is told each microphone's level twice a second.
    """

    def __init__(
        self,
        channels: Mapping[str, MicrophoneChannel],
        mixer: Mixer,
        mix: SoundTrack,
        on_level: Callable[[str, float], None],
    ) -> None:
        self._channels = channels
        self._mixer = mixer
        self._mix = mix
        self._on_level = on_level
        self._belt: Belt[tuple[MicrophoneChannel, SoundFormat, SoundBlock]] = Belt(BELT_LENGTH)
        self._end: tuple[int, int] | None = None
        self._thread = threading.Thread(target=self._run, name="sound-desk")

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def listener(self, role: str) -> Callable[[SoundFormat, SoundBlock], None]:
        """What to attach to a microphone's source."""
        channel = self._channels[role]

        def listen(form: SoundFormat, block: SoundBlock) -> None:
            self._belt.put((channel, form, block))

        return listen

    def end(self, at_ns: int, lesson_ns: int) -> None:
        """The lesson ended; the thread finishes the tracks and ends."""
        self._end = (at_ns, lesson_ns)
        self._belt.wake()

    def join(self, deadline_s: float) -> bool:
        """Whether the thread ended in time."""
        self._thread.join(deadline_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        tick_ns = 0
        while (end_ns := self._drained()) is None:
            if (item := self._belt.take(_TICK_S)) is not None:
                self._feed(*item)
            now_ns = time.monotonic_ns()
            if now_ns - tick_ns >= _TICK_S * 1e9:
                tick_ns = now_ns
                self._tick(now_ns)
        self._finish(end_ns)

    def _feed(self, channel: MicrophoneChannel, form: SoundFormat, block: SoundBlock) -> None:
        if form is not channel.form:
            channel.form = form
            channel.line.opened(form)
        channel.line.feed(block)

    def _tick(self, now_ns: int) -> None:
        for channel in self._channels.values():
            channel.line.tick(now_ns)
            self._pass_on(channel)
        self._write_mix()

    def _pass_on(self, channel: MicrophoneChannel) -> None:
        """Everything the line has made; a long silence comes in parts, so as not to fill the memory."""
        while len(samples := channel.line.take()):
            self._measure(channel, samples)
            if channel.track is not None:
                channel.track.write(samples)
            self._mixer.add(channel.role, samples)
            self._write_mix()
        self._mix.outlet.note(channel.line.events())

    def _measure(self, channel: MicrophoneChannel, samples: NDArray[np.float32]) -> None:
        self._mix.outlet.note(
            SoundFigures(
                track=channel.role,
                lesson_ns=level.lesson_ns,
                rms_dbfs=round(level.rms_dbfs, 1),
                peak_dbfs=round(level.peak_dbfs, 1),
            )
            for level in channel.seconds.feed(samples)
        )
        for level in channel.meter.feed(samples):
            self._on_level(channel.role, level.rms_dbfs)

    def _write_mix(self) -> None:
        if len(mixed := self._mixer.take()):
            self._mix.write(mixed)

    def _drained(self) -> int | None:
        """The lesson time of the end, when all sound from before it is here, or will not come any more."""
        if self._end is None:
            return None
        at_ns, lesson_ns = self._end
        everything = all(channel.line.reached(lesson_ns) for channel in self._channels.values())
        nothing_more = not len(self._belt) and time.monotonic_ns() > at_ns + _STRAGGLERS_NS
        return lesson_ns if everything or nothing_more else None

    def _finish(self, lesson_ns: int) -> None:
        for channel in self._channels.values():
            channel.line.finish(lesson_ns)
            self._pass_on(channel)
            if channel.track is not None:
                channel.track.finish()
        self._write_mix()
        self._mix.finish()


def level_meters(start_lesson_ns: int) -> tuple[LevelMeter, LevelMeter]:
    """The meter of the journal (a second) and that of the panel (half a second)."""
    return LevelMeter(start_lesson_ns), LevelMeter(start_lesson_ns, METER_NS)
