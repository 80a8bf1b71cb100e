"""Lens: what each camera's lens bends, and how wide it sees, from views of a printed ChArUco board."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.calibration.capture import Frame, frames
from edge.calibration.finding_makers import advice, at_least, at_most, fact, figure, unmeasured
from edge.calibration.results import Curve, Finding, StepResult, Verdict
from edge.calibration.role_names import role_name
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.step import Step, StepContext
from edge.calibration.stills import save_picture
from edge.calibration.technician import StepSkipped
from edge.i18n import lazy_message
from pipelines.measuring.charuco_board import BOARD_A3, BOARD_A4, CharucoDefinition
from pipelines.measuring.charuco_detection import BoardView, detect_board
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.field_of_view import field_of_view
from pipelines.measuring.lens_distortion import LensDistortion, measure_lens
from pipelines.measuring.undistortion import line_bend_px, undistort
from pipelines.measuring.view_coverage import is_new_view, view_coverage

NAME = "lens"

BOARDS = {"A4": BOARD_A4, "A3": BOARD_A3}
_MOST_VIEWS = 20
_LONGEST_PICTURES = 10_000
# Of the board's corners; more than half a pixel is a board that is not flat, or one that moved.
_RMS_PX = at_most(0.5, 1.0)
# Straight edges of the blackboard look straight below 1 %, and bent from 3 % on.
_SHIFT_PERCENT = at_most(1.5, 6)
_WIDTH_DEG = at_least(45, 30)
_GRID = 9


def run(context: StepContext) -> StepResult:
    """Measure the lens of each camera that the technician chooses.

    Raises:
        StepSkipped: Of none.
    """
    technician = context.technician
    result = StepResult(step=NAME)
    paper: CharucoDefinition | None = None
    for role in context.room.config.cameras:
        question = lazy_message("calibration_measuring.lens-measure", role=role_name(role))
        if context.is_check or not technician.confirm(f"{NAME}.measure-{role}", question, default=False):
            continue
        if paper is None:
            options = [(name, lazy_message("calibration_measuring.line", text=name)) for name in BOARDS]
            paper = BOARDS[
                technician.choose(f"{NAME}.paper", lazy_message("calibration_measuring.lens-paper"), options)
            ]
            technician.tell(lazy_message("calibration_measuring.lens-how"))
        try:
            _measure(context, role, paper, result)
        except Unmeasurable as error:
            result.findings.append(unmeasured("reprojection", advice(f"lens-{error.why}"), role))
        except DeviceUnavailable as error:
            result.findings.append(unmeasured("camera", advice("device-unavailable", reason=error.reason), role))
    if not result.findings:
        raise StepSkipped
    return result


def _measure(context: StepContext, role: str, paper: CharucoDefinition, result: StepResult) -> None:
    views, last = _collect(context, role, paper)
    measured = measure_lens(views, paper)
    result.findings.append(figure("reprojection", measured.rms_px, _RMS_PX, advice("lens-rms"), unit="px", device=role))
    shift = measured.edge_shift_percent
    result.findings.append(
        figure("distortion", shift, _SHIFT_PERCENT, advice("lens-distortion"), unit="%", device=role)
    )
    seen = field_of_view(measured).horizontal_deg
    result.findings.append(
        figure(
            "field-of-view",
            seen.value,
            _WIDTH_DEG,
            advice("field-of-view"),
            unit="°",
            half_width=seen.half_width,
            device=role,
        )
    )
    before, after = line_bend_px(views, paper), line_bend_px(views, paper, measured.lens)
    result.findings.append(fact("line-bend", f"{before:.2f} → {after:.2f} px", device=role))
    result.curves.append(_shifts(role, measured))
    result.pictures.append(save_picture(context.folder, f"{NAME}-{role}-before.jpg", last, "lens-before", role))
    straight = undistort(last, measured)
    result.pictures.append(save_picture(context.folder, f"{NAME}-{role}-after.jpg", straight, "lens-after", role))


def _collect(context: StepContext, role: str, paper: CharucoDefinition) -> tuple[list[BoardView], NDArray[np.uint8]]:
    """Views of the board until nothing more is wished for, or the technician goes on; and the last picture."""
    views: list[BoardView] = []
    picture: NDArray[np.uint8] | None = None
    with frames(context.room, role) as coming:
        for _, frame in zip(range(_LONGEST_PICTURES), coming, strict=False):
            view = _seen(frame, paper)
            if view is not None and is_new_view(view, views, paper):
                views.append(view)
                picture = frame.bgr().copy()
            coverage = view_coverage(views, paper)
            context.technician.show([_wish(role, coverage.wishes[:1], len(views))], _drawn(frame, view))
            if not coverage.wishes or len(views) >= _MOST_VIEWS or context.technician.wants_to_go_on():
                break
    if picture is None:
        raise Unmeasurable("no-charuco")
    return views, picture


def _seen(frame: Frame, paper: CharucoDefinition) -> BoardView | None:
    try:
        return detect_board(frame.luma, paper)
    except Unmeasurable:
        return None


def _wish(role: str, wishes: tuple[str, ...], views: int) -> Finding:
    name = f"lens-wish-{wishes[0]}" if wishes else "lens-wish-none"
    verdict = Verdict.ACCEPTABLE if wishes else Verdict.GOOD
    return Finding(name=name, device=role, value=float(views), text=f"{views}/{_MOST_VIEWS}", verdict=verdict)


def _drawn(frame: Frame, view: BoardView | None) -> NDArray[np.uint8]:
    picture = frame.bgr().copy()
    if view is not None:
        for x, y in view.corners_px:
            cv2.circle(picture, (round(float(x)), round(float(y))), 6, (0, 220, 0), 2)
    return picture


def _shifts(role: str, measured: LensDistortion) -> Curve:
    """[x, y, dx, dy before, dx, dy after] in px of a grid of points: how far each lies from where it should be.

    After undistortion what is left of it is the reprojection error, in a direction that is not known.
    """
    width, height = measured.width_px, measured.height_px
    grid = np.stack(np.meshgrid(np.linspace(0, width - 1, _GRID), np.linspace(0, height - 1, _GRID)), axis=-1)
    points = grid.reshape(-1, 2)
    rays = measured.lens.rays(points)
    straight = rays @ measured.lens.matrix[:2, :2].T + measured.lens.matrix[:2, 2]
    shifts = points - straight
    left = measured.rms_px / np.sqrt(2)
    rows: list[list[float | None]] = [
        [
            round(float(x), 1),
            round(float(y), 1),
            round(float(dx), 2),
            round(float(dy), 2),
            round(left, 3),
            round(left, 3),
        ]
        for (x, y), (dx, dy) in zip(points, shifts, strict=True)
    ]
    return Curve(kind="distortion", device=role, x=[float(width), float(height)], rows=rows)


STEP = Step(NAME, run, needs="devices", in_check=False)
