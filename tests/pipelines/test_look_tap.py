"""What the director looks at: small, seldom, nothing of a pause, and less where the box cannot keep up."""

from __future__ import annotations

from fractions import Fraction

import av
import pytest

from drivers.samples import AccessUnit
from pipelines.encoding.look_pace import LookPace
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.recording.director_desk_builder import distrusted_cameras
from pipelines.recording.key_picture_decoder import KeyPictureDecoder
from pipelines.recording.look_tap import LOOK_NS, SLOW_LOOK_NS, LookTap
from pipelines.yuv_planes import planes_of

S = 1_000_000_000
FPS = 25


def picture(grey: int) -> av.VideoFrame:
    made = av.VideoFrame(640, 360, "yuv420p")
    for plane in planes_of(made):
        plane[:] = grey
    return made


def test_five_looks_a_second_are_left_small_and_the_oldest_gives_way() -> None:
    tap = LookTap(["teacher"])
    look = tap.listener("teacher")
    for number in range(2 * FPS):
        look(picture(number), number * S // FPS)
    assert tap.newest_ns == {"teacher": (2 * FPS - 1) * S // FPS}
    seen = [tap.get(0) for _ in range(11)]
    assert [one and (one.lesson_ns, one.luma.shape) for one in seen] == [
        *((number * LOOK_NS, (90, 160)) for number in range(10)),
        None,
    ]
    tap.period_ns = SLOW_LOOK_NS
    for number in range(2 * FPS, 200 * FPS):
        look(picture(9), number * S // FPS)
    waiting = []
    while (one := tap.get(0)) is not None:
        waiting.append(one.lesson_ns)
    assert waiting[-1] == 199 * S
    assert len(waiting) == 75


def test_of_a_pause_nothing_is_looked_at() -> None:
    tap = LookTap(["teacher"])
    look = tap.listener("teacher")
    look(picture(1), 0)
    tap.suspend()
    look(picture(2), S)
    assert tap.get(0) is None
    tap.resume()
    look(picture(3), 2 * S)
    seen = tap.get(0)
    assert seen is not None
    assert seen.lesson_ns == 2 * S


@pytest.mark.parametrize(("period_ns", "every_s"), [(LOOK_NS, 1), (SLOW_LOOK_NS, 4)])
def test_of_what_is_passed_through_a_key_picture_a_second_is_looked_at(period_ns: int, every_s: int) -> None:
    tap = LookTap(["teacher"])
    tap.period_ns = period_ns
    decoder = KeyPictureDecoder(tap.key_look_ns)
    camera = X264Encoder(H264Settings(640, 360, Fraction(FPS), 400, "ultrafast", full_range=False))
    looked = []
    for number in range(8 * FPS):
        key = number % FPS == 0
        (packet,) = camera.encode(picture(number % 200), number * VIDEO_TIMESCALE // FPS, key=key)
        # Its clock and ours are not the same.
        lesson_ns = number * S // FPS - number * 30_000
        if decoder.decode_due(AccessUnit(lesson_ns, packet.data, key), lesson_ns) is not None:
            looked.append(number // FPS)
    assert looked == list(range(0, 8, every_s))


def test_looks_give_way_at_once_and_come_back_when_all_else_has() -> None:
    pace = LookPace()
    steps = [(0.0, 0, 0), (0.3, 0, 1), (0.0, 1, 20), (0.0, 0, 21), (0.0, 0, 30), (0.0, 0, 32)]
    assert [pace.decide(late_s, down, at_s * S) for late_s, down, at_s in steps] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]


def test_a_camera_that_is_behind_the_others_is_distrusted_and_none_where_all_are_late() -> None:
    newest = {"teacher": 10 * S, "students": 8 * S, "screen": 10 * S}
    assert distrusted_cameras(newest, {"screen"}) == ["students", "screen"]
    assert distrusted_cameras(dict.fromkeys(newest, 3 * S), set()) == []
