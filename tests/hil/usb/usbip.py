"""A USB device on a network, as Linux's vhci-hcd attaches it; the other end of tests/hil/inside/usbip_attach.py.

Source: USB/IP protocol 1.1.1, Documentation/usb/usbip_protocol.rst of Linux.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import struct
from dataclasses import dataclass

from tests.hil.usb.device import UsbDevice
from tests.hil.usb.transfers import IN, Endpoints, Reply, Setup, Status, Transfer

_VERSION, _IMPORT, _IMPORTED = 0x0111, 0x8003, 0x0003
_SUBMIT, _UNLINK, _SUBMITTED, _UNLINKED = 1, 2, 3, 4
_HIGH_SPEED = 3
_OPERATION, _BUS_ID_BYTES = struct.Struct(">HHI"), 32
_HEAD_BYTES = 48
_BASIC = struct.Struct(">5I")
_SUBMITTED_PART = struct.Struct(">IiiiI8s")
_RETURN = struct.Struct(">5IiIIiI8x")
_PACKET = struct.Struct(">IIIi")
_STATUS = {Status.OK: 0, Status.HALTED: -errno.EPIPE, Status.BROKEN: -errno.EPROTO}


@dataclass(frozen=True)
class _Open:
    """A transfer that the host waits for: its endpoint, and offset and room of its packets."""

    address: int
    packets: list[tuple[int, int]]


class UsbipConnection:
    """One device on one connection, plugged in from the host's import until one side hangs up."""

    def __init__(self, device: UsbDevice, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._device = device
        self._reader = reader
        self._writer = writer
        self._endpoints = Endpoints()
        self._open: dict[int, _Open] = {}

    async def run(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            self._writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _, code, _ = _OPERATION.unpack(await self._reader.readexactly(_OPERATION.size))
            await self._reader.readexactly(_BUS_ID_BYTES)
            if code == _IMPORT:
                self._writer.write(_OPERATION.pack(_VERSION, _IMPORTED, 0) + self._described())
                await self._plugged_in()
        self._writer.close()

    async def _plugged_in(self) -> None:
        self._device.function.plugged_in(self._endpoints)
        try:
            while True:
                await self._take()
        finally:
            self._device.function.pulled_out()

    def _described(self) -> bytes:
        label, function = self._device.label, self._device.function
        return (
            b"/sys/devices/room".ljust(256, b"\0")
            + b"1-1".ljust(_BUS_ID_BYTES, b"\0")
            + struct.pack(">III", 1, 1, _HIGH_SPEED)
            + struct.pack(">HHH", *label.ids, label.release)
            + bytes([*function.device_class, 1, 1, function.interfaces])
        )

    async def _take(self) -> None:
        head = await self._reader.readexactly(_HEAD_BYTES)
        command, number, _, is_inward, endpoint = _BASIC.unpack_from(head)
        if command == _UNLINK:
            self._unlink(number, struct.unpack_from(">I", head, _BASIC.size)[0])
            return
        _flags, length, _frame, count, _interval, setup = _SUBMITTED_PART.unpack_from(head, _BASIC.size)
        data = b"" if is_inward else await self._reader.readexactly(length)
        listed = await self._reader.readexactly(max(count, 0) * _PACKET.size)
        packets = [(offset, room) for offset, room, _, _ in _PACKET.iter_unpack(listed)]
        address = endpoint | (IN if is_inward else 0)
        self._open[number] = _Open(address, packets)
        transfer = Transfer(number, length, data, [room for _, room in packets], self._complete)
        if endpoint:
            self._endpoints[address].put(transfer)
        else:
            answer = self._device.answer(Setup.unpack(setup), data)
            transfer.complete(Reply(status=Status.HALTED) if answer is None else Reply(answer))

    def _unlink(self, number: int, unlinked: int) -> None:
        known = self._open.pop(unlinked, None)
        if known is not None:
            self._endpoints[known.address].take_back(unlinked)
        status = 0 if known is None else -errno.ECONNRESET
        self._writer.write(_RETURN.pack(_UNLINKED, number, 0, 0, 0, status, 0, 0, 0, 0))

    def _complete(self, transfer: Transfer, reply: Reply) -> None:
        known = self._open.pop(transfer.number, None)
        if known is None or self._writer.transport.is_closing():
            return
        # The kernel wants to hear how much of its own data arrived, too.
        actual = len(reply.data) if known.address & IN else len(transfer.data)
        status, count = _STATUS[reply.status], len(known.packets)
        head = _RETURN.pack(_SUBMITTED, transfer.number, 0, 0, 0, status, actual, 0, count, 0)
        sizes = [*reply.sizes, *[0] * (count - len(reply.sizes))]
        packets = [_PACKET.pack(*packet, size, 0) for packet, size in zip(known.packets, sizes, strict=True)]
        self._writer.write(head + reply.data + b"".join(packets))
