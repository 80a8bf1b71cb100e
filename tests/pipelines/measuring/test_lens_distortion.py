"""Lens calibration against planted lenses: rendered views of the printed board, found, fitted, straightened."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from rendered_charuco import PlantedLens, board_poses, painted_sheet, render_view

from pipelines.measuring.charuco_board import BOARD_A4
from pipelines.measuring.charuco_detection import BoardView, detect_board, moved_px, square_px
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.field_of_view import field_of_view
from pipelines.measuring.lens_distortion import measure_lens
from pipelines.measuring.undistortion import line_bend_px, undistort
from pipelines.measuring.view_coverage import board_tilt_deg, is_new_view, view_coverage

_LENSES = {
    "k1k2": PlantedLens(1400.0, (968.0, 531.0), (-0.25, 0.07)),
    "k1k2k3": PlantedLens(800.0, (645.0, 352.0), (-0.33, 0.16, -0.04), width=1280, height=720),
    "fisheye": PlantedLens(620.0, (634.0, 366.0), (-0.03, 0.004), fisheye=True, width=1280, height=720),
}


@cache
def _pictures(name: str) -> tuple[NDArray[np.uint8], ...]:
    random = np.random.default_rng(13)
    cv2.setRNGSeed(13)
    lens = _LENSES[name]
    rays, sheet = lens.rays(), painted_sheet()
    return tuple(render_view(lens, rays, sheet, pose, random) for pose in board_poses(lens, 12, random))


@cache
def _views(name: str) -> tuple[BoardView, ...]:
    return tuple(detect_board(picture, BOARD_A4) for picture in _pictures(name))


def _ideal_views(lens: PlantedLens, count: int, seed: int, noise_px: float = 0.1) -> list[BoardView]:
    """What would be found without rendering: projected corners with noise, those within the frame."""
    random = np.random.default_rng(seed)
    views = []
    for rotation, translation in board_poses(lens, count, random):
        seen = lens.project(BOARD_A4.corners_mm().astype(np.float64) @ rotation.T + translation)
        ids = np.flatnonzero(np.all((seen > 5) & (seen < (lens.width - 5, lens.height - 5)), axis=1)).astype(np.int32)
        corners = (seen[ids] + random.normal(0, noise_px, (len(ids), 2))).astype(np.float32)
        views.append(BoardView(ids, corners, lens.width, lens.height))
    return views


@pytest.mark.parametrize("name", list(_LENSES))
def test_a_planted_lens_is_found_from_rendered_views_within_its_interval(name: str) -> None:
    planted = _LENSES[name]
    measured = measure_lens(_views(name), BOARD_A4)
    print(f"{measured.lens.model}: rms {measured.rms_px:.3f} px, bound 0.5 px; kept {len(measured.used)} of 12")
    truths = (
        ("focal x", measured.focal_x_px, planted.focal),
        ("focal y", measured.focal_y_px, planted.focal),
        ("k1", measured.k1, planted.radial[0]),
    )
    for label, estimate, truth in truths:
        print(f"{label}: {estimate.value:.4f}, error {estimate.value - truth:+.4f}, bound {estimate.half_width:.4f}")
    assert measured.lens.model == name
    assert measured.rms_px < 0.5
    assert all(estimate.holds(truth) for _, estimate, truth in truths)
    assert measured.focal_x_px.half_width < 0.01 * planted.focal
    angle = field_of_view(measured).horizontal_deg
    # The picture ends half a pixel beyond its first and last columns' centres.
    row = np.arctan(planted.rays()[planted.height // 2, [0, 1, -2, -1], 0])
    truth = float(np.degrees(1.5 * row[3] - 0.5 * row[2] - 1.5 * row[0] + 0.5 * row[1]))
    print(f"field of view {angle.value:.2f} deg, error {angle.value - truth:+.2f}, bound 0.15")
    assert angle.value == pytest.approx(truth, abs=0.15)


@pytest.mark.parametrize("name", ["k1k2", "fisheye"])
def test_straight_lines_are_straight_in_the_undistorted_still(name: str) -> None:
    measured = measure_lens(_views(name), BOARD_A4)
    before, after = line_bend_px(_views(name), BOARD_A4), line_bend_px(_views(name), BOARD_A4, measured.lens)
    stills = [detect_board(undistort(picture, measured), BOARD_A4) for picture in _pictures(name)[4:8]]
    in_stills = line_bend_px(stills, BOARD_A4)
    print(f"bend before {before:.2f} px, after {after:.3f} px, in stills {in_stills:.3f} px; bound 0.2 px")
    assert before > 0.8
    assert after < 0.2
    assert in_stills < 0.2
    assert measured.edge_shift_px.value > 20


def test_intervals_hold_the_truth_in_most_of_simulated_calibrations() -> None:
    lens = _LENSES["k1k2"]
    held = []
    for seed in range(5):
        measured = measure_lens(_ideal_views(lens, 10, seed), BOARD_A4)
        held.append((measured.focal_x_px.holds(lens.focal), measured.k1.holds(-0.25)))
    share = float(np.mean(held))
    print(f"95 % intervals of focal length and k1 hold the truth in {share:.0%} of 10; bound 80 %")
    assert share >= 0.8


def test_a_view_of_a_bent_board_is_dropped() -> None:
    views = _ideal_views(_LENSES["k1k2"], 12, 5)
    bent = views[4].corners_px + np.sin(views[4].corners_px[:, :1] / 40).astype(np.float32) * 3
    views[4] = BoardView(views[4].ids, bent, 1920, 1080)
    measured = measure_lens(views, BOARD_A4)
    assert measured.dropped == (4,)
    assert measured.focal_x_px.holds(1400)


def test_too_few_and_too_similar_views_are_refused() -> None:
    views = _ideal_views(_LENSES["k1k2"], 9, 1)
    with pytest.raises(Unmeasurable, match="too-few-views"):
        measure_lens(views[:7], BOARD_A4)
    random = np.random.default_rng(2)
    still = [
        BoardView(
            views[4].ids,
            views[4].corners_px + random.normal(0, 0.3, views[4].corners_px.shape).astype(np.float32),
            1920,
            1080,
        )
        for _ in range(10)
    ]
    with pytest.raises(Unmeasurable, match="views-too-alike"):
        measure_lens(still, BOARD_A4)


def test_guidance_names_the_region_and_the_tilt_that_are_missing() -> None:
    lens = PlantedLens(1400.0, (959.5, 539.5), (0.0, 0.0))
    views = _ideal_views(lens, 27, 3)
    spread = view_coverage(views, BOARD_A4)
    assert spread.wishes == ()
    elsewhere = [
        view for view in views if view.corners_px.mean(axis=0)[0] > 700 or view.corners_px.mean(axis=0)[1] > 450
    ]
    assert view_coverage(elsewhere, BOARD_A4).wishes[0] == "upper-left"
    assert view_coverage([], BOARD_A4).wishes[-2:] == ("tilt-sideways", "tilt-forward")

    turned = _ideal_view_of(lens, np.array([0, np.radians(30), 0]))
    leaning = _ideal_view_of(lens, np.array([np.radians(30), 0, 0]))
    assert np.abs(board_tilt_deg(turned, BOARD_A4)) == pytest.approx([30, 0], abs=5)
    assert np.abs(board_tilt_deg(leaning, BOARD_A4)) == pytest.approx([0, 30], abs=5)
    assert not is_new_view(turned, [leaning, turned], BOARD_A4)
    assert is_new_view(turned, [leaning], BOARD_A4)
    assert moved_px(turned, turned) == 0


def _ideal_view_of(lens: PlantedLens, turn: NDArray[np.float64]) -> BoardView:
    corners = BOARD_A4.corners_mm().astype(np.float64) - (BOARD_A4.width_mm / 2, BOARD_A4.height_mm / 2, 0)
    seen = lens.project(corners @ cv2.Rodrigues(turn)[0].T + (0, 0, 700.0)).astype(np.float32)
    return BoardView(np.arange(60, dtype=np.int32), seen, 1920, 1080)


def test_a_small_board_is_found_and_a_room_without_one_is_not() -> None:
    picture = _pictures("k1k2")[4]
    small = cv2.copyMakeBorder(
        cv2.resize(picture, (760, 428), interpolation=cv2.INTER_AREA), 326, 326, 580, 580, cv2.BORDER_REPLICATE
    )
    view = detect_board(np.asarray(small, np.uint8), BOARD_A4)
    print(f"{len(view.ids)} of 60 corners, squares of {square_px(view, BOARD_A4):.0f} px; bound 50")
    assert len(view.ids) >= 50
    with pytest.raises(Unmeasurable, match="no-charuco"):
        detect_board(np.full((1080, 1920), 90, np.uint8), BOARD_A4)
