"""What hangs behind a USB device, such as a clicker base's radio or a serial cable, as a pair of sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from tests.hil.usb.transfers import Endpoint, Reply

# A full report of a HID device, and less than a host asks a serial adapter for.
_AT_ONCE = 64


class FarSide:
    """``outer`` is for whoever simulates the far side; what comes while the device has no power is lost."""

    def __init__(self, kind: socket.SocketKind) -> None:
        self.outer, self._inner = socket.socketpair(socket.AF_UNIX, kind)
        self._inner.setblocking(False)

    def say(self, data: bytes) -> None:
        """Hand on what the host wrote; what nobody takes is lost."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            self._inner.send(data)

    def forget(self) -> None:
        """Lose what has come while there was no power."""
        with contextlib.suppress(BlockingIOError):
            while self._inner.recv(_AT_ONCE):
                pass

    async def carry_out(self, endpoint: Endpoint) -> None:
        """From the host to the far side."""
        while True:
            transfer = await endpoint.next()
            self.say(transfer.data)
            transfer.complete(Reply())

    async def carry_in(self, endpoint: Endpoint) -> None:
        """From the far side to the host; ends when nobody is there any more.

        A transfer is taken when there is something for it only: the host may take it back until then.
        """
        loop = asyncio.get_running_loop()
        with contextlib.suppress(ConnectionResetError):
            while data := await loop.sock_recv(self._inner, _AT_ONCE):
                transfer = await endpoint.next()
                transfer.complete(Reply(data))

    def close(self) -> None:
        """Close both ends."""
        self.outer.close()
        self._inner.close()
