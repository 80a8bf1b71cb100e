"""VISCA over a serial port, 8N1 without flow control, with up to seven heads in a chain."""

from __future__ import annotations

import select
import time

import serial

from drivers.errors import DeviceLost, DeviceMissing, DeviceUnfit
from drivers.ptz import visca
from drivers.ptz.visca import Counted, Framer
from drivers.ptz.wire import Heard

_AT_ONCE = 512
_WRITE_S = 0.5
_COUNT_S = 0.3
_COUNT_TRIES = 2
_CLEAR_S = 0.05


class SerialLine:
    """See ``drivers.ptz.wire.Wire``; ``address`` is the head's place in the chain, counted from the box."""

    def __init__(self, role: str, port: str, baud: int, address: int) -> None:
        self._role = role
        self._path = port
        self._baud = baud
        self._address = address
        self._port: serial.Serial | None = None
        self._framer = Framer()

    def open(self) -> int:
        """Give the heads their addresses. DeviceUnfit where the chain is too short or the port not allowed."""
        self._framer = Framer()
        try:
            self._port = serial.Serial(self._path, self._baud, timeout=0, write_timeout=_WRITE_S, exclusive=True)
        except serial.SerialException as error:
            if isinstance(error.__context__, PermissionError):
                reason = f"this user may not use {self._path}: add it to the group dialout"
                raise DeviceUnfit(self._role, reason) from error
            raise DeviceMissing(
                self._role, f"{self._path} cannot be opened: is it plugged in, and free?"
            ) from error
        except ValueError as error:
            raise DeviceUnfit(self._role, f"{self._path} does not do {self._baud} baud") from error
        try:
            self._number_heads()
        except DeviceLost as error:
            raise DeviceMissing(self._role, error.reason) from error
        descriptor: int = self._port.fileno()
        return descriptor

    def send(self, packet: bytes, number: int) -> None:
        """Write it; a serial line has no numbers. DeviceLost."""
        try:
            self._opened().write(packet)
        except (serial.SerialException, OSError) as error:
            raise DeviceLost(self._role, f"{self._path} takes no more: was it unplugged?") from error

    def receive(self) -> list[Heard]:
        """What has come, of whichever head. DeviceLost."""
        try:
            data = self._opened().read(_AT_ONCE)
        except (serial.SerialException, OSError) as error:
            raise DeviceLost(self._role, f"{self._path} is gone: was it unplugged?") from error
        replies = [visca.reply(packet) for packet in self._framer.feed(data)]
        return [Heard(reply) for reply in replies if reply is not None]

    def close(self) -> None:
        """Let the port go; again: nothing."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise DeviceLost(self._role, "the line is closed")
        return self._port

    def _number_heads(self) -> None:
        """Count the chain and clear it; a head whose address is set by switches may not answer to that."""
        for _ in range(_COUNT_TRIES):
            self.send(visca.ADDRESS_SET, 0)
            heads = self._counted()
            if heads is not None:
                break
        if heads is not None and heads < self._address:
            reason = f"the chain at {self._path} has {heads} head(s), and address {self._address} is asked for"
            raise DeviceUnfit(self._role, reason)
        self.send(visca.CLEAR_ALL, 0)
        self._listen(_CLEAR_S)

    def _counted(self) -> int | None:
        deadline = time.monotonic() + _COUNT_S
        while (left_s := deadline - time.monotonic()) > 0:
            for heard in self._listen(left_s):
                if isinstance(heard.reply, Counted):
                    return heard.reply.heads
        return None

    def _listen(self, seconds: float) -> list[Heard]:
        ready, _, _ = select.select([self._opened()], [], [], seconds)
        return self.receive() if ready else []
