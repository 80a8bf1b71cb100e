"""The director's cuts: to whom when, how long at least, never back and forth, never a slate beside a true picture."""

from __future__ import annotations

from itertools import pairwise

import pytest
from directing.streams import ROLES, SECOND_NS, Room, Told, director, run, streams
from hypothesis import given
from hypothesis import strategies as st

from pipelines.directing.decisions import CutReason, CutTo, Proposed, TurnHead
from pipelines.directing.director import Director
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observations import (
    CameraLook,
    CameraTrust,
    DirectorMode,
    HeadMoved,
    Marked,
    ModeChosen,
    PersonCut,
    PollChanged,
)

AT_ONCE = {CutReason.CAMERA_LOST, CutReason.HEAD_TURNS, CutReason.PERSON}
STRONG = AT_ONCE | {CutReason.MARK, CutReason.POLL, CutReason.STUDENTS_SPEAK, CutReason.TEACHER_SPEAKS}
RULES = DirectorRules()


def cuts(decided: list[tuple[int, object]]) -> list[tuple[int, CutTo]]:
    return [(at_ns, one) for at_ns, one in decided if isinstance(one, CutTo)]


@given(stream=streams(), begin_ns=st.integers(0, 10 * SECOND_NS))
def test_cuts_are_at_whole_seconds_not_yet_passed_and_at_most_one_each(stream: list[Told], begin_ns: int) -> None:
    made = cuts(run(Director(RULES, ROLES, begin_ns), stream, begin_ns))
    assert all(0 <= cut.lesson_ns - at_ns < SECOND_NS and cut.lesson_ns % SECOND_NS == 0 for at_ns, cut in made)
    assert all(before.lesson_ns < after.lesson_ns for (_, before), (_, after) in pairwise(made))
    assert all(before.role != after.role for (_, before), (_, after) in pairwise(made))


@given(stream=streams())
def test_no_shot_is_shorter_than_the_minimum(stream: list[Told]) -> None:
    made = [cut for _, cut in cuts(run(director(), stream))]
    short = [b for a, b in pairwise(made) if b.lesson_ns - a.lesson_ns < RULES.min_shot_s * SECOND_NS]
    # In semi-automatic mode a person took what was proposed, with its reason.
    modes = {one.mode for told in stream for one in told.pushed if isinstance(one, ModeChosen)}
    if DirectorMode.SEMI not in modes:
        assert {cut.reason for cut in short} <= AT_ONCE


@given(stream=streams(persons=False))
def test_no_ping_pong(stream: list[Told]) -> None:
    made = [cut for _, cut in cuts(run(director(), stream))]
    for before, between, after in zip(made, made[1:], made[2:], strict=False):
        if before.role == after.role and after.lesson_ns - between.lesson_ns < RULES.return_s * SECOND_NS:
            assert after.reason in STRONG


@given(stream=streams())
def test_never_a_false_camera_while_another_is_true(stream: list[Told]) -> None:
    """In automatic mode, from the next whole second on."""
    made, one, now_ns, false = director(), None, 0, set[str]()
    for told in stream:
        for one in told.pushed:
            made.push(one)
            if isinstance(one, CameraTrust):
                (false.discard if one.is_true else false.add)(one.role)
        cut_before = made._cut_ns  # one cut a second: the next tick has its turn
        made.tick(now_ns)
        at_ns = -(-now_ns // SECOND_NS) * SECOND_NS
        if made.mode is DirectorMode.AUTO and len(false) < len(ROLES) and cut_before != at_ns:
            assert made.on_air not in false
        now_ns += told.wait_ns


@given(stream=streams(persons=False), mode=st.sampled_from([DirectorMode.MANUAL, DirectorMode.SEMI]))
def test_only_the_automatic_mode_cuts_by_itself(stream: list[Told], mode: DirectorMode) -> None:
    made = director()
    made.push(ModeChosen(0, mode))
    decided = [one for _, one in run(made, stream)]
    assert not [one for one in decided if isinstance(one, CutTo)]
    proposed = [one for one in decided if isinstance(one, Proposed)]
    assert mode is DirectorMode.SEMI or not proposed
    assert all(before.role != after.role for before, after in pairwise(proposed))


@given(stream=streams())
def test_the_same_lesson_is_cut_in_the_same_way(stream: list[Told]) -> None:
    assert run(director(), stream) == run(director(), stream)


def only(decided: list[object]) -> CutTo:
    (cut,) = [one for one in decided if isinstance(one, CutTo)]
    return cut


def test_a_lesson_opens_wide_and_closes_in_when_the_teacher_stands() -> None:
    room = Room(director())
    assert room.decided == [CutTo(0, "teacher", CutReason.START)]
    still = only(room.live(10))
    assert (still.role, still.reason) == ("teacher-close", CutReason.TEACHER_STILL)
    walking = only(room.live(8, walks=True))
    assert (walking.role, walking.reason) == ("teacher", CutReason.TEACHER_MOVES)


def test_a_camera_that_is_looked_at_once_a_second_is_enough() -> None:
    """H.264 that is passed through is decoded at key pictures only."""
    made = director(roles=("teacher", "teacher-close", "screen"))
    shown = []
    for second in range(40):
        x = 0.2 + 0.1 * (second - 20) if 20 <= second < 26 else 0.2
        made.push(CameraLook("teacher", second * SECOND_NS, 0.02, x, 0.5, 0.05, height=0.4))
        made.push(CameraLook("screen", second * SECOND_NS, 0.0, change=0.2 * (second == 32)))
        shown += [(second, one.role) for one in made.tick(second * SECOND_NS) if isinstance(one, CutTo)]
    assert shown == [(0, "teacher"), (4, "teacher-close"), (21, "teacher"), (31, "teacher-close"), (35, "screen")]


def test_who_speaks_is_shown_within_two_seconds() -> None:
    room = Room(director())
    room.live(20)
    asked = only(room.live(6, speaks="students"))
    assert (asked.role, asked.reason) == ("students", CutReason.STUDENTS_SPEAK)
    assert asked.lesson_ns <= 22 * SECOND_NS
    answered = only(room.live(6))
    assert (answered.role, answered.reason) == ("teacher-close", CutReason.TEACHER_SPEAKS)
    assert answered.lesson_ns <= 28 * SECOND_NS


def test_with_one_microphone_a_stir_among_the_students_says_whose_speech_it_is() -> None:
    room = Room(director(), microphones=("ceiling",))
    room.live(20)
    assert not room.live(6, speaks="students")
    room.live(2, speaks="nobody", stirs=True)
    assert only(room.live(6, speaks="students")).reason is CutReason.STUDENTS_SPEAK


def test_a_new_slide_is_shown_long_enough_to_read() -> None:
    room = Room(director())
    room.live(20)
    room.live(1, screen_change=0.3)
    room.live(15)
    shown, back = [one for one in room.decided if isinstance(one, CutTo) and one.lesson_ns >= 20 * SECOND_NS]
    assert (shown.role, shown.reason) == ("screen", CutReason.SCREEN_CHANGES)
    assert back.role == "teacher-close"
    assert RULES.screen_s <= (back.lesson_ns - shown.lesson_ns) / SECOND_NS <= RULES.screen_s + 2


def test_a_film_on_the_screen_is_not_shown_for_ever() -> None:
    room = Room(director())
    room.live(120, screen_change=0.3)
    roles = [(one.lesson_ns // SECOND_NS, one.role) for one in room.decided if isinstance(one, CutTo)]
    on_screen = [after[0] - before[0] for before, after in pairwise(roles) if before[1] == "screen"]
    assert on_screen
    assert max(on_screen) <= RULES.screen_max_s + 1


def test_students_are_seen_now_and_then_though_nobody_asks() -> None:
    room = Room(director())
    room.live(300)
    shown = [one for one in room.decided if isinstance(one, CutTo)]
    assert [one.reason for one in shown].count(CutReason.REACTION) in {2, 3}


def test_marks_and_polls_are_answered() -> None:
    room = Room(director())
    room.live(20)
    room.tell(Marked(room.now_ns, "看屏幕"))
    assert only(room.live(3)).reason is CutReason.MARK
    room.live(20)
    room.tell(PollChanged(room.now_ns, is_open=True))
    room.live(30)
    polls = [one.role for one in room.decided if isinstance(one, CutTo) and one.reason is CutReason.POLL]
    assert polls == ["screen", "students"]


def test_a_person_cuts_at_once_and_is_not_contradicted() -> None:
    room = Room(director())
    room.live(20)
    room.tell(PersonCut(room.now_ns, "screen"))
    cut = only(room.live(RULES.hold_s - 1, speaks="students"))
    assert (cut.role, cut.reason, cut.lesson_ns) == ("screen", CutReason.PERSON, 21 * SECOND_NS)
    assert only(room.live(5, speaks="students")).role == "students"


def test_what_is_proposed_can_be_taken_and_is_taken_back() -> None:
    room = Room(director())
    room.live(20)
    room.tell(ModeChosen(room.now_ns, DirectorMode.SEMI))
    (proposed,) = room.live(5, speaks="students")
    assert isinstance(proposed, Proposed)
    assert proposed.role == room.director.proposal == "students"
    (withdrawn,) = room.live(5)
    assert isinstance(withdrawn, Proposed)
    assert not withdrawn.role
    room.live(5, speaks="students")
    room.tell(PersonCut(room.now_ns))
    assert only(room.live(1, speaks="students")).reason is CutReason.STUDENTS_SPEAK


def test_a_class_at_work_is_shown_wide() -> None:
    room = Room(director())
    room.live(20)
    quiet = only(room.live(8, speaks="nobody"))
    assert (quiet.role, quiet.reason) == ("teacher", CutReason.QUIET)
    assert only(room.live(8)).role == "teacher-close"


def test_a_room_in_which_nobody_listens_is_not_quiet() -> None:
    room = Room(director(), microphones=())
    room.live(40)
    assert room.director.on_air == "teacher-close"


def test_a_lost_camera_gives_way_at_the_next_second() -> None:
    room = Room(director())
    room.live(20.6)
    room.tell(CameraTrust("teacher-close", room.now_ns, is_true=False))
    lost = only(room.live(2))
    assert (lost.role, lost.reason, lost.lesson_ns) == ("teacher", CutReason.CAMERA_LOST, 21 * SECOND_NS)


def test_a_head_turns_off_air_and_is_not_shown_meanwhile() -> None:
    rules = DirectorRules(wide_presets={"teacher": "wide"}, close_presets={"teacher": "close"})
    room = Room(director(rules, ("teacher", "students")), roles=("teacher", "students"))
    assert not [one for one in room.live(20) if isinstance(one, TurnHead)]
    turns = [one for one in room.live(3, speaks="students") if isinstance(one, TurnHead)]
    assert [(one.role, one.preset) for one in turns] == [("teacher", "close")]
    room.tell(HeadMoved("teacher", room.now_ns, is_turning=True, preset="close"))
    assert not room.live(5)
    room.tell(HeadMoved("teacher", room.now_ns, is_turning=False, preset="close"))
    assert only(room.live(3)).role == "teacher"
    away, turn, back = room.live(2, walks=True), room.live(6, walks=True), room.director
    assert [one for one in [*away, *turn] if isinstance(one, TurnHead)] == [
        TurnHead(one.lesson_ns, "teacher", "wide") for one in [*away, *turn] if isinstance(one, TurnHead)
    ]
    assert [one.reason for one in [*away, *turn] if isinstance(one, CutTo)] == [CutReason.HEAD_TURNS]
    assert back.on_air == "students"


def test_a_head_that_is_turned_by_hand_is_cut_away_from() -> None:
    room = Room(director())
    room.live(20)
    room.tell(HeadMoved("teacher-close", room.now_ns, is_turning=True))
    assert only(room.live(1)).reason is CutReason.HEAD_TURNS


def test_a_director_needs_a_camera() -> None:
    with pytest.raises(ValueError, match="at least one camera"):
        Director(RULES, ())


def test_a_teacher_who_walks_and_stands_by_turns_is_no_ping_pong() -> None:
    room = Room(director(DirectorRules(still_s=0.0)))
    for _ in range(10):
        room.live(2, walks=True)
        room.live(3)
    made = [one for one in room.decided if isinstance(one, CutTo)]
    away_s = [(after.lesson_ns - left.lesson_ns) / SECOND_NS for left, after in pairwise(made[1:])]
    assert len(made) > 3
    assert min(away_s) >= RULES.return_s > RULES.min_shot_s
