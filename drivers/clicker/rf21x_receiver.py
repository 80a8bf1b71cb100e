"""The driver ``rf21x``: RF217, RF218 and RF219 bases on a serial port or a HID-to-UART bridge."""

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
"""For each model a function from the highest clicker number to its framing, and its baud rate."""


@dataclass(frozen=True, slots=True)
class Rf21xOptions:
    """Model, port and clicker numbers of an RF21x base; ValueError for an invalid value."""

    model: Model
    """The model printed on the base."""
    device: str
    """A serial port by a stable name (``/dev/serial/by-id/…``), or ``hid`` or ``hid:SERIAL`` for its bridge."""
    keypads: int = 60
    """The highest clicker number."""
    baud: int = 0
    """Baud rate of the serial port; 0 for the model's own."""

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
