"""Where a simulated head looks: it turns and zooms at finite speed; pure, time is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from drivers.ptz.visca_messages import PAN_SPEEDS, TILT_SPEEDS, ZOOM_SPEEDS

Place = tuple[float, float, float]
"""Pan (left -1, right 1), tilt (down -1, up 1), zoom (wide -1, tele 1)."""


class Axis(Enum):
    """What moves."""

    PAN = 0
    TILT = 1
    ZOOM = 2


SPEEDS = {Axis.PAN: PAN_SPEEDS, Axis.TILT: TILT_SPEEDS, Axis.ZOOM: ZOOM_SPEEDS}
_WHOLE_WAY = 2.0


@dataclass(slots=True)
class _Motion:
    """Since ``since_ns`` at ``value``, ``rate`` a second towards ``end``."""

    since_ns: int = 0
    value: float = 0.0
    rate: float = 0.0
    end: float = 0.0

    def at(self, now_ns: int) -> float:
        """Where it is then."""
        gone = self.rate * (now_ns - self.since_ns) / 1e9
        left = self.end - self.value
        return self.end if abs(gone) >= abs(left) else self.value + gone


class HeadMotion:
    """From end to end an axis takes ``travel_s`` at full speed."""

    def __init__(self, travel_s: float) -> None:
        self._full = _WHOLE_WAY / travel_s
        self._motions = {axis: _Motion() for axis in Axis}

    def place(self, now_ns: int) -> Place:
        """Where it looks."""
        pan, tilt, zoom = (self._motions[axis].at(now_ns) for axis in Axis)
        return pan, tilt, zoom

    def go(self, place: Place, now_ns: int) -> int:
        """Begin to move there, every axis at full speed; when it will be there."""
        times = [now_ns]
        for axis, end in zip(Axis, place, strict=True):
            begun = self._motions[axis].at(now_ns)
            rate = self._full if end > begun else -self._full
            self._motions[axis] = _Motion(now_ns, begun, rate, end)
            times.append(now_ns + round(abs(end - begun) / self._full * 1e9))
        return max(times)

    def drive(self, axis: Axis, speed: int, now_ns: int) -> None:
        """Move at a VISCA speed, negative for left, down or wide; 0 holds it where it is."""
        begun = self._motions[axis].at(now_ns)
        rate = self._full * speed / SPEEDS[axis]
        end = begun if speed == 0 else (1.0 if speed > 0 else -1.0)
        self._motions[axis] = _Motion(now_ns, begun, rate, end)

    def hold(self, now_ns: int) -> None:
        """Hold every axis where it is."""
        for axis in Axis:
            self.drive(axis, 0, now_ns)
