"""Planted colour casts in a room with a green board, a red curtain and brown desks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from planted_pictures import captured, classroom, coloured

from drivers.samples import ColourMatrix
from pipelines.measuring.bgr_of_planes import bgr_of_planes
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.exposure import FULL_RANGE, LIMITED_RANGE
from pipelines.measuring.white_balance import ColourCast, colour_cast, duv_of, mccamy_cct_k

SIZE = (640, 360)
ROOM = 0.8 * classroom(SIZE)


def painted() -> np.ndarray:
    paint = np.ones((SIZE[1], SIZE[0], 3), np.float32)
    paint[100:190, 200:440] = (0.35, 0.55, 0.25)
    paint[:, :70] = (0.2, 0.25, 0.8)
    paint[250:, 120:500] = (0.35, 0.6, 0.9)
    return paint


def cast_of(gains_bgr: tuple[float, float, float]) -> ColourCast:
    """The truth, of a grey as bright as the room's walls."""
    grey = coloured(np.full((8, 8), 140, np.float32), gains_bgr)
    return colour_cast(np.rint(grey).astype(np.uint8), (0, 0, 8, 8))


@pytest.mark.parametrize("gains", [(1.0, 1.0, 1.0), (0.7, 1.0, 1.15), (1.25, 1.0, 0.8), (0.9, 1.1, 0.95)])
def test_the_cast_of_a_painted_room_is_that_of_its_grey(gains: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(61)
    found = colour_cast(captured(rng, coloured(ROOM, gains, painted()), 3.0))
    truth = cast_of(gains)
    error = float(np.hypot(found.a - truth.a, found.b - truth.b))
    print(f"{gains}: off by {error:.2f} (bound 2.0) of {truth.chroma.value:.1f}; {found}")
    assert error < 2.0
    assert found.cct_k is not None
    assert truth.cct_k is not None
    assert abs(found.cct_k / truth.cct_k - 1.0) < 0.05
    assert abs(found.duv - truth.duv) < 0.003
    assert abs(found.red_gain / (gains[1] / gains[2]) - 1.0) < 0.05
    assert abs(found.blue_gain / (gains[1] / gains[0]) - 1.0) < 0.05


def test_a_given_region_is_taken_as_it_is() -> None:
    rng = np.random.default_rng(62)
    picture = captured(rng, coloured(ROOM, (1.0, 1.0, 1.0), painted()), 1.0)
    brown = colour_cast(picture, (200, 270, 200, 60))
    assert brown.b > 8.0
    assert brown.share > 0.9


def test_temperature_and_duv_are_those_of_the_standard_illuminants() -> None:
    # CIE 015:2018, table T.3: A, D50, D65; F4 lies off the locus.
    for x, y, cct_k, duv in (
        (0.44757, 0.40745, 2856, 0.0),
        (0.34567, 0.35850, 5003, 0.0032),
        (0.31271, 0.32902, 6504, 0.0032),
    ):
        assert abs(mccamy_cct_k(x, y) - cct_k) < 10
        assert abs(duv_of(x, y) - duv) < 0.0003


def test_the_dark_and_the_burnt_out_have_no_colour() -> None:
    for luma, why in ((8, "too-dark"), (255, "clipped")):
        with pytest.raises(Unmeasurable, match=why):
            colour_cast(np.full((90, 160, 3), luma, np.uint8))


def test_planes_become_the_colours_that_opencv_says() -> None:
    bgr = cv2.GaussianBlur(np.random.default_rng(63).integers(0, 256, (64, 96, 3), np.uint8), (0, 0), 9.0)
    planes = cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420).ravel()
    y, u, v = np.split(planes, [64 * 96, 64 * 96 * 5 // 4])
    found = bgr_of_planes(y.reshape(64, 96), u.reshape(32, 48), v.reshape(32, 48), LIMITED_RANGE, ColourMatrix.BT601)
    small = cv2.resize(bgr, (48, 32), interpolation=cv2.INTER_AREA)
    assert np.abs(found.astype(int) - small).max() <= 4
    # BT.709-6's own red: Y = 0.2126, Cb = -0.1146, Cr = 0.5.
    one = np.ones((1, 1), np.uint8)
    red = bgr_of_planes(np.full((2, 2), 54, np.uint8), 99 * one, 255 * one, FULL_RANGE, ColourMatrix.BT709)
    assert np.abs(red[0, 0].astype(int) - (0, 0, 255)).max() <= 2
