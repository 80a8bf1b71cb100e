"""How wide and how high a camera sees, from its measured lens."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Estimate
from pipelines.measuring.lens_distortion import LensDistortion
from pipelines.measuring.lens_models import Lens


@dataclass(frozen=True, slots=True)
class FieldOfView:
    """The angles between what is seen at the middles of opposite edges of the picture, and at opposite corners."""

    horizontal_deg: Estimate
    vertical_deg: Estimate
    diagonal_deg: Estimate


def field_of_view(measured: LensDistortion) -> FieldOfView:
    """The field of view, distortion included; the intervals follow from those of the focal length."""
    width, height = measured.width_px, measured.height_px
    relative = max(
        measured.focal_x_px.half_width / measured.focal_x_px.value,
        measured.focal_y_px.half_width / measured.focal_y_px.value,
    )
    angles = _angles_deg(measured.lens, width, height)
    narrow, wide = (
        _angles_deg(_with_focal(measured.lens, factor), width, height) for factor in (1 + relative, 1 - relative)
    )
    horizontal, vertical, diagonal = (
        Estimate(angle, (most - least) / 2) for angle, least, most in zip(angles, narrow, wide, strict=True)
    )
    return FieldOfView(horizontal, vertical, diagonal)


def _with_focal(lens: Lens, factor: float) -> Lens:
    return replace(lens, matrix=lens.matrix * np.array([[factor, 1, 1], [1, factor, 1], [1, 1, 1]]))


def _angles_deg(lens: Lens, width: int, height: int) -> tuple[float, float, float]:
    left, right, top, bottom = -0.5, width - 0.5, -0.5, height - 0.5
    middle = (width - 1) / 2, (height - 1) / 2
    pairs = (
        ((left, middle[1]), (right, middle[1])),
        ((middle[0], top), (middle[0], bottom)),
        ((left, top), (right, bottom)),
    )
    horizontal, vertical, diagonal = (_angle_deg(lens.rays(np.array(pair))) for pair in pairs)
    return horizontal, vertical, diagonal


def _angle_deg(rays: NDArray[np.float64]) -> float:
    first, second = np.column_stack([rays, np.ones(2)])
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(first, second))), float(first @ second)))
