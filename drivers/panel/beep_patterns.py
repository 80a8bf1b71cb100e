"""What each beep sounds like: when the buzzer is on and off; no clock."""

from __future__ import annotations

from drivers.samples import Beep

_GAP_MS = 120

TONES_MS: dict[Beep, tuple[int, ...]] = {
    Beep.SILENT: (),
    Beep.SHORT: (80,),
    Beep.DOUBLE: (120, 120),
    Beep.TRIPLE: (120, 120, 120),
    Beep.LONG: (800,),
}
"""The length of each tone; tones are ``_GAP_MS`` apart."""


class BeepSchedule:
    """A beep that began at ``since_ns``; every change is counted from there."""

    def __init__(self, beep: Beep, since_ns: int) -> None:
        self._tones: list[tuple[int, int]] = []
        for length_ms in TONES_MS[beep]:
            self._tones.append((since_ns, since_ns + length_ms * 1_000_000))
            since_ns += (length_ms + _GAP_MS) * 1_000_000

    def state_at(self, now_ns: int) -> tuple[bool, int | None]:
        """Return whether the buzzer is on at ``now_ns``, and when that changes next; None: the beep is over."""
        for begin_ns, end_ns in self._tones:
            if now_ns < begin_ns:
                return False, begin_ns
            if now_ns < end_ns:
                return True, end_ns
        return False, None
