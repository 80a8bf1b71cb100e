"""All sound of a lesson: every microphone onto lesson time, the mix, and the sound tracks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock, SoundFormat
from pipelines.capture.audio_aligner import AudioAligner
from pipelines.capture.level_meter import METER_WINDOW_NS, LevelMeter
from pipelines.capture.mixdown import Mixdown
from pipelines.journal.entries import SoundMeasurement
from pipelines.recording.audio_track import AudioTrack

log = logging.getLogger(__name__)


@dataclass(slots=True)
class MicrophoneChannel:
    """One microphone on the desk; ``track`` is its own track, where it has one."""

    role: str
    aligner: AudioAligner
    journal_meter: LevelMeter
    panel_meter: LevelMeter
    track: AudioTrack | None = None
    format: SoundFormat | None = None


@dataclass(frozen=True, slots=True)
class CapturedBlock:
    """A block and whose it is; ``form`` is the same object until the device has been opened again."""

    role: str
    format: SoundFormat
    block: SoundBlock


class AudioMixer:
    """Mixes the microphones into the programme's sound, and keeps each one's own track.

    ``on_level`` is told each microphone's level twice a second. It starts no thread and reads no clock.
    """

    def __init__(
        self,
        channels: Mapping[str, MicrophoneChannel],
        mixer: Mixdown,
        mix: AudioTrack,
        on_level: Callable[[str, float], None],
    ) -> None:
        self._channels = channels
        self._mixer = mixer
        self._mix = mix
        self._on_level = on_level

    def process(self, item: CapturedBlock) -> None:
        """A microphone's next block."""
        channel = self._channels[item.role]
        if item.format is not channel.format:
            channel.format = item.format
            channel.aligner.on_device_opened(item.format)
        channel.aligner.push_block(item.block)

    def on_dropped(self, count: int) -> None:
        """So many blocks gave way; their lines find the gap by the capture times."""
        log.error("%d blocks of sound were lost: the box cannot keep up", count)

    def tick(self, now_ns: int, waiting: int) -> None:
        """A few times a second: write what has come together."""
        for channel in self._channels.values():
            # While blocks wait here it is this desk that is late, not a microphone.
            if not waiting:
                channel.aligner.tick(now_ns)
            self._pass_on(channel)
        self._write_mix()

    def is_complete(self, lesson_ns: int) -> bool:
        """Whether every microphone's sound up to the lesson's end is here."""
        return all(channel.aligner.has_reached(lesson_ns) for channel in self._channels.values())

    def finish(self, lesson_ns: int) -> None:
        """Cut or fill up to the lesson's end, and close the last segments."""
        for channel in self._channels.values():
            channel.aligner.finish(lesson_ns)
            self._pass_on(channel)
            if channel.track is not None:
                channel.track.finish()
        self._write_mix()
        self._mix.finish()

    def _pass_on(self, channel: MicrophoneChannel) -> None:
        """Everything the line has made; a long silence comes in parts, so as not to fill the memory."""
        while len(samples := channel.aligner.pop_samples()):
            self._measure(channel, samples)
            if channel.track is not None:
                channel.track.write(samples)
            self._mixer.push_samples(channel.role, samples)
            self._write_mix()
        self._mix.outlet.write_entries(channel.aligner.pop_events())

    def _measure(self, channel: MicrophoneChannel, samples: NDArray[np.float32]) -> None:
        self._mix.outlet.write_entries(
            SoundMeasurement(
                track=channel.role,
                lesson_ns=level.lesson_ns,
                rms_dbfs=round(level.rms_dbfs, 1),
                peak_dbfs=round(level.peak_dbfs, 1),
            )
            for level in channel.journal_meter.push_samples(samples)
        )
        for level in channel.panel_meter.push_samples(samples):
            self._on_level(channel.role, level.rms_dbfs)

    def _write_mix(self) -> None:
        if len(mixed := self._mixer.pop_mix()):
            self._mix.write(mixed)


def level_meters(start_lesson_ns: int) -> tuple[LevelMeter, LevelMeter]:
    """The meter of the journal (a second) and that of the panel (half a second)."""
    return LevelMeter(start_lesson_ns), LevelMeter(start_lesson_ns, METER_WINDOW_NS)
