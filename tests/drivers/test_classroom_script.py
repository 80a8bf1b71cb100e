"""Scripts of simulated lessons: whole, the same everywhere, without jumps; and who should be on air."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.simulated_classroom.acts import Act, Activity, Waypoint
from drivers.simulated_classroom.right_roles import in_room, stretches
from drivers.simulated_classroom.script import ALL_ROLES, ClassroomScript
from drivers.simulated_classroom.student_pose import student_poses
from drivers.simulated_classroom.teacher_pose import teacher_pose

SEEDS = st.integers(0, 10**9)
WALL_M, WINDOWS_M, CLASS_M = 0.3, 3.6, 2.4


@given(SEEDS)
def test_a_script_is_whole(seed: int) -> None:
    script = ClassroomScript.from_seed(seed, 240)
    assert script.acts[0].begin_s == 0
    assert script.acts[-1].end_s >= 240
    for one, other in pairwise(script.acts):
        assert one.end_s == other.begin_s
        assert one.path[-1].at_s <= one.end_s
    for one, other in pairwise(script.stretches):
        assert one.end_s == other.begin_s
    assert all(0 <= spoken.begin_s < spoken.end_s for spoken in script.utterances)
    assert {Activity.WALK, Activity.WRITE, Activity.POINT, Activity.ANSWER} <= {act.activity for act in script.acts}


@given(SEEDS, st.floats(0, 200))
def test_nobody_jumps_or_walks_through_a_wall(seed: int, at_s: float) -> None:
    script = ClassroomScript.from_seed(seed, 240)
    now, soon = teacher_pose(script, at_s), teacher_pose(script, at_s + 0.04)
    assert abs(now.x_m - soon.x_m) + abs(now.z_m - soon.z_m) < 0.1
    assert abs(now.x_m) < WINDOWS_M
    assert WALL_M < now.z_m < CLASS_M
    for one, other in zip(student_poses(script, at_s), student_poses(script, at_s + 0.04), strict=True):
        assert abs(one.hand - other.hand) < 0.2
        assert abs(one.stands - other.stands) < 0.2


@given(SEEDS)
def test_a_longer_lesson_begins_alike(seed: int) -> None:
    short, long = (ClassroomScript.from_seed(seed, seconds) for seconds in (60, 300))
    both = len(short.acts) - 1
    assert long.acts[:both] == short.acts[:both]


def test_every_process_draws_the_same_script() -> None:
    print_it = "from drivers.simulated_classroom.script import ClassroomScript as S; print(S.from_seed(7, 60).acts)"
    told = subprocess.run([sys.executable, "-c", print_it], capture_output=True, text=True, check=True).stdout
    assert told == f"{ClassroomScript.from_seed(7, 60).acts}\n"


def test_the_teacher_is_shown_wide_while_walking_and_close_while_still() -> None:
    way = (Waypoint(0, 0, 1), Waypoint(3, 0, 1), Waypoint(6, 2.4, 1))
    parts = stretches([Act(Activity.EXPLAIN, 0, 10, way)], [])
    assert [(part.begin_s, part.end_s, *part.right) for part in parts] == [
        (0, 3, "teacher-close"),
        (3, 6, "teacher"),
        (6, 10, "teacher-close"),
    ]


def test_students_who_speak_are_shown_and_a_new_slide_is_not() -> None:
    acts = [
        Act(Activity.EXPLAIN, 0, 20, (Waypoint(0, 0, 1),)),
        Act(Activity.ANSWER, 20, 26, (Waypoint(20, 0, 1),), student=3),
    ]
    parts = stretches(acts, [5.0, 21.0])
    assert [(part.begin_s, part.right) for part in parts if part.end_s <= 26] == [
        (0, {"teacher-close"}),
        (5, {"screen"}),
        (11, {"teacher-close", "screen"}),
        (15, {"teacher-close"}),
        (20, {"students", "students-close"}),
    ]


@pytest.mark.parametrize(
    ("right", "roles", "wanted"),
    [
        ({"teacher-close"}, ALL_ROLES, {"teacher-close"}),
        ({"teacher-close"}, ("teacher", "students"), {"teacher"}),
        ({"students", "students-close"}, ("teacher", "students"), {"students"}),
        ({"teacher-close", "students", "screen"}, ("teacher", "students"), {"teacher", "students"}),
        ({"screen"}, ("teacher", "students"), {"teacher"}),
    ],
)
def test_a_room_without_a_camera_shows_what_comes_nearest(
    right: set[str], roles: tuple[str, ...], wanted: set[str]
) -> None:
    assert in_room(right, roles) == wanted
