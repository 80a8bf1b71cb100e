"""Sharpness of planted blurs: whatever the light, the noise, and whoever walks past."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from planted_pictures import blurred, captured, classroom, shifted, texture, with_person

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.sharpness import GAUSSIAN_MTF50, sharpness_map
from pipelines.measuring.slanted_edge import slanted_edge

SIZE = (640, 480)


@pytest.mark.parametrize("blur_px", [0.6, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("noise", [0.5, 4.0])
def test_a_slanted_edge_has_the_mtf50_of_its_blur(blur_px: float, noise: float) -> None:
    rng = np.random.default_rng(11)
    fine = 8
    row, column = np.mgrid[: 64 * fine, : 64 * fine] / fine
    large = np.where(column - 32 > np.tan(np.radians(5.0)) * (row - 32), 190.0, 60.0).astype(np.float32)
    edge = cv2.resize(cv2.GaussianBlur(large, (0, 0), blur_px * fine), (64, 64), interpolation=cv2.INTER_AREA)
    # The pixel's area is part of what is measured: 1/12 px² of variance, as good as Gaussian at these frequencies.
    truth = GAUSSIAN_MTF50 / np.hypot(blur_px, 12**-0.5)
    measured = slanted_edge(captured(rng, np.asarray(edge), noise))
    error = measured.mtf50_cycles_px.value / truth - 1.0
    bound = 0.03 + 0.03 * noise / 4.0 + 0.03 * (blur_px >= 4.0)
    print(f"blur {blur_px} noise {noise}: error {error:+.2%} (bound {bound:.1%}), {measured}")
    assert abs(error) < bound
    assert abs(abs(measured.slant_deg) - 5.0) < 0.3


def test_a_patch_without_one_even_edge_is_no_edge() -> None:
    rng = np.random.default_rng(12)
    flat = np.full((64, 64), 90, np.float32)
    with pytest.raises(Unmeasurable, match="no-edge"):
        slanted_edge(captured(rng, flat, 3.0))
    with pytest.raises(Unmeasurable, match="edge-not"):
        slanted_edge(captured(rng, texture(rng, (64, 64), 60), 1.0))


@pytest.mark.parametrize("blur_px", [0.7, 1.5, 3.0, 6.0])
@pytest.mark.parametrize(
    ("contrast", "noise"), [(1.0, 1.0), (0.15, 1.0), (0.3, 4.0)], ids=["day", "dim", "dark, noisy"]
)
def test_the_map_says_the_planted_blur_in_any_light(blur_px: float, contrast: float, noise: float) -> None:
    rng = np.random.default_rng(13)
    scene = contrast * blurred(texture(rng, SIZE), blur_px)
    pictures = np.stack([captured(rng, scene, noise) for _ in range(2)])
    found = sharpness_map(pictures, with_edges=False)
    known = np.isfinite(found.by_gradient)
    octaves = np.log2(found.by_gradient[known] * blur_px / GAUSSIAN_MTF50)
    middle = float(np.median(octaves))
    print(f"blur {blur_px} contrast {contrast} noise {noise}: {known.sum()} tiles, {middle:+.3f} octaves (bound 0.5)")
    assert known.sum() >= 24
    assert abs(middle) < 0.5


def test_one_soft_corner_is_seen_where_it_is() -> None:
    rng = np.random.default_rng(14)
    scene = texture(rng, SIZE)
    soft = blurred(scene, 3.0)
    sharp = blurred(scene, 0.7)
    sharp[320:, 480:] = soft[320:, 480:]
    found = sharpness_map(np.stack([captured(rng, sharp, 2.0) for _ in range(2)])).mtf50_cycles_px
    corner, rest = found[4:, 6:], found[:4, :]
    print(f"corner {np.nanmax(corner):.3f}, rest {np.nanmin(rest):.3f} cycles per pixel")
    assert np.nanmax(corner) < 0.6 * np.nanpercentile(rest, 10)


def test_person_and_shaking_camera_leave_the_other_tiles_as_they_are() -> None:
    rng = np.random.default_rng(15)
    scene = blurred(texture(rng, SIZE), 1.2)
    still = sharpness_map(np.stack([captured(rng, scene, 2.0) for _ in range(2)]), with_edges=False).by_gradient
    moved = [with_person(shifted(scene, *rng.uniform(-2, 2, 2)), x) for x in (0.40, 0.43)]
    shaken = sharpness_map(np.stack([captured(rng, one, 2.0) for one in moved]), with_edges=False).by_gradient
    change = np.log2(shaken / still)
    away = np.concatenate([change[:, :2], change[:, 5:]], axis=1)
    print(f"median {np.nanmedian(change):+.3f}, worst tile away from the person {np.nanmax(np.abs(away)):.3f} octaves")
    assert abs(np.nanmedian(change)) < 0.06
    assert np.nanpercentile(np.abs(away), 90) < 0.2


def test_a_wall_and_a_burnt_out_window_have_no_sharpness() -> None:
    rng = np.random.default_rng(16)
    wall = np.full(SIZE[::-1], 120, np.float32)
    with pytest.raises(Unmeasurable, match="no-structure"):
        sharpness_map(np.stack([captured(rng, wall, 3.0) for _ in range(2)]))
    wall[100:300, 200:500] = 400
    with pytest.raises(Unmeasurable, match="no-structure"):
        sharpness_map(np.stack([captured(rng, wall, 3.0) for _ in range(2)]))


def test_a_room_in_full_size_is_measured_while_one_waits() -> None:
    rng = np.random.default_rng(17)
    room = blurred(classroom(tilt_deg=3.0), 1.0)
    pictures = np.stack([captured(rng, room, 2.0) for _ in range(2)])
    found = sharpness_map(pictures)
    edges = found.by_edge[np.isfinite(found.by_edge)]
    error = float(np.median(edges)) / GAUSSIAN_MTF50 - 1.0
    seconds = min(_seconds(pictures, with_edges) for with_edges in (False,) * 3)
    with_edges_s = min(_seconds(pictures, with_edges) for with_edges in (True,) * 3)
    print(
        f"{len(edges)} edges, {error:+.1%} (bound 10 %); {1e3 * seconds:.0f} ms, with edges {1e3 * with_edges_s:.0f} ms"
    )
    assert len(edges) >= 3
    assert abs(error) < 0.10
    assert seconds < 0.120


def _seconds(pictures: np.ndarray, with_edges: bool) -> float:
    begin = time.process_time()
    sharpness_map(pictures, with_edges=with_edges)
    return time.process_time() - begin
