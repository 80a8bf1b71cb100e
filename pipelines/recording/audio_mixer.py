"""Mix a lesson's microphones into the programme's audio track, and write each one's own track."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat
from pipelines.capture.audio_aligner import AudioAligner
from pipelines.capture.level_meter import METER_WINDOW_NS, SECOND_NS, LevelMeter, LevelReading
from pipelines.directing.observations import SpeechHeard
from pipelines.journal.entries import SoundMeasurement
from pipelines.recording.audio_track import AudioTrack

log = logging.getLogger(__name__)


OnSound = Callable[[str, int, NDArray[np.float32]], None]
"""Gets a microphone's role, the lesson sample with which the samples begin, and these, of shape (n, channels)."""


class Mix(Protocol):
    """See ``SpeechMix`` and ``Mixdown``."""

    def hear(self, heard: SpeechHeard) -> None:
        """Take note of what the speech detector says; from any thread."""

    def push_samples(self, role: str, samples: NDArray[np.float32]) -> None:
        """Add a microphone's next samples."""

    def pop_mix(self) -> NDArray[np.float32]:
        """The next samples of the mix, as many as can be made."""

    def finish(self) -> NDArray[np.float32]:
        """The last samples of the mix."""


@dataclass(slots=True)
class MicrophoneChannel:
    """One microphone of the mixer; ``track`` is its own track, if it has one.

    ``fault`` returns why its device cannot be read, or an empty text; ``position`` is its next lesson sample.
    """

    role: str
    aligner: AudioAligner
    fault: Callable[[], str]
    journal_meter: LevelMeter
    panel_meter: LevelMeter
    track: AudioTrack | None = None
    format: SoundFormat | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class CapturedBlock:
    """A microphone's block; ``format`` is the same object until the device has been reopened.

    ``arrived_ns`` is when its driver delivered it (CLOCK_MONOTONIC), None where nobody noted it.
    """

    role: str
    format: SoundFormat
    block: SoundBlock
    arrived_ns: int | None = None


class AudioMixer:
    """The ``TrackWork`` of all audio tracks; it starts no thread and reads no clock.

    ``on_level(role, dBFS)`` gets each microphone's RMS level twice a second, ``on_sound`` every sample of it.
    """

    def __init__(
        self,
        channels: Mapping[str, MicrophoneChannel],
        mix: Mix,
        mix_track: AudioTrack,
        on_level: Callable[[str, float], None],
        on_sound: OnSound = lambda _role, _first, _samples: None,
    ) -> None:
        self._channels = channels
        self._mix = mix
        self._mix_track = mix_track
        self._on_level = on_level
        self._on_sound = on_sound

    def process(self, item: CapturedBlock) -> None:
        """Align a microphone's next block."""
        channel = self._channels[item.role]
        if item.format is not channel.format:
            channel.format = item.format
            channel.aligner.on_device_opened(item.format)
        channel.aligner.push_block(item.block, item.arrived_ns)

    def on_dropped(self, count: int) -> None:
        """Log the dropped blocks; their aligners find the gap by the capture times, and now know its cause."""
        log.error("%d blocks of sound were lost: the box cannot keep up", count)
        for channel in self._channels.values():
            channel.aligner.on_blocks_dropped()

    def tick(self, now_ns: int, waiting: int) -> None:
        """Write what is aligned and mixed; about ten times a second."""
        for channel in self._channels.values():
            # While blocks wait in the queue it is this mixer that is late, not a microphone.
            if not waiting:
                channel.aligner.tick(now_ns, channel.fault())
            self._write_channel(channel)
        self._write_mix()

    def is_complete(self, lesson_ns: int) -> bool:
        """Whether every microphone's audio up to the lesson's end has arrived."""
        return all(channel.aligner.has_reached(lesson_ns) for channel in self._channels.values())

    def finish(self, lesson_ns: int) -> None:
        """Cut or pad to the lesson's end, and close the last segments."""
        for channel in self._channels.values():
            channel.aligner.finish(lesson_ns)
            self._write_channel(channel)
            self._journal(channel, channel.journal_meter.flush())
            if channel.track is not None:
                channel.track.finish()
        self._mix_track.write(self._mix.finish())
        self._mix_track.finish()

    def _write_channel(self, channel: MicrophoneChannel) -> None:
        """Write everything that is aligned; a long silence comes in parts, so as not to fill the memory."""
        while len(samples := channel.aligner.pop_samples()):
            self._measure(channel, samples)
            # Neither what fills a gap nor what a muted device delivers is sound.
            is_captured = bool(samples.any())
            if is_captured:
                self._mix_track.writer.note_captured()
            if channel.track is not None:
                if is_captured:
                    channel.track.writer.note_captured()
                channel.track.write(samples)
            self._on_sound(channel.role, channel.position, samples)
            channel.position += len(samples)
            self._mix.push_samples(channel.role, samples)
            self._write_mix()
        self._mix_track.writer.write_entries(channel.aligner.pop_events())

    def _measure(self, channel: MicrophoneChannel, samples: NDArray[np.float32]) -> None:
        self._journal(channel, channel.journal_meter.push_samples(samples))
        for reading in channel.panel_meter.push_samples(samples):
            self._on_level(channel.role, reading.rms_dbfs)

    def _journal(self, channel: MicrophoneChannel, readings: Iterable[LevelReading]) -> None:
        entries = []
        for reading in readings:
            samples, levels = channel.aligner.pop_captured(reading.lesson_ns // SECOND_NS)
            entries.append(
                SoundMeasurement(
                    track=channel.role,
                    lesson_ns=reading.lesson_ns,
                    rms_dbfs=round(reading.rms_dbfs, 1),
                    peak_dbfs=round(reading.peak_dbfs, 1),
                    samples=samples,
                    channels_dbfs=[round(level, 1) for level in levels],
                )
            )
        self._mix_track.writer.write_entries(entries)

    def _write_mix(self) -> None:
        if len(mixed := self._mix.pop_mix()):
            self._mix_track.write(mixed)


def level_meters(start_lesson_ns: int) -> tuple[LevelMeter, LevelMeter]:
    """The level meters of the journal (windows of 1 s) and of the panel (0.5 s)."""
    return LevelMeter(start_lesson_ns), LevelMeter(start_lesson_ns, METER_WINDOW_NS)
