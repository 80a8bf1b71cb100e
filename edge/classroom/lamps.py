"""Patterns of the two lamps: the red recording lamp, and the green and amber status lamp; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from drivers.samples import Pattern
from edge.classroom.recorder_messages import NOTHING_CAPTURED, Activity, DeviceStatus, RecorderState
from pipelines.capture.signal_faults import HARMLESS
from pipelines.devices.device_state import DeviceState


def recording_lamp(activity: Activity, *, writing: bool, filling: bool = False) -> Pattern:
    """Return the pattern of the red recording lamp.

    ``writing``: fragments with true pictures or true sound reach their files. A lesson into which nothing is written,
    or slates and silence alone, leaves the lamp dark, since it is the file that counts. ``filling``: while nobody
    records the pre-roll buffer is filled, or somebody looks at stills: pictures are taken that no lesson gets.
    """
    match activity:
        case Activity.RECORDING:
            return Pattern.ON if writing else Pattern.OFF
        case Activity.PAUSED:
            return Pattern.SLOW_BLINK
        case Activity.IDLE:
            return Pattern.SHORT_BLINK if filling else Pattern.OFF


class CheckState(StrEnum):
    """State of the last lesson's check; a press makes it ``none`` again."""

    NONE = "none"
    RUNNING = "running"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class LampInputs:
    """What the status lamp depends on. ``recorder``: its last State, None while it cannot be reached;
    ``refused``: it would not record when last asked; ``no_room``: the disk has none for another lesson;
    ``leaving``: the box is being switched off; ``faults``: something of the controller's own is ill; ``announcing``:
    something is about to happen by itself, or a press was not understood.
    """

    recorder: RecorderState | None
    is_refused: bool = False
    has_no_room: bool = False
    check: CheckState = CheckState.NONE
    is_powering_off: bool = False
    has_faults: bool = False
    is_announcing: bool = False


def status_lamp(facts: LampInputs) -> Pattern:
    """Return the pattern of the green and amber status lamp.

    Amber, blinking fast: a lesson would not be recorded, or is not: slates and silence are no recording. Alternating:
    something is about to happen by itself, or a press was answered. Amber, blinking: something is missing, now or in
    the next lesson. While a lesson runs the check of the one before it has no say.
    """
    recorder = facts.recorder
    if recorder is None or facts.is_refused or NOTHING_CAPTURED in recorder.faults:
        return Pattern.AMBER_FAST_BLINK
    missing = facts.has_faults or _something_missing(recorder)
    if recorder.activity is not Activity.IDLE:
        return _unless_announcing(facts, Pattern.AMBER_BLINK if missing else Pattern.GREEN)
    if facts.is_powering_off and facts.check is not CheckState.BAD:
        return Pattern.GREEN_BLINK
    if facts.has_no_room or _nothing_runs(recorder):
        return Pattern.AMBER_FAST_BLINK
    if facts.check is CheckState.RUNNING and not facts.has_faults:
        return _unless_announcing(facts, Pattern.GREEN_BLINK)
    if facts.check is CheckState.BAD:
        return _unless_announcing(facts, Pattern.AMBER)
    return _unless_announcing(facts, Pattern.AMBER_BLINK if missing else Pattern.GREEN)


def _unless_announcing(facts: LampInputs, pattern: Pattern) -> Pattern:
    return Pattern.ALTERNATING if facts.is_announcing else pattern


def _nothing_runs(recorder: RecorderState) -> bool:
    """Whether a lesson would record nothing; lent devices come back when it begins."""
    return all(device.state not in (DeviceState.RUNNING, DeviceState.LENT) for device in recorder.devices.values())


def _something_missing(recorder: RecorderState) -> bool:
    """Half of a camera's pictures are something; a picture that is only coarser is all there."""
    halved = recorder.given_up is not None and bool(recorder.given_up.halved)
    return halved or bool(recorder.faults) or any(map(_is_ill, recorder.devices.values()))


def _is_ill(device: DeviceStatus) -> bool:
    return device.state is not DeviceState.RUNNING or (bool(device.signal) and device.signal not in HARMLESS)
