"""The lesson's state machine and what its buttons mean: commands to the recorder, and events."""

from itertools import count

from edge.classroom.button_gestures import Gesture, GestureEvent
from edge.classroom.lesson_buttons import LessonButtons
from edge.classroom.lesson_events import (
    LessonAdopted,
    LessonButtonTapped,
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
    StartDeclined,
)
from edge.classroom.lesson_state_machine import END_LOST_NS, LATE_PRESS_NS, LessonStateMachine, Output, Phase
from edge.classroom.recorder_messages import (
    Activity,
    AddMarker,
    CommandRefused,
    DesiredState,
    RecorderState,
    RecordingEnded,
)
from pipelines.journal.entries import Cause

S = 1_000_000_000
LONGEST_S = 5400


def idle() -> RecorderState:
    return RecorderState(activity=Activity.IDLE, lamp="off")


def runs(lesson: str, activity: Activity = Activity.RECORDING, lesson_time_s: int = 0) -> RecorderState:
    return RecorderState(activity=activity, lesson=lesson, lesson_time_ns=lesson_time_s * S, lamp="on")


def over(lesson: str, cause: str = "teacher", lesson_time_s: int = 60) -> RecordingEnded:
    return RecordingEnded(lesson=lesson, lesson_time_ns=lesson_time_s * S, cause=cause)


def recording(at_s: int, lesson: str = "L1", longest_s: int = LONGEST_S, ends_by_ns: int | None = None) -> DesiredState:
    return DesiredState(
        activity=Activity.RECORDING, lesson=lesson, at_ns=at_s * S, longest_s=longest_s, ends_by_ns=ends_by_ns
    )


def pressed(at_s: int, lesson: str = "L1", ends_by_ns: int | None = None) -> DesiredState:
    """The command for a new lesson: only this one says since when."""
    return recording(at_s, lesson, ends_by_ns=ends_by_ns).model_copy(update={"since_ns": at_s * S})


def paused(at_s: int, lesson: str = "L1") -> DesiredState:
    return recording(at_s, lesson).model_copy(update={"activity": Activity.PAUSED})


def nothing(at_s: int) -> DesiredState:
    return DesiredState(activity=Activity.IDLE, at_ns=at_s * S)


def new_lesson() -> LessonStateMachine:
    numbers = count(1)
    return LessonStateMachine(LONGEST_S, take_back_s=10, next_id=lambda: f"L{next(numbers)}")


def ready() -> LessonStateMachine:
    lesson = new_lesson()
    assert lesson.on_state(idle(), 0) == []
    return lesson


def started() -> LessonStateMachine:
    lesson = ready()
    assert lesson.tap(1 * S) == [pressed(1), LessonStarted("L1", 1 * S)]
    lesson.on_state(runs("L1"), 1 * S)
    return lesson


def ended(at_s: int, lesson: str = "L1", cause: Cause = Cause.TEACHER) -> list[Output]:
    return [nothing(at_s), LessonEnded(lesson, at_s * S, cause)]


def finishing() -> LessonStateMachine:
    lesson = started()
    assert lesson.end(100 * S) == ended(100)
    assert lesson.on_recording_ended(over("L1"), 101 * S) == [LessonFilesClosed("L1", 101 * S)]
    return lesson


def events(outputs: list[Output]) -> list[LessonEvent]:
    return [output for output in outputs if isinstance(output, LessonEvent)]


def commands(outputs: list[Output]) -> list[DesiredState | AddMarker]:
    return [output for output in outputs if not isinstance(output, LessonEvent)]


def press(button: str, gesture: Gesture, at_s: int, pressed_s: int | None = None) -> GestureEvent:
    return GestureEvent(button, gesture, at_s * S, (at_s if pressed_s is None else pressed_s) * S)


def test_a_lesson_from_the_press_to_its_last_event() -> None:
    lesson = finishing()
    assert lesson.phase is Phase.FINISHING
    due_ns = lesson.due_ns()
    assert due_ns is not None
    assert lesson.tick(due_ns - 1) == []
    assert lesson.tick(due_ns) == [LessonFinalised("L1", due_ns)]
    assert (lesson.phase, lesson.lesson, lesson.due_ns()) == (Phase.IDLE, None, None)


def test_pressing_twice_by_mistake_changes_nothing() -> None:
    lesson = started()
    assert lesson.tap(2 * S) == []
    assert lesson.desired == pressed(1)


def test_a_press_starts_at_once_and_held_on_it_ends_nothing() -> None:
    lesson = ready()
    buttons = LessonButtons(lesson)
    assert buttons.on_gesture(press("lesson", Gesture.PRESS, 3)) == [pressed(3), LessonStarted("L1", 3 * S)]
    assert buttons.on_gesture(press("lesson", Gesture.HOLD, 5, 3)) == []
    assert buttons.on_gesture(press("lesson", Gesture.PRESS, 9)) == []
    assert buttons.on_gesture(press("lesson", Gesture.HOLD, 11, 9)) == ended(11)
    back = buttons.on_gesture(press("lesson", Gesture.PRESS, 12))
    assert back == [recording(12), LessonEndTakenBack("L1", 12 * S)]
    assert buttons.on_gesture(press("lesson", Gesture.TAP, 12)) == []


def test_a_paused_lesson_resumes_at_the_release_so_that_a_hold_can_end_it() -> None:
    lesson = started()
    buttons = LessonButtons(lesson)
    lesson.toggle_pause(5 * S)
    assert buttons.on_gesture(press("lesson", Gesture.PRESS, 6)) == []
    assert buttons.on_gesture(press("lesson", Gesture.TAP, 6)) == [recording(6), LessonResumed("L1", 6 * S)]


def test_pause_resumes_by_either_button_and_ends_without_recording_again() -> None:
    lesson = started()
    buttons = LessonButtons(lesson)
    assert buttons.on_gesture(press("pause", Gesture.PRESS, 5)) == [paused(5), LessonPaused("L1", 5 * S)]
    assert buttons.on_gesture(press("pause", Gesture.TAP, 5)) == []
    assert buttons.on_gesture(press("mark", Gesture.TAP, 6)) == []
    assert buttons.on_gesture(press("pause", Gesture.PRESS, 7)) == []
    assert buttons.on_gesture(press("pause", Gesture.TAP, 7)) == [recording(7), LessonResumed("L1", 7 * S)]
    marked = buttons.on_gesture(press("mark", Gesture.TAP, 8))
    assert marked == [AddMarker(at_ns=8 * S), LessonMarked("L1", 8 * S, "")]
    lesson.toggle_pause(9 * S)
    assert lesson.tap(10 * S) == [recording(10), LessonResumed("L1", 10 * S)]
    lesson.toggle_pause(11 * S)
    assert lesson.end(12 * S) == ended(12)


def test_a_held_pause_ends_the_lesson_paused_or_not() -> None:
    buttons = LessonButtons(started())
    buttons.on_gesture(press("pause", Gesture.PRESS, 5))
    assert buttons.on_gesture(press("pause", Gesture.HOLD, 10, 5)) == ended(10)
    assert buttons.on_gesture(press("pause", Gesture.HOLD, 20, 15)) == []


def test_the_command_line_says_what_it_wants_and_gets_it_once() -> None:
    lesson = started()
    assert lesson.resume(2 * S) == []
    assert lesson.pause(3 * S) == [paused(3), LessonPaused("L1", 3 * S)]
    assert lesson.pause(4 * S) == []
    assert lesson.resume(5 * S) == [recording(5), LessonResumed("L1", 5 * S)]
    marked = lesson.mark(6 * S, "fractions")
    assert marked == [AddMarker(at_ns=6 * S, label="fractions"), LessonMarked("L1", 6 * S, "fractions")]
    assert lesson.end(7 * S) == ended(7)
    assert lesson.end(8 * S) == []


def test_an_end_is_taken_back_within_its_time_and_the_same_lesson_goes_on() -> None:
    lesson = finishing()
    assert lesson.end(105 * S) == []
    assert lesson.tap(110 * S) == [recording(110), LessonEndTakenBack("L1", 110 * S)]
    assert lesson.phase is Phase.RECORDING
    assert lesson.tap(111 * S) == []
    assert lesson.end(200 * S) == ended(200)
    assert lesson.on_recording_ended(over("L1"), 201 * S) == [LessonFilesClosed("L1", 201 * S)]


def test_the_echo_of_an_end_that_was_taken_back_ends_nothing() -> None:
    lesson = started()
    lesson.end(100 * S)
    lesson.tap(101 * S)
    assert lesson.on_recording_ended(over("L1"), 102 * S) == []
    assert lesson.phase is Phase.RECORDING


def test_a_tap_in_time_counts_though_its_release_came_late() -> None:
    lesson = finishing()
    assert lesson.tick(110 * S + LATE_PRESS_NS - 1) == []
    assert lesson.tap(110 * S) == [recording(110), LessonEndTakenBack("L1", 110 * S)]


def test_after_the_take_back_time_a_press_starts_the_next_lesson() -> None:
    lesson = finishing()
    assert lesson.tap(111 * S) == [
        pressed(111, "L2"),
        LessonFinalised("L1", 111 * S),
        LessonStarted("L2", 111 * S),
    ]


def test_the_next_lesson_does_not_wait_for_the_files_of_the_last() -> None:
    lesson = started()
    lesson.end(100 * S)
    assert lesson.tap(120 * S) == [pressed(120, "L2"), LessonStarted("L2", 120 * S)]
    closed = lesson.on_recording_ended(over("L1"), 121 * S)
    assert closed == [LessonFilesClosed("L1", 121 * S), LessonFinalised("L1", 121 * S)]
    assert lesson.phase is Phase.RECORDING


def test_the_longest_length_ends_it_and_a_press_goes_on_with_another_such_length() -> None:
    lesson = started()
    over_long = lesson.on_recording_ended(over("L1", "longest", LONGEST_S), 5401 * S)
    assert over_long == [*ended(5401, cause=Cause.LONGEST), LessonFilesClosed("L1", 5401 * S)]
    assert lesson.phase is Phase.FINISHING
    assert commands(lesson.tap(5405 * S)) == [recording(5405, longest_s=2 * LONGEST_S)]


def test_the_planned_end_ends_it_and_a_press_goes_on_without_a_plan() -> None:
    lesson = ready()
    assert lesson.set_planned_end(50 * S) == []
    assert commands(lesson.tap(1 * S)) == [pressed(1, ends_by_ns=50 * S)]
    assert lesson.set_planned_end(60 * S) == [pressed(1, ends_by_ns=60 * S)]
    planned = lesson.on_recording_ended(over("L1", "planned"), 60 * S)
    assert planned == [*ended(60, cause=Cause.PLANNED), LessonFilesClosed("L1", 60 * S)]
    assert commands(lesson.tap(62 * S)) == [recording(62)]


def test_a_lesson_cut_by_power_is_over_for_good() -> None:
    lesson = started()
    assert lesson.on_recording_ended(over("L1", "power"), 5 * S) == [
        *ended(5),
        LessonFilesClosed("L1", 5 * S),
        LessonFinalised("L1", 5 * S),
    ]
    assert lesson.tap(6 * S) == [pressed(6, "L2"), LessonStarted("L2", 6 * S)]


def test_a_restarted_controller_adopts_the_lesson_it_finds() -> None:
    lesson = new_lesson()
    assert lesson.in_use is None
    found = lesson.on_state(runs("L7", Activity.PAUSED, 30), 9 * S)
    # Older than any end, so that a lesson that has ended meanwhile is not resumed.
    assert found == [paused(0, "L7"), LessonAdopted("L7", 9 * S)]
    assert (lesson.phase, lesson.in_use) == (Phase.PAUSED, {"L7"})
    assert commands(lesson.tap(10 * S)) == [recording(10, "L7")]

    late = new_lesson().on_state(runs("L7", lesson_time_s=LONGEST_S + 5), 9 * S)
    assert commands(late) == [recording(0, "L7", longest_s=2 * LONGEST_S)]


def test_presses_before_the_recorder_is_known_wait_and_count_from_their_moment() -> None:
    lesson = new_lesson()
    assert lesson.tap(1 * S) == lesson.toggle_pause(2 * S) == []
    outputs = lesson.on_state(idle(), 3 * S)
    assert commands(outputs) == [recording(1), paused(2)]
    assert events(outputs) == [LessonStarted("L1", 1 * S), LessonPaused("L1", 2 * S)]

    other = new_lesson()
    LessonButtons(other).on_gesture(press("lesson", Gesture.HOLD, 1, 0))
    assert commands(other.on_state(runs("L7"), 3 * S)) == [recording(0, "L7"), nothing(1)]


def test_a_lesson_that_the_recorder_refuses_never_began() -> None:
    lesson = ready()
    lesson.tap(1 * S)
    refused = lesson.on_refused(CommandRefused(lesson="L1", reason="the disk is full"), 2 * S)
    assert refused == [nothing(1), LessonRejected("L1", 2 * S, "the disk is full")]
    assert (lesson.phase, lesson.refusal) == (Phase.IDLE, "the disk is full")
    lesson.tap(9 * S)
    assert lesson.refusal == ""


def test_a_refusal_outlasts_the_press_that_met_it() -> None:
    for end in (Gesture.TAP, Gesture.HOLD):
        lesson = ready()
        buttons = LessonButtons(lesson)
        buttons.on_gesture(press("lesson", Gesture.PRESS, 1))
        lesson.on_refused(CommandRefused(lesson="L1", reason="the disk is full"), 1 * S)
        assert buttons.on_gesture(press("lesson", end, 2, 1)) == []
        assert lesson.refusal == "the disk is full"
        buttons.on_gesture(press("mark", Gesture.TAP, 9))
        assert lesson.refusal == ""


def test_a_lesson_that_runs_is_not_given_up_for_a_refusal() -> None:
    lesson = started()
    assert lesson.on_refused(CommandRefused(lesson="L1", reason="no"), 4 * S) == []
    assert lesson.on_state(runs("L1"), 5 * S) == []
    assert (lesson.phase, lesson.refusal) == (Phase.RECORDING, "")
    lesson.on_refused(CommandRefused(lesson="L1", reason="it has ended"), 5 * S)
    assert lesson.on_state(idle(), 6 * S) == [
        *ended(6),
        LessonFilesClosed("L1", 6 * S),
        LessonFinalised("L1", 6 * S),
    ]


def test_a_lost_message_of_the_end_is_not_waited_for_for_ever() -> None:
    lesson = started()
    lesson.end(100 * S)
    late_ns = 100 * S + END_LOST_NS
    assert lesson.on_state(idle(), late_ns - 1) == []
    assert lesson.on_state(idle(), late_ns) == [LessonFilesClosed("L1", late_ns), LessonFinalised("L1", late_ns)]

    followed = started()
    followed.end(100 * S)
    followed.tap(120 * S)
    followed.end(125 * S)
    assert followed.on_state(idle(), late_ns) == [LessonFilesClosed("L1", late_ns), LessonFinalised("L1", late_ns)]


def test_the_timetable_starts_a_lesson_only_while_there_is_none() -> None:
    lesson = new_lesson()
    assert lesson.start_as_planned(1 * S) == [], "whether one runs is not known yet"
    lesson.on_state(idle(), 1 * S)
    command, begun = lesson.start_as_planned(2 * S)
    assert isinstance(command, DesiredState)
    assert command.begins_by == Cause.PLANNED
    assert begun == LessonStarted("L1", 2 * S, Cause.PLANNED)
    assert lesson.start_as_planned(3 * S) == []
    lesson.end(4 * S)
    assert lesson.start_as_planned(5 * S) == [], "its end can still be taken back"


def test_a_lesson_that_is_prolonged_may_last_as_long_again() -> None:
    lesson = ready()
    assert lesson.prolong() == []
    lesson.tap(1 * S)
    [command] = commands(lesson.prolong())
    assert command.longest_s == 2 * LONGEST_S


def test_a_press_that_changes_nothing_is_told_once_and_never_by_the_press_that_began() -> None:
    buttons = LessonButtons(lesson := ready())
    buttons.on_gesture(press("lesson", Gesture.PRESS, 3))
    assert buttons.on_gesture(press("lesson", Gesture.TAP, 3)) == []
    assert buttons.on_gesture(press("lesson", Gesture.PRESS, 5)) == []
    assert buttons.on_gesture(press("lesson", Gesture.TAP, 5)) == [LessonButtonTapped("L1", 5 * S)]
    lesson.pause(6 * S)
    buttons.on_gesture(press("lesson", Gesture.PRESS, 7))
    assert LessonButtonTapped("L1", 7 * S) not in buttons.on_gesture(press("lesson", Gesture.TAP, 7))


def test_the_pause_button_declines_a_lesson_while_there_is_none() -> None:
    buttons = LessonButtons(ready())
    assert buttons.on_gesture(press("pause", Gesture.PRESS, 3)) == [StartDeclined("", 3 * S)]
    assert buttons.on_gesture(press("pause", Gesture.TAP, 3)) == []
