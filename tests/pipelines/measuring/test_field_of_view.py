"""Field of view and the seats' coverage against cameras whose place and lens are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.field_of_view import field_of_view
from pipelines.measuring.lens_distortion import LensDistortion
from pipelines.measuring.lens_models import Lens
from pipelines.measuring.seat_coverage import FACE_M, SeatBlock, SeatMark, density_level, measure_seat_coverage

_BLOCK = SeatBlock(rows=7, columns=8, row_pitch_m=0.95, column_pitch_m=0.8)
_MIDDLE = np.array([959.5, 539.5])


def _lens(focal: float, k1: float = 0.0) -> Lens:
    matrix = np.array([[focal, 0, _MIDDLE[0]], [0, focal, _MIDDLE[1]], [0, 0, 1]])
    return Lens("k1k2", matrix, np.array([k1, 0, 0, 0, 0]))


def _measured(lens: Lens, half_width: float) -> LensDistortion:
    focal, zero = Estimate(float(lens.matrix[0, 0]), half_width), Estimate(0.0, 0.0)
    return LensDistortion(lens, 1920, 1080, focal, focal, zero, zero, zero, zero, 0.1, zero, 0.0, (), ())


def test_a_focal_length_of_half_the_width_is_90_degrees() -> None:
    view = field_of_view(_measured(_lens(960), 9.6))
    assert view.horizontal_deg.value == pytest.approx(90, abs=1e-6)
    assert view.vertical_deg.value == pytest.approx(2 * math.degrees(math.atan(540 / 960)), abs=1e-6)
    assert view.diagonal_deg.value == pytest.approx(2 * math.degrees(math.atan(math.hypot(960, 540) / 960)), abs=1e-6)
    # d(2 atan(w/2f)) = 1 % of sin(90 deg) rad.
    assert view.horizontal_deg.half_width == pytest.approx(math.degrees(0.01), rel=0.02)


def _camera(aside_m: float = 0.0, aim_aside_m: float = 0.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rotation and place of a camera on the front wall, 2.4 m before the first row and 1.3 m above the heads."""
    place = np.array([2.8 + aside_m, -2.4, 1.3])
    aim = np.array([2.8 + aim_aside_m, 3.0, 0.0])
    forwards = (aim - place) / np.linalg.norm(aim - place)
    # Facing the class the first column is at the picture's left: x along a row is to the right.
    right = np.array([1.0, 0, 0]) - forwards[0] * forwards
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(forwards, right), forwards]), place


def _seen(
    lens: Lens, camera: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the heads are seen, and how wide a face is there: 16 cm at its distance, by the planted radial term."""
    rotation, place = camera
    heads = (_BLOCK.places_m() - place) @ rotation.T

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        ideal = points[:, :2] / points[:, 2:]
        bent = ideal * (1 + lens.coefficients[0] * np.sum(ideal**2, axis=1, keepdims=True))
        return np.asarray(bent * lens.matrix[0, 0] + _MIDDLE)

    across = np.column_stack([heads[:, 2], np.zeros(len(heads)), -heads[:, 0]])
    across *= FACE_M / 2 / np.linalg.norm(across, axis=1, keepdims=True)
    return project(heads), np.linalg.norm(project(heads + across) - project(heads - across), axis=1)


def _marks(heads: NDArray[np.float64], seats: list[tuple[int, int]], noise_px: float, seed: int) -> list[SeatMark]:
    noise = np.random.default_rng(seed).normal(0, noise_px, (len(seats), 2))
    return [
        SeatMark(row, column, *(heads[row * _BLOCK.columns + column] + off).tolist())
        for (row, column), off in zip(seats, noise, strict=True)
    ]


@pytest.mark.parametrize("with_lens", [True, False])
def test_faces_of_the_last_row_and_the_share_of_seats_are_as_the_camera_sees_them(with_lens: bool) -> None:
    lens = _lens(1100, k1=-0.05 if with_lens else 0.0)
    heads, faces = _seen(lens, _camera())
    inside = np.all((heads - faces[:, None] / 2 >= -0.5) & (heads + faces[:, None] / 2 <= (1919.5, 1079.5)), axis=1)
    held, errors = [], []
    for seed in range(25):
        marks = _marks(heads, [(0, 2), (0, 5), (6, 7), (6, 0), (3, 4)], 4.0, seed)
        coverage = measure_seat_coverage(_BLOCK, marks, 1920, 1080, lens=lens if with_lens else None)
        held.append(coverage.face_px.holds(faces[-8:].min()))
        errors.append(float(np.abs(coverage.heads_px.reshape(-1, 2) - heads)[8:].max()))
    print(f"face {faces[-8:].min():.1f} px: {np.mean(held):.0%} hold, bound 85 %; share {inside.mean():.3f}")
    assert np.mean(held) >= 0.85
    exact = measure_seat_coverage(_BLOCK, _marks(heads, [(0, 2), (0, 5), (6, 7), (6, 0)], 0, 0), 1920, 1080, lens=lens)
    assert np.array_equal(exact.inside.ravel(), inside)
    assert 0.7 < exact.share < 1
    assert exact.level == "recognise"
    assert np.allclose(exact.heads_px.reshape(-1, 2), heads, atol=0.5)
    assert np.median(errors) < 40


def test_a_camera_that_looks_aside_misses_the_columns_of_that_side() -> None:
    lens = _lens(1600)
    heads, _ = _seen(lens, _camera(aside_m=2.0, aim_aside_m=2.0))
    marks = _marks(heads, [(2, 5), (2, 7), (6, 4), (6, 7)], 0, 0)
    for known in (lens, None):
        coverage = measure_seat_coverage(_BLOCK, marks, 1920, 1080, lens=known)
        assert not coverage.inside[:5, 0].any()
        assert coverage.inside[3:, 7].all()


def test_marks_that_do_not_determine_the_block_are_refused() -> None:
    heads, _ = _seen(_lens(1100), _camera())
    for seats in ([(0, 0), (0, 7), (6, 0)], [(2, 0), (2, 3), (2, 7), (2, 5)], [(2, 0), (2, 3), (2, 7), (6, 5)]):
        with pytest.raises(Unmeasurable, match="too-few-seats"):
            measure_seat_coverage(_BLOCK, _marks(heads, seats, 0, 0), 1920, 1080)
    with pytest.raises(ValueError, match="outside"):
        measure_seat_coverage(_BLOCK, [SeatMark(9, 0, 0, 0)], 1920, 1080)


def test_the_classes_of_the_standard_begin_at_its_limits() -> None:
    levels = [density_level(value) for value in (12.4, 12.5, 25, 62.4, 62.5, 125, 250, 1000)]
    assert levels == ["too-few", "monitor", "detect", "detect", "observe", "recognise", "identify", "inspect"]
