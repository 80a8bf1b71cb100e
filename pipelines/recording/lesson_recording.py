"""Record a lesson: every role's track on one timeline, into one folder."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipelines.capture.signal_faults import SignalFault
from pipelines.devices.device_state import DeviceCondition
from pipelines.directing.decisions import CutReason
from pipelines.directing.observations import DirectorMode, Marked, SpeechHeard
from pipelines.encoding.load_governor import DegradationStage
from pipelines.journal.entries import (
    Begin,
    BitrateReduced,
    Cause,
    ClockReading,
    Cut,
    DeviceChange,
    End,
    LessonSubject,
    Marker,
    Pause,
    Resumed,
)
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.audio_mixer import OnSound
from pipelines.recording.audio_mixer_builder import AudioMixerBuilder
from pipelines.recording.director_desk_builder import build_desk
from pipelines.recording.lesson_storage import LessonStorage
from pipelines.recording.liveness import ProgressCounters
from pipelines.recording.load_control import LoadControl
from pipelines.recording.recording_settings import RecordingSettings
from pipelines.recording.resume_state import ResumeState
from pipelines.recording.room_devices import RoomDevices
from pipelines.recording.signal_watch import SignalWatch
from pipelines.recording.track_thread import TrackThread
from pipelines.recording.video_track import TrackStart
from pipelines.recording.video_track_builder import VideoTrackBuilder

log = logging.getLogger(__name__)

_TRACKS_END_S = 10.0
# A machine that was too slow for its lesson still has it all in its queues, and finishes it after the end.
_TRACKS_CATCH_UP_S = 60.0
_FILES_END_S = 3.0
_CAPTURED_NS = 3_000_000_000
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class RecordingListeners:
    """Callbacks, from the lesson's threads, which must not wait.

    ``on_file(lesson, path)`` for a finished file, ``on_level(role, dBFS)``, ``on_sound`` for each microphone's samples,
    ``on_turn_head(role, preset)`` where the director wants the head of a camera turned.
    """

    on_file: Callable[[str, str], None]
    on_level: Callable[[str, float], None]
    on_sound: OnSound = lambda _role, _first, _samples: None
    on_turn_head: Callable[[str, str], None] = lambda _role, _preset: None


class LessonRecording:
    """One lesson, from its creation to ``end`` or ``close_unfinished``; no method waits for a device.

    Creating one, ``end`` and ``close_unfinished`` wait for the disk. Where the disk fails in between, the file
    thread keeps trying; ``storage.fault`` says so. One thread creates, pauses and ends it; any thread may read, or
    call ``on_device_change``.

    A new lesson begins at ``since_ns``, as far back as the pre-roll reaches, or now; ``begins_by`` is its cause. One
    that was paused at ``paused_at_ns``, whatever its journal knows of that, records nothing from the start.
    """

    def __init__(
        self,
        lesson: str,
        settings: RecordingSettings,
        devices: RoomDevices,
        listeners: RecordingListeners,
        resume_state: ResumeState | None = None,
        since_ns: int | None = None,
        paused_at_ns: int | None = None,
        begins_by: Cause = Cause.TEACHER,
    ) -> None:
        self.lesson = lesson
        self._settings = settings
        self._devices = devices
        kept = resume_state.tracks if resume_state else {}
        point = resume_state.point if resume_state else None
        start = TrackStart(point.lesson_ns, cause=point.cause) if point else TrackStart()
        self._timeline = LessonTimeline(start.lesson_ns)
        self.director = build_desk(
            settings,
            devices,
            self._timeline,
            start.lesson_ns,
            resume_state.cut if resume_state else None,
            lambda: self.signal_faults(time.monotonic_ns()),
            self.cut,
            lambda entries: self.storage.write_entries(entries),
            listeners.on_turn_head,
        )
        looks = self.director.tap if self.director else None
        videos = [
            VideoTrackBuilder(
                settings,
                camera,
                devices.cameras[camera.role],
                kept.get(camera.role),
                devices.stills.listener(camera.role),
                *((looks.listener(camera.role), looks.key_look_ns) if looks else ()),
            )
            for camera in settings.cameras
        ]
        audio = (
            AudioMixerBuilder(settings, start.lesson_ns, kept, devices.microphone_condition)
            if settings.microphones
            else None
        )
        layouts = [*(video.layout for video in videos), *(audio.layouts if audio else [])]
        self._signals = SignalWatch(settings, start.lesson_ns)
        self.storage = LessonStorage(
            lesson, settings, layouts, partial(listeners.on_file, lesson), self._signals.on_entries
        )
        storage = self.storage
        writer, thread = storage.writer, storage.thread
        if resume_state is not None:
            writer.renew_playlists()
        self._tracks = [video.build_thread(writer, thread, self._timeline, start) for video in videos]
        self._mixer = (
            audio.build_thread(writer, thread, self._timeline, start.cause, listeners.on_level, listeners.on_sound)
            if audio
            else None
        )
        self._mix = audio.mix if audio else None
        self._load_control = LoadControl(
            settings,
            list(zip(videos, self._tracks, strict=True)),
            lambda entry: storage.write_entries([entry]),
            self._mixer,
            looks,
        )
        thread.start()
        if paused_at_ns is not None or (point and point.at_ns is not None):
            # The pre-roll may be of a pause that the journal does not know of.
            self._blind()
        # Lesson time that starts now starts when all listeners are attached; lesson time that runs already, or stands
        # still, is there before.
        starts_now = point is not None and point.at_ns is None and paused_at_ns is None
        if starts_now:
            self._attach()
        if resume_state is None:
            self._begin(since_ns, begins_by)
        else:
            self._resume_from(resume_state)
        if paused_at_ns is not None:
            self._pause_at(max(paused_at_ns, resume_state.recorded_until_ns if resume_state else 0))
        if not starts_now:
            self._attach()
        if self.director is not None:
            self.director.start()

    def _begin(self, since_ns: int | None, cause: Cause) -> None:
        at_ns = time.monotonic_ns()
        if since_ns is not None:
            at_ns = self._devices.preroll_start_ns(since_ns, at_ns)
        begin = Begin(
            lesson=self.lesson,
            school=self._settings.school,
            room=self._settings.room,
            boot_id=self._settings.boot_id,
            at_ns=at_ns,
            cause=cause,
        )
        self.storage.write_entries([begin])
        # What is recorded is never on the disk before it is known that a lesson began.
        self.storage.sync()
        self._timeline.start(at_ns)

    def _attach(self) -> None:
        # A track that starts first would fill the time of the pre-roll before it comes.
        for track in self._tracks:
            self._devices.attach_video(track)
            track.start()
        if self._mixer is not None:
            self._devices.attach_audio(self._mixer)
            self._mixer.start()

    def _resume_from(self, resume_state: ResumeState) -> None:
        now_ns = time.monotonic_ns()
        at_ns = resume_state.point.at_ns or now_ns
        self.storage.write_entries(resume_state.journal_entries(now_ns, self._settings.boot_id))
        if resume_state.point.is_paused:
            self._blind()
        else:
            self._timeline.start(at_ns)
            self._unblind()

    @property
    def is_paused(self) -> bool:
        """Whether lesson time stands still."""
        return not self._timeline.is_running

    @property
    def paused_at_ns(self) -> int | None:
        """When it was paused, if this recording saw that happen."""
        return self._timeline.stopped_at_ns

    @property
    def has_dead_track(self) -> bool:
        """Whether a bug has ended one of the track threads."""
        return not all(thread.is_alive for thread in self._track_threads())

    def signal_faults(self, at_ns: int) -> dict[str, SignalFault]:
        """What is wrong with what the devices deliver, by role; nothing is known while the disk takes nothing."""
        return {} if self.storage.fault else self._signals.faults(self._timeline.reached_ns(at_ns))

    def is_capturing(self, at_ns: int) -> bool:
        """Whether true pictures or true sound, no slates or silence alone, were written of late."""
        return at_ns - self.storage.writer.last_captured_ns < _CAPTURED_NS

    @property
    def runs_since_ns(self) -> int | None:
        """Since when lesson time has run; None while it stands still."""
        return self._timeline.runs_since_ns

    @property
    def progress(self) -> ProgressCounters:
        """The threads' progress, for the liveness monitor."""
        tracks = tuple(thread.iterations for thread in self._track_threads())
        files = self.storage.thread
        return ProgressCounters(tracks, files.iterations, files.is_waiting_for_disk)

    @property
    def degradation(self) -> DegradationStage | None:
        """The reduced quality and frame rates while the machine cannot keep up; None while it can."""
        return self._load_control.degradation

    def adjust_load(self, now_ns: int) -> None:
        """Check whether the machine keeps up, and ask less or more of the encoders; call it often."""
        if not self.is_paused:
            self._load_control.tick(now_ns, self._timeline.reached_ns(now_ns))

    def reached_ns(self, at_ns: int) -> int:
        """The lesson time reached at a moment."""
        return self._timeline.reached_ns(at_ns)

    def pause(self) -> None:
        """Stop lesson time and the pre-roll: nothing is recorded or kept from now on. Idempotent."""
        self._pause_at(time.monotonic_ns())

    def _pause_at(self, at_ns: int) -> None:
        if self.is_paused:
            return
        lesson_ns = self._timeline.stop(at_ns)
        self._blind()
        self.storage.write_entries([Pause(at_ns=self._timeline.stopped_at_ns or at_ns, lesson_ns=lesson_ns)])
        # A power cut must not take the pause back.
        self.storage.sync()

    def resume(self) -> None:
        """End the pause. Idempotent."""
        if not self.is_paused:
            return
        at_ns = time.monotonic_ns()
        self._timeline.start(at_ns)
        self._unblind()
        resumed = Resumed(
            at_ns=at_ns, lesson_ns=self._timeline.reached_ns(at_ns), boot_id=self._settings.boot_id, cause=Cause.TEACHER
        )
        self.storage.write_entries([resumed])

    def add_marker(self, at_ns: int, label: str) -> None:
        """Write a marker into the journal, and tell the director."""
        lesson_ns = self._timeline.reached_ns(at_ns)
        self.storage.write_entries([Marker(lesson_ns=lesson_ns, label=label)])
        if self.director is not None:
            self.director.observe(Marked(lesson_ns, label))

    def cut(self, role: str, reason: CutReason, mode: DirectorMode, lesson_ns: int | None = None) -> None:
        """Write into the journal that ``role`` is on air from the next whole second on, or from ``lesson_ns``."""
        if lesson_ns is None:
            lesson_ns = -(-self._timeline.reached_ns(time.monotonic_ns()) // _SECOND_NS) * _SECOND_NS
        self.storage.write_entries([Cut(lesson_ns=lesson_ns, role=role, reason=reason, mode=mode)])

    def add_subject(self, subject: LessonSubject) -> None:
        """Write into the journal which lesson of the timetable this is; what is there already stays."""
        self.storage.write_entries([subject])

    def add_clock_reading(self, reading: ClockReading) -> None:
        """Write a reading of both clocks into the journal."""
        self.storage.write_entries([reading])

    def add_bitrate_reduction(self, percent: int, free_bytes: int) -> None:
        """Write into the journal that the nearly full disk reduced the video bit rate to ``percent``."""
        lesson_ns = self._timeline.reached_ns(time.monotonic_ns())
        self.storage.write_entries([BitrateReduced(lesson_ns=lesson_ns, percent=percent, free_bytes=free_bytes)])

    def hear(self, heard: SpeechHeard) -> None:
        """Let mix and director know who speaks; from any thread, never waits."""
        if self._mix is not None:
            self._mix.hear(heard)
        if self.director is not None:
            self.director.hear(heard)

    def on_device_change(self, role: str, condition: DeviceCondition[object]) -> None:
        """Write a device's new state into the journal."""
        self.storage.write_entries(
            [DeviceChange(role=role, state=condition.state, reason=condition.reason, at_ns=time.monotonic_ns())]
        )

    def abandon(self, deadline_s: float = _TRACKS_END_S) -> None:
        """Stop, and give up a disk that does not take the lesson any more; what is still queued is lost."""
        self._stop(deadline_s)
        self.storage.abandon()

    def end(self, cause: Cause, deadline_s: float = _TRACKS_END_S) -> int:
        """Finish every track and file; return the lesson's length in ns.

        Waits ``deadline_s`` for tracks that make no progress. Files that the disk holds up for longer than a moment
        are finished by the file thread later; ``storage.is_finished`` tells.
        """
        at_ns, lesson_ns = self._stop(deadline_s, _TRACKS_CATCH_UP_S)
        end = End(at_ns=at_ns, lesson_ns=lesson_ns, cause=cause)
        if not self.storage.end_lesson(end, min(deadline_s, _FILES_END_S)):
            fault = self.storage.fault or "slow"
            log.error("%s: the disk does not let the lesson be finished yet: %s", self.lesson, fault)
        return lesson_ns

    def close_unfinished(self, deadline_s: float = _TRACKS_END_S) -> None:
        """Stop without an end: all that was captured is written, and a new process resumes the lesson."""
        self._stop(deadline_s)
        self.storage.close(deadline_s)

    def _blind(self) -> None:
        """Lesson time stands still: nothing is kept or looked at."""
        self._devices.suspend_preroll()
        if self.director is not None:
            self.director.suspend()

    def _unblind(self) -> None:
        self._devices.resume_preroll()
        if self.director is not None:
            self.director.resume()

    def _stop(self, deadline_s: float, catch_up_s: float = 0.0) -> tuple[int, int]:
        at_ns = time.monotonic_ns()
        lesson_ns = self._timeline.stop(at_ns)
        if self.director is not None:
            self.director.close()
        threads = self._track_threads()
        for thread in threads:
            thread.request_end(at_ns, lesson_ns)
        if hung := [thread.name for thread in threads if not thread.join(deadline_s, catch_up_s)]:
            log.error("%s: these tracks did not end in time: %s", self.lesson, ", ".join(hung))
        self._devices.detach()
        self._devices.resume_preroll()
        return at_ns, lesson_ns

    def _track_threads(self) -> list[TrackThread[Any]]:
        return [*self._tracks, *([self._mixer] if self._mixer else [])]
