"""Packets of a video stream, and the times in them."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

import av

from drivers.samples import Picture

StreamPacket: TypeAlias = "av.Packet[av.VideoStream]"

TimedPicture = tuple[int | None, Picture]
"""A picture and its stream time in nanoseconds, if it has one; its ``captured_ns`` is still to be set."""


def timestamp_ns(pts: int | None, dts: int | None, time_base: Fraction | None) -> int | None:
    """Return a packet's or frame's stream time; None if it has none."""
    ticks = dts if pts is None else pts
    if ticks is None or time_base is None:
        return None
    # In whole numbers: arithmetic of fractions is most of what a packet costs that is passed through.
    return ticks * time_base.numerator * 1_000_000_000 // time_base.denominator
