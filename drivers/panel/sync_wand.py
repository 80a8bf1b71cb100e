"""The driver ``gpio`` for wands: an LED and a piezo buzzer on one GPIO pin, for measuring the sync of a room."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import gpiozero

from drivers.errors import DeviceLost, DeviceMissing
from drivers.panel.gpio_chip import PinSource, open_chip
from drivers.panel.pin_assignment import Pin, check_pin
from drivers.samples import WandFlash

LONGEST_MS = 2000.0


@dataclass(frozen=True, slots=True)
class WandOptions:
    """The pin of a wand; ValueError for an invalid one.

    ``active_low``: light and buzzer are on while the pin is low. ``chip``: number of the GPIO chip; left out, the one
    with the header's pins. ``run``: folder for lgpio's pipe; left out, the run folder of the process.
    """

    pin: Pin = 16
    active_low: bool = False
    chip: int | None = None
    run: str = ""

    def __post_init__(self) -> None:
        check_pin(self.pin)


def open_wand_pins(options: WandOptions) -> PinSource:
    """Open this machine's GPIO chip for a wand; raises as ``drivers.protocols.Wand.open``."""
    return open_chip("wand", "lgpio-wand", options.run, options.chip)


class SyncWand:
    """See ``drivers.protocols.Wand``. ``pins`` opens the pin factory; by default the machine's.

    When the line was raised is known to within half the time that the call took: some tens of microseconds, more where
    the process was interrupted in it.
    """

    Options = WandOptions

    def __init__(self, options: WandOptions, pins: Callable[[WandOptions], PinSource] = open_wand_pins) -> None:
        self._options = options
        self._open_pins = pins
        self._errors: tuple[type[Exception], ...] = ()
        self._resources = ExitStack()
        self._line: gpiozero.DigitalOutputDevice | None = None

    def open(self) -> None:
        pins = self._open_pins(self._options)
        self._errors = pins.errors
        self._resources.callback(pins.factory.close)
        try:
            line = gpiozero.DigitalOutputDevice(
                self._options.pin, active_high=not self._options.active_low, pin_factory=pins.factory
            )
        except pins.errors as error:
            self._resources.close()
            raise DeviceMissing("wand", f"a pin cannot be used: {error}; does another program hold it?") from error
        self._resources.callback(line.close)
        self._resources.callback(line.off)
        self._line = line

    def flash(self, on_ms: float) -> WandFlash:
        if not 0 < on_ms <= LONGEST_MS:
            raise ValueError(f"a flash lasts up to {LONGEST_MS:g} ms")
        raised_ns, raising_ns = self._switch(on=True)
        time.sleep(on_ms / 1e3)
        lowered_ns, lowering_ns = self._switch(on=False)
        return WandFlash(raised_ns, lowered_ns, max(raising_ns, lowering_ns))

    def close(self) -> None:
        self._line = None
        try:
            self._resources.close()
        except self._errors:
            # The chip was unplugged: the line is as low as it gets.
            return

    def _switch(self, *, on: bool) -> tuple[int, int]:
        """Switch the line; return when that was, and to within what."""
        if self._line is None:
            raise DeviceLost("wand", "it is not open")
        before_ns = time.monotonic_ns()
        try:
            self._line.value = on
        except self._errors as error:
            raise DeviceLost("wand", f"its pins no longer answer: {error}") from error
        half_ns = (time.monotonic_ns() - before_ns + 1) // 2
        return before_ns + half_ns, half_ns
