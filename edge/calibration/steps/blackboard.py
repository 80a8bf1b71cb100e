"""Blackboard: its corners in the teacher's picture, found and set right by hand, and a straightened still of it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.calibration.capture import collect_frames
from edge.calibration.finding_makers import advice, at_least, at_most, fact, figure, unmeasured
from edge.calibration.results import Finding, StepResult, Verdict
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.step import Step, StepContext
from edge.calibration.stills import save_picture
from edge.calibration.technician import StepNotNeeded
from edge.i18n import lazy_message
from pipelines.measuring.blackboard import find_boards
from pipelines.measuring.blackboard_edges import BlackboardOutline, is_clockwise_quadrilateral, refine_outline
from pipelines.measuring.blackboard_perspective import board_shape, straighten
from pipelines.measuring.estimate import Unmeasurable

NAME = "blackboard"
ROLE = "teacher"

_PICTURES = 5
_ERROR_PX = at_most(3, 8)
# Writing of 5 cm on a board of 1.2 m height needs about 16 pixels: 400 for the board.
_HEIGHT_PX = at_least(400, 280)
_CORNER = 8


def run(context: StepContext) -> StepResult:
    """Find the board in the teacher's picture; in a check only see whether it is still there.

    Raises:
        StepNotNeeded: The room has no teacher's camera.
    """
    if ROLE not in context.room.config.cameras:
        raise StepNotNeeded
    result = StepResult(step=NAME)
    try:
        picture = collect_frames(context.room, ROLE, _PICTURES)[-1].bgr().copy()
    except DeviceUnavailable as error:
        result.findings.append(unmeasured("camera", advice("device-unavailable", reason=error.reason), ROLE))
        return result
    try:
        outline = _outline(context, picture)
    except Unmeasurable as error:
        result.findings.append(unmeasured("blackboard", advice(f"blackboard-{error.why}"), ROLE))
        return result
    result.findings.extend(_judge(picture, outline))
    shape = board_shape(outline.corners_px, picture.shape[1], picture.shape[0], error_px=max(outline.error_px, 0.5))
    result.findings.append(fact("blackboard-shape", f"{shape.aspect.value:.2f} : 1", device=ROLE))
    drawn = _drawn(picture, outline.corners_px)
    result.pictures.append(save_picture(context.folder, f"{NAME}-corners.jpg", drawn, "blackboard-corners", ROLE))
    still = straighten(picture, outline.corners_px, shape.aspect.value)
    result.pictures.append(save_picture(context.folder, f"{NAME}-straight.jpg", still, "blackboard-straight", ROLE))
    return result


def _outline(context: StepContext, picture: NDArray[np.uint8]) -> BlackboardOutline:
    """The board's outline: the best that was found, unless the technician says otherwise."""
    technician = context.technician
    try:
        found = [board.outline for board in find_boards(picture)]
    except Unmeasurable:
        found = []
    for number, outline in enumerate(found):
        if context.is_check:
            return outline
        technician.show([], _drawn(picture, outline.corners_px))
        question = lazy_message("calibration_measuring.blackboard-is-it")
        if technician.confirm(f"{NAME}.is-it-{number + 1}", question, default=True):
            return outline
    if context.is_check:
        raise Unmeasurable("no-board")
    said = technician.text(f"{NAME}.corners", lazy_message("calibration_measuring.blackboard-corners"), default="")
    rough = _typed_corners(said, picture.shape[1], picture.shape[0])
    if rough is None:
        raise Unmeasurable("no-board")
    return refine_outline(picture, rough)


def _typed_corners(text: str, width: int, height: int) -> NDArray[np.float64] | None:
    """Four corners typed as percent of the picture's width and height, from the upper left clockwise."""
    try:
        numbers = [float(part) for part in text.replace(",", " ").replace("，", " ").split()]
    except ValueError:
        return None
    if len(numbers) != _CORNER:
        return None
    corners = np.array(numbers).reshape(4, 2) / 100 * (width, height)
    return corners if is_clockwise_quadrilateral(corners) else None


def _judge(picture: NDArray[np.uint8], outline: BlackboardOutline) -> list[Finding]:
    height, width = picture.shape[:2]
    corners = outline.corners_px
    inside = (corners >= 0).all(axis=1) & (corners[:, 0] < width) & (corners[:, 1] < height)
    left = float(np.linalg.norm(corners[3] - corners[0]))
    right = float(np.linalg.norm(corners[2] - corners[1]))
    findings = [
        figure(
            "blackboard-corner-error",
            outline.error_px,
            _ERROR_PX,
            advice("blackboard-no-edges"),
            unit="px",
            device=ROLE,
        ),
        figure("blackboard-height", min(left, right), _HEIGHT_PX, advice("blackboard-small"), unit="px", device=ROLE),
    ]
    if not inside.all():
        findings.append(fact("blackboard-inside", "", Verdict.BAD, advice("blackboard-outside"), ROLE))
    return findings


def _drawn(picture: NDArray[np.uint8], corners: NDArray[np.float64]) -> NDArray[np.uint8]:
    drawn = picture.copy()
    outline = np.rint(corners).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(drawn, [outline], isClosed=True, color=(0, 220, 0), thickness=max(2, picture.shape[1] // 400))
    return drawn


STEP = Step(NAME, run, needs="devices", in_check=True)
