"""The movement of a simulated head: pan, tilt and zoom at finite speed; no clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from drivers.ptz.visca_messages import PAN_SPEEDS, TILT_SPEEDS, ZOOM_SPEEDS

Position = tuple[float, float, float]
"""Pan (left -1, right 1), tilt (down -1, up 1), zoom (wide -1, tele 1)."""


class Axis(Enum):
    """A movable axis."""

    PAN = 0
    TILT = 1
    ZOOM = 2


SPEEDS = {Axis.PAN: PAN_SPEEDS, Axis.TILT: TILT_SPEEDS, Axis.ZOOM: ZOOM_SPEEDS}
_FULL_RANGE = 2.0


@dataclass(slots=True)
class _AxisMotion:
    """At ``start`` since ``since_ns``, moving ``rate`` a second towards ``end``."""

    since_ns: int = 0
    start: float = 0.0
    rate: float = 0.0
    end: float = 0.0

    def position_at(self, now_ns: int) -> float:
        travelled = self.rate * (now_ns - self.since_ns) / 1e9
        remaining = self.end - self.start
        return self.end if abs(travelled) >= abs(remaining) else self.start + travelled


class HeadMotion:
    """Three axes, each of which takes ``travel_s`` from end to end at full speed."""

    def __init__(self, travel_s: float) -> None:
        self._full_rate = _FULL_RANGE / travel_s
        self._axes = {axis: _AxisMotion() for axis in Axis}

    def position(self, now_ns: int) -> Position:
        pan, tilt, zoom = (self._axes[axis].position_at(now_ns) for axis in Axis)
        return pan, tilt, zoom

    def move_to(self, position: Position, now_ns: int) -> int:
        """Start to move every axis at full speed to a position; return when the last one will arrive."""
        arrivals = [now_ns]
        for axis, end in zip(Axis, position, strict=True):
            start = self._axes[axis].position_at(now_ns)
            rate = self._full_rate if end > start else -self._full_rate
            self._axes[axis] = _AxisMotion(now_ns, start, rate, end)
            arrivals.append(now_ns + round(abs(end - start) / self._full_rate * 1e9))
        return max(arrivals)

    def drive(self, axis: Axis, speed: int, now_ns: int) -> None:
        """Move at a VISCA speed, negative for left, down or wide; 0 stops the axis."""
        start = self._axes[axis].position_at(now_ns)
        rate = self._full_rate * speed / SPEEDS[axis]
        end = start if speed == 0 else (1.0 if speed > 0 else -1.0)
        self._axes[axis] = _AxisMotion(now_ns, start, rate, end)

    def hold(self, now_ns: int) -> None:
        """Stop every axis."""
        for axis in Axis:
            self.drive(axis, 0, now_ns)
