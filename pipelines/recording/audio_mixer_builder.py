"""The sound desk put together: which tracks there are, and where each goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.capture.audio_aligner import AudioAligner
from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.mixdown import Mixdown
from pipelines.encoding.aac_encoder import AacSettings
from pipelines.journal.entries import Cause, Medium, Track
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.audio_mixer import AudioMixer, CapturedBlock, MicrophoneChannel, level_meters
from pipelines.recording.audio_track import AudioTrack
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout
from pipelines.recording.recording_config import MicrophoneSettings, RecordingSettings
from pipelines.recording.resume_state import KeptTrack
from pipelines.recording.track_thread import TrackThread
from pipelines.recording.track_writer import TrackWriter

MIX = "sound"
# Half a minute of 10 ms blocks from two microphones: sound waits rather than be dropped.
QUEUE_LENGTH = 6_000
LATE_ARRIVAL_NS = 600_000_000


class AudioMixerBuilder:
    """Builds the desk: the mix always, and a track for each microphone where there are several."""

    def __init__(self, room: RecordingSettings, start_ns: int, kept: Mapping[str, KeptTrack]) -> None:
        self._room = room
        microphones = room.microphones
        several = len(microphones) > 1
        self._own = {plan.role: plan for plan in microphones} if several else {}
        self._channels = {
            MIX: max(plan.channels for plan in microphones),
            **{role: plan.channels for role, plan in self._own.items()},
        }
        self._starts = {
            name: kept[name].end_ticks if name in kept else start_ns * LESSON_RATE_HZ // 1_000_000_000
            for name in self._channels
        }
        self.layouts = [
            TrackLayout(
                name=name,
                timescale=LESSON_RATE_HZ,
                roles=(name,) if several else (name, microphones[0].role),
                is_video=False,
                bits_per_second=room.audio_kbps * 1000,
                channels=channels,
                segments=kept[name].segments if name in kept else (),
            )
            for name, channels in self._channels.items()
        ]

    def build_thread(
        self,
        files: LessonFolderWriter,
        thread: FileThread,
        timeline: LessonTimeline,
        cause: Cause,
        on_fragment: Callable[[], None],
        on_level: Callable[[str, float], None],
    ) -> TrackThread[CapturedBlock]:
        """The desk in its thread, not started yet."""
        desk = self.build_mixer(files, thread, timeline, cause, on_fragment, on_level)
        return TrackThread(MIX, desk, DropOldestQueue(QUEUE_LENGTH), LATE_ARRIVAL_NS)

    def build_mixer(
        self,
        files: LessonFolderWriter,
        thread: FileThread,
        timeline: LessonTimeline,
        cause: Cause,
        on_fragment: Callable[[], None],
        on_level: Callable[[str, float], None],
    ) -> AudioMixer:
        """The desk alone, for whoever feeds it."""
        first = min(self._starts.values())
        first_ns = -(-first * 1_000_000_000 // LESSON_RATE_HZ)

        def track(name: str) -> AudioTrack:
            coding = AacSettings(LESSON_RATE_HZ, self._channels[name], self._room.audio_kbps)
            described = _described(name, coding)
            outlet = TrackWriter(files, thread, lambda: described, on_fragment)
            return AudioTrack(coding, first, self._starts[name], self._room.fragment_ms, outlet)

        def channel(plan: MicrophoneSettings) -> MicrophoneChannel:
            line = AudioAligner(
                plan.role if plan.role in self._own else MIX,
                timeline,
                start_lesson_ns=first_ns,
                channels=plan.channels,
                start_cause=cause,
            )
            seconds, meter = level_meters(first_ns)
            own = track(plan.role) if plan.role in self._own else None
            return MicrophoneChannel(plan.role, line, seconds, meter, own)

        return AudioMixer(
            {plan.role: channel(plan) for plan in self._room.microphones},
            Mixdown({plan.role: plan.gain_db for plan in self._room.microphones}, channels=self._channels[MIX]),
            track(MIX),
            on_level,
        )


def _described(name: str, coding: AacSettings) -> Track:
    return Track(
        track=name,
        medium=Medium.SOUND,
        how="encoded",
        timescale=coding.rate_hz,
        rate_hz=coding.rate_hz,
        channels=coding.channels,
        encoder="aac",
    )
