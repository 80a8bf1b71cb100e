"""Captions of the pictures in a calibration's report."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "camera-view": Message("摄像机的画面", "What the camera shows"),
    "lens-before": Message("校正前", "Before distortion is taken out"),
    "lens-after": Message("校正后", "After distortion is taken out"),
    "blackboard-corners": Message("找到的黑板", "The blackboard as it was found"),
    "blackboard-straight": Message("拉正的黑板", "The blackboard, straightened"),
    "seats": Message("座位：绿色看得到，红色看不到", "The seats: green are seen, red are not"),
    "roles-view": Message("这台摄像机看到的", "What this camera sees"),
    "head-preset": Message("预置位", "A preset"),
}
