"""Reconciliation of the recorder with the desired state; bounds a lesson by itself, and reports the actual state."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from drivers.samples import Pattern
from edge.classroom.recorder_messages import (
    Activity,
    AddMarker,
    ChooseMode,
    CommandRefused,
    CutCamera,
    DesiredState,
    FileFinished,
    ForDirector,
    FromRecorder,
    HeadNotice,
    PollNotice,
    RecorderState,
    RecordingEnded,
    TurnHead,
)
from edge.recorder import resume_interrupted
from edge.recorder.disk_admission import InsufficientSpace, admit
from edge.recorder.meters import Meters
from edge.recorder.pending_finalisation import PendingFinalisation
from edge.recorder.state_report import activity_of, recorder_state, recording_lamp_pattern
from pipelines import system_clocks
from pipelines.capture.preroll_buffer import MIN_PREROLL_NS
from pipelines.devices.device_state import DeviceCondition
from pipelines.directing.observations import HeadMoved, PollChanged, SpeechHeard
from pipelines.encoding.encoder_benchmark import EncoderBenchmark
from pipelines.files import disk
from pipelines.journal.entries import Cause, ClockReading
from pipelines.journal.journal_index import JournalIndex
from pipelines.recording.lesson_recording import LessonRecording, RecordingListeners
from pipelines.recording.liveness import ProgressCounters
from pipelines.recording.recording_settings import RecordingSettings
from pipelines.recording.resume_state import ResumeState
from pipelines.recording.room_devices import RoomDevices
from pipelines.recording.speech_monitor import SpeechMonitor
from pipelines.recovery.resume_policy import LONGEST_OUTAGE_NS
from pipelines.system_clocks import ClockSnapshot

log = logging.getLogger(__name__)

_CLOCKS_NS = 60_000_000_000
# How often what the disk refused is retried.
_RETRY_NS = 2_000_000_000


@dataclass(slots=True)
class LessonBounds:
    """When a lesson ends that nobody ends: after a duration, or at a time (CLOCK_MONOTONIC)."""

    longest_ns: int
    ends_by_ns: int | None = None


@dataclass(slots=True)
class RecordingManager:
    """Owns the one recording there may be.

    A new lesson begins ``preroll_ns`` before its press, and is encoded as ``benchmark`` allows. ``speech`` listens to
    its microphones, and its mix learns who speaks; None where nobody wants to know.

    ``send`` sends to the controller, from any thread. ``resume_interrupted``, ``reconcile``, ``tick`` and ``close``
    are called by one thread at a time and may wait for the disk; ``state`` and ``lamp`` never wait, from any thread.
    """

    room: RecordingSettings
    devices: RoomDevices
    send: Callable[[FromRecorder], None]
    longest_ns: int
    preroll_ns: int = 0
    benchmark: EncoderBenchmark = field(default_factory=EncoderBenchmark)
    speech: SpeechMonitor | None = None
    now: Callable[[str], ClockSnapshot] = system_clocks.read_clocks
    recording: LessonRecording | None = None
    _bounds: LessonBounds = field(default_factory=lambda: LessonBounds(0))
    _clocks_noted_ns: int = 0
    _was_synchronised: bool = False
    _free_since_ns: int = 0
    _has_begun: bool = False
    _is_outage_unknown: bool = False
    _must_rescan: bool = False
    _pending: DesiredState | None = None
    _fault: str = ""
    _reported: tuple[str, str] = ("", "")
    _retried_ns: int = 0
    _finalising: PendingFinalisation = field(init=False)
    _meters: Meters = field(init=False)

    def __post_init__(self) -> None:
        self._finalising = PendingFinalisation(self.send)
        self._meters = Meters(self.devices)
        if self.speech is not None:
            self.speech.add_listener(self._on_speech)

    def resume_interrupted(self) -> None:
        """Repair lessons that were interrupted before this process, and resume the one that was running.

        If only the clock can tell whether it is resumed and this box does not know the time yet, that is decided when
        it does, unless another lesson begins first. What the disk refuses is tried again.
        """
        try:
            found = resume_interrupted.resume_interrupted(
                self.room, self.now(self.room.boot_id), may_go_on=not self._has_begun
            )
        except OSError as error:
            self._must_rescan = True
            if not self._fault:
                log.error("interrupted lessons cannot be looked for now, and are later: %s", error)
            self._fault = disk.fault_code(error)
            return
        self._must_rescan, self._is_outage_unknown, self._fault = False, found.in_doubt, ""
        for ended in found.ended:
            self.send(RecordingEnded(lesson=ended.lesson, lesson_time_ns=ended.lesson_ns, cause=ended.cause))
        if found.goes_on is not None:
            lesson, continuation = found.goes_on
            try:
                self._record(lesson, continuation)
            except (OSError, InsufficientSpace) as error:
                activity = Activity.PAUSED if continuation.point.is_paused else Activity.RECORDING
                desired = DesiredState(activity=activity, lesson=lesson, at_ns=time.monotonic_ns())
                self._on_start_failure(desired, lesson, error, has_begun=True)

    def reconcile(self, message: DesiredState | AddMarker) -> None:
        """Reconcile the recorder's actual state with the desired state, or write a marker."""
        if isinstance(message, AddMarker):
            if self.recording is not None and not self.recording.is_paused:
                self.recording.add_marker(message.at_ns, message.label)
            return
        if self._pending not in (None, message):
            # What was captured meanwhile belongs to the pending lesson, or to its pause.
            self._free_since_ns = time.monotonic_ns()
        pending, self._pending = self._pending, None
        wanted = None if message.activity is Activity.IDLE else message.lesson
        if pending is not None and wanted != pending.lesson:
            # It has begun and is not resumed: its end must be written.
            self._must_rescan = self._has_begun = True
        if self.recording is not None and wanted != self.recording.lesson:
            self._end(Cause.TEACHER)
        if wanted is None:
            return
        if self.recording is None and not self._begin(message, wanted):
            return
        self._bounds = LessonBounds(
            message.longest_s * 1_000_000_000 if message.longest_s else self.longest_ns, message.ends_by_ns
        )
        if self.recording is not None:
            if message.subject is not None:
                self.recording.add_subject(message.subject)
            if message.activity is Activity.PAUSED:
                self.recording.pause()
            else:
                self.recording.resume()

    def direct(self, message: ForDirector) -> None:
        """Tell the director of the running lesson, if there is one; never waits, from any thread."""
        recording = self.recording
        if recording is None or (director := recording.director) is None:
            return
        lesson_ns = recording.reached_ns(message.at_ns)
        match message:
            case ChooseMode(mode=mode):
                director.choose_mode(mode, lesson_ns)
            case CutCamera(role=role):
                director.cut(lesson_ns, role)
            case PollNotice(is_open=is_open):
                director.observe(PollChanged(lesson_ns, is_open))
            case HeadNotice(role=role, is_turning=is_turning, preset=preset):
                director.observe(HeadMoved(role, lesson_ns, is_turning, preset))

    def tick(self) -> None:
        """A few times a second: bound the lesson, note the clocks, watch for hung devices, retry what failed."""
        now_ns = time.monotonic_ns()
        for source in self.devices:
            source.check_watchdog(now_ns)
        self._finalising.report_closed()
        if now_ns - self._retried_ns > _RETRY_NS:
            self._retried_ns = now_ns
            self._retry()
        if self.recording is None:
            return
        now = self.now(self.room.boot_id)
        if now_ns - self._clocks_noted_ns > _CLOCKS_NS or now.is_synchronised != self._was_synchronised:
            self._note_clocks(self.recording, now)
        self.recording.adjust_load(now_ns)
        if self._bounds.ends_by_ns is not None and now_ns >= self._bounds.ends_by_ns:
            self._end(Cause.PLANNED)
        elif self.recording.reached_ns(now_ns) >= self._bounds.longest_ns:
            self._end(Cause.LONGEST)

    def close(self) -> None:
        """Leave the lesson's files as after a crash that lost nothing: the next process resumes it."""
        if self.recording is not None:
            self.recording.close_unfinished()
            self.recording = None

    def device_changed(self, role: str, condition: DeviceCondition[object]) -> None:
        """Note that a device changed its state; called by the devices' threads."""
        if (recording := self.recording) is not None:
            recording.on_device_change(role, condition)

    def progress_counters(self) -> ProgressCounters | None:
        """Counters of the running lesson's threads, for the watchdog; None without a lesson."""
        recording = self.recording
        return recording.progress if recording else None

    def state(self, *, is_watched: bool = False) -> RecorderState:
        """The recorder's present state, as it is sent to the controller; ``is_watched``: somebody looks at the room."""
        idle_faults = list(filter(None, dict.fromkeys([self._fault, *self._finalising.faults])))
        return recorder_state(
            self.recording, self.devices, self._meters, self.lamp(), idle_faults, self.speech, is_watched=is_watched
        )

    @property
    def is_recording(self) -> bool:
        """Whether a lesson has the devices."""
        return self.recording is not None

    @property
    def is_busy(self) -> bool:
        """Whether a lesson is recorded, ended or waited for, so that ``tick`` is needed four times a second."""
        return self.recording is not None or self._pending is not None or self._finalising.is_waiting

    def lamp(self) -> Pattern:
        """The present pattern of the recording lamp."""
        is_watched = self.devices.stills.is_showing(time.monotonic_ns())
        return recording_lamp_pattern(
            self.recording, self.devices, has_preroll=self.preroll_ns > 0, is_watched=is_watched
        )

    def _begin(self, desired: DesiredState, lesson: str) -> bool:
        has_begun: bool | None = None
        try:
            replayed = JournalIndex(self.room.spool / lesson).replay
            has_begun = replayed.begin is not None
            if has_begun:
                end, last = replayed.end, replayed.last_change
                if end is not None and self._is_outdated(desired, last.at_ns, last.boot_id):
                    self.send(RecordingEnded(lesson=lesson, lesson_time_ns=end.lesson_ns, cause=end.cause))
                    self._fault = ""
                    return False
                self._record(lesson, resume_interrupted.resume_ended(self.room, lesson), desired)
            else:
                self._record(lesson, None, desired)
        except (OSError, InsufficientSpace) as error:
            self._on_start_failure(desired, lesson, error, has_begun=has_begun)
            return False
        return True

    def _on_start_failure(
        self, desired: DesiredState, lesson: str, error: OSError | InsufficientSpace, *, has_begun: bool | None
    ) -> None:
        """Refuse a new lesson; retry one that has begun (None: unknown) for as long as it is desired."""
        fault = disk.NO_ROOM if isinstance(error, InsufficientSpace) else disk.fault_code(error)
        if has_begun is False or (has_begun is None and fault != disk.FAILS):
            log.error("%s is refused: %s", lesson, fault)
            self.send(CommandRefused(lesson=lesson, reason=fault))
            self._fault = ""
            return
        level = logging.DEBUG if self._reported == (lesson, fault) else logging.ERROR
        log.log(level, "%s cannot go on now, and is tried again: %s", lesson, error)
        self._reported = (lesson, fault)
        self._pending, self._fault = desired, fault

    def _retry(self) -> None:
        """Retry what the disk refused, and resume a lesson whose disk was away and is back."""
        recording = self.recording
        if recording is not None and recording.storage.is_displaced:
            log.warning("%s: its disk was away and is back; the lesson goes on there", recording.lesson)
            self._pending = DesiredState(
                activity=activity_of(recording),
                lesson=recording.lesson,
                at_ns=recording.paused_at_ns or time.monotonic_ns(),
                longest_s=self._bounds.longest_ns // 1_000_000_000,
                ends_by_ns=self._bounds.ends_by_ns,
            )
            self.recording = None
            recording.abandon()
        for lesson in self._finalising.drop_displaced():
            log.warning("%s: its disk was away and is back; the lesson is ended there", lesson)
            self._must_rescan = True
        if self._pending is not None:
            self.reconcile(self._pending)
        elif self.recording is None and (self._must_rescan or (self._is_outage_unknown and self._is_outage_known())):
            self.resume_interrupted()

    def _is_outage_known(self) -> bool:
        """Whether it is known how long the box was off, or that it was off too long."""
        now = self.now(self.room.boot_id)
        return now.is_synchronised or now.uptime_ns > LONGEST_OUTAGE_NS

    def _is_outdated(self, desired: DesiredState, ended_ns: int, boot_id: str) -> bool:
        return boot_id != self.room.boot_id or desired.at_ns <= ended_ns

    def _since_ns(self, desired: DesiredState) -> int | None:
        """Since when a new lesson is recorded: at most the configured pre-roll before its press, nothing of the lesson
        before, and no earlier than the pre-roll buffers reach.
        """
        if desired.since_ns is None or desired.activity is Activity.PAUSED:
            return None
        longest_ago_ns = time.monotonic_ns() - self.preroll_ns - MIN_PREROLL_NS
        return max(desired.since_ns - self.preroll_ns, self._free_since_ns, longest_ago_ns)

    def _record(self, lesson: str, continuation: ResumeState | None, desired: DesiredState | None = None) -> None:
        self._meters.reset()
        listeners = RecordingListeners(self._on_file_finished, self._meters.on_level, on_turn_head=self._on_turn_head)
        if self.speech is not None:
            listeners = replace(listeners, on_sound=self.speech.push)
        self._bounds = LessonBounds(self.longest_ns)
        ends_by_ns = desired.ends_by_ns if desired else None
        seconds = None if ends_by_ns is None else (ends_by_ns - time.monotonic_ns()) / 1e9
        fits = admit(self.room, seconds, has_begun=continuation is not None)
        room = replace(fits.room, encoding_costs=self.benchmark.costs)
        since_ns = self._since_ns(desired) if desired else None
        paused_ns = desired.at_ns if desired and desired.activity is Activity.PAUSED else None
        begins_by = desired.begins_by if desired else Cause.TEACHER
        self.recording = LessonRecording(
            lesson, room, self.devices, listeners, continuation, since_ns, paused_ns, begins_by
        )
        self._fault = ""
        self._has_begun = True
        self._note_clocks(self.recording, self.now(self.room.boot_id))
        if fits.share < 1:
            self.recording.add_bitrate_reduction(round(fits.share * 100), fits.free_bytes)
        for source in self.devices:
            self.recording.on_device_change(source.role, source.condition)
        log.info("%s: recording", lesson)

    def _note_clocks(self, recording: LessonRecording, now: ClockSnapshot) -> None:
        self._clocks_noted_ns, self._was_synchronised = now.at_ns, now.is_synchronised
        recording.add_clock_reading(
            ClockReading(at_ns=now.at_ns, wall_ns=now.wall_ns, synchronised=now.is_synchronised)
        )

    def _end(self, cause: Cause) -> None:
        recording, self.recording = self.recording, None
        if recording is not None:
            lesson_ns = recording.end(cause)
            self._free_since_ns = time.monotonic_ns()
            log.info("%s: ended after %.1f s (%s)", recording.lesson, lesson_ns / 1e9, cause)
            ended = RecordingEnded(lesson=recording.lesson, lesson_time_ns=lesson_ns, cause=cause)
            self._finalising.add(recording, ended)

    def _on_speech(self, heard: SpeechHeard) -> None:
        if (recording := self.recording) is not None:
            recording.hear(heard)

    def _on_turn_head(self, role: str, preset: str) -> None:
        self.send(TurnHead(role=role, preset=preset))

    def _on_file_finished(self, lesson: str, path: str) -> None:
        self.send(FileFinished(lesson=lesson, path=path))
