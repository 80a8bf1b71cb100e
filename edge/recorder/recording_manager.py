"""What the recorder does: it obeys wishes, bounds the lesson by itself, and knows its own state."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from drivers.samples import Pattern
from edge.classroom.recorder_messages import (
    Activity,
    AddMarker,
    CommandRefused,
    DesiredState,
    FileFinished,
    FromRecorder,
    RecorderState,
    RecordingEnded,
)
from edge.recorder import resume_interrupted
from edge.recorder.disk_admission import InsufficientSpace, admit
from edge.recorder.meters import Meters
from edge.recorder.pending_finalisation import PendingFinalisation
from edge.recorder.state_report import activity_of, lamp_of, state_of
from pipelines import system_clocks
from pipelines.capture.preroll_buffer import BRIDGE_NS
from pipelines.devices.device_supervisor import DeviceCondition
from pipelines.encoding.encoder_benchmark import EncoderBenchmark
from pipelines.files import disk
from pipelines.journal.entries import Cause, ClockReading, End
from pipelines.journal.journal_file import of_kind, read_journal
from pipelines.journal.replay import JournalState, replay
from pipelines.recording.lesson_recording import LessonRecording, RecordingListeners
from pipelines.recording.liveness import ProgressCounters
from pipelines.recording.recording_config import RoomPlan
from pipelines.recording.resume_state import ResumeState
from pipelines.recording.room_devices import RoomDevices
from pipelines.recovery.resume_policy import LONGEST_OUTAGE_NS
from pipelines.system_clocks import Now

log = logging.getLogger(__name__)

_ANCHOR_NS = 60_000_000_000
# How often what the disk would not do is tried again.
_AGAIN_NS = 2_000_000_000


@dataclass(slots=True)
class LessonBounds:
    """When a lesson ends that nobody ends."""

    longest_ns: int
    ends_by_ns: int | None = None


@dataclass(slots=True)
class RecordingManager:
    """Holds the one recording there may be. A new lesson begins ``preroll_ns`` before its press, and is encoded as
    ``headroom`` allows.

    ``tell`` sends to the controller, from any thread. ``take_up``, ``obey``, ``tick`` and ``close`` are for one
    thread at a time and may wait for the disk; ``state`` and ``lamp`` never wait, and another thread may ask.
    """

    room: RoomPlan
    sources: RoomDevices
    tell: Callable[[FromRecorder], None]
    longest_ns: int
    preroll_ns: int = 0
    headroom: EncoderBenchmark = field(default_factory=EncoderBenchmark)
    now: Callable[[str], Now] = system_clocks.now
    recording: LessonRecording | None = None
    _bounds: LessonBounds = field(default_factory=lambda: LessonBounds(0))
    _anchored_ns: int = 0
    _synchronised: bool = False
    _free_since_ns: int = 0
    _has_begun: bool = False
    _in_doubt: bool = False
    _look_again: bool = False
    _owed: DesiredState | None = None
    _fault: str = ""
    _told_of: tuple[str, str] = ("", "")
    _tried_ns: int = 0
    _unfinished: PendingFinalisation = field(init=False)
    _gauges: Meters = field(init=False)

    def __post_init__(self) -> None:
        self._unfinished = PendingFinalisation(self.tell)
        self._gauges = Meters(self.sources)

    def take_up(self) -> None:
        """Mend what was cut off before this process, and go on with the lesson that was running.

        Where only the clock can tell whether it goes on, and this box does not know the time yet, that is
        done when it does; a lesson that begins before settles it. What the disk refuses is tried again.
        """
        try:
            found = resume_interrupted.resume_interrupted(
                self.room, self.now(self.room.boot_id), may_go_on=not self._has_begun
            )
        except OSError as error:
            self._look_again = True
            if not self._fault:
                log.error("lessons that were cut off cannot be looked for now, and are later: %s", error)
            self._fault = disk.word_of(error)
            return
        self._look_again, self._in_doubt, self._fault = False, found.in_doubt, ""
        for ended in found.ended:
            self.tell(RecordingEnded(lesson=ended.lesson, lesson_time_ns=ended.lesson_ns, cause=Cause.POWER))
        if found.goes_on is not None:
            lesson, continuation = found.goes_on
            try:
                self._record(lesson, continuation)
            except (OSError, InsufficientSpace) as error:
                activity = Activity.PAUSED if continuation.resume.paused else Activity.RECORDING
                wish = DesiredState(activity=activity, lesson=lesson, at_ns=time.monotonic_ns())
                self._fail(wish, lesson, error, has_begun=True)

    def obey(self, message: DesiredState | AddMarker) -> None:
        """Make what is be what is wished."""
        if isinstance(message, AddMarker):
            if self.recording is not None and not self.recording.paused:
                self.recording.mark(message.at_ns, message.label)
            return
        if self._owed not in (None, message):
            # What came meanwhile is of the lesson that was owed, or of its pause.
            self._free_since_ns = time.monotonic_ns()
        owed, self._owed = self._owed, None
        wanted = None if message.activity is Activity.IDLE else message.lesson
        if owed is not None and wanted != owed.lesson:
            # It has begun, and does not go on: its end is owed now.
            self._look_again = self._has_begun = True
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
            if message.activity is Activity.PAUSED:
                self.recording.pause()
            else:
                self.recording.go_on()

    def tick(self) -> None:
        """A few times a second: bound the lesson, keep the clocks, look after hung devices."""
        now_ns = time.monotonic_ns()
        for source in self.sources:
            source.watch(now_ns)
        self._unfinished.look()
        if now_ns - self._tried_ns > _AGAIN_NS:
            self._tried_ns = now_ns
            self._try_again()
        if self.recording is None:
            return
        now = self.now(self.room.boot_id)
        if now_ns - self._anchored_ns > _ANCHOR_NS or now.synchronised != self._synchronised:
            self._anchor(self.recording, now)
        self.recording.govern(now_ns)
        if self._bounds.ends_by_ns is not None and now_ns >= self._bounds.ends_by_ns:
            self._end(Cause.PLANNED)
        elif self.recording.reached(now_ns) >= self._bounds.longest_ns:
            self._end(Cause.LONGEST)

    def close(self) -> None:
        """The process ends: the lesson's files are left as after a crash that lost nothing."""
        if self.recording is not None:
            self.recording.leave()
            self.recording = None

    def device_changed(self, role: str, condition: DeviceCondition[object]) -> None:
        """A device changed its state. Called by the devices' threads."""
        if (recording := self.recording) is not None:
            recording.device_changed(role, condition)

    def signs(self) -> ProgressCounters | None:
        """Signs of life of the lesson that runs."""
        recording = self.recording
        return recording.signs if recording else None

    def state(self) -> RecorderState:
        """How it is now."""
        idle_faults = list(filter(None, dict.fromkeys([self._fault, *self._unfinished.faults])))
        return state_of(self.recording, self.sources, self._gauges, self.lamp(), idle_faults)

    def lamp(self) -> Pattern:
        """What the recording lamp says now."""
        return lamp_of(self.recording, self.sources, has_preroll=self.preroll_ns > 0)

    def _begin(self, wish: DesiredState, lesson: str) -> bool:
        has_begun: bool | None = None
        try:
            entries = read_journal(self.room.spool / lesson).entries
            story = replay(entries)
            has_begun = story.begin is not None
            if has_begun:
                if story.standing is JournalState.ENDED and self._is_old(wish, story.at_ns, story.boot_id):
                    *_, end = of_kind(entries, End)
                    self.tell(RecordingEnded(lesson=lesson, lesson_time_ns=end.lesson_ns, cause=end.cause))
                    self._fault = ""
                    return False
                self._record(lesson, resume_interrupted.resume_ended(self.room, lesson), wish)
            else:
                self._record(lesson, None, wish)
        except (OSError, InsufficientSpace) as error:
            self._fail(wish, lesson, error, has_begun=has_begun)
            return False
        return True

    def _fail(
        self, wish: DesiredState, lesson: str, error: OSError | InsufficientSpace, *, has_begun: bool | None
    ) -> None:
        """A new lesson is refused; one that has begun (None: who knows) is owed for as long as it is wished."""
        fault = disk.NO_ROOM if isinstance(error, InsufficientSpace) else disk.word_of(error)
        if has_begun is False or (has_begun is None and fault != disk.FAILS):
            log.error("%s is refused: %s", lesson, fault)
            self.tell(CommandRefused(lesson=lesson, reason=fault))
            self._fault = ""
            return
        level = logging.DEBUG if self._told_of == (lesson, fault) else logging.ERROR
        log.log(level, "%s cannot go on now, and is tried again: %s", lesson, error)
        self._told_of = (lesson, fault)
        self._owed, self._fault = wish, fault

    def _try_again(self) -> None:
        """What the disk would not do a while ago, or go on with a lesson whose disk was away and is back."""
        recording = self.recording
        if recording is not None and recording.is_displaced:
            log.warning("%s: its disk was away and is back; the lesson goes on there", recording.lesson)
            self._owed = DesiredState(
                activity=activity_of(recording),
                lesson=recording.lesson,
                at_ns=recording.paused_ns or time.monotonic_ns(),
                longest_s=self._bounds.longest_ns // 1_000_000_000,
                ends_by_ns=self._bounds.ends_by_ns,
            )
            self.recording = None
            recording.abandon()
        for lesson in self._unfinished.let_go_displaced():
            log.warning("%s: its disk was away and is back; the lesson is ended there", lesson)
            self._look_again = True
        if self._owed is not None:
            self.obey(self._owed)
        elif self.recording is None and (self._look_again or (self._in_doubt and self._is_settled())):
            self.take_up()

    def _is_settled(self) -> bool:
        """Whether it is known by now how long the box was off, or that it was too long."""
        now = self.now(self.room.boot_id)
        return now.synchronised or now.up_ns > LONGEST_OUTAGE_NS

    def _is_old(self, wish: DesiredState, ended_ns: int, boot_id: str) -> bool:
        return boot_id != self.room.boot_id or wish.at_ns <= ended_ns

    def _since_ns(self, wish: DesiredState) -> int | None:
        """Since when a new lesson is to be recorded: before its press only so much as the room allows, never a part
        of the lesson before, and no longer ago than anything is remembered.
        """
        if wish.since_ns is None or wish.activity is Activity.PAUSED:
            return None
        longest_ago_ns = time.monotonic_ns() - self.preroll_ns - BRIDGE_NS
        return max(wish.since_ns - self.preroll_ns, self._free_since_ns, longest_ago_ns)

    def _record(self, lesson: str, continuation: ResumeState | None, wish: DesiredState | None = None) -> None:
        self._gauges.forget()
        listeners = RecordingListeners(self._file_done, self._gauges.level)
        self._bounds = LessonBounds(self.longest_ns)
        ends_by_ns = wish.ends_by_ns if wish else None
        seconds = None if ends_by_ns is None else (ends_by_ns - time.monotonic_ns()) / 1e9
        fits = admit(self.room, seconds, has_begun=continuation is not None)
        room = replace(fits.room, costs=self.headroom.costs)
        since_ns = self._since_ns(wish) if wish else None
        paused_ns = wish.at_ns if wish and wish.activity is Activity.PAUSED else None
        self.recording = LessonRecording(lesson, room, self.sources, listeners, continuation, since_ns, paused_ns)
        self._fault = ""
        self._has_begun = True
        self._anchor(self.recording, self.now(self.room.boot_id))
        if fits.share < 1:
            self.recording.lowered(round(fits.share * 100), fits.free_bytes)
        for source in self.sources:
            self.recording.device_changed(source.role, source.condition)
        log.info("%s: recording", lesson)

    def _anchor(self, recording: LessonRecording, now: Now) -> None:
        self._anchored_ns, self._synchronised = now.at_ns, now.synchronised
        recording.anchor(ClockReading(at_ns=now.at_ns, wall_ns=now.wall_ns, synchronised=now.synchronised))

    def _end(self, cause: Cause) -> None:
        recording, self.recording = self.recording, None
        if recording is not None:
            lesson_ns = recording.end(cause)
            self._free_since_ns = time.monotonic_ns()
            log.info("%s: ended after %.1f s (%s)", recording.lesson, lesson_ns / 1e9, cause)
            ended = RecordingEnded(lesson=recording.lesson, lesson_time_ns=lesson_ns, cause=cause)
            self._unfinished.add(recording, ended)

    def _file_done(self, lesson: str, path: str) -> None:
        self.tell(FileFinished(lesson=lesson, path=path))
