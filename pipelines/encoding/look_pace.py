"""Decide how often the director looks: the first that a box gives up when it cannot keep up. Pure."""

from __future__ import annotations

# Half of what the encoders' first step needs, and at once: nothing of the recording depends on it.
_LATE_S = 0.25
_CALM_S = 0.1
_CALM_NS = 10_000_000_000


class LookPace:
    """Slow as soon as pictures or sound wait, and until nothing has for ten seconds and nothing else is given up."""

    def __init__(self) -> None:
        self.is_slow = False
        self._calm_since_ns: int | None = None

    def decide(self, late_s: float, steps_down: int, now_ns: int) -> bool:
        """Return whether it is slow from now on, given the longest wait and what the load governor has given up."""
        if late_s > _LATE_S or steps_down:
            self.is_slow, self._calm_since_ns = True, None
        elif late_s > _CALM_S:
            self._calm_since_ns = None
        elif self._calm_since_ns is None:
            self._calm_since_ns = now_ns
        elif now_ns - self._calm_since_ns >= _CALM_NS:
            self.is_slow = False
        return self.is_slow
