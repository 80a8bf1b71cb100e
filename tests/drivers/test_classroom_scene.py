"""The drawn classroom: what is kept from the last picture is what a new one shows, and the bar code stays readable."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.camera.simulation import barcode
from drivers.camera.simulation.barcode import Barcode, role_id
from drivers.camera.simulation.classroom_scene import ClassroomPicture, ClassroomScene
from drivers.simulated_classroom.acts import Activity
from drivers.simulated_classroom.script import ALL_ROLES, ClassroomScript

SCRIPT = ClassroomScript.from_seed(5, 240)
WIDTH, HEIGHT = 480, 270


def moments(*activities: Activity) -> list[float]:
    """Some moments of each act of these kinds."""
    acts = [act for act in SCRIPT.acts if act.activity in activities]
    return [act.begin_s + share * (act.end_s - act.begin_s) for act in acts for share in (0.05, 0.4, 0.41, 0.9)]


@pytest.mark.parametrize("role", ALL_ROLES)
def test_a_picture_that_was_kept_up_to_date_is_as_one_drawn_anew(role: str) -> None:
    kept = ClassroomPicture(role, SCRIPT, WIDTH, HEIGHT)
    before = kept.at(0.0)[0].copy()
    for moment in moments(Activity.WALK, Activity.WRITE, Activity.HANDS, Activity.ANSWER, Activity.POINT)[:24]:
        shown, boxes = kept.at(moment)
        assert np.array_equal(shown, ClassroomPicture(role, SCRIPT, WIDTH, HEIGHT).at(moment)[0])
        differs = np.any(shown != before, axis=2)
        for left, top, right, bottom in boxes:
            differs[top:bottom, left:right] = False
        assert not differs.any(), "what changed is reported"
        before = shown.copy()


@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("chroma_rows", [HEIGHT // 2, HEIGHT])
def test_the_bar_code_is_read(role: str, chroma_rows: int) -> None:
    scene = ClassroomScene(role, WIDTH, HEIGHT, chroma_rows, SCRIPT)
    for frame in range(3):
        code = Barcode(role_id(role), frame, 10**9 + frame * 40_000)
        planes = scene.moving(frame, 30 + frame / 25, code)
        assert barcode.read(planes[: WIDTH * HEIGHT].reshape(HEIGHT, WIDTH)) == code


def test_who_walks_moves_the_picture_and_who_stands_does_not() -> None:
    picture = ClassroomPicture("teacher", SCRIPT, WIDTH, HEIGHT)
    moved = {}
    for activity in (Activity.WALK, Activity.QUIET):
        act = next(act for act in SCRIPT.acts if act.activity is activity and act.begin_s > 20)
        middle_s = (act.begin_s + act.end_s) / 2
        one, other = picture.at(middle_s)[0].copy(), picture.at(middle_s + 0.4)[0]
        moved[activity] = int(np.count_nonzero(np.any(one != other, axis=2)))
    assert moved[Activity.WALK] > 4 * moved[Activity.QUIET]
