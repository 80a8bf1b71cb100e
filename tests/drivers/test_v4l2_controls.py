"""Config keys become V4L2 controls, in an order and with values that a camera accepts."""

from __future__ import annotations

import logging

import pytest

from drivers.camera.v4l2_controls import ControlProfile, apply, control_settings
from drivers.camera.v4l2_structs import Control

EXPOSURE_AUTO, EXPOSURE, FOCUS_AUTO, FOCUS, WB_AUTO, WB = 0x9A0901, 0x9A0902, 0x9A090C, 0x9A090A, 0x98090C, 0x98091A
POWER_LINE = 0x980918


def planned_settings(**profile: float | bool | None) -> list[tuple[int, tuple[int, ...]]]:
    return [(one.cid, one.values) for one in control_settings(ControlProfile(**profile))]  # type: ignore[arg-type]


def test_an_automatic_is_switched_off_before_a_value_is_set() -> None:
    assert planned_settings(exposure_ms=12.5) == [(EXPOSURE_AUTO, (1,)), (EXPOSURE, (125,))]
    assert planned_settings(focus=30) == [(FOCUS_AUTO, (0,)), (FOCUS, (30,))]
    assert planned_settings(white_balance_k=4500) == [(WB_AUTO, (0,)), (WB, (4500,))]


def test_nought_is_automatic_and_nothing_is_nothing() -> None:
    assert planned_settings(exposure_ms=0, white_balance_k=0, autofocus=True) == [
        (EXPOSURE_AUTO, (3, 0)),
        (FOCUS_AUTO, (1,)),
        (WB_AUTO, (1,)),
    ]
    assert planned_settings() == []
    assert planned_settings(power_line_hz=50) == [(POWER_LINE, (1,))]


class FewControls:
    """The control table of a cheap camera: no focus, and an automatic exposure that has one name only."""

    def __init__(self) -> None:
        self.values: dict[int, int] = {}

    def control(self, cid: int) -> Control | None:
        known = {EXPOSURE_AUTO: (0, 3, 1), EXPOSURE: (3, 2047, 2), WB_AUTO: (0, 1, 1), WB: (2800, 6500, 10)}
        if cid not in known:
            return None
        low, high, step = known[cid]
        return Control("name", low, high, step, True)

    def has_menu_item(self, _cid: int, value: int) -> bool:
        return value in (0, 1)

    def set_control(self, cid: int, value: int) -> int:
        if cid == WB_AUTO:
            raise OSError(5, "Input/output error")
        self.values[cid] = value
        return value


def test_what_a_camera_has_not_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    camera = FewControls()
    apply("teacher", camera, ControlProfile(exposure_ms=0, focus=10, white_balance_k=9000))
    assert camera.values == {EXPOSURE_AUTO: 0, WB: 6500}
    profile = caplog.text
    assert "no control for focus" in profile
    assert "does not take white_balance_k" in profile
    assert "white_balance_k is 6500 where 9000 was asked for" in profile
