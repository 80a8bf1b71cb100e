"""A lesson being recorded: every role's track, one timeline, one folder."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipelines.devices.device_state import DeviceCondition
from pipelines.encoding.load_governor import DegradationStage
from pipelines.files import disk
from pipelines.files.durable import FOLDER_MODE, sync_folder
from pipelines.journal.entries import (
    Begin,
    BitrateReduced,
    Cause,
    ClockReading,
    DeviceChange,
    End,
    Entry,
    Marker,
    Pause,
    Resumed,
)
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.audio_mixer_builder import AudioMixerBuilder
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter
from pipelines.recording.liveness import ProgressCounters
from pipelines.recording.load_control import LoadControl
from pipelines.recording.recording_config import RecordingSettings
from pipelines.recording.resume_state import ResumeState
from pipelines.recording.room_devices import RoomDevices
from pipelines.recording.track_thread import TrackThread
from pipelines.recording.video_track import TrackStart
from pipelines.recording.video_track_builder import VideoTrackBuilder

log = logging.getLogger(__name__)

_TRACKS_END_S = 10.0
# A box that was too slow for its lesson still has it all, and works it off after the bell.
_TRACKS_CATCH_UP_S = 60.0
_FILES_END_S = 3.0
_ABANDON_S = 2.0


@dataclass(frozen=True, slots=True)
class RecordingListeners:
    """Who is told: of a file that is finished, and of a microphone's level. Called from the lesson's threads."""

    on_file: Callable[[str, str], None]
    on_level: Callable[[str, float], None]


@dataclass(slots=True)
class _Written:
    """When the last fragment was written; apart from the recording, so that what writes need not hold it."""

    at_ns: int = 0

    def now(self) -> None:
        """One was, just now."""
        self.at_ns = time.monotonic_ns()


class LessonRecording:
    """One lesson, from its making to ``end`` or ``leave``; none of the methods waits for a device.

    Making one, ``end`` and ``leave`` wait for the disk. Where the disk fails in between, the file thread keeps
    trying; ``fault`` says so. One thread makes, pauses and ends it; any thread may ask, or call ``device_changed``.

    A new lesson begins at ``since_ns``, as far back as the sources remember; without it, now. One that was paused
    at ``paused_ns``, whatever its journal knows of that, is blind from the start.
    """

    def __init__(
        self,
        lesson: str,
        room: RecordingSettings,
        sources: RoomDevices,
        listeners: RecordingListeners,
        continuation: ResumeState | None = None,
        since_ns: int | None = None,
        paused_ns: int | None = None,
    ) -> None:
        self.lesson = lesson
        self._written = _Written()
        self._room = room
        self._sources = sources
        self._levels = listeners.on_level
        kept = continuation.tracks if continuation else {}
        resume = continuation.point if continuation else None
        start = TrackStart(resume.lesson_ns, cause=resume.cause) if resume else TrackStart()
        self._timeline = LessonTimeline(start.lesson_ns)
        folder = room.spool / lesson
        folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        self._device = folder.stat().st_dev
        sync_folder(room.spool)
        pictures = [
            VideoTrackBuilder(room, plan, sources.cameras[plan.role], kept.get(plan.role)) for plan in room.cameras
        ]
        sound = AudioMixerBuilder(room, start.lesson_ns, kept) if room.microphones else None
        self._files = LessonFolderWriter(
            folder,
            [*(setup.layout for setup in pictures), *(sound.layouts if sound else [])],
            room.programme_role,
            room.segment_s,
            partial(listeners.on_file, lesson),
            room.storage_demand.critical_reserve_bytes if room.storage_demand else 0,
        )
        self._thread = FileThread(lesson, self._files.sync, sync_at_once=room.sync_at_once)
        self._tracks = [
            setup.build_thread(self._files, self._thread, self._timeline, start, self._written.now)
            for setup in pictures
        ]
        self._desk = (
            sound.build_thread(self._files, self._thread, self._timeline, start.cause, self._written.now, self._levels)
            if sound
            else None
        )
        self._governing = LoadControl(
            room, list(zip(pictures, self._tracks, strict=True)), partial(_note_down, self._thread, self._files)
        )
        self._thread.start()
        if paused_ns is not None or (resume and resume.at_ns is not None):
            # What is remembered may be of a pause that the journal does not know of.
            self._sources.suspend_preroll()
        # Lesson time that goes on now goes on when everybody listens; that which runs already, or stands still, is
        # there before.
        goes_on_now = continuation is not None and continuation.point.at_ns is None and paused_ns is None
        if goes_on_now:
            self._listen()
        if continuation is None:
            self._begin(since_ns)
        else:
            self._go_on(continuation)
        if paused_ns is not None:
            self._stand_still(max(paused_ns, continuation.recorded_until_ns if continuation else 0))
        if not goes_on_now:
            self._listen()

    def _begin(self, since_ns: int | None) -> None:
        at_ns = time.monotonic_ns()
        if since_ns is not None:
            at_ns = self._sources.preroll_start_ns(since_ns, at_ns)
        begin = Begin(
            lesson=self.lesson,
            school=self._room.school,
            room=self._room.room,
            boot_id=self._room.boot_id,
            at_ns=at_ns,
        )
        self._note([begin])
        self._timeline.start(at_ns)

    def _listen(self) -> None:
        # A track that starts first would fill the time of what is remembered before it comes.
        for track in self._tracks:
            self._sources.attach_video(track)
            track.start()
        if self._desk is not None:
            self._sources.attach_audio(self._desk)
            self._desk.start()

    def _go_on(self, continuation: ResumeState) -> None:
        at_ns = continuation.point.at_ns or time.monotonic_ns()
        self._note(continuation.journal_entries(at_ns, self._room.boot_id))
        if continuation.point.is_paused:
            self._sources.suspend_preroll()
        else:
            self._timeline.start(at_ns)
            self._sources.resume_preroll()

    @property
    def is_paused(self) -> bool:
        """Whether lesson time stands still."""
        return not self._timeline.is_running

    @property
    def paused_at_ns(self) -> int | None:
        """Since when it is paused, if this recording saw that happen."""
        return self._timeline.stopped_at_ns

    @property
    def fault(self) -> str:
        """What is wrong with the disk; empty when nothing is."""
        return self._thread.fault

    @property
    def has_dead_track(self) -> bool:
        """Whether a bug has ended one of the tracks."""
        return not all(thread.is_alive for thread in self._track_threads())

    @property
    def progress(self) -> ProgressCounters:
        """Signs of life, for its pulse."""
        tracks = tuple(thread.iterations for thread in self._track_threads())
        return ProgressCounters(tracks, self._thread.iterations, self._thread.is_waiting_for_disk)

    @property
    def last_write_ns(self) -> int:
        """When the last fragment was written; 0 before the first."""
        return self._written.at_ns

    @property
    def degradation(self) -> DegradationStage | None:
        """What is left of the pictures' quality and rate where the box cannot keep up; None while it can."""
        return self._governing.degradation

    def adjust_load(self, now_ns: int) -> None:
        """Often: see whether the box keeps up, and ask less or more of the encoders."""
        if not self.is_paused:
            self._governing.tick(now_ns, self._timeline.reached_ns(now_ns))

    def reached_ns(self, at_ns: int) -> int:
        """The lesson time reached at a moment."""
        return self._timeline.reached_ns(at_ns)

    def pause(self) -> None:
        """Blind and deaf from now on; lesson time stands still. Again: nothing."""
        self._stand_still(time.monotonic_ns())

    def _stand_still(self, at_ns: int) -> None:
        if self.is_paused:
            return
        lesson_ns = self._timeline.stop(at_ns)
        self._sources.suspend_preroll()
        self._note([Pause(at_ns=self._timeline.stopped_at_ns or at_ns, lesson_ns=lesson_ns)])
        # A power cut must not take the pause back.
        self._thread.put(self._files.sync)

    def resume(self) -> None:
        """The pause is over. Again: nothing."""
        if not self.is_paused:
            return
        at_ns = time.monotonic_ns()
        self._timeline.start(at_ns)
        self._sources.resume_preroll()
        goes = Resumed(
            at_ns=at_ns,
            lesson_ns=self._timeline.reached_ns(at_ns),
            boot_id=self._room.boot_id,
            cause=Cause.TEACHER,
        )
        self._note([goes])

    def add_marker(self, at_ns: int, label: str) -> None:
        """Write down a moment."""
        self._note([Marker(lesson_ns=self._timeline.reached_ns(at_ns), label=label)])

    def add_clock_reading(self, anchor: ClockReading) -> None:
        """Write down what both clocks say."""
        self._note([anchor])

    def add_bitrate_reduction(self, percent: int, free_bytes: int) -> None:
        """Write down that pictures are encoded with so much of their bit rate, for the disk is nearly full."""
        lesson_ns = self._timeline.reached_ns(time.monotonic_ns())
        self._note([BitrateReduced(lesson_ns=lesson_ns, percent=percent, free_bytes=free_bytes)])

    def on_device_change(self, role: str, condition: DeviceCondition[object]) -> None:
        """Write down how a device does."""
        self._note(
            [
                DeviceChange(
                    role=role,
                    state=condition.state,
                    reason=condition.reason,
                    at_ns=time.monotonic_ns(),
                )
            ]
        )

    @property
    def is_displaced(self) -> bool:
        """Whether the disk that this writes to was pulled and is back: the lesson's folder is on another one."""
        if self.fault not in (disk.FAILS, disk.READ_ONLY):
            return False
        try:
            return (self._room.spool / self.lesson).stat().st_dev != self._device
        except OSError:
            return False

    def abandon(self, deadline_s: float = _TRACKS_END_S) -> None:
        """Let go of a disk that will not take the lesson any more; what waited for it is lost."""
        self._stop(deadline_s)
        self.let_go()

    def let_go(self) -> None:
        """The same for a lesson that has ended, and whose end the disk would not take."""
        self._thread.abandon()
        if self._thread.close(_ABANDON_S):
            with suppress(OSError):
                self._files.close()

    def end(self, cause: Cause, deadline_s: float = _TRACKS_END_S) -> int:
        """Finish every track and file; the lesson's length. Waits ``deadline_s`` for tracks that do nothing.

        Files that the disk holds up for longer than a moment are finished by the file thread when it lets go;
        ``is_finished`` tells.
        """
        at_ns, lesson_ns = self._stop(deadline_s, _TRACKS_CATCH_UP_S)
        end = End(at_ns=at_ns, lesson_ns=lesson_ns, cause=cause)
        self._thread.put(partial(self._files.end_lesson, [end]))
        if not self._thread.close(min(deadline_s, _FILES_END_S), last=self._files.close):
            log.error("%s: the disk does not let the lesson be finished yet: %s", self.lesson, self.fault or "slow")
        return lesson_ns

    @property
    def is_finished(self) -> bool:
        """Whether all of its files are closed."""
        return self._thread.is_finished

    def close_unfinished(self, deadline_s: float = _TRACKS_END_S) -> None:
        """Let go without an end: everything up to now is on the disk, and a new process takes the lesson up."""
        self._stop(deadline_s)
        self._thread.close(deadline_s, last=self._files.close)

    def _stop(self, deadline_s: float, at_work_s: float = 0.0) -> tuple[int, int]:
        at_ns = time.monotonic_ns()
        lesson_ns = self._timeline.stop(at_ns)
        threads = self._track_threads()
        for thread in threads:
            thread.request_end(at_ns, lesson_ns)
        if hung := [thread.name for thread in threads if not thread.join(deadline_s, at_work_s)]:
            log.error("%s: these tracks did not end in time: %s", self.lesson, ", ".join(hung))
        self._sources.detach()
        self._sources.resume_preroll()
        return at_ns, lesson_ns

    def _track_threads(self) -> list[TrackThread[Any]]:
        return [*self._tracks, *([self._desk] if self._desk else [])]

    def _note(self, entries: list[Entry]) -> None:
        if entries:
            _note_down(self._thread, self._files, *entries)


def _note_down(thread: FileThread, files: LessonFolderWriter, *entries: Entry) -> None:
    thread.put(partial(files.write_entries, entries))
