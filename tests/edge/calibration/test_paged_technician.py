"""What the page shows of a walk: the step, what is asked for at once, figures and a picture once a second."""

from __future__ import annotations

import base64

import cv2
import numpy as np
from walking_room import Seen, Told

from edge.calibration.finding_makers import advice, at_least, figure
from edge.calibration.paged_technician import PagedTechnician
from edge.i18n import lazy_message
from edge.link.calibration_messages import CalibrationView


def test_a_page_follows_the_walk() -> None:
    views: list[CalibrationView] = []
    now_s = [100.0]
    paged = PagedTechnician(Told(), Seen(), views.append, "zh-CN", lambda: now_s[0])
    noise = np.random.default_rng(1).integers(0, 255, (1080, 1920, 3), np.uint8)
    focus = figure("focus", 0.4, at_least(0.9, 0.5), advice("step-skipped"), unit="%", device="teacher")

    paged.begin("picture", 2, 16)
    assert (views[-1].step, views[-1].title, views[-1].request) == ("picture", "画面", "")
    paged.ready("picture.lights", lazy_message("calibration.line", line="请关灯"))
    assert views[-1].request == "请关灯"
    for now_s[0] in (100.0, 100.2, 100.9, 101.0, 101.5, 102.1):
        paged.show([focus], noise)
    assert len(views) == 5, "three of the six pictures"
    shown = CalibrationView.model_validate_json(views[-1].model_dump_json())
    assert [(one.device, one.text, one.verdict) for one in shown.figures] == [("teacher", "0.4 %", "bad")]
    jpeg = np.frombuffer(base64.b64decode(shown.picture), np.uint8)
    assert cv2.imdecode(jpeg, cv2.IMREAD_COLOR).shape == (480, 853, 3)
    paged.begin("lens", 3, 16)
    assert (views[-1].step, views[-1].figures, views[-1].picture) == ("lens", (), "")
