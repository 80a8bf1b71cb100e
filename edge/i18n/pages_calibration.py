"""Messages of the page that shows what the calibration measures."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "title": Message("校准", "Calibration"),
    "none": Message(
        "现在没有校准。在控制器上运行 ./calibrate.py，这里就会显示每一步的画面和读数。",
        "Nothing is calibrated now. Run ./calibrate.py on the box: each step's picture and figures are shown here.",
    ),
    "away": Message(
        "暂时没有收到数据：控制器没有应答，正在重试。",
        "Nothing comes just now: the box does not answer. Trying again.",
    ),
    "picture": Message("摄像机现在的画面", "The camera's picture now"),
}
