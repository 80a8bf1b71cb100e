"""VISCA transport over a serial port (8N1, no flow control) to one of up to seven heads in a daisy chain."""

from __future__ import annotations

import socket

from drivers.errors import DeviceLost, DeviceMisconfigured
from drivers.ptz import serial_daisy_chain, visca_messages
from drivers.ptz.serial_daisy_chain import SerialDaisyChain
from drivers.ptz.transport import ReceivedReply

_MAX_PACKETS_PER_READ = 64


class SerialTransport:
    """See ``drivers.ptz.transport.HeadTransport``; ``address`` is the head's place in the chain, counted from the box.

    Several heads may use the same port: it is opened once.
    """

    is_shared = True

    def __init__(self, role: str, port: str, baud: int, address: int) -> None:
        self._role = role
        self._path = port
        self._baud = baud
        self._address = address
        self._membership: tuple[SerialDaisyChain, socket.socket] | None = None

    def open(self) -> int:
        """Join the chain; DeviceMisconfigured also where it is shorter than ``address``."""
        chain, packets = self._membership = serial_daisy_chain.join_chain(self._role, self._path, self._baud)
        if chain.head_count is not None and chain.head_count < self._address:
            reason = (
                f"the chain at {self._path} has {chain.head_count} head(s), and address {self._address} is asked for"
            )
            raise DeviceMisconfigured(self._role, reason)
        return packets.fileno()

    def send(self, packet: bytes, sequence: int) -> None:
        """Write the packet; a serial line has no sequence numbers."""
        chain, _ = self._require_open()
        chain.send(self._role, packet)

    def receive(self) -> list[ReceivedReply]:
        """Return the replies that have come, from any head of the chain."""
        _, packets = self._require_open()
        received: list[ReceivedReply] = []
        while len(received) < _MAX_PACKETS_PER_READ:
            try:
                packet = packets.recv(visca_messages.MAX_PACKET_BYTES)
            except BlockingIOError:
                break
            if not packet:
                raise DeviceLost(self._role, f"{self._path} is gone: was it unplugged?")
            if (reply := visca_messages.parse_reply(packet)) is not None:
                received.append(ReceivedReply(reply))
        return received

    def close(self) -> None:
        membership, self._membership = self._membership, None
        if membership is not None:
            serial_daisy_chain.leave_chain(*membership)

    def _require_open(self) -> tuple[SerialDaisyChain, socket.socket]:
        if self._membership is None:
            raise DeviceLost(self._role, "the line is closed")
        return self._membership
