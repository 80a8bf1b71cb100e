from edge.classroom.button_gestures import Gesture, Intent
from edge.classroom.lesson import Lesson
from edge.classroom.lesson_events import (
    CheckRequested,
    EndTakenBack,
    LessonFinalised,
    LessonIdRequested,
    LessonRejected,
)
from edge.classroom.lesson_state_machine import END_LOST_NS, LATE_PRESS_NS, Phase
from edge.classroom.recorder_messages import (
    Activity,
    AddMarker,
    CommandRefused,
    DesiredState,
    LessonEnded,
    RecorderState,
)

S = 1_000_000_000
LONGEST_S = 5400


def idle() -> RecorderState:
    return RecorderState(activity=Activity.IDLE, lamp="off")


def runs(lesson: str, activity: Activity = Activity.RECORDING, lesson_time_s: int = 0) -> RecorderState:
    return RecorderState(activity=activity, lesson=lesson, lesson_time_ns=lesson_time_s * S, lamp="on")


def over(lesson: str, cause: str = "teacher", lesson_time_s: int = 60) -> LessonEnded:
    return LessonEnded(lesson=lesson, lesson_time_ns=lesson_time_s * S, cause=cause)


def recording(at_s: int, lesson: str = "L1", longest_s: int = LONGEST_S, ends_by_ns: int | None = None) -> DesiredState:
    return DesiredState(
        activity=Activity.RECORDING, lesson=lesson, at_ns=at_s * S, longest_s=longest_s, ends_by_ns=ends_by_ns
    )


def pressed(at_s: int, lesson: str = "L1", ends_by_ns: int | None = None) -> DesiredState:
    """The wish for a new lesson: only this one says since when."""
    return recording(at_s, lesson, ends_by_ns=ends_by_ns).model_copy(update={"since_ns": at_s * S})


def nothing(at_s: int) -> DesiredState:
    return DesiredState(activity=Activity.IDLE, at_ns=at_s * S)


def ready() -> Lesson:
    lesson = Lesson(LONGEST_S, take_back_s=10)
    assert lesson.heard(idle(), 0) == []
    return lesson


def started(lesson_id: str = "L1") -> Lesson:
    lesson = ready()
    assert lesson.tap(1 * S) == [LessonIdRequested(1 * S)]
    assert lesson.numbered(lesson_id) == [pressed(1, lesson_id)]
    lesson.heard(runs(lesson_id), 1 * S)
    return lesson


def finishing() -> Lesson:
    lesson = started()
    assert lesson.end(100 * S) == [nothing(100)]
    assert lesson.ended(over("L1"), 101 * S) == [CheckRequested("L1")]
    return lesson


def test_a_lesson_from_the_press_to_the_last_word() -> None:
    lesson = finishing()
    assert lesson.phase is Phase.FINISHING
    assert lesson.tick(lesson.due_ns() - 1) == []
    assert lesson.tick(lesson.due_ns()) == [LessonFinalised("L1")]
    assert (lesson.phase, lesson.lesson, lesson.due_ns()) == (Phase.IDLE, None, None)


def test_pressing_twice_by_mistake_changes_nothing() -> None:
    lesson = started()
    assert lesson.tap(2 * S) == []
    assert lesson.wish == pressed(1)


def test_a_press_starts_at_once_and_held_on_it_ends_nothing() -> None:
    lesson = ready()
    assert lesson.obey(Intent("lesson", Gesture.PRESS, 3 * S, 3 * S)) == [LessonIdRequested(3 * S)]
    lesson.numbered("L1")
    assert lesson.obey(Intent("lesson", Gesture.HOLD, 5 * S, 3 * S)) == []
    assert lesson.obey(Intent("lesson", Gesture.PRESS, 9 * S, 9 * S)) == []
    assert lesson.obey(Intent("lesson", Gesture.HOLD, 11 * S, 9 * S)) == [nothing(11)]
    assert lesson.obey(Intent("lesson", Gesture.PRESS, 12 * S, 12 * S)) == [EndTakenBack("L1"), recording(12)]
    assert lesson.obey(Intent("lesson", Gesture.TAP, 12 * S, 12 * S)) == []


def test_a_paused_lesson_goes_on_at_the_release_so_that_a_hold_can_end_it() -> None:
    lesson = started()
    lesson.toggle_pause(5 * S)
    assert lesson.obey(Intent("lesson", Gesture.PRESS, 6 * S, 6 * S)) == []
    assert lesson.obey(Intent("lesson", Gesture.TAP, 6 * S, 6 * S)) == [recording(6)]


def test_pause_goes_on_by_either_button_and_ends_without_recording_again() -> None:
    lesson = started()
    pause = lesson.obey(Intent("pause", Gesture.PRESS, 5 * S, 5 * S))
    assert [wish.activity for wish in pause] == [Activity.PAUSED]
    assert lesson.obey(Intent("pause", Gesture.TAP, 5 * S, 5 * S)) == []
    assert lesson.obey(Intent("mark", Gesture.TAP, 6 * S, 6 * S)) == []
    assert lesson.obey(Intent("pause", Gesture.PRESS, 7 * S, 7 * S)) == []
    assert lesson.obey(Intent("pause", Gesture.TAP, 7 * S, 7 * S)) == [recording(7)]
    assert lesson.obey(Intent("mark", Gesture.TAP, 8 * S, 8 * S)) == [AddMarker(at_ns=8 * S)]
    lesson.toggle_pause(9 * S)
    assert lesson.tap(10 * S) == [recording(10)]
    lesson.toggle_pause(11 * S)
    assert lesson.end(12 * S) == [nothing(12)]


def test_a_held_pause_ends_the_lesson_paused_or_not() -> None:
    lesson = started()
    lesson.obey(Intent("pause", Gesture.PRESS, 5 * S, 5 * S))
    assert lesson.obey(Intent("pause", Gesture.HOLD, 10 * S, 5 * S)) == [nothing(10)]
    assert lesson.obey(Intent("pause", Gesture.HOLD, 20 * S, 15 * S)) == []


def test_the_command_line_says_what_it_wants_and_gets_it_once() -> None:
    lesson = started()
    assert lesson.resume(2 * S) == []
    assert len(lesson.pause(3 * S)) == 1
    assert lesson.pause(4 * S) == []
    assert lesson.resume(5 * S) == [recording(5)]
    assert lesson.mark(6 * S, "fractions") == [AddMarker(at_ns=6 * S, label="fractions")]
    assert lesson.end(7 * S) == [nothing(7)]
    assert lesson.end(8 * S) == []


def test_an_end_is_taken_back_within_its_time_and_the_same_lesson_goes_on() -> None:
    lesson = finishing()
    assert lesson.end(105 * S) == []
    assert lesson.tap(110 * S) == [EndTakenBack("L1"), recording(110)]
    assert lesson.phase is Phase.RECORDING
    assert lesson.tap(111 * S) == []
    assert lesson.end(200 * S) == [nothing(200)]
    assert lesson.ended(over("L1"), 201 * S) == [CheckRequested("L1")]


def test_the_echo_of_an_end_that_was_taken_back_ends_nothing() -> None:
    lesson = started()
    lesson.end(100 * S)
    lesson.tap(101 * S)
    assert lesson.ended(over("L1"), 102 * S) == []
    assert lesson.phase is Phase.RECORDING


def test_a_tap_in_time_counts_though_its_release_came_late() -> None:
    lesson = finishing()
    assert lesson.tick(110 * S + LATE_PRESS_NS - 1) == []
    assert lesson.tap(110 * S) == [EndTakenBack("L1"), recording(110)]


def test_after_the_take_back_time_a_press_starts_the_next_lesson() -> None:
    lesson = finishing()
    assert lesson.tap(111 * S) == [LessonFinalised("L1"), LessonIdRequested(111 * S)]
    assert lesson.numbered("L2") == [pressed(111, "L2")]


def test_the_next_lesson_does_not_wait_for_the_files_of_the_last() -> None:
    lesson = started()
    lesson.end(100 * S)
    assert lesson.tap(120 * S) == [LessonIdRequested(120 * S)]
    assert lesson.numbered("L2") == [pressed(120, "L2")]
    assert lesson.ended(over("L1"), 121 * S) == [CheckRequested("L1"), LessonFinalised("L1")]
    assert lesson.phase is Phase.RECORDING


def test_the_longest_length_ends_it_and_a_press_goes_on_with_another_such_length() -> None:
    lesson = started()
    assert lesson.ended(over("L1", "longest", LONGEST_S), 5401 * S) == [nothing(5401), CheckRequested("L1")]
    assert lesson.phase is Phase.FINISHING
    assert lesson.tap(5405 * S) == [EndTakenBack("L1"), recording(5405, longest_s=2 * LONGEST_S)]


def test_the_planned_end_ends_it_and_a_press_goes_on_without_a_plan() -> None:
    lesson = ready()
    assert lesson.plan(50 * S) == []
    lesson.tap(1 * S)
    assert lesson.numbered("L1") == [pressed(1, ends_by_ns=50 * S)]
    assert lesson.plan(60 * S) == [pressed(1, ends_by_ns=60 * S)]
    assert lesson.ended(over("L1", "planned"), 60 * S) == [nothing(60), CheckRequested("L1")]
    assert lesson.tap(62 * S) == [EndTakenBack("L1"), recording(62)]


def test_a_lesson_cut_by_power_is_over_for_good() -> None:
    lesson = started()
    assert lesson.ended(over("L1", "power"), 5 * S) == [nothing(5), CheckRequested("L1"), LessonFinalised("L1")]
    assert lesson.tap(6 * S) == [LessonIdRequested(6 * S)]


def test_a_restarted_controller_adopts_the_lesson_it_finds() -> None:
    lesson = Lesson(LONGEST_S, take_back_s=10)
    paused = lesson.heard(runs("L7", Activity.PAUSED, 30), 9 * S)
    assert [(wish.activity, wish.lesson) for wish in paused] == [(Activity.PAUSED, "L7")]
    assert lesson.phase is Phase.PAUSED
    assert lesson.tap(10 * S) == [recording(10, "L7")]

    late = Lesson(LONGEST_S, take_back_s=10)
    assert late.heard(runs("L7", lesson_time_s=LONGEST_S + 5), 9 * S) == [recording(9, "L7", longest_s=2 * LONGEST_S)]


def test_presses_before_the_recorder_was_heard_wait_and_count_from_their_moment() -> None:
    lesson = Lesson(LONGEST_S, take_back_s=10)
    assert lesson.tap(1 * S) == lesson.toggle_pause(2 * S) == []
    assert lesson.heard(idle(), 3 * S) == [LessonIdRequested(1 * S)]
    wishes = lesson.numbered("L1")
    assert [(wish.activity, wish.at_ns, wish.since_ns) for wish in wishes] == [
        (Activity.RECORDING, 1 * S, None),
        (Activity.PAUSED, 2 * S, None),
    ]

    other = Lesson(LONGEST_S, take_back_s=10)
    other.end(1 * S)
    assert other.heard(runs("L7"), 3 * S) == [recording(3, "L7"), nothing(3)]


def test_a_lesson_that_the_recorder_refuses_never_began() -> None:
    lesson = ready()
    lesson.tap(1 * S)
    lesson.numbered("L1")
    assert lesson.refused(CommandRefused(lesson="L1", reason="the disk is full")) == [nothing(1), LessonRejected("L1")]
    assert (lesson.phase, lesson.refusal) == (Phase.IDLE, "the disk is full")
    lesson.tap(9 * S)
    assert lesson.refusal == ""


def test_a_refusal_outlasts_the_press_that_met_it() -> None:
    for end in (Gesture.TAP, Gesture.HOLD):
        lesson = ready()
        lesson.obey(Intent("lesson", Gesture.PRESS, 1 * S, 1 * S))
        lesson.numbered("L1")
        lesson.refused(CommandRefused(lesson="L1", reason="the disk is full"))
        assert lesson.obey(Intent("lesson", end, 2 * S, 1 * S)) == []
        assert lesson.refusal == "the disk is full"
        lesson.obey(Intent("lesson", Gesture.PRESS, 9 * S, 9 * S))
        assert lesson.refusal == ""


def test_a_lesson_that_runs_is_not_given_up_for_a_refusal() -> None:
    lesson = started()
    assert lesson.refused(CommandRefused(lesson="L1", reason="no")) == []
    assert lesson.heard(runs("L1"), 5 * S) == []
    assert (lesson.phase, lesson.refusal) == (Phase.RECORDING, "")
    lesson.refused(CommandRefused(lesson="L1", reason="it has ended"))
    assert lesson.heard(idle(), 6 * S) == [nothing(6), CheckRequested("L1"), LessonFinalised("L1")]


def test_a_lost_word_of_the_end_is_not_waited_for_for_ever() -> None:
    lesson = started()
    lesson.end(100 * S)
    assert lesson.heard(idle(), 100 * S + END_LOST_NS - 1) == []
    assert lesson.heard(idle(), 100 * S + END_LOST_NS) == [CheckRequested("L1"), LessonFinalised("L1")]

    followed = started()
    followed.end(100 * S)
    followed.tap(120 * S)
    followed.numbered("L2")
    followed.end(125 * S)
    assert followed.heard(idle(), 100 * S + END_LOST_NS) == [CheckRequested("L1"), LessonFinalised("L1")]


def test_a_number_that_cannot_be_had_leaves_the_room_idle() -> None:
    lesson = ready()
    lesson.tap(1 * S)
    lesson.end(4 * S)
    assert lesson.not_numbered("the ledger cannot be written") == []
    assert (lesson.phase, lesson.refusal) == (Phase.IDLE, "the ledger cannot be written")
