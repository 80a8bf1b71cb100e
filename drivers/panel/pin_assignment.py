"""Pin assignment of the panel: the pins of buttons, lamps and buzzer, and the process that holds each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

ProcessName = Literal["recorder", "controller"]

BUTTONS = ("lesson", "pause", "mark")
RECORDING, STATUS = "recording", "status"


Pin = int | str
"""A BCM number, or a line name as the board's maker gave it (``gpioinfo`` lists them)."""


def check_pin(pin: Pin) -> None:
    """Raise ValueError for what cannot be a pin."""
    if pin == "":
        raise ValueError("a pin is given no name; allowed: 0 to 27 (BCM numbers), or the name of a line")
    if isinstance(pin, int) and not 0 <= pin <= 27:
        raise ValueError(f"pin {pin} is not on the header; allowed: 0 to 27 (BCM numbers), or the name of a line")


@dataclass(frozen=True, slots=True)
class BicolourPins:
    """The two pins of a green and amber lamp."""

    green: Pin
    amber: Pin


Lamp = Pin | BicolourPins


def _reference_buttons() -> dict[str, Pin]:
    return {"lesson": 17, "pause": 27, "mark": 22}


def _reference_lamps() -> dict[str, Lamp]:
    return {RECORDING: 23, STATUS: BicolourPins(green=24, amber=25)}


@dataclass(frozen=True, slots=True)
class PanelOptions:
    """Wiring of the panel; the same table serves both processes and the simulated panel.

    ``buttons``: pin (BCM number or line name) of ``lesson``, ``pause``, ``mark``; leave out those that the room does
    not have. ``lamps``: pin of ``recording``, and of ``status`` its two pins ``green`` and ``amber``. ``buzzer``: pin
    of a buzzer that sounds by itself while that is switched on; left out in a room without one. ``debounce_ms``: how
    long a contact must be stable before an edge counts. ``buttons_active_low``: a pressed button connects its pin to
    ground (the pin is pulled up). ``lamps_active_low``: a lamp is lit while its pin is low. ``buzzer_active_low``: the
    buzzer sounds while its pin is low. ``chip``: number of the GPIO chip; left out, the one with the header's pins.
    ``run``: folder for sockets and pipes; left out, the run folder of the process.
    """

    buttons: dict[str, Pin] = field(default_factory=_reference_buttons)
    lamps: dict[str, Lamp] = field(default_factory=_reference_lamps)
    buzzer: Pin | None = None
    debounce_ms: int = 30
    buttons_active_low: bool = True
    lamps_active_low: bool = False
    buzzer_active_low: bool = False
    chip: int | None = None
    run: str = ""

    def __post_init__(self) -> None:
        for name in self.buttons:
            if name not in BUTTONS:
                raise ValueError(f'there is no button "{name}"; allowed: {", ".join(BUTTONS)}')
        for name, lamp in self.lamps.items():
            if name not in (RECORDING, STATUS):
                raise ValueError(f'there is no lamp "{name}"; allowed: {RECORDING}, {STATUS}')
            if isinstance(lamp, BicolourPins) != (name == STATUS):
                raise ValueError(f"lamp {name} needs {'green and amber pins' if name == STATUS else 'one pin'}")
        pins = [*self.buttons.values(), *(pin for lamp in self.lamps.values() for pin in pins_by_colour(lamp).values())]
        pins += [] if self.buzzer is None else [self.buzzer]
        for pin, uses in Counter(pins).items():
            if uses > 1:
                raise ValueError(f"pin {pin} is given to {uses} things")
            check_pin(pin)
        if not 0 <= self.debounce_ms <= 500:
            raise ValueError(f"debounce_ms is {self.debounce_ms}; allowed: 0 to 500")

    def buttons_of(self, process: ProcessName) -> dict[str, Pin]:
        """Return the buttons that ``process`` holds: the controller all of them, the recorder none."""
        return dict(self.buttons) if process == "controller" else {}

    def lamps_of(self, process: ProcessName) -> dict[str, Lamp]:
        """Return the lamps that ``process`` holds: the recorder ``recording``, the controller the rest.

        A line goes low when the process that holds it dies, so the lamp belongs to the process whose state it shows.
        """
        return {name: lamp for name, lamp in self.lamps.items() if (name == RECORDING) == (process == "recorder")}

    def buzzer_of(self, process: ProcessName) -> Pin | None:
        """Return the pin of the buzzer, which the controller holds; None where ``process`` holds none."""
        return self.buzzer if process == "controller" else None


def pins_by_colour(lamp: Lamp) -> dict[str, Pin]:
    """Return the pins of a lamp by colour; a one-colour lamp's colour is ``on``."""
    return {"green": lamp.green, "amber": lamp.amber} if isinstance(lamp, BicolourPins) else {"on": lamp}
