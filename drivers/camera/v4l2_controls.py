"""The V4L2 controls that the config sets: exposure, focus, white balance and power line frequency.

Source: linux/v4l2-controls.h.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from drivers.camera.v4l2_structs import Control, StepRange

log = logging.getLogger(__name__)

_POWER_LINE = 0x0098_0918
_WHITE_BALANCE_AUTO = 0x0098_090C
_WHITE_BALANCE_K = 0x0098_091A
_EXPOSURE_AUTO = 0x009A_0901
_EXPOSURE_100US = 0x009A_0902
_FOCUS = 0x009A_090A
_FOCUS_AUTO = 0x009A_090C

_POWER_LINE_CHOICES = {50: 1, 60: 2}
_EXPOSURE_MANUAL = 1
# USB cameras call their automatic exposure "aperture priority".
_EXPOSURE_AUTOMATIC = (3, 0)


class CameraControls(Protocol):
    """The controls of an open camera."""

    def control(self, cid: int) -> Control | None:
        """Return a writable control; None where the camera does not have it."""

    def has_menu_item(self, cid: int, value: int) -> bool:
        """Return whether the menu of a control has this value."""

    def set_control(self, cid: int, value: int) -> int:
        """Set a control; return its value afterwards. OSError where the camera rejects it."""


@dataclass(frozen=True, slots=True)
class ControlProfile:
    """The settings that a room wants; None leaves a control unchanged."""

    power_line_hz: Literal[0, 50, 60] = 0
    exposure_ms: float | None = None
    autofocus: bool | None = None
    focus: int | None = None
    white_balance_k: int | None = None


@dataclass(frozen=True, slots=True)
class ControlSetting:
    """One control, its config key, and the acceptable values, best first."""

    key: str
    cid: int
    values: tuple[int, ...]
    menu: bool = False


def control_settings(profile: ControlProfile) -> Iterator[ControlSetting]:
    """Yield the settings in the order that cameras need: an automatic mode is switched off first."""
    if profile.power_line_hz:
        yield ControlSetting("power_line_hz", _POWER_LINE, (_POWER_LINE_CHOICES[profile.power_line_hz],), menu=True)
    if profile.exposure_ms == 0:
        yield ControlSetting("exposure_ms", _EXPOSURE_AUTO, _EXPOSURE_AUTOMATIC, menu=True)
    elif profile.exposure_ms is not None:
        yield ControlSetting("exposure_ms", _EXPOSURE_AUTO, (_EXPOSURE_MANUAL,), menu=True)
        yield ControlSetting("exposure_ms", _EXPOSURE_100US, (max(round(profile.exposure_ms * 10), 1),))
    if profile.autofocus is not None or profile.focus is not None:
        yield ControlSetting("autofocus", _FOCUS_AUTO, (int(bool(profile.autofocus)),))
    if profile.focus is not None and not profile.autofocus:
        yield ControlSetting("focus", _FOCUS, (profile.focus,))
    if profile.white_balance_k is not None:
        yield ControlSetting("white_balance_k", _WHITE_BALANCE_AUTO, (int(profile.white_balance_k == 0),))
        if profile.white_balance_k:
            yield ControlSetting("white_balance_k", _WHITE_BALANCE_K, (profile.white_balance_k,))


def apply(role: str, camera: CameraControls, profile: ControlProfile) -> None:
    """Set each control of a profile; log one line for each that the camera does not have or rejects."""
    for setting in control_settings(profile):
        control = camera.control(setting.cid)
        if control is None:
            log.info("%s: the camera has no control for %s; it stays as it is", role, setting.key)
            continue
        value = _choose_value(camera, control, setting)
        if value is None:
            log.info("%s: the camera's %r has no choice that is %s", role, control.name, setting.key)
            continue
        try:
            actual = camera.set_control(setting.cid, value)
        except OSError as error:
            log.warning("%s: the camera does not take %s = %d: %s", role, setting.key, value, error.strerror)
            continue
        if actual != setting.values[0] and not setting.menu:
            log.info("%s: %s is %d where %d was asked for", role, setting.key, actual, setting.values[0])


def _choose_value(camera: CameraControls, control: Control, setting: ControlSetting) -> int | None:
    if setting.menu:
        return next((value for value in setting.values if camera.has_menu_item(setting.cid, value)), None)
    return StepRange(control.low, control.high, control.step).nearest(setting.values[0])
