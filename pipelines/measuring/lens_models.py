"""Three models of a lens, and their fit to corners of a plane: two or three radial terms, or a fisheye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
LensModel = Literal["k1k2", "k1k2k3", "fisheye"]
# From the fewest parameters that can go wrong outwards of the last corner to the most.
MODELS: tuple[LensModel, ...] = ("k1k2", "k1k2k3", "fisheye")

_PINHOLE_FLAGS = {
    "k1k2": cv2.CALIB_ZERO_TANGENT_DIST | cv2.CALIB_FIX_K3,
    "k1k2k3": cv2.CALIB_ZERO_TANGENT_DIST,
}
_FISHEYE_FLAGS = cv2.CALIB_RECOMPUTE_EXTRINSIC | cv2.CALIB_FIX_SKEW
_UNTIL = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 60, 1e-7)


@dataclass(frozen=True, slots=True)
class PlaneView:
    """Corners of a plane: ``plane_mm`` (n, 3) with z = 0, and where the picture has them, ``picture_px`` (n, 2)."""

    plane_mm: Points
    picture_px: Points


@dataclass(frozen=True, slots=True)
class Lens:
    """A camera's ``matrix`` (3, 3) in pixels and its distortion: (k1, k2, p1, p2, k3), of a fisheye (k1, k2, k3, k4).

    Radial terms and matrix as in Zhang, A flexible new technique for camera calibration, IEEE PAMI 22 (2000);
    decentring (p1, p2) stays zero, since the centre that is estimated takes up most of it. Fisheye: Kannala and Brandt,
    A generic camera model and calibration method for conventional, wide-angle, and fish-eye lenses, IEEE PAMI 28
    (2006).
    """

    model: LensModel
    matrix: Points
    coefficients: Points

    def rays(self, picture_px: Points) -> Points:
        """Directions (x/z, y/z) of what is seen at pixels (n, 2)."""
        points = picture_px.reshape(-1, 1, 2)
        if self.model == "fisheye":
            rays = cv2.fisheye.undistortPoints(points, self.matrix, self.coefficients)
        else:
            rays = cv2.undistortPoints(points, self.matrix, self.coefficients, criteria=_UNTIL)
        return np.asarray(rays, np.float64).reshape(-1, 2)

    def pixels(self, points: Points, rotation: Points, translation: Points) -> Points:
        """Where points (n, 3) of a scene are seen, whose pose is a rotation vector and a translation, (3,) each."""
        scene = points.reshape(-1, 1, 3)
        if self.model == "fisheye":
            pixels, _ = cv2.fisheye.projectPoints(scene, rotation, translation, self.matrix, self.coefficients)
        else:
            pixels, _ = cv2.projectPoints(scene, rotation, translation, self.matrix, self.coefficients)
        return np.asarray(pixels, np.float64).reshape(-1, 2)

    def pose(self, plane: Points, picture_px: Points) -> tuple[Points, Points]:
        """Rotation vector and translation of a plane (n, 3; z = 0), of which at least four points are seen."""
        rays = self.rays(picture_px)
        _, rotation, translation = cv2.solvePnP(plane, rays, np.eye(3), None, flags=cv2.SOLVEPNP_IPPE)
        rotation, translation = cv2.solvePnPRefineLM(plane, rays, np.eye(3), None, rotation, translation)
        return np.asarray(rotation, np.float64).ravel(), np.asarray(translation, np.float64).ravel()

    def rms_px(self, view: PlaneView) -> float:
        """The root mean square distance of a view's corners from where this lens would show them."""
        rotation, translation = self.pose(view.plane_mm, view.picture_px)
        distances = self.pixels(view.plane_mm, rotation, translation) - view.picture_px
        return float(np.sqrt(np.mean(np.sum(distances**2, axis=1))))


def fit_lens(
    model: LensModel, views: Sequence[PlaneView], width_px: int, height_px: int, start: Lens | None = None
) -> Lens | None:
    """Fit ``model`` to the views by least squares of the distances in pixels; None where they do not determine it.

    ``start``: a lens to begin with, such as the fit of nearly the same views.
    """
    guess = np.eye(3) if start is None else start.matrix.copy()
    bent = np.zeros(4 if model == "fisheye" else 5)
    if start is not None and start.model == model:
        bent = start.coefficients.copy()
    flags = 0 if start is None else cv2.CALIB_USE_INTRINSIC_GUESS
    size = (width_px, height_px)
    try:
        if model == "fisheye":
            planes = [view.plane_mm.reshape(1, -1, 3) for view in views]
            pictures = [view.picture_px.reshape(1, -1, 2) for view in views]
            _, matrix, coefficients, _, _ = cv2.fisheye.calibrate(
                planes, pictures, size, guess, bent, flags=flags | _FISHEYE_FLAGS, criteria=_UNTIL
            )
        else:
            planes = [view.plane_mm.astype(np.float32) for view in views]
            pictures = [view.picture_px.astype(np.float32) for view in views]
            _, matrix, coefficients, _, _ = cv2.calibrateCamera(
                planes, pictures, size, guess, bent, flags=flags | _PINHOLE_FLAGS[model], criteria=_UNTIL
            )
    except cv2.error:
        return None
    lens = Lens(model, np.asarray(matrix, np.float64), np.asarray(coefficients, np.float64).ravel())
    return lens if _is_plausible(lens, width_px, height_px) else None


def _is_plausible(lens: Lens, width_px: int, height_px: int) -> bool:
    focal = np.array([lens.matrix[0, 0], lens.matrix[1, 1]])
    centre = lens.matrix[:2, 2]
    return bool(
        np.all(np.isfinite(lens.coefficients))
        and np.all(focal > 0.1 * width_px)
        and np.all(focal < 20 * width_px)
        and np.all(centre > 0)
        and np.all(centre < (width_px, height_px))
    )
