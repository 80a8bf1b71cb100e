"""A square with people who walk, filmed from a wall (OpenCV's vtest.avi): the director does not flap over it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest
from directing.streams import ROLES, SECOND_NS

from pipelines.directing.decisions import CutTo
from pipelines.directing.director import Director
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.motion_meter import MotionMeter
from pipelines.directing.observations import CameraLook
from pipelines.directing.scaled_luma import LumaScaler

VTEST = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
RULES = DirectorRules()


@pytest.fixture(scope="module")
def looks() -> list[CameraLook]:
    """Its ten pictures a second, every other one looked at."""
    scaler, meter = LumaScaler(), MotionMeter("teacher")
    with av.open(str(VTEST)) as film:
        frames = enumerate(film.decode(video=0))
        seen = [meter.push(scaler.shrink(frame), at * SECOND_NS // 10) for at, frame in frames if at % 2 == 0]
    return [look for look in seen if look is not None]


def shots(looks: list[CameraLook], roles: tuple[str, ...]) -> list[CutTo]:
    """The cuts of a room whose cameras all look at the square."""
    director = Director(RULES, roles)
    cuts: list[CutTo] = []
    for look in looks:
        for role in roles:
            director.push(replace(look, role=role))
        cuts += [one for one in director.tick(look.lesson_ns) if isinstance(one, CutTo)]
    return cuts


@pytest.mark.parametrize(
    ("roles", "most"), [(ROLES, 10), (("teacher", "teacher-close", "students"), 10), (("teacher", "students"), 2)]
)
def test_it_is_not_cut_to_pieces(looks: list[CameraLook], roles: tuple[str, ...], most: int) -> None:
    cuts = shots(looks, roles)
    assert all(after.lesson_ns - before.lesson_ns >= RULES.min_shot_s * SECOND_NS for before, after in pairwise(cuts))
    assert 1 <= len(cuts) <= most


def test_people_are_seen_in_it(looks: list[CameraLook]) -> None:
    assert sum(look.motion > 0.005 for look in looks) > 0.95 * len(looks)
    assert sum(look.motion > 0.3 for look in looks) == 0
