"""The receivers of the RF21x family, on a serial port or behind their USB HID bridge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drivers.clicker import rf217_rf218_framing, rf219_framing
from drivers.clicker.framing import MAX_KEYPADS, Framing
from drivers.clicker.hid_node import HidNode, send_feature_report
from drivers.clicker.hid_transport import BRIDGE_IDS, HidUartBridgeTransport
from drivers.clicker.rf217_rf218_framing import rf217, rf218
from drivers.clicker.rf219_framing import Rf219Framing
from drivers.clicker.serial_transport import SerialTransport
from drivers.clicker.transport import ReceiverTransport, check_device, hid_selector
from drivers.clicker.transport_receiver import TransportReceiver

Model = Literal["rf217", "rf218", "rf219"]

FRAMINGS: dict[Model, tuple[Callable[[int], Framing], int]] = {
    "rf217": (rf217, rf217_rf218_framing.BAUD),
    "rf218": (rf218, rf217_rf218_framing.BAUD),
    "rf219": (Rf219Framing, rf219_framing.BAUD),
}
"""What speaks a model's language, made with the highest number of a keypad, and its baud rate."""


@dataclass(frozen=True, slots=True)
class Rf21xOptions:
    """What an RF21x receiver can be told; ValueError where a value makes no sense."""

    model: Model
    """What is printed on the base."""
    device: str
    """A serial port by a name that stays (``/dev/serial/by-id/…``), or ``hid`` or ``hid:SERIAL`` for its bridge."""
    keypads: int = 60
    """The highest number that a keypad has."""
    baud: int = 0
    """The speed of the serial port; 0 for the model's own."""

    def __post_init__(self) -> None:
        check_device(self.device)
        if not 1 <= self.keypads <= MAX_KEYPADS:
            raise ValueError(f"keypads must be from 1 to {MAX_KEYPADS}")
        if self.baud < 0:
            raise ValueError("baud must not be negative")


class Rf21xReceiver(TransportReceiver):
    """See ``drivers.protocols.ClickerReceiver``."""

    Options = Rf21xOptions

    def __init__(self, role: str, options: Rf21xOptions) -> None:
        make_framing, baud = FRAMINGS[options.model]
        transport = _make_transport(role, options, options.baud or baud)
        super().__init__(role, transport, make_framing(options.keypads))


def _make_transport(role: str, options: Rf21xOptions, baud: int) -> ReceiverTransport:
    selector = hid_selector(options.device)
    if selector is None:
        return SerialTransport(role, options.device, baud)
    return HidUartBridgeTransport(role, HidNode(role, BRIDGE_IDS, selector).open, baud, send_feature_report)
