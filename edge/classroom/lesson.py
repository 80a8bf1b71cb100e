"""What a lesson is to the people in the room: what each press means, and whose turn it is; pure, time is passed in.

What a press means

* Idle: a press starts a lesson as soon as the button is down, however long it is held then. (Somebody who
  presses too long wants to record: a lesson too many can be deleted, one that was never recorded cannot
  be had again.)
* Recording: a tap changes nothing, so pressing twice by mistake does no harm; a hold ends the lesson.
* Paused: a tap of the lesson button goes on, since the lamp blinks and the teacher wants it lit;
  a hold ends the lesson without recording another moment.
* Finishing: a press within the take-back time takes the end back at once, also an end that came by the plan
  or by the longest length. After that time it is as when idle.
* A press that did something has done it all: held on, it does not end the lesson that it began.
* The pause button pauses as soon as it is down, and goes on at the release; held long, it ends the lesson, for the
  box is to be switched off. The mark button marks while recording. Otherwise they do nothing.

Acts of people wait, in order, until the recorder was heard for the first time and while a new lesson waits for
its number.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from edge.classroom.button_gestures import Gesture, Intent
from edge.classroom.lesson_events import Effect
from edge.classroom.lesson_state_machine import LessonStateMachine, Phase
from edge.classroom.recorder_messages import CommandRefused, DesiredState, LessonEnded, RecorderState

MOST_WAITING = 16


class Lesson:
    """The lesson of one room as people handle it; its course is ``LessonStateMachine``, whose words these are.

    Every input gives the effects to carry out, in order.
    """

    def __init__(self, longest_s: int, take_back_s: float) -> None:
        self._course = LessonStateMachine(longest_s, take_back_s)
        self._heard = False
        self._acted_ns: int | None = None
        self._paused_ns: int | None = None
        self._waiting: deque[Callable[[], list[Effect]]] = deque(maxlen=MOST_WAITING)

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        return self._course.phase

    @property
    def lesson(self) -> str | None:
        """Its id, from its number on until it is the past."""
        return self._course.lesson

    @property
    def wish(self) -> DesiredState | None:
        """What the recorder is told, again whenever it is reached anew; None while nothing was wished yet."""
        return self._course.wish

    @property
    def refusal(self) -> str:
        """Why the recorder does not record, until the next act of a person."""
        return self._course.refusal

    @property
    def starting(self) -> bool:
        """Whether a new lesson waits for its number."""
        return self._course.starting

    # What people do.

    def obey(self, intent: Intent) -> list[Effect]:
        """A button of the panel was pressed, tapped or held.

        What ends a press is no new act: what the press was refused is still to be seen when the finger has let go.
        """
        match intent.button, intent.gesture:
            case "lesson", Gesture.PRESS:
                return self._act(self._press, intent.at_ns)
            case "lesson", Gesture.TAP:
                return self._let_go(self._course.resume, intent.at_ns)
            case "lesson", Gesture.HOLD:
                return self._let_go(self._end_unless_acted(intent.pressed_ns), intent.at_ns)
            case "pause", Gesture.PRESS:
                return self._act(self._press_pause, intent.at_ns)
            case "pause", Gesture.TAP:
                return self._let_go(self._resume_unless_paused(intent.pressed_ns), intent.at_ns)
            case "pause", Gesture.HOLD:
                return self._let_go(self._course.end, intent.at_ns)
            case "mark", Gesture.TAP:
                return self.mark(intent.at_ns)
            case _:
                return []

    def tap(self, at_ns: int) -> list[Effect]:
        """Start, go on, or take the end back."""
        return self._act(self._course.tap, at_ns)

    def toggle_pause(self, at_ns: int) -> list[Effect]:
        """The pause button: pause, or go on."""
        return self._act(lambda at_ns: self._course.pause(at_ns) or self._course.resume(at_ns), at_ns)

    def end(self, at_ns: int) -> list[Effect]:
        """End the lesson, if there is one."""
        return self._act(self._course.end, at_ns)

    def pause(self, at_ns: int) -> list[Effect]:
        """Pause, if it is recording."""
        return self._act(self._course.pause, at_ns)

    def resume(self, at_ns: int) -> list[Effect]:
        """Go on, if it is paused."""
        return self._act(self._course.resume, at_ns)

    def mark(self, at_ns: int, label: str = "") -> list[Effect]:
        """Mark this moment, if it is recorded."""
        return self._act(lambda at_ns: self._course.mark(at_ns, label), at_ns)

    def plan(self, ends_by_ns: int | None) -> list[Effect]:
        """The timetable says when the lesson that runs, or the next one, ends at the latest."""
        return self._course.plan(ends_by_ns)

    # What the ledger says.

    def numbered(self, lesson: str) -> list[Effect]:
        """The new lesson has its id. One that came too late, when another lesson was found, is not used."""
        # What waits may be a pause, which must not be recorded: then nothing from before now is.
        effects = self._course.numbered(lesson, from_the_press=not self._waiting)
        return [*effects, *self._go_on()]

    def not_numbered(self, reason: str) -> list[Effect]:
        """The ledger could not give an id."""
        self._waiting.clear()
        return self._course.not_numbered(reason)

    # What the recorder says.

    def heard(self, state: RecorderState, now_ns: int) -> list[Effect]:
        """The recorder told its state."""
        self._heard = True
        effects = self._course.heard(state, now_ns)
        return [*effects, *self._go_on()]

    def ended(self, ended: LessonEnded, now_ns: int) -> list[Effect]:
        """The recorder closed a lesson, because it was wished or by itself."""
        return self._course.ended(ended, now_ns)

    def refused(self, refused: CommandRefused) -> list[Effect]:
        """The recorder cannot do what was wished."""
        return self._course.refused(refused)

    # What time does.

    def due_ns(self) -> int | None:
        """When ``tick`` has something to do if nothing happens until then."""
        return self._course.due_ns()

    def tick(self, now_ns: int) -> list[Effect]:
        """Time has passed."""
        return self._course.tick(now_ns)

    def _act(self, act: Callable[[int], list[Effect]], at_ns: int) -> list[Effect]:
        def anew(at_ns: int) -> list[Effect]:
            self._course.refusal = ""
            return act(at_ns)

        return self._let_go(anew, at_ns)

    def _let_go(self, act: Callable[[int], list[Effect]], at_ns: int) -> list[Effect]:
        self._waiting.append(lambda: act(at_ns))
        return self._go_on()

    def _go_on(self) -> list[Effect]:
        effects: list[Effect] = []
        while self._waiting and self._heard and not self._course.starting:
            effects += self._waiting.popleft()()
        return effects

    def _press(self, at_ns: int) -> list[Effect]:
        if self._course.phase not in (Phase.IDLE, Phase.FINISHING):
            return []
        self._acted_ns = at_ns
        return self._course.tap(at_ns)

    def _end_unless_acted(self, pressed_ns: int) -> Callable[[int], list[Effect]]:
        return lambda at_ns: [] if self._acted_ns == pressed_ns else self._course.end(at_ns)

    def _press_pause(self, at_ns: int) -> list[Effect]:
        effects = self._course.pause(at_ns)
        if effects:
            self._paused_ns = at_ns
        return effects

    def _resume_unless_paused(self, pressed_ns: int) -> Callable[[int], list[Effect]]:
        return lambda at_ns: [] if self._paused_ns == pressed_ns else self._course.resume(at_ns)
