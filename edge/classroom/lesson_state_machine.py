"""The state machine of a room's lessons: idle, recording, paused, finishing; pure, time is passed in.

The controller commands, the recorder records; what they know of each other travels slowly. So the desired state is the
truth about what is wanted, and the recorder's state is believed only where there was no desired state yet (a
restarted controller adopts the lesson it finds, paused stays paused) or where the recorder refused. Faults of devices
are no state here.

Acts of people wait, in their order, until the recorder's state was received for the first time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum

from edge.classroom.lesson_events import (
    LessonAdopted,
    LessonEnded,
    LessonEndTakenBack,
    LessonEvent,
    LessonFilesClosed,
    LessonFinalised,
    LessonMarked,
    LessonPaused,
    LessonRejected,
    LessonResumed,
    LessonStarted,
)
from edge.classroom.recorder_messages import (
    Activity,
    AddMarker,
    CommandRefused,
    DesiredState,
    RecorderState,
    RecordingEnded,
)
from pipelines.journal.entries import Cause

# A press within the take-back time may still be on its way here when that time is over.
LATE_PRESS_NS = 1_000_000_000
# The message that a lesson is closed can be lost with the link; after this long an idle recorder has closed it.
END_LOST_NS = 30_000_000_000
MAX_DEFERRED = 16

Output = DesiredState | AddMarker | LessonEvent
"""A command to the recorder, or an event for whoever subscribes."""


class Phase(StrEnum):
    """Where the lesson stands."""

    IDLE = "idle"
    RECORDING = "recording"
    PAUSED = "paused"
    FINISHING = "finishing"


class LessonStateMachine:
    """One lesson after the other. Every input returns its outputs in order, commands to the recorder first.

    ``longest_s`` bounds a lesson's active time where nobody ends it; ``take_back_s`` is how long an end can be taken
    back; ``next_id`` makes the id of a new lesson and must not wait.

    ``desired`` is what the recorder is told, again whenever it is reached anew (None: nothing was wanted yet).
    ``refusal`` is why the recorder does not record, until the next act of a person.
    """

    def __init__(self, longest_s: int, take_back_s: float, next_id: Callable[[], str]) -> None:
        self.phase = Phase.IDLE
        self.lesson: str | None = None
        self.desired: DesiredState | None = None
        self.refusal = ""
        self._next_id = next_id
        self._longest_s = self._bound_s = longest_s
        self._take_back_ns = round(take_back_s * 1e9)
        self._plan_ns: int | None = None
        self._begins_by = Cause.TEACHER
        self._is_known = False
        self._deferred: deque[Callable[[], list[Output]]] = deque(maxlen=MAX_DEFERRED)
        self._recorded: str | None = None
        self._has_begun = False
        self._is_doubtful = False
        self._ended_ns = 0
        self._is_closed = False
        self._unclosed_since_ns: dict[str, int] = {}

    @property
    def in_use(self) -> set[str] | None:
        """The lessons that run, or whose end can still be taken back; None until the recorder's state is known."""
        if not self._is_known:
            return None
        return {lesson for lesson in (self.lesson, self._recorded) if lesson}

    # Acts of people.

    def when_known(self, act: Callable[[], list[Output]]) -> list[Output]:
        """Call ``act`` now, or in its turn once the recorder's state is known."""
        if self._is_known:
            return act()
        self._deferred.append(act)
        return []

    def acknowledge(self) -> None:
        """Clear the last refusal: a person acts anew, and has seen it."""
        self.refusal = ""

    def tap(self, at_ns: int) -> list[Output]:
        """Start, resume, or take the end back."""
        return self.when_known(lambda: self._tap(at_ns))

    def toggle_pause(self, at_ns: int) -> list[Output]:
        """Pause, or resume."""
        return self.when_known(lambda: self._pause(at_ns) or self._resume(at_ns))

    def end(self, at_ns: int) -> list[Output]:
        """End the lesson, if there is one."""
        return self.when_known(lambda: self._end(at_ns))

    def pause(self, at_ns: int) -> list[Output]:
        """Pause, if it is recording."""
        return self.when_known(lambda: self._pause(at_ns))

    def resume(self, at_ns: int) -> list[Output]:
        """Resume, if it is paused."""
        return self.when_known(lambda: self._resume(at_ns))

    def mark(self, at_ns: int, label: str = "") -> list[Output]:
        """Mark this moment, if it is recorded."""
        return self.when_known(lambda: self._mark(at_ns, label))

    # Acts of the timetable.

    def start_as_planned(self, at_ns: int) -> list[Output]:
        """Start a lesson that nobody started; nothing unless it is idle."""
        return self._start(at_ns, Cause.PLANNED) if self._is_known and self.phase is Phase.IDLE else []

    def prolong(self) -> list[Output]:
        """Let the lesson that runs last longer than the longest length, by as much again."""
        if self.desired is None or self.phase not in (Phase.RECORDING, Phase.PAUSED):
            return []
        self._bound_s += self._longest_s
        return [self._command(self.desired.activity, self.desired.at_ns, self.desired.since_ns)]

    def set_planned_end(self, ends_by_ns: int | None) -> list[Output]:
        """Set when the lesson that runs, or the next one, ends at the latest; None: no such time."""
        self._plan_ns = ends_by_ns
        if self.desired is None or self.phase not in (Phase.RECORDING, Phase.PAUSED):
            return []
        return [self._command(self.desired.activity, self.desired.at_ns, self.desired.since_ns)]

    # Messages of the recorder.

    def on_state(self, state: RecorderState, now_ns: int) -> list[Output]:
        """Compare the recorder's state with the desired one."""
        self._is_known = True
        running = self._recorded = state.lesson if state.activity is not Activity.IDLE else None
        outputs: list[Output] = []
        if running is not None and self.desired is None:
            outputs = self._adopt(running, state, now_ns)
        elif running is not None and running == self.lesson:
            self._has_begun = True
            self.refusal = "" if self._is_doubtful else self.refusal
            self._is_doubtful = False
        elif running is None and self._is_doubtful:
            outputs = self._stop(now_ns)
        if running is None:
            outputs += self._close_overdue(now_ns)
        while self._deferred:
            outputs += self._deferred.popleft()()
        return outputs

    def on_recording_ended(self, ended: RecordingEnded, now_ns: int) -> list[Output]:
        """Handle the end of a lesson in the recorder, commanded or by itself."""
        lesson = ended.lesson
        if lesson != self.lesson:  # an earlier one, also of a controller before this one
            self._unclosed_since_ns.pop(lesson, None)
            return [LessonFilesClosed(lesson, now_ns), LessonFinalised(lesson, now_ns)]
        if ended.cause == Cause.LONGEST:
            self._bound_s = self._bound_beyond(ended.lesson_time_ns)
        if self.phase is Phase.FINISHING:
            self._is_closed = True
            return [LessonFilesClosed(lesson, now_ns), *self.tick(now_ns)]
        if ended.cause == Cause.TEACHER:  # the echo of an end that was taken back
            return []
        if ended.cause not in (Cause.LONGEST, Cause.PLANNED):
            return self._stop(now_ns)
        outputs = self._end(now_ns, Cause(ended.cause))
        self._is_closed = True
        return [*outputs, LessonFilesClosed(lesson, now_ns)]

    def on_refused(self, refused: CommandRefused, now_ns: int) -> list[Output]:
        """Handle a refusal: the recorder cannot do what it was commanded.

        A lesson that it has begun is not given up for that: its next state tells whether it runs.
        """
        if self.lesson is None or refused.lesson not in (None, self.lesson) or self.phase is Phase.FINISHING:
            return []
        self.refusal = refused.reason
        if self._has_begun:
            self._is_doubtful = True
            return []
        lesson = self.lesson
        self._reset()
        return [self._command(Activity.IDLE, 0), LessonRejected(lesson, now_ns, refused.reason)]

    # Time.

    def due_ns(self) -> int | None:
        """When ``tick`` has something to do; None: not before the next input."""
        if self.phase is not Phase.FINISHING or not self._is_closed:
            return None
        return self._ended_ns + self._take_back_ns + LATE_PRESS_NS

    def tick(self, now_ns: int) -> list[Output]:
        """Finalise the lesson once its end can no longer be taken back."""
        due_ns = self.due_ns()
        return self._to_idle(now_ns) if due_ns is not None and now_ns >= due_ns else []

    # Transitions.

    def _tap(self, at_ns: int) -> list[Output]:
        match self.phase:
            case Phase.IDLE:
                return self._start(at_ns)
            case Phase.RECORDING:
                return []
            case Phase.PAUSED:
                return self._resume(at_ns)
            case Phase.FINISHING if at_ns <= self._ended_ns + self._take_back_ns:
                return self._take_back(at_ns)
            case Phase.FINISHING:
                left = self._to_idle(at_ns)
                command, started = self._start(at_ns)
                return [command, *left, started]

    def _start(self, at_ns: int, cause: Cause = Cause.TEACHER) -> list[Output]:
        self.refusal = ""
        self._begins_by = cause
        self._bound_s = self._longest_s
        self._drop_plan_before(at_ns)
        self.lesson, self.phase = self._next_id(), Phase.RECORDING
        self._has_begun = self._is_doubtful = False
        # What waits may be a pause, which must not be recorded: then nothing from before now is.
        since_ns = None if self._deferred else at_ns
        return [self._command(Activity.RECORDING, at_ns, since_ns), LessonStarted(self.lesson, at_ns, cause)]

    def _end(self, at_ns: int, cause: Cause = Cause.TEACHER) -> list[Output]:
        if self.lesson is None or self.phase not in (Phase.RECORDING, Phase.PAUSED):
            return []
        self.phase = Phase.FINISHING
        self._is_closed = self._is_doubtful = False
        command = self._command(Activity.IDLE, at_ns)
        self._ended_ns = command.at_ns
        return [command, LessonEnded(self.lesson, command.at_ns, cause)]

    def _pause(self, at_ns: int) -> list[Output]:
        if self.lesson is None or self.phase is not Phase.RECORDING:
            return []
        self.phase = Phase.PAUSED
        command = self._command(Activity.PAUSED, at_ns)
        return [command, LessonPaused(self.lesson, command.at_ns)]

    def _resume(self, at_ns: int) -> list[Output]:
        if self.lesson is None or self.phase is not Phase.PAUSED:
            return []
        self.phase = Phase.RECORDING
        command = self._command(Activity.RECORDING, at_ns)
        return [command, LessonResumed(self.lesson, command.at_ns)]

    def _mark(self, at_ns: int, label: str) -> list[Output]:
        if self.lesson is None or self.phase is not Phase.RECORDING:
            return []
        return [AddMarker(at_ns=at_ns, label=label), LessonMarked(self.lesson, at_ns, label)]

    def _take_back(self, at_ns: int) -> list[Output]:
        assert self.lesson is not None
        self.phase = Phase.RECORDING
        self._drop_plan_before(at_ns)
        return [self._command(Activity.RECORDING, at_ns), LessonEndTakenBack(self.lesson, at_ns)]

    def _adopt(self, lesson: str, state: RecorderState, now_ns: int) -> list[Output]:
        self.lesson = lesson
        self.phase = Phase.PAUSED if state.activity is Activity.PAUSED else Phase.RECORDING
        self._has_begun = True
        self._bound_s = self._bound_beyond(state.lesson_time_ns)
        # Older than any end: a lesson that ends before the command arrives is not resumed by it.
        return [self._command(state.activity, 0), LessonAdopted(lesson, now_ns)]

    def _stop(self, now_ns: int) -> list[Output]:
        """The recorder has ended the lesson for a reason that a press cannot take back."""
        outputs = self._end(now_ns)
        assert self.lesson is not None
        self._is_closed = True
        return [*outputs, LessonFilesClosed(self.lesson, now_ns), *self._to_idle(now_ns)]

    def _to_idle(self, now_ns: int) -> list[Output]:
        """Leave the lesson that is finishing, for good."""
        assert self.lesson is not None
        lesson, is_closed, ended_ns = self.lesson, self._is_closed, self._ended_ns
        self._reset()
        if is_closed:
            return [LessonFinalised(lesson, now_ns)]
        self._unclosed_since_ns[lesson] = ended_ns
        return []

    def _close_overdue(self, now_ns: int) -> list[Output]:
        """The recorder is idle: lessons it had long enough to close are closed, whether a message said so or not."""
        outputs: list[Output] = []
        if self.phase is Phase.FINISHING and not self._is_closed and now_ns >= self._ended_ns + END_LOST_NS:
            assert self.lesson is not None
            self._is_closed = True
            outputs += [LessonFilesClosed(self.lesson, now_ns), *self.tick(now_ns)]
        for lesson in [lesson for lesson, at_ns in self._unclosed_since_ns.items() if now_ns >= at_ns + END_LOST_NS]:
            del self._unclosed_since_ns[lesson]
            outputs += [LessonFilesClosed(lesson, now_ns), LessonFinalised(lesson, now_ns)]
        return outputs

    def _drop_plan_before(self, at_ns: int) -> None:
        if self._plan_ns is not None and self._plan_ns <= at_ns:
            self._plan_ns = None

    def _reset(self) -> None:
        self.phase = Phase.IDLE
        self.lesson = None
        self._plan_ns = None
        self._has_begun = self._is_doubtful = False

    def _bound_beyond(self, lesson_time_ns: int) -> int:
        """The lowest multiple of the longest length, in seconds, beyond what the lesson has already lasted."""
        lasted_s = lesson_time_ns // 1_000_000_000 + 1
        return (lasted_s // self._longest_s + 1) * self._longest_s

    def _command(self, activity: Activity, at_ns: int, since_ns: int | None = None) -> DesiredState:
        """Desire a state; its moment is never before that of the state it replaces."""
        at_ns = at_ns if self.desired is None else max(at_ns, self.desired.at_ns)
        if activity is Activity.IDLE:
            self.desired = DesiredState(activity=activity, at_ns=at_ns)
        else:
            self.desired = DesiredState(
                activity=activity,
                lesson=self.lesson,
                at_ns=at_ns,
                since_ns=since_ns,
                longest_s=self._bound_s,
                ends_by_ns=self._plan_ns,
                begins_by=self._begins_by,
            )
        return self.desired
