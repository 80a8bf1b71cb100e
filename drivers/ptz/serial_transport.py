"""VISCA over a serial port, 8N1 without flow control, to one head of up to seven in a chain."""

from __future__ import annotations

import socket

from drivers.errors import DeviceLost, DeviceMisconfigured
from drivers.ptz import serial_daisy_chain, visca_messages
from drivers.ptz.serial_daisy_chain import SerialDaisyChain
from drivers.ptz.transport import ReceivedReply

_MOST_AT_ONCE = 64


class SerialTransport:
    """See ``drivers.ptz.transport.HeadTransport``; ``address`` is the head's place in the chain, counted from the box.

    Several heads may name the same port: it is opened once.
    """

    def __init__(self, role: str, port: str, baud: int, address: int) -> None:
        self._role = role
        self._path = port
        self._baud = baud
        self._address = address
        self._joined: tuple[SerialDaisyChain, socket.socket] | None = None

    def open(self) -> int:
        """DeviceMissing; DeviceUnfit where the chain is too short, or the port not allowed."""
        chain, ear = self._joined = serial_daisy_chain.enter(self._role, self._path, self._baud)
        if chain.heads is not None and chain.heads < self._address:
            reason = f"the chain at {self._path} has {chain.heads} head(s), and address {self._address} is asked for"
            raise DeviceMisconfigured(self._role, reason)
        return ear.fileno()

    def send(self, packet: bytes, number: int) -> None:
        """Write it; a serial line has no numbers. DeviceLost."""
        chain, _ = self._open()
        chain.send(self._role, packet)

    def receive(self) -> list[ReceivedReply]:
        """What has come, of whichever head. DeviceLost."""
        _, ear = self._open()
        heard: list[ReceivedReply] = []
        while len(heard) < _MOST_AT_ONCE:
            try:
                packet = ear.recv(visca_messages.LONGEST)
            except BlockingIOError:
                break
            if not packet:
                raise DeviceLost(self._role, f"{self._path} is gone: was it unplugged?")
            if (reply := visca_messages.reply(packet)) is not None:
                heard.append(ReceivedReply(reply))
        return heard

    def close(self) -> None:
        """Leave the chain; again: nothing."""
        joined, self._joined = self._joined, None
        if joined is not None:
            serial_daisy_chain.leave(*joined)

    def _open(self) -> tuple[SerialDaisyChain, socket.socket]:
        if self._joined is None:
            raise DeviceLost(self._role, "the line is closed")
        return self._joined
