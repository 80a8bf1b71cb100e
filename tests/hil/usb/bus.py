"""The cables of a room's USB devices: an event loop of its own plugs them into the guest and pulls them out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from tests.hil.usb.device import UsbDevice
from tests.hil.usb.usbip import UsbipConnection
from tests.hil.usb.usbredir import RedirConnection

T = TypeVar("T")
_AT_ONCE_S = 10.0
_LOOPBACK = "127.0.0.1"


class Bus:
    """Plugs devices in and out from any thread; a device is in one socket at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="usb-bus")
        self._cables: dict[UsbDevice, tuple[asyncio.Task[None], asyncio.StreamWriter]] = {}
        self._servers: list[asyncio.Server] = []

    def plug_in(self, device: UsbDevice, socket: Path) -> None:
        """Plug a device into a usb-redir port of the machine, whose socket this is. OSError."""

        async def connect() -> None:
            reader, writer = await asyncio.open_unix_connection(socket)
            task = asyncio.get_running_loop().create_task(RedirConnection(device, reader, writer).run())
            self._cables[device] = task, writer

        self._do(connect())

    def serve(self, device: UsbDevice) -> int:
        """Have a device taken over USB/IP, again and again; the port on the host's loopback where it is."""

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._cables[device] = task, writer
            await UsbipConnection(device, reader, writer).run()

        async def listen() -> int:
            server = await asyncio.start_server(accept, _LOOPBACK, 0)
            self._servers.append(server)
            port: int = server.sockets[0].getsockname()[1]
            return port

        return self._do(listen())

    def pull_out(self, device: UsbDevice) -> None:
        """Pull a device out; again does nothing."""

        async def disconnect() -> None:
            if (cable := self._cables.pop(device, None)) is not None:
                task, writer = cable
                writer.transport.abort()
                await asyncio.wait([task])

        self._do(disconnect())

    def __enter__(self) -> Bus:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for device in list(self._cables):
            self.pull_out(device)
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _do(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(_AT_ONCE_S)
