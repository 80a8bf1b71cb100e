"""What a host asks of a USB device: control requests, and transfers that wait at an endpoint until they are completed.

Source: Universal Serial Bus Specification 2.0, chapters 5 and 9.
"""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

IN = 0x80
"""Set in the address of an endpoint, or the kind of a request, whose data goes to the host."""


class Stall(Exception):
    """The device refuses a control request."""


class Status(Enum):
    """How a transfer ended, as the host's kernel tells its driver."""

    OK = auto()
    HALTED = auto()
    """The endpoint answers with a halt until the host clears it (EPIPE)."""
    BROKEN = auto()
    """What came is no USB, as over a bad cable (EPROTO)."""


@dataclass(frozen=True)
class Setup:
    """The eight bytes that begin a control transfer."""

    kind: int
    request: int
    value: int
    index: int
    length: int

    @classmethod
    def unpack(cls, data: bytes) -> Setup:
        return cls(*struct.unpack("<BBHHH", data))


@dataclass(frozen=True)
class Reply:
    """What a device gives for a transfer; ``sizes``: how much of ``data`` lies in each isochronous packet."""

    data: bytes = b""
    status: Status = Status.OK
    sizes: Sequence[int] = ()


@dataclass(frozen=True)
class Transfer:
    """One request of the host at an endpoint, which whoever took it completes once.

    ``length`` is the room for data to the host, ``data`` what comes from it, ``packets`` the room of each packet of an
    isochronous transfer.
    """

    number: int
    length: int
    data: bytes
    packets: Sequence[int]
    on_reply: Callable[[Transfer, Reply], None] = field(repr=False)

    def complete(self, reply: Reply) -> None:
        self.on_reply(self, reply)


class Endpoint:
    """The transfers that the host has open at one endpoint, in their order."""

    def __init__(self) -> None:
        self._open: deque[Transfer] = deque()
        self._arrived = asyncio.Event()

    def put(self, transfer: Transfer) -> None:
        self._open.append(transfer)
        self._arrived.set()

    async def next(self) -> Transfer:
        """The oldest one, as soon as there is one."""
        while not self._open:
            self._arrived.clear()
            await self._arrived.wait()
        return self._open.popleft()

    def take_back(self, number: int) -> None:
        """The host no longer wants it; nothing where the device has it already."""
        for transfer in self._open:
            if transfer.number == number:
                self._open.remove(transfer)
                return

    def clear(self) -> None:
        """The host no longer wants any."""
        self._open.clear()


class Endpoints:
    """The endpoints of a device that is plugged in, by their address."""

    def __init__(self) -> None:
        self._endpoints: dict[int, Endpoint] = {}

    def __getitem__(self, address: int) -> Endpoint:
        return self._endpoints.setdefault(address, Endpoint())


class Work:
    """Tasks that are held, since the event loop itself keeps none alive, until they are stopped together."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """End them all; again does nothing."""
        for task in self._tasks:
            task.cancel()
