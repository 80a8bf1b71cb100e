"""What gestures on the panel's buttons mean for the lesson; pure, time is passed in.

* Idle: a press starts a lesson as soon as the button is down, however long it is held then. (Somebody who
  presses too long wants to record: a lesson too many can be deleted, one that was never recorded cannot
  be had again.)
* Recording: a tap changes nothing, so pressing twice by mistake does no harm; a hold ends the lesson. A tap that did
  nothing is an event, for it may be meant as an end, or as an answer to a warning.
* Paused: a tap of the lesson button resumes, since the lamp blinks and the teacher wants it lit;
  a hold ends the lesson without recording another moment.
* Finishing: a press within the take-back time takes the end back at once, also an end that came by the plan
  or by the longest length. After that time it is as when idle.
* A press that did something has done it all: held on, it does not end the lesson that it began.
* The pause button pauses as soon as it is down, and resumes at the release; held long, it ends the lesson, for the
  box is to be switched off. While there is no lesson it declines one that is about to start by itself. The mark
  button marks while recording. Otherwise they do nothing.
"""

from __future__ import annotations

from edge.classroom.button_gestures import Gesture, GestureEvent
from edge.classroom.lesson_events import LessonButtonTapped, StartDeclined
from edge.classroom.lesson_state_machine import LessonStateMachine, Output, Phase


class LessonButtons:
    """Calls the state machine for each gesture.

    The release of a button is no new act: a refusal that the press met stays visible after it.
    """

    def __init__(self, lesson: LessonStateMachine) -> None:
        self._lesson = lesson
        self._acted_ns: int | None = None
        self._paused_ns: int | None = None

    def on_gesture(self, event: GestureEvent) -> list[Output]:
        """Apply the gesture, now or once the recorder's state is known."""
        return self._lesson.when_known(lambda: self._apply(event))

    def _apply(self, event: GestureEvent) -> list[Output]:
        lesson, at_ns = self._lesson, event.at_ns
        match event.button, event.gesture:
            case "lesson", Gesture.PRESS:
                lesson.acknowledge()
                return self._press(at_ns)
            case "lesson", Gesture.TAP:
                return lesson.resume(at_ns) or self._tap_that_did_nothing(event)
            case "lesson", Gesture.HOLD:
                return [] if self._acted_ns == event.pressed_ns else lesson.end(at_ns)
            case "pause", Gesture.PRESS:
                lesson.acknowledge()
                outputs = lesson.pause(at_ns)
                self._paused_ns = at_ns if outputs else self._paused_ns
                return [StartDeclined("", at_ns)] if lesson.phase is Phase.IDLE else outputs
            case "pause", Gesture.TAP:
                return [] if self._paused_ns == event.pressed_ns else lesson.resume(at_ns)
            case "pause", Gesture.HOLD:
                return lesson.end(at_ns)
            case "mark", Gesture.TAP:
                lesson.acknowledge()
                return lesson.mark(at_ns)
            case _:
                return []

    def _tap_that_did_nothing(self, event: GestureEvent) -> list[Output]:
        lesson = self._lesson
        if lesson.lesson is None or lesson.phase is not Phase.RECORDING or self._acted_ns == event.pressed_ns:
            return []
        return [LessonButtonTapped(lesson.lesson, event.at_ns)]

    def _press(self, at_ns: int) -> list[Output]:
        if self._lesson.phase not in (Phase.IDLE, Phase.FINISHING):
            return []
        self._acted_ns = at_ns
        return self._lesson.tap(at_ns)
