"""A trial of the panel: for a short while edges of buttons are reported instead of obeyed, and a lamp is chosen."""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.samples import ButtonEvent, Pattern


class PanelTrial:
    """Belongs to the event loop, and ends by itself after its time."""

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._clock = clock
        self._until_ns = 0
        self._report: Callable[[ButtonEvent], None] = lambda _: None
        self._status_lamp: Pattern | None = None
        self.on_change: Callable[[], None] = lambda: None
        """Called when the status lamp may show something else."""

    def begin(self, seconds: float, report: Callable[[ButtonEvent], None]) -> None:
        """Report every edge for so long."""
        self._until_ns = self._clock() + round(seconds * 1e9)
        self._report = report
        self._status_lamp = None
        self.on_change()

    def end(self) -> None:
        """Obey the buttons again. Idempotent."""
        self._until_ns = 0
        self.on_change()

    @property
    def is_running(self) -> bool:
        """Whether the panel is being tried."""
        return self._clock() < self._until_ns

    def takes(self, event: ButtonEvent) -> bool:
        """Whether an edge belongs to the trial, which then has reported it."""
        if not self.is_running:
            return False
        self._report(event)
        return True

    @property
    def status_lamp(self) -> Pattern | None:
        """The pattern to show on the status lamp, None for its usual one."""
        return self._status_lamp if self.is_running else None

    @status_lamp.setter
    def status_lamp(self, pattern: Pattern | None) -> None:
        self._status_lamp = pattern
        self.on_change()
