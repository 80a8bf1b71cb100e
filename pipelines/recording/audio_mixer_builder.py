"""Build the audio mixer: its tracks, and where each one starts or continues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from drivers.samples import SoundFormat
from pipelines.capture.audio_aligner import AudioAligner
from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.mixdown import Mixdown
from pipelines.capture.speech_mix import SpeechMix
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.encoding.aac_encoder import AacSettings
from pipelines.journal.entries import Cause, Medium, Track
from pipelines.lesson_timeline import LateDeviceTime, LessonTimeline
from pipelines.recording.audio_mixer import AudioMixer, CapturedBlock, MicrophoneChannel, Mix, OnSound, level_meters
from pipelines.recording.audio_track import AudioTrack
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout
from pipelines.recording.recording_settings import MicrophoneSettings, RecordingSettings
from pipelines.recording.resume_state import KeptTrack
from pipelines.recording.track_thread import TrackThread
from pipelines.recording.track_writer import TrackWriter

MIX = "sound"
# Half a minute of 10 ms blocks from two microphones: audio waits rather than be dropped.
QUEUE_LENGTH = 6_000
LATE_ARRIVAL_NS = 600_000_000
_RUNNING: DeviceCondition[SoundFormat] = DeviceCondition(DeviceState.RUNNING)


class AudioMixerBuilder:
    """Builds the mix track, and a track for each microphone where there are several.

    ``condition(role)`` is the present condition of a microphone, which runs unless that says otherwise. ``mix`` is told
    who speaks, from any thread.
    """

    def __init__(
        self,
        settings: RecordingSettings,
        start_ns: int,
        kept: Mapping[str, KeptTrack],
        condition: Callable[[str], DeviceCondition[SoundFormat]] = lambda _role: _RUNNING,
    ) -> None:
        self._settings = settings
        self._condition = condition
        microphones = settings.microphones
        has_several = len(microphones) > 1
        self._separate = {microphone.role: microphone for microphone in microphones} if has_several else {}
        self._channels = {
            MIX: max(microphone.channels for microphone in microphones),
            **{role: microphone.channels for role, microphone in self._separate.items()},
        }
        self._starts = {
            name: kept[name].end_ticks if name in kept else start_ns * LESSON_RATE_HZ // 1_000_000_000
            for name in self._channels
        }
        self._first = min(self._starts.values())
        self.mix = self._make_mix()
        self.layouts = [
            TrackLayout(
                name=name,
                timescale=LESSON_RATE_HZ,
                roles=(name,) if has_several else (name, microphones[0].role),
                is_video=False,
                bits_per_second=settings.audio_kbps * 1000,
                channels=channels,
                segments=kept[name].segments if name in kept else (),
            )
            for name, channels in self._channels.items()
        ]

    def coding(self, name: str) -> AacSettings:
        """How a track is encoded: the mix, which is what people hear, by the better coder unless the box is a weak one.

        A second and a third encode by that coder would cost as much as it again.
        """
        is_fast = name != MIX or self._settings.is_cheapest
        return AacSettings(LESSON_RATE_HZ, self._channels[name], self._settings.audio_kbps, is_fast)

    def build_thread(
        self,
        folder_writer: LessonFolderWriter,
        file_thread: FileThread,
        timeline: LessonTimeline,
        cause: Cause,
        on_level: Callable[[str, float], None],
        on_sound: OnSound = lambda _role, _first, _samples: None,
    ) -> TrackThread[CapturedBlock]:
        """The mixer in its thread, not started yet."""
        mixer = self.build_mixer(folder_writer, file_thread, timeline, cause, on_level, on_sound)
        return TrackThread(MIX, mixer, DropOldestQueue(QUEUE_LENGTH), LATE_ARRIVAL_NS)

    def build_mixer(
        self,
        folder_writer: LessonFolderWriter,
        file_thread: FileThread,
        timeline: LessonTimeline,
        cause: Cause,
        on_level: Callable[[str, float], None],
        on_sound: OnSound = lambda _role, _first, _samples: None,
    ) -> AudioMixer:
        """The mixer without a thread."""
        first = self._first
        first_ns = -(-first * 1_000_000_000 // LESSON_RATE_HZ)

        def track(name: str) -> AudioTrack:
            aac = self.coding(name)
            description = _describe_track(name, aac)
            writer = TrackWriter(folder_writer, file_thread, lambda: description)
            return AudioTrack(aac, first, self._starts[name], self._settings.fragment_ms, writer)

        def channel(microphone: MicrophoneSettings) -> MicrophoneChannel:
            aligner = AudioAligner(
                microphone.role if microphone.role in self._separate else MIX,
                LateDeviceTime(timeline, microphone.latency_ns),
                start_lesson_ns=first_ns,
                channels=microphone.channels,
                start_cause=cause,
            )
            journal_meter, panel_meter = level_meters(first_ns)
            own_track = track(microphone.role) if microphone.role in self._separate else None
            fault = partial(self._fault, microphone.role)
            return MicrophoneChannel(
                microphone.role, aligner, fault, journal_meter, panel_meter, own_track, position=first
            )

        return AudioMixer(
            {microphone.role: channel(microphone) for microphone in self._settings.microphones},
            self.mix,
            track(MIX),
            on_level,
            on_sound,
        )

    def _make_mix(self) -> Mix:
        gains_db = {microphone.role: microphone.gain_db for microphone in self._settings.microphones}
        if self._settings.speech_mix is None:
            return Mixdown(gains_db, self._channels[MIX])
        return SpeechMix(gains_db, self._channels[MIX], self._first, self._settings.speech_mix)

    def _fault(self, role: str) -> str:
        """Why a microphone cannot be read; one that stalls may deliver all it has captured in a burst."""
        condition = self._condition(role)
        if condition.state in (DeviceState.RUNNING, DeviceState.STALLED):
            return ""
        return condition.reason or f"the microphone is {condition.state}"


def _describe_track(name: str, aac: AacSettings) -> Track:
    return Track(
        track=name,
        medium=Medium.SOUND,
        how="encoded",
        timescale=aac.rate_hz,
        rate_hz=aac.rate_hz,
        channels=aac.channels,
        encoder="aac",
    )
