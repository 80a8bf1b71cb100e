"""Findings of the calibration's walk: a step that came to nothing, and settings that could not be written."""

from __future__ import annotations

from edge.i18n import Message

MESSAGES = {
    "not-measured": Message("没有测出来", "nothing was measured"),
    "not-in-this-room": Message("这间教室没有，不用做", "this room has none: nothing to do"),
    "settings": Message("设置", "settings"),
}
