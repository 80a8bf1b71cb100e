"""The course of one lesson: idle, recording, paused, finishing; pure, time is passed in.

The controller asks, the recorder does; what they know of each other travels slowly. So the wish is the truth
about what is wanted, and the recorder's State is believed only where there was no wish yet (a restarted
controller adopts the lesson it finds, paused stays paused) or where the recorder refused. Faults of devices are
no state here.
"""

from __future__ import annotations

from enum import StrEnum

from edge.classroom.lesson_events import (
    CheckRequested,
    Effect,
    EndTakenBack,
    LessonFinalised,
    LessonIdRequested,
    LessonRejected,
)
from edge.classroom.recorder_messages import (
    Activity,
    AddMarker,
    CommandRefused,
    DesiredState,
    LessonEnded,
    RecorderState,
)
from pipelines.journal.entries import Cause

# A press within the take-back time may still be on its way here when that time is over.
LATE_PRESS_NS = 1_000_000_000
# The word that a lesson is closed can be lost with the link; after this long an idle recorder has closed it.
END_LOST_NS = 30_000_000_000


class Phase(StrEnum):
    """Where the lesson stands."""

    IDLE = "idle"
    RECORDING = "recording"
    PAUSED = "paused"
    FINISHING = "finishing"


class LessonStateMachine:
    """One lesson after the other. Every input gives the effects to carry out, in order.

    ``longest_s`` bounds a lesson's active time where nobody ends it; ``take_back_s`` is how long an end
    can be taken back. ``wish`` is what the recorder is told, again whenever it is reached anew (None: nothing
    was wished yet). ``refusal`` is why the recorder does not record, until the next act of a person.
    """

    def __init__(self, longest_s: int, take_back_s: float) -> None:
        self.phase = Phase.IDLE
        self.lesson: str | None = None
        self.wish: DesiredState | None = None
        self.refusal = ""
        self._longest_s = self._bound_s = longest_s
        self._take_back_ns = round(take_back_s * 1e9)
        self._plan_ns: int | None = None
        self._begun = False
        self._doubted = False
        self._starting_ns: int | None = None
        self._ended_ns = 0
        self._closed = False
        self._closing: dict[str, int] = {}

    @property
    def starting(self) -> bool:
        """Whether a new lesson waits for its number."""
        return self._starting_ns is not None

    # What people do.

    def tap(self, at_ns: int) -> list[Effect]:
        """Start, go on, or take the end back."""
        match self.phase:
            case Phase.IDLE:
                return self._start(at_ns)
            case Phase.RECORDING:
                return []
            case Phase.PAUSED:
                return self.resume(at_ns)
            case Phase.FINISHING:
                return self._take_back(at_ns) if self._can_take_back(at_ns) else [*self._leave(), *self._start(at_ns)]

    def end(self, at_ns: int) -> list[Effect]:
        """End the lesson, if there is one."""
        if self.phase not in (Phase.RECORDING, Phase.PAUSED):
            return []
        self.phase = Phase.FINISHING
        self._closed = self._doubted = False
        wish = self._wish_for(Activity.IDLE, at_ns)
        self._ended_ns = wish.at_ns
        return [wish]

    def pause(self, at_ns: int) -> list[Effect]:
        """Pause, if it is recording."""
        if self.phase is not Phase.RECORDING:
            return []
        self.phase = Phase.PAUSED
        return [self._wish_for(Activity.PAUSED, at_ns)]

    def resume(self, at_ns: int) -> list[Effect]:
        """Go on, if it is paused."""
        if self.phase is not Phase.PAUSED:
            return []
        self.phase = Phase.RECORDING
        return [self._wish_for(Activity.RECORDING, at_ns)]

    def mark(self, at_ns: int, label: str) -> list[Effect]:
        """Mark this moment, if it is recorded."""
        return [AddMarker(at_ns=at_ns, label=label)] if self.phase is Phase.RECORDING else []

    def plan(self, ends_by_ns: int | None) -> list[Effect]:
        """The timetable says when the lesson that runs, or the next one, ends at the latest."""
        self._plan_ns = ends_by_ns
        if self.wish is None or self.phase not in (Phase.RECORDING, Phase.PAUSED):
            return []
        return [self._wish_for(self.wish.activity, self.wish.at_ns, self.wish.since_ns)]

    # What the ledger says.

    def numbered(self, lesson: str, *, from_the_press: bool) -> list[Effect]:
        """The new lesson has its id. One that came too late, when another lesson was found, is not used.

        ``from_the_press``: what is remembered since then belongs to it.
        """
        if self._starting_ns is None:
            return [LessonRejected(lesson)]
        at_ns, self._starting_ns = self._starting_ns, None
        self.lesson, self.phase = lesson, Phase.RECORDING
        self._begun = self._doubted = False
        return [self._wish_for(Activity.RECORDING, at_ns, at_ns if from_the_press else None)]

    def not_numbered(self, reason: str) -> list[Effect]:
        """The ledger could not give an id."""
        self._starting_ns = None
        self.refusal = reason
        return []

    # What the recorder says.

    def heard(self, state: RecorderState, now_ns: int) -> list[Effect]:
        """The recorder told its state."""
        running = state.lesson if state.activity is not Activity.IDLE else None
        effects: list[Effect] = []
        if running is not None and self.wish is None:
            effects = self._adopt(running, state, now_ns)
        elif running is not None and running == self.lesson:
            self._begun = True
            self.refusal = "" if self._doubted else self.refusal
            self._doubted = False
        elif running is None and self._doubted:
            effects = self._stop(now_ns)
        if running is None:
            effects += self._give_up_waiting(now_ns)
        return effects

    def ended(self, ended: LessonEnded, now_ns: int) -> list[Effect]:
        """The recorder closed a lesson, because it was wished or by itself."""
        if ended.lesson != self.lesson:  # an earlier one, also of a controller before this one
            self._closing.pop(ended.lesson, None)
            return [CheckRequested(ended.lesson), LessonFinalised(ended.lesson)]
        if ended.cause == Cause.LONGEST:
            self._bound_s = self._bound_beyond(ended.lesson_time_ns)
        if self.phase is Phase.FINISHING:
            self._closed = True
            return [CheckRequested(ended.lesson), *self.tick(now_ns)]
        if ended.cause == Cause.TEACHER:  # the echo of an end that was taken back
            return []
        if ended.cause not in (Cause.LONGEST, Cause.PLANNED):
            return self._stop(now_ns)
        effects = self.end(now_ns)
        self._closed = True
        return [*effects, CheckRequested(ended.lesson)]

    def refused(self, refused: CommandRefused) -> list[Effect]:
        """The recorder cannot do what was wished. A lesson that it has begun is not given up for that:
        the next State tells whether it runs."""
        if self.lesson is None or refused.lesson not in (None, self.lesson) or self.phase is Phase.FINISHING:
            return []
        self.refusal = refused.reason
        if self._begun:
            self._doubted = True
            return []
        lesson = self.lesson
        self._forget()
        return [self._wish_for(Activity.IDLE, 0), LessonRejected(lesson)]

    # What time does.

    def due_ns(self) -> int | None:
        """When ``tick`` has something to do if nothing happens until then."""
        return self._final_ns if self.phase is Phase.FINISHING and self._closed else None

    def tick(self, now_ns: int) -> list[Effect]:
        """Time has passed."""
        due_ns = self.due_ns()
        return self._leave() if due_ns is not None and now_ns >= due_ns else []

    @property
    def _final_ns(self) -> int:
        return self._ended_ns + self._take_back_ns + LATE_PRESS_NS

    def _can_take_back(self, at_ns: int) -> bool:
        return at_ns <= self._ended_ns + self._take_back_ns

    def _start(self, at_ns: int) -> list[Effect]:
        self._starting_ns = at_ns
        self._bound_s = self._longest_s
        self._drop_plan_before(at_ns)
        return [LessonIdRequested(at_ns)]

    def _take_back(self, at_ns: int) -> list[Effect]:
        assert self.lesson is not None
        self.phase = Phase.RECORDING
        self._drop_plan_before(at_ns)
        return [EndTakenBack(self.lesson), self._wish_for(Activity.RECORDING, at_ns)]

    def _adopt(self, lesson: str, state: RecorderState, now_ns: int) -> list[Effect]:
        self._starting_ns = None
        self.lesson = lesson
        self.phase = Phase.PAUSED if state.activity is Activity.PAUSED else Phase.RECORDING
        self._begun = True
        self._bound_s = self._bound_beyond(state.lesson_time_ns)
        return [self._wish_for(state.activity, now_ns)]

    def _stop(self, now_ns: int) -> list[Effect]:
        """The recorder has ended the lesson for a reason that a press cannot take back."""
        effects = self.end(now_ns)
        assert self.lesson is not None
        self._closed = True
        return [*effects, CheckRequested(self.lesson), *self._leave()]

    def _leave(self) -> list[Effect]:
        """The lesson that is finishing is the past."""
        assert self.lesson is not None
        lesson, closed, ended_ns = self.lesson, self._closed, self._ended_ns
        self._forget()
        if closed:
            return [LessonFinalised(lesson)]
        self._closing[lesson] = ended_ns
        return []

    def _give_up_waiting(self, now_ns: int) -> list[Effect]:
        """The recorder is idle: lessons it had long enough to close are closed, whether we heard so or not."""
        effects: list[Effect] = []
        if self.phase is Phase.FINISHING and not self._closed and now_ns >= self._ended_ns + END_LOST_NS:
            assert self.lesson is not None
            self._closed = True
            effects += [CheckRequested(self.lesson), *self.tick(now_ns)]
        for lesson in [lesson for lesson, at_ns in self._closing.items() if now_ns >= at_ns + END_LOST_NS]:
            del self._closing[lesson]
            effects += [CheckRequested(lesson), LessonFinalised(lesson)]
        return effects

    def _drop_plan_before(self, at_ns: int) -> None:
        if self._plan_ns is not None and self._plan_ns <= at_ns:
            self._plan_ns = None

    def _forget(self) -> None:
        self.phase = Phase.IDLE
        self.lesson = None
        self._plan_ns = None
        self._begun = self._doubted = False

    def _bound_beyond(self, lesson_time_ns: int) -> int:
        """The longest length again and again, until it lies beyond what the lesson has already lasted."""
        lasted_s = lesson_time_ns // 1_000_000_000 + 1
        return (lasted_s // self._longest_s + 1) * self._longest_s

    def _wish_for(self, activity: Activity, at_ns: int, since_ns: int | None = None) -> DesiredState:
        """State a wish; its moment is never before that of the wish it replaces."""
        at_ns = at_ns if self.wish is None else max(at_ns, self.wish.at_ns)
        if activity is Activity.IDLE:
            self.wish = DesiredState(activity=activity, at_ns=at_ns)
        else:
            self.wish = DesiredState(
                activity=activity,
                lesson=self.lesson,
                at_ns=at_ns,
                since_ns=since_ns,
                longest_s=self._bound_s,
                ends_by_ns=self._plan_ns,
            )
        return self.wish
