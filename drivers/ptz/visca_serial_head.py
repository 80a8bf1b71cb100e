"""The driver ``visca-serial``: a PTZ head on a serial port or a USB serial adapter."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.ptz import visca_messages
from drivers.ptz.serial_transport import SerialTransport
from drivers.ptz.visca_head import MIN_HOLD_S, ViscaHead


@dataclass(frozen=True, slots=True)
class ViscaSerialOptions:
    """The serial port and the head's address on it; ValueError for an invalid value."""

    serial_port: str
    """The port by a stable name: ``/dev/serial/by-id/…`` or ``/dev/ttyAMA0``."""
    baud: int = 9600
    """The head's baud rate: usually 9600, 19200 or 38400."""
    address: int = 1
    """The head's place in the chain, 1 to 7."""
    hold_s: float = 2.0
    """A drive that is not renewed is stopped after this long."""
    arrive_s: float = 15.0
    """The longest movement to a preset takes no longer than this."""

    def __post_init__(self) -> None:
        if not self.serial_port:
            raise ValueError("serial_port must not be empty")
        if not 1 <= self.address <= visca_messages.MAX_HEADS:
            raise ValueError(f"address must be from 1 to {visca_messages.MAX_HEADS}")
        if self.baud <= 0 or self.hold_s < MIN_HOLD_S or self.arrive_s <= 0:
            raise ValueError("hold_s must be 0.3 or more, baud and arrive_s more than 0")


class ViscaSerialHead(ViscaHead):
    """See ``drivers.protocols.PtzDevice``."""

    Options = ViscaSerialOptions

    def __init__(self, role: str, options: ViscaSerialOptions) -> None:
        transport = SerialTransport(role, options.serial_port, options.baud, options.address)
        super().__init__(role, transport, options.address, options.hold_s, options.arrive_s)
