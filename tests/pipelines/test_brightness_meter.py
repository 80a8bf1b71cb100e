"""How bright and how lively a picture track is, a line for each lesson second."""

from __future__ import annotations

import av

from pipelines.capture.brightness_meter import BrightnessMeter
from pipelines.journal.entries import PictureMeasurement
from pipelines.yuv_planes import planes_of

MS = 1_000_000


def figures(lumas: list[int], *, step_ms: int = 40) -> list[PictureMeasurement]:
    """What is written down of pictures of these even lumas, one every ``step_ms``."""
    meter = BrightnessMeter("teacher")
    found = []
    for number, luma in enumerate(lumas):
        frame = av.VideoFrame(64, 48, "yuv420p")
        planes_of(frame)[0][:] = luma
        found += meter.push_picture(number * step_ms * MS, frame)
    return found


def test_a_second_is_told_when_the_next_begins() -> None:
    found = figures([100] * 25 + [50] * 26)
    assert [(one.lesson_ns, one.luma) for one in found] == [(0, 100.0), (1000 * MS, 50.0)]
    assert [one.pictures for one in found] == [25, 25]
    assert found[0].change == 0.0
    assert found[1].change == 50.0


def test_one_movement_in_a_second_is_a_living_picture() -> None:
    lumas = [100] * 51
    lumas[14:] = [104] * 37
    assert [one.change for one in figures(lumas)] == [4.0, 0.0]


def test_a_lone_picture_says_nothing_about_movement() -> None:
    assert [one.change for one in figures([100, 101, 102], step_ms=1000)] == [None, 1.0]


def test_pictures_that_are_not_decoded_are_counted_all_the_same() -> None:
    meter = BrightnessMeter("teacher")
    for number in range(10):
        assert meter.push_picture(number * 40 * MS, None, is_damaged=number == 3) == []
    (cut,) = meter.flush()
    assert (cut.lesson_ns, cut.luma, cut.change, cut.pictures, cut.damaged) == (0, None, None, 10, 1)
    assert meter.flush() == []
