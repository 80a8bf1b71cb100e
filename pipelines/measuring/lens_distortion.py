"""A camera's focal length and lens distortion, measured from views of the ChArUco board."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipelines.measuring.charuco_board import CharucoDefinition
from pipelines.measuring.charuco_detection import BoardView
from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.lens_models import MODELS, Lens, PlaneView, Points, fit_lens
from pipelines.measuring.view_coverage import FEWEST_VIEWS

_FEWEST_CORNERS = 12
_FOLDS = 4
# A model with more parameters is taken where it foretells views that it was not fitted to better by this much.
_BETTER = 0.97
# A view this many times worse than the median one: the board was moving, bent or mistaken.
_OUTLIER = 2.5
_LARGEST_FOCAL_ERROR = 0.1


@dataclass(frozen=True, slots=True)
class LensDistortion:
    """The lens and what it does to a picture of ``width_px`` x ``height_px``.

    Intervals are 95 %, by the jackknife over views, so that what the views disagree about is in them. ``rms_px``: root
    mean square distance between the corners of the views in ``used`` and where the lens shows them. ``edge_shift_px``:
    the largest distance, along the picture's edge, between a point and where a lens without distortion and with the
    same matrix would show it; ``edge_shift_percent``: that in percent of the latter's distance from the centre.
    ``used`` and ``dropped`` are indices of the views given; dropped ones had too few corners or did not agree with the
    others.
    """

    lens: Lens
    width_px: int
    height_px: int
    focal_x_px: Estimate
    focal_y_px: Estimate
    centre_x_px: Estimate
    centre_y_px: Estimate
    k1: Estimate
    k2: Estimate
    rms_px: float
    edge_shift_px: Estimate
    edge_shift_percent: float
    used: tuple[int, ...]
    dropped: tuple[int, ...]


def measure_lens(views: Sequence[BoardView], definition: CharucoDefinition) -> LensDistortion:
    """Calibrate a camera from 8 to 20 views of the board, spread over the frame and some of them tilted.

    Two radial terms, three, or a fisheye: the model is chosen by four-fold cross-validation over the views, the simpler
    one where the gain is under 3 %. Source: Zhang, A flexible new technique for camera calibration, IEEE PAMI 22
    (2000); Efron, The Jackknife, the Bootstrap and Other Resampling Plans, SIAM (1982).

    Raises:
        Unmeasurable: ``too-few-views``: fewer than eight of them can be used; ``views-too-alike``: they do not
            determine the lens: no fit converged, or the focal length is not known to 10 %.
        ValueError: the views have different sizes.
    """
    if len({(view.width_px, view.height_px) for view in views}) > 1:
        raise ValueError("views of different sizes")
    corners_mm = definition.corners_mm().astype(np.float64)
    kept = {
        index: PlaneView(corners_mm[view.ids], view.corners_px.astype(np.float64))
        for index, view in enumerate(views)
        if _is_usable(view, definition)
    }
    if len(kept) < FEWEST_VIEWS:
        raise Unmeasurable("too-few-views")
    width, height = views[0].width_px, views[0].height_px
    rough = fit_lens("k1k2", list(kept.values()), width, height) or fit_lens(
        "fisheye", list(kept.values()), width, height
    )
    if rough is None:
        raise Unmeasurable("views-too-alike")
    lens = _choose_model(_without_outliers(kept, rough), width, height, rough)
    agreeing = _without_outliers(kept, lens)
    if len(agreeing) < FEWEST_VIEWS:
        raise Unmeasurable("too-few-views")
    fitted = fit_lens(lens.model, list(agreeing.values()), width, height, lens)
    if fitted is None:
        raise Unmeasurable("views-too-alike")
    return _described(fitted, agreeing, range(len(views)), width, height)


def edge_shift_px(lens: Lens, width_px: int, height_px: int) -> tuple[float, float]:
    """Distortion's largest shift along the picture's edge, in px, and in percent of its distance from the centre."""
    x, y = np.linspace(0, width_px - 1, 33), np.linspace(0, height_px - 1, 33)
    edge = np.concatenate(
        [
            np.stack([np.tile(x, 2), np.repeat([0, height_px - 1], 33)], axis=1),
            np.stack([np.repeat([0, width_px - 1], 33), np.tile(y, 2)], axis=1),
        ]
    ).astype(np.float64)
    centre = lens.matrix[:2, 2]
    ideal = lens.rays(edge) * (lens.matrix[0, 0], lens.matrix[1, 1]) + centre
    shifts = np.linalg.norm(ideal - edge, axis=1)
    largest = int(np.argmax(shifts))
    return float(shifts[largest]), float(100 * shifts[largest] / np.linalg.norm(ideal[largest] - centre))


def _is_usable(view: BoardView, definition: CharucoDefinition) -> bool:
    return len(view.ids) >= _FEWEST_CORNERS and not definition.board().checkCharucoCornersCollinear(view.ids)


def _without_outliers(views: dict[int, PlaneView], lens: Lens) -> dict[int, PlaneView]:
    """The views that agree with the lens about as well as the median one does."""
    errors = {index: lens.rms_px(view) for index, view in views.items()}
    limit = _OUTLIER * float(np.median(list(errors.values())))
    return {index: view for index, view in views.items() if errors[index] <= limit}


def _choose_model(views: dict[int, PlaneView], width: int, height: int, rough: Lens) -> Lens:
    best, least = None, math.inf
    every = list(views.values())
    for model in MODELS:
        whole = fit_lens(model, every, width, height, rough)
        if whole is None:
            continue
        error = _held_out_rms_px(whole, every, width, height)
        if error < _BETTER * least:
            best, least = whole, error
    if best is None:
        raise Unmeasurable("views-too-alike")
    return best


def _held_out_rms_px(whole: Lens, views: list[PlaneView], width: int, height: int) -> float:
    """How well the model foretells the views that it was not fitted to; infinite where a part does not determine it."""
    squares, count = 0.0, 0
    for fold in range(_FOLDS):
        fitted = fit_lens(
            whole.model, [view for index, view in enumerate(views) if index % _FOLDS != fold], width, height, whole
        )
        if fitted is None:
            return math.inf
        for view in views[fold::_FOLDS]:
            squares += fitted.rms_px(view) ** 2 * len(view.plane_mm)
            count += len(view.plane_mm)
    return math.sqrt(squares / count)


def _described(lens: Lens, agreeing: dict[int, PlaneView], given: range, width: int, height: int) -> LensDistortion:
    views = list(agreeing.values())
    values = _figures(lens, width, height)
    half_widths = _jackknife(lens, views, width, height)
    if half_widths[0] > _LARGEST_FOCAL_ERROR * values[0] or half_widths[1] > _LARGEST_FOCAL_ERROR * values[1]:
        raise Unmeasurable("views-too-alike")
    focal_x, focal_y, centre_x, centre_y, k1, k2, shift = (
        Estimate(float(value), float(half)) for value, half in zip(values, half_widths, strict=True)
    )
    weights = np.array([len(view.plane_mm) for view in views])
    errors = np.array([lens.rms_px(view) for view in views])
    return LensDistortion(
        lens=lens,
        width_px=width,
        height_px=height,
        focal_x_px=focal_x,
        focal_y_px=focal_y,
        centre_x_px=centre_x,
        centre_y_px=centre_y,
        k1=k1,
        k2=k2,
        rms_px=float(np.sqrt(np.average(errors**2, weights=weights))),
        edge_shift_px=shift,
        edge_shift_percent=edge_shift_px(lens, width, height)[1],
        used=tuple(agreeing),
        dropped=tuple(index for index in given if index not in agreeing),
    )


def _jackknife(lens: Lens, views: list[PlaneView], width: int, height: int) -> Points:
    """Half the widths of the 95 % intervals of ``_figures``: each view is left out once."""
    count = len(views)
    replicates = []
    for left_out in range(count):
        fitted = fit_lens(lens.model, views[:left_out] + views[left_out + 1 :], width, height, lens)
        if fitted is None:
            raise Unmeasurable("views-too-alike")
        replicates.append(_figures(fitted, width, height))
    deviations = np.array(replicates) - np.mean(replicates, axis=0)
    standard_error = np.sqrt((count - 1) / count * np.sum(deviations**2, axis=0))
    return np.asarray(stats.t.ppf(0.975, count - 1) * standard_error, np.float64)


def _figures(lens: Lens, width: int, height: int) -> Points:
    matrix = lens.matrix
    return np.array(
        [
            matrix[0, 0],
            matrix[1, 1],
            matrix[0, 2],
            matrix[1, 2],
            lens.coefficients[0],
            lens.coefficients[1],
            edge_shift_px(lens, width, height)[0],
        ]
    )
