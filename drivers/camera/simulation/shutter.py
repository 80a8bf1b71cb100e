"""The exposure schedule of a simulated camera, and the buffers that hold exposed frames."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

FLASH_NS = 100_000_000
_MAX_JITTER_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Shutter:
    """The camera's own clock: frame ``n`` is exposed about ``start_ns + n × period_ns`` on CLOCK_MONOTONIC.

    Jitter is drawn anew for each frame and repeatable with ``seed``; it is kept below half a period, so frames stay in
    order. ``late_ns`` is how long every frame is on its way from the sensor.
    """

    start_ns: int
    period_ns: float
    seed: int
    exposure_jitter_ns: float = 0
    delivery_jitter_ns: float = 0
    late_ns: int = 0

    def exposed_ns(self, frame: int) -> int:
        """Return the true exposure time of a frame."""
        jitter = min(self.exposure_jitter_ns, self._limit_ns) * self._rng(frame).uniform(-1, 1)
        return round(self.start_ns + frame * self.period_ns + jitter)

    def ready_ns(self, frame: int) -> int:
        """Return when a frame can be read."""
        delay = min(self.delivery_jitter_ns, self._limit_ns) * self._rng(~frame).random()
        return round(self.exposed_ns(frame) + delay) + self.late_ns

    def shows_flash(self, frame: int, flash_period_ns: int) -> bool:
        """Return whether this frame shows the flash that starts at every multiple of ``flash_period_ns``.

        It does within FLASH_NS of the start; the first frame after the start always does.
        """
        exposed_ns = self.exposed_ns(frame)
        instant_ns = exposed_ns // flash_period_ns * flash_period_ns
        return exposed_ns < instant_ns + FLASH_NS or self.exposed_ns(frame - 1) < instant_ns

    @property
    def _limit_ns(self) -> float:
        return self.period_ns * _MAX_JITTER_SHARE / 2

    def _rng(self, draw: int) -> random.Random:
        return random.Random(f"{self.seed} {draw}")


class FrameBuffers:
    """A few buffers that the shutter fills, like the kernel's for a V4L2 camera.

    Frames are exposed whether anyone reads or not. Each takes a free buffer; while none is free new frames are lost,
    and a late reader gets the old ones first.
    """

    def __init__(self, shutter: Shutter, count: int) -> None:
        self._shutter = shutter
        self._count = count
        self._held: deque[int] = deque()
        self._next_frame = 0

    def dequeue(self, now_ns: int) -> int | None:
        """Return the oldest frame and free its buffer; None if all are empty."""
        self._expose_until(now_ns)
        return self._held.popleft() if self._held else None

    def clear(self, now_ns: int) -> None:
        """Drop everything exposed until now."""
        self._expose_until(now_ns)
        self._held.clear()

    def next_ns(self) -> int:
        """Return when the next frame will be ready if no buffer holds one."""
        return self._shutter.ready_ns(self._next_frame)

    def _expose_until(self, now_ns: int) -> None:
        while self._shutter.ready_ns(self._next_frame) <= now_ns:
            if len(self._held) < self._count:
                self._held.append(self._next_frame)
            self._next_frame += 1
