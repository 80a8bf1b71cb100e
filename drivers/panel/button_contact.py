"""A button's contact on a GPIO pin, which tells when it moved."""

from __future__ import annotations

import time
from collections.abc import Callable

import gpiozero

# A time further back than this is of another clock: kernels before 5.7 stamped edges with the time of day.
OLDEST_NS = 30_000_000_000


class ButtonContact:
    """Calls ``on_move`` with whether the contact is closed, and when it moved (ns, CLOCK_MONOTONIC).

    The time is the kernel's, not that of the call: a process that gets no processor for a while hears of a press and
    its release at once, and would take them for a spike.

    Source: Linux, include/uapi/linux/gpio.h, struct gpio_v2_line_event (timestamp_ns).
    """

    def __init__(
        self, pin: int | str, factory: gpiozero.Factory, on_move: Callable[[bool, int], None], *, active_low: bool
    ) -> None:
        self._on_move = on_move
        self._active_low = active_low
        self._device = gpiozero.InputDevice(pin, pull_up=active_low, pin_factory=factory)
        self.is_closed = bool(self._device.is_active)

    def listen(self) -> None:
        """Begin to call ``on_move``, from a thread of the pins' own."""
        pin = self._device.pin
        pin.edges = "both"
        pin.when_changed = self._on_change

    def close(self) -> None:
        """Stop calling, and release the pin."""
        self._device.close()

    def _on_change(self, ticks_s: float, level: int) -> None:
        self._on_move(bool(level) != self._active_low, time_of_move_ns(ticks_s, time.monotonic_ns()))


def time_of_move_ns(ticks_s: float, now_ns: int) -> int:
    """The pin's time of a change (s) in ns; ``now_ns`` where that is another clock's."""
    at_ns = round(ticks_s * 1e9)
    return at_ns if now_ns - OLDEST_NS <= at_ns <= now_ns else now_ns
