"""A gpiozero pin factory for any GPIO chip of Linux, through lgpio."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import Any

import lgpio
from gpiozero import GPIOZeroError
from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin

from drivers.panel.gpio_line_names import GpioLines

_MAX_CHIPS = 16
# What the kernel calls the chips of a Raspberry Pi's header: pinctrl-bcm2835, -bcm2711, -rp1.
_HEADER_LABEL_PREFIX = "pinctrl-"


class LgpioPinFactory(LGPIOFactory):  # type: ignore[misc]  # gpiozero has no types
    """gpiozero's lgpio pins, without its table of Raspberry Pi boards."""

    _handle: Any

    def __init__(self, chip: int | None) -> None:
        """Open the chip, None for the one with a header's pins; lgpio.error where it cannot be opened."""
        super().__init__(find_header_chip() if chip is None else chip)
        self.pin_class = _Pin
        # gpiozero keeps its pins for the whole process; those of a chip that went away must not come back.
        self.pins: dict[Any, Any] = {}
        self._reservations: defaultdict[Any, list[Any]] = defaultdict(list)
        self._lines = GpioLines([_line_name(self._handle, number) for number in range(_line_count(self._handle))])

    def close(self) -> None:
        """Close the chip, even if it is gone."""
        for pin in self.pins.values():
            with suppress(lgpio.error, GPIOZeroError):
                pin.when_changed = None
            with suppress(lgpio.error, GPIOZeroError):
                pin.close()
        self.pins.clear()
        with suppress(lgpio.error):
            super().close()
        self._handle = None

    def _get_board_info(self) -> Any:
        return self._lines


class _Pin(LGPIOPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that ignores changes after it was released.

    gpiozero would raise on a change that comes meanwhile and so end the one thread through which lgpio notifies the
    whole process: the room's buttons would be dead until the next start.
    """

    _when_changed: Any

    def _call_when_changed(self, chip: int, gpio: int, level: int, ticks: int) -> None:
        reference = self._when_changed
        listener = reference() if reference is not None else None
        if listener is not None:
            listener(ticks / 1e9, level)


def find_header_chip() -> int:
    """Return the number of the chip whose label is a header's; else of the first that opens."""
    first = None
    for number in range(_MAX_CHIPS):
        try:
            handle = lgpio.gpiochip_open(number)
        except lgpio.error:
            continue
        label = lgpio.gpio_get_chip_info(handle)[3]
        lgpio.gpiochip_close(handle)
        if label.startswith(_HEADER_LABEL_PREFIX):
            return number
        first = number if first is None else first
    return first or 0


def _line_count(handle: int) -> int:
    count: int = lgpio.gpio_get_chip_info(handle)[1]
    return count


def _line_name(handle: int, number: int) -> str:
    name: str = lgpio.gpio_get_line_info(handle, number)[3]
    return name
