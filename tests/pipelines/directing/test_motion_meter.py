"""What counts as motion: a person, a hand; not noise, lamps, exposure or a mains frequency."""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sin
from pathlib import Path

import av
import numpy as np
import pytest
from directing.scenes import Camera
from directing.streams import SECOND_NS
from numpy.typing import NDArray

from pipelines.directing.motion_meter import MotionMeter
from pipelines.directing.observations import CameraLook
from pipelines.directing.scaled_luma import LumaScaler

LOOK_NS = SECOND_NS // 5
STILL = 0.0015


def looks(draw: Callable[[float], NDArray[np.uint8]], seconds: float = 12.0) -> list[CameraLook]:
    """The looks of the last ten seconds."""
    meter = MotionMeter("teacher")
    seen = [meter.push(draw(at * 0.2), at * LOOK_NS) for at in range(round(seconds * 5))]
    return [look for look in seen[10:] if look is not None]


def test_a_person_who_walks_is_where_they_are() -> None:
    camera = Camera()
    seen = looks(lambda s: camera.picture(person=0.2 + 0.05 * s))
    assert all(look.motion > 5 * STILL for look in seen)
    assert all(look.x is not None and abs(look.x - (0.2 + 0.05 * look.lesson_ns / 1e9)) < 0.05 for look in seen)
    assert all(look.height > 0.5 for look in seen)


def test_who_walks_is_told_from_heads_in_front_of_the_camera() -> None:
    """A row of students sits between the camera and the teacher, and a slide changes on the wall."""
    camera, turn = Camera(), np.random.default_rng(3)
    heads = [(x, turn.uniform(2, 5), turn.uniform(0, 6)) for x in (14, 40, 70, 120, 146)]

    def picture(s: float) -> NDArray[np.uint8]:
        seen = camera.picture(person=0.3 + 0.05 * s)
        seen[15:45, 90:120] = 235 if int(s) % 2 else 160
        for x, every_s, phase_s in heads:
            left = x + round(3 * sin(2 * pi * (s + phase_s) / every_s))
            seen[78:90, left : left + 9] = 30
        return seen

    seen = looks(picture)
    right = [look.x is not None and abs(look.x - (0.3 + 0.05 * look.lesson_ns / 1e9)) < 0.06 for look in seen]
    assert sum(right) >= 0.95 * len(right)


def test_a_hand_that_is_raised_is_seen_and_nothing_once_it_is_still() -> None:
    camera = Camera()
    seen = looks(lambda s: camera.picture(person=0.5, hand=min(1.0, max(0.0, s - 5))))
    during = [look for look in seen if 5.3e9 < look.lesson_ns < 6.1e9]
    assert all(look.motion > STILL and look.height < 0.4 for look in during)
    assert all(look.motion < STILL for look in seen if look not in during and not 5e9 < look.lesson_ns < 6.6e9)


@pytest.mark.parametrize(
    "gain",
    [
        pytest.param(lambda s: 1.0, id="steady light"),
        pytest.param(lambda s: 1.0 + 0.06 * sin(2 * pi * 0.7 * s), id="mains flicker against the frame rate"),
        pytest.param(lambda s: 0.6 if s > 6 else 1.0, id="a lamp goes out"),
        pytest.param(lambda s: 1.0 + 0.4 * min(1.0, max(0.0, (s - 5) / 2)), id="exposure follows"),
        pytest.param(lambda s: 1.25 ** (int(s) % 2), id="exposure hunts"),
    ],
)
@pytest.mark.parametrize("noise", [0.5, 1.5, 3.0])
def test_light_and_noise_do_not_move(gain: Callable[[float], float], noise: float) -> None:
    camera = Camera(noise)
    seen = looks(lambda s: camera.picture(person=0.5, gain=gain(s)))
    moving = [look for look in seen if look.motion >= STILL]
    assert len(moving) <= 1


@pytest.mark.parametrize("noise", [0.5, 1.5, 3.0])
def test_a_person_is_seen_to_walk_though_the_light_flickers(noise: float) -> None:
    camera = Camera(noise)
    seen = looks(lambda s: camera.picture(person=0.2 + 0.05 * s, gain=1.0 + 0.06 * sin(2 * pi * 0.7 * s)))
    right = [
        look.motion >= STILL and look.x is not None and abs(look.x - (0.2 + 0.05 * look.lesson_ns / 1e9)) < 0.06
        for look in seen
    ]
    assert sum(right) >= 0.9 * len(right)


def test_a_screen_changes_when_a_slide_does_and_not_for_a_pointer() -> None:
    meter = MotionMeter("screen")
    slide = np.full((90, 160), 235, np.uint8)
    slide[20:24, 20:120] = slide[40:43, 20:90] = 30
    following = np.full((90, 160), 235, np.uint8)
    following[15:19, 30:140] = following[50:53, 30:100] = following[70:73, 30:100] = 30
    changes = {}
    for at in range(40):
        picture = (slide if at < 20 else following).copy()
        picture[60:63, 10 + 2 * (at % 20) : 12 + 2 * (at % 20)] = 0
        if look := meter.push(picture, at * LOOK_NS):
            changes[at] = look.change
    assert all(changes[at] > 0.05 for at in range(20, 24))
    assert all(change < 0.005 for at, change in changes.items() if not 20 <= at <= 25)


def test_a_camera_on_a_screen_that_sets_its_exposure_sees_no_new_slide() -> None:
    meter, camera = MotionMeter("screen"), Camera(1.0)
    seen = [meter.push(camera.picture(gain=1.0 + 0.02 * sin(at * 0.9)), at * LOOK_NS) for at in range(40)]
    assert all(look.change < 0.005 for look in seen if look is not None)


def test_pictures_that_come_too_fast_too_late_or_of_another_size() -> None:
    meter, camera = MotionMeter("teacher"), Camera()
    assert meter.push(camera.picture(), 0) is None
    assert meter.push(camera.picture(), SECOND_NS // 30) is None
    assert meter.push(camera.picture(), LOOK_NS) is not None
    assert meter.push(camera.picture()[:45, :80].copy(), 2 * LOOK_NS) is None
    assert meter.push(camera.picture()[:45, :80].copy(), 3 * LOOK_NS) is not None
    assert meter.push(camera.picture()[:45, :80].copy(), LOOK_NS) is None
    assert meter.push(camera.picture()[:45, :80].copy(), 20 * SECOND_NS) is None
    with pytest.raises(ValueError, match="uint8"):
        meter.push(camera.picture()[..., None], 21 * SECOND_NS)


def test_a_frame_is_shrunk_to_the_mean_of_its_areas(tmp_path: Path) -> None:
    frame = av.VideoFrame.from_ndarray(np.repeat(np.arange(0, 240, 2, np.uint8), 16)[None].repeat(1620, 0), "yuv420p")
    small = LumaScaler().shrink(frame)
    assert small.shape == (90, 160)
    assert abs(float(small[5, 80]) - 120) < 3
