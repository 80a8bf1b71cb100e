"""Mean, clipped and crushed parts of pictures whose parts are known."""

from __future__ import annotations

import numpy as np

from pipelines.measuring.exposure import FULL_RANGE, LIMITED_RANGE, exposure


def test_shares_and_means_are_those_of_the_parts() -> None:
    luma = np.full((100, 200), 127, np.uint8)
    luma[:10] = 255
    luma[10:30] = 1
    found = exposure(luma)
    assert (found.clipped_share, found.crushed_share, found.outside_share) == (0.1, 0.2, 0.0)
    assert np.isclose(found.mean_luma, (0.1 * 255 + 0.2 * 1 + 0.7 * 127) / 255)
    assert np.isclose(found.median_luma, 127 / 255)
    assert exposure(np.stack([luma, luma]), FULL_RANGE) == found


def test_limited_range_has_its_own_black_and_white() -> None:
    luma = np.full((100, 100), 16, np.uint8)
    luma[:50] = 235
    found = exposure(luma, LIMITED_RANGE)
    assert (found.mean_luma, found.clipped_share, found.crushed_share, found.outside_share) == (0.5, 0.5, 0.5, 0.0)
    assert exposure(luma, FULL_RANGE).clipped_share == 0.0


def test_a_full_range_picture_labelled_as_limited_shows() -> None:
    luma = np.tile(np.arange(256, dtype=np.uint8), (32, 1))
    assert np.isclose(exposure(luma, LIMITED_RANGE).outside_share, 36 / 256)
