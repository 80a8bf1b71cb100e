"""Seats: whether the students' camera sees every seat, and how finely it sees the faces of the last row."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.calibration.capture import collect_frames
from edge.calibration.finding_makers import advice, at_least, fact, figure, unmeasured
from edge.calibration.results import StepResult
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.step import Step, StepContext
from edge.calibration.stills import save_picture
from edge.calibration.technician import StepNotNeeded, StepSkipped
from edge.i18n import lazy_message
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.seat_coverage import SeatBlock, SeatMark, measure_seat_coverage

NAME = "seats"
ROLE = "students"

_PICTURES = 3
_COVERED_PERCENT = at_least(100, 95)
# EN 62676-4: 125 pixels a metre to recognise somebody, 62.5 to observe.
_DENSITY_PX_PER_M = at_least(125, 62.5)
_ROW_PITCH_M, _COLUMN_PITCH_M = 0.9, 0.7
_MARKS = 8


def run(context: StepContext) -> StepResult:
    """Ask for the seats at the corners of the class, and reckon where all the others are.

    Raises:
        StepNotNeeded: There is no students' camera.
        StepSkipped: Nobody says where the seats are.
    """
    technician, cameras = context.technician, context.room.config.cameras
    if ROLE not in cameras:
        raise StepNotNeeded
    if not technician.confirm(f"{NAME}.measure", lazy_message("calibration_measuring.seats-measure"), default=False):
        raise StepSkipped
    result = StepResult(step=NAME)
    try:
        picture = collect_frames(context.room, ROLE, _PICTURES)[-1].bgr().copy()
    except DeviceUnavailable as error:
        result.findings.append(unmeasured("camera", advice("device-unavailable", reason=error.reason), ROLE))
        return result
    technician.show([], picture)
    block = SeatBlock(
        rows=round(_number(context, "rows", 6, 2, 20)),
        columns=round(_number(context, "columns", 8, 2, 20)),
        row_pitch_m=_number(context, "row-pitch", _ROW_PITCH_M, 0.4, 3),
        column_pitch_m=_number(context, "column-pitch", _COLUMN_PITCH_M, 0.4, 3),
    )
    said = technician.text(f"{NAME}.corners", lazy_message("calibration_measuring.seats-corners"), default="")
    try:
        height, width = picture.shape[:2]
        found = measure_seat_coverage(block, _marks(said, block, width, height), width, height)
    except Unmeasurable as error:
        result.findings.append(unmeasured("seats-covered", advice(f"seats-{error.why}"), ROLE))
        return result
    result.findings.append(
        figure("seats-covered", found.share * 100, _COVERED_PERCENT, advice("seats-outside"), unit="%", device=ROLE)
    )
    density = found.density_px_per_m
    result.findings.append(
        figure(
            "face-density",
            density.value,
            _DENSITY_PX_PER_M,
            advice("seats-far"),
            unit="px/m",
            half_width=density.half_width,
            device=ROLE,
        )
    )
    result.findings.append(fact("face-width", f"{found.face_px.value:.0f} px", device=ROLE))
    drawn = _drawn(picture, found.heads_px, found.inside)
    result.pictures.append(save_picture(context.folder, f"{NAME}.jpg", drawn, "seats", ROLE))
    return result


def _number(context: StepContext, name: str, default: float, low: float, high: float) -> float:
    question = lazy_message(f"calibration_measuring.seats-{name}")
    return context.technician.number(f"{NAME}.{name}", question, default=default, low=low, high=high)


def _marks(text: str, block: SeatBlock, width: int, height: int) -> list[SeatMark]:
    """The heads at the corners of the block, typed as percent of the picture: front left, front right, back right,
    back left, as the picture shows them.

    Raises:
        Unmeasurable: ``too-few-seats``: these are not eight numbers.
    """
    try:
        numbers = [float(part) for part in text.replace(",", " ").replace("，", " ").split()]
    except ValueError:
        numbers = []
    if len(numbers) != _MARKS:
        raise Unmeasurable("too-few-seats")
    last_row, last_column = block.rows - 1, block.columns - 1
    places = ((0, 0), (0, last_column), (last_row, last_column), (last_row, 0))
    points = np.array(numbers).reshape(4, 2) / 100 * (width, height)
    return [SeatMark(row, column, float(x), float(y)) for (row, column), (x, y) in zip(places, points, strict=True)]


def _drawn(picture: NDArray[np.uint8], heads: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    drawn = picture.copy()
    for (x, y), is_inside in zip(heads.reshape(-1, 2), inside.ravel(), strict=True):
        colour = (0, 220, 0) if is_inside else (0, 0, 220)
        cv2.circle(drawn, (round(float(x)), round(float(y))), max(4, picture.shape[1] // 150), colour, 2)
    return drawn


STEP = Step(NAME, run, needs="devices", in_check=False)
