"""Picture: focus, exposure, flicker, white balance, level and noise of each camera, and the rate it really gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.calibration.capture import Frame, capture_times, collect_frames, frames
from edge.calibration.finding_makers import advice, fact, unmeasured
from edge.calibration.results import Curve, Finding, SettingChange, StepResult, Verdict
from edge.calibration.role_names import role_name
from edge.calibration.room_under_test import DeviceUnavailable
from edge.calibration.step import Step, StepContext
from edge.calibration.stills import save_picture
from edge.calibration.verdicts import picture as verdicts
from edge.config.model import CameraRole
from edge.i18n import lazy_message
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.exposure import exposure
from pipelines.measuring.flicker import flicker
from pipelines.measuring.focus_tracker import FocusState, FocusVerdict, follow_focus
from pipelines.measuring.frame_rate import frame_rate, rate_against_promise
from pipelines.measuring.horizon import horizon
from pipelines.measuring.noise import temporal_noise
from pipelines.measuring.sharpness import SharpnessMap, sharpness_map
from pipelines.measuring.white_balance import colour_cast

NAME = "picture"

_PICTURES = 60
_STILL_PICTURES = 16
_RATE_S = 4.0
_MAINS_HZ = 50
_LONGEST_FOCUS_PICTURES = 20_000


def run(context: StepContext) -> StepResult:
    """Measure every camera of the config; in a check without anybody's help."""
    result = StepResult(step=NAME)
    for role in context.room.config.cameras:
        try:
            _measure(context, role, result)
        except DeviceUnavailable as error:
            result.findings.append(unmeasured("camera", advice("device-unavailable", reason=error.reason), role))
    return result


def _measure(context: StepContext, role: CameraRole, result: StepResult) -> None:
    """Add to the result what one camera shows."""
    if not context.is_check and context.technician.confirm(
        f"{NAME}.focus-{role}", lazy_message("calibration_measuring.picture-focus", role=role_name(role)), default=False
    ):
        _focus(context, role)
    with context.technician.progress(
        lazy_message("calibration_measuring.looking", role=role_name(role)), _RATE_S + 4.0
    ):
        times = capture_times(context.room, role, _RATE_S)
        seen = collect_frames(context.room, role, _PICTURES)
    still = seen[-1].bgr().copy()
    context.technician.show([], still)
    result.pictures.append(save_picture(context.folder, f"{NAME}-{role}.jpg", still, "camera-view", role))
    lumas = np.stack([frame.luma for frame in seen[-_STILL_PICTURES:]])
    sharpness: list[SharpnessMap] = []
    result.findings.extend(_of_stills(role, lumas, still, sharpness))
    result.findings.extend(_of_motion(context, role, seen, times))
    for found in sharpness:
        result.curves.append(_map_curve(role, found))
    _tell_mains_frequency(context, role, result)
    if not context.is_check and context.technician.confirm(
        f"{NAME}.dim-{role}", lazy_message("calibration_measuring.picture-dim"), default=False
    ):
        result.findings.extend(_in_low_light(context, role))


def _of_stills(
    role: str, lumas: NDArray[np.uint8], still: NDArray[np.uint8], sharpness: list[SharpnessMap]
) -> Iterator[Finding]:
    def sharp() -> list[Finding]:
        sharpness.append(sharpness_map(lumas))
        return list(verdicts.judge_sharpness(role, sharpness[-1]))

    yield from _or_why("sharpness", role, sharp)
    yield from verdicts.judge_exposure(role, exposure(lumas))
    yield from _or_why("colour-cast", role, lambda: [verdicts.judge_colour(role, colour_cast(still))])
    yield from _or_why("picture-noise", role, lambda: [verdicts.judge_noise(role, temporal_noise(lumas))])
    yield from _or_why("tilt", role, lambda: [verdicts.judge_tilt(role, horizon(lumas[-1]).tilt_deg)])


def _of_motion(
    context: StepContext, role: CameraRole, seen: list[Frame], times: NDArray[np.int64]
) -> Iterator[Finding]:
    promised = float(context.room.config.cameras[role].fps)
    mean_luma = float(seen[-1].luma.mean()) / 255

    def rate() -> list[Finding]:
        measured = frame_rate(times)
        return list(verdicts.judge_rate(role, measured, rate_against_promise(measured, promised, mean_luma)))

    yield from _or_why("frame-rate", role, rate)
    small = np.stack([_half(frame.luma) for frame in seen])
    stamps = np.array([frame.captured_ns for frame in seen], np.int64)
    yield from _or_why("flicker", role, lambda: [verdicts.judge_flicker(role, flicker(small, stamps))])


def _in_low_light(context: StepContext, role: CameraRole) -> Iterator[Finding]:
    context.technician.ready(f"{NAME}.lights-off-{role}", lazy_message("calibration_measuring.picture-lights-off"))
    times = capture_times(context.room, role, _RATE_S)
    seen = collect_frames(context.room, role, _STILL_PICTURES)
    lumas = np.stack([frame.luma for frame in seen])
    promised = float(context.room.config.cameras[role].fps)

    def rate() -> list[Finding]:
        measured = frame_rate(times)
        promise = rate_against_promise(measured, promised, float(lumas.mean()) / 255)
        return list(verdicts.judge_rate(role, measured, promise, is_dim=True))

    yield from _or_why("frame-rate-dim", role, rate)
    dim = _or_why("picture-noise-dim", role, lambda: [verdicts.judge_noise(role, temporal_noise(lumas), is_dim=True)])
    yield from dim
    context.technician.ready(f"{NAME}.lights-on-{role}", lazy_message("calibration_measuring.picture-lights-on"))


def _focus(context: StepContext, role: CameraRole) -> None:
    """Show which way to turn the focus ring, until the technician presses a key."""
    state = FocusState()
    before: NDArray[np.uint8] | None = None
    context.technician.tell(lazy_message("calibration_measuring.focus-how"))
    with frames(context.room, role) as coming:
        for _, frame in zip(range(_LONGEST_FOCUS_PICTURES), coming, strict=False):
            if before is not None:
                try:
                    state = follow_focus(state, sharpness_map(np.stack([before, frame.luma]), with_edges=False))
                except Unmeasurable:
                    continue
                context.technician.show([_focus_finding(role, state)], frame.bgr())
            before = frame.luma
            if context.technician.wants_to_go_on():
                return


def _focus_finding(role: str, state: FocusState) -> Finding:
    """What to tell while the ring is turned: how sharp it is against the sharpest so far, and which way to go."""
    sharp = {
        FocusVerdict.AT_PEAK: Verdict.GOOD,
        FocusVerdict.RIGHT_WAY: Verdict.ACCEPTABLE,
        FocusVerdict.WRONG_WAY: Verdict.BAD,
        FocusVerdict.NOT_YET_KNOWN: Verdict.UNMEASURED,
    }
    share = 100 * 2 ** (state.level_octaves - max(state.peak_octaves, state.level_octaves))
    return Finding(
        name=f"focus-{state.verdict}", device=role, value=round(share), unit="%", verdict=sharp[state.verdict]
    )


def _tell_mains_frequency(context: StepContext, role: CameraRole, result: StepResult) -> None:
    """A camera that is told another mains frequency than this country's is told the right one.

    Seen or not: at a rate that divides 100 Hz the bands of the lamps stand still, and no measurement finds them.
    """
    known = getattr(context.room.config.cameras[role].options, "power_line_hz", None)
    if known not in (None, _MAINS_HZ) and not context.is_check:
        key = f"cameras.{role}.power_line_hz"
        result.changes.append(SettingChange(key=key, before=known, after=_MAINS_HZ))
        result.findings.append(fact("power-line-set", f"{_MAINS_HZ} Hz", device=role))


def _or_why(name: str, role: str, measure: Callable[[], list[Finding]]) -> list[Finding]:
    """The findings, or why there are none."""
    try:
        return measure()
    except Unmeasurable as error:
        return [unmeasured(name, advice(f"picture-{error.why}"), role)]


def _map_curve(role: str, found: SharpnessMap) -> Curve:
    """Sharpness over the frame in cycles per pixel; None where a tile shows no structure."""
    rows = [[round(float(one), 4) if np.isfinite(one) else None for one in row] for row in found.mtf50_cycles_px]
    return Curve(kind="sharpness-map", device=role, rows=rows)


def _half(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (luma.shape[1] // 2, luma.shape[0] // 2)
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


STEP = Step(NAME, run, needs="devices", in_check=True)
