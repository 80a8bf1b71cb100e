"""A shot that is wanted for a while, counted from when it is on air, and let go if it comes too late."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.directing.scene import Scene, Wish

_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class TimedShot:
    """``wish`` from ``wanted_ns`` on, for ``for_s`` on air; not later than ``late_s`` after it was wanted."""

    wish: Wish
    wanted_ns: int
    for_s: float
    late_s: float

    def is_over(self, scene: Scene) -> bool:
        """Whether it was shown long enough, or can no longer be."""
        if scene.on_air == self.wish.role:
            return scene.now_ns - max(scene.since_ns, self.wanted_ns) >= self.for_s * _SECOND_NS
        return scene.now_ns - self.wanted_ns >= self.late_s * _SECOND_NS or self.wish.role not in scene.usable
