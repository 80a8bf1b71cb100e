"""A USB device on the emulated machine's own controller: the far side of QEMU's usb-redir.

Source: usbredir protocol 0.7, docs/usb-redirection-protocol.md of usbredir.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from enum import IntEnum
from typing import Any

from tests.hil.usb.device import UsbDevice
from tests.hil.usb.redir_layout import ActiveLayout
from tests.hil.usb.transfers import IN, Endpoints, Reply, Setup, Status, Transfer, Work


class Packet(IntEnum):
    """Types of packets."""

    HELLO = 0
    DEVICE_CONNECT = 1
    RESET = 3
    INTERFACE_INFO = 4
    EP_INFO = 5
    SET_CONFIGURATION = 6
    GET_CONFIGURATION = 7
    CONFIGURATION_STATUS = 8
    SET_ALT_SETTING = 9
    GET_ALT_SETTING = 10
    ALT_SETTING_STATUS = 11
    START_ISO_STREAM = 12
    STOP_ISO_STREAM = 13
    ISO_STREAM_STATUS = 14
    START_INTERRUPT_RECEIVING = 15
    STOP_INTERRUPT_RECEIVING = 16
    INTERRUPT_RECEIVING_STATUS = 17
    CANCEL_DATA_PACKET = 21
    CONTROL_PACKET = 100
    BULK_PACKET = 101
    ISO_PACKET = 102
    INTERRUPT_PACKET = 103


_SUCCESS, _CANCELLED, _IO_ERROR, _STALLED = 0, 1, 3, 4
_STATUS = {Status.OK: _SUCCESS, Status.HALTED: _STALLED, Status.BROKEN: _IO_ERROR}
_HIGH_SPEED = 2
# connect_device_version, ep_info_max_packet_size, 64bits_ids, 32bits_bulk_length
_CAPABILITIES = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6
_HELLO_HEAD, _HEAD = struct.Struct("<III"), struct.Struct("<IIQ")
_CONTROL = struct.Struct("<BBBBHHH")
_BULK = struct.Struct("<BBHIH")
_DATA = struct.Struct("<BBH")
# So many isochronous packets are asked for before their time.
_AHEAD = 3
_INTERRUPT_ROOM = 64


class RedirConnection:
    """One device on one of QEMU's sockets, plugged in until one side hangs up."""

    def __init__(self, device: UsbDevice, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._device = device
        self._reader = reader
        self._writer = writer
        self._endpoints = Endpoints()
        self._layout = ActiveLayout(device.configuration())
        self._configuration = 0
        self._streams: dict[int, Work] = {}
        self._open: dict[int, int] = {}
        self._own_number = 0

    async def run(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            hello = b"classroom".ljust(64, b"\0") + struct.pack("<I", _CAPABILITIES)
            self._writer.write(_HELLO_HEAD.pack(Packet.HELLO, len(hello), 0) + hello)
            _, length, _ = _HELLO_HEAD.unpack(await self._reader.readexactly(_HELLO_HEAD.size))
            await self._reader.readexactly(length)
            await self._plugged_in()
        self._writer.close()

    async def _plugged_in(self) -> None:
        label, function = self._device.label, self._device.function
        self._tell_layout()
        about = struct.pack("<BBBBHHH", _HIGH_SPEED, *function.device_class, *label.ids, label.release)
        self._send(Packet.DEVICE_CONNECT, about)
        function.plugged_in(self._endpoints)
        try:
            while True:
                kind, length, number = _HEAD.unpack(await self._reader.readexactly(_HEAD.size))
                self._take(kind, number, await self._reader.readexactly(length))
        finally:
            self._stop_all()
            function.pulled_out()

    def _take(self, kind: int, number: int, body: bytes) -> None:
        match kind:
            case Packet.RESET:
                self._stop_all()
            case Packet.SET_CONFIGURATION:
                self._configuration = body[0]
                self._layout.settings.clear()
                self._tell_layout()
                self._send(Packet.CONFIGURATION_STATUS, bytes([_SUCCESS, body[0]]), number)
            case Packet.GET_CONFIGURATION:
                self._send(Packet.CONFIGURATION_STATUS, bytes([_SUCCESS, self._configuration]), number)
            case Packet.SET_ALT_SETTING:
                interface, setting = body
                self._layout.settings[interface] = setting
                self._device.function.choose_setting(interface, setting)
                self._tell_layout()
                self._send(Packet.ALT_SETTING_STATUS, bytes([_SUCCESS, interface, setting]), number)
            case Packet.GET_ALT_SETTING:
                setting = self._layout.settings.get(body[0], 0)
                self._send(Packet.ALT_SETTING_STATUS, bytes([_SUCCESS, body[0], setting]), number)
            case Packet.START_ISO_STREAM:
                self._stream(body[0], self._isochronous(body[0]))
                self._send(Packet.ISO_STREAM_STATUS, bytes([_SUCCESS, body[0]]), number)
            case Packet.STOP_ISO_STREAM:
                self._stop(body[0])
                self._send(Packet.ISO_STREAM_STATUS, bytes([_SUCCESS, body[0]]), number)
            case Packet.START_INTERRUPT_RECEIVING:
                self._stream(body[0], self._interrupts(body[0]))
                self._send(Packet.INTERRUPT_RECEIVING_STATUS, bytes([_SUCCESS, body[0]]), number)
            case Packet.STOP_INTERRUPT_RECEIVING:
                self._stop(body[0])
                self._send(Packet.INTERRUPT_RECEIVING_STATUS, bytes([_SUCCESS, body[0]]), number)
            case Packet.CANCEL_DATA_PACKET:
                self._cancel(number)
            case Packet.CONTROL_PACKET:
                self._control(number, body)
            case Packet.BULK_PACKET:
                self._bulk(number, body)
            case Packet.INTERRUPT_PACKET:
                # QEMU has told the guest already that it arrived.
                data = body[_DATA.size :]
                self._endpoints[body[0]].put(Transfer(-1, len(data), data, (), lambda transfer, reply: None))

    def _control(self, number: int, body: bytes) -> None:
        endpoint, request, kind, _, value, index, length = _CONTROL.unpack_from(body)
        answer = self._device.answer(Setup(kind, request, value, index, length), body[_CONTROL.size :])
        status, data = (_STALLED, b"") if answer is None else (_SUCCESS, answer)
        told = len(data) if kind & IN else length
        self._send(
            Packet.CONTROL_PACKET, _CONTROL.pack(endpoint, request, kind, status, value, index, told) + data, number
        )

    def _bulk(self, number: int, body: bytes) -> None:
        endpoint, _, low, _, high = _BULK.unpack_from(body)
        self._open[number] = endpoint
        transfer = Transfer(number, low | high << 16, body[_BULK.size :], (), self._bulk_done)
        self._endpoints[endpoint].put(transfer)

    def _bulk_done(self, transfer: Transfer, reply: Reply) -> None:
        endpoint = self._open.pop(transfer.number, None)
        if endpoint is not None:
            told = len(reply.data) if endpoint & IN else transfer.length
            head = _BULK.pack(endpoint, _STATUS[reply.status], told & 0xFFFF, 0, told >> 16)
            self._send(Packet.BULK_PACKET, head + reply.data, transfer.number)

    def _cancel(self, number: int) -> None:
        endpoint = self._open.pop(number, None)
        if endpoint is not None:
            self._endpoints[endpoint].take_back(number)
            self._send(Packet.BULK_PACKET, _BULK.pack(endpoint, _CANCELLED, 0, 0, 0), number)

    def _stream(self, endpoint: int, work: Coroutine[Any, Any, None]) -> None:
        self._stop(endpoint)
        self._streams[endpoint] = Work()
        self._streams[endpoint].start(work)

    def _stop(self, endpoint: int) -> None:
        if (stream := self._streams.pop(endpoint, None)) is not None:
            stream.stop()
            self._endpoints[endpoint].clear()

    def _stop_all(self) -> None:
        for endpoint in list(self._streams):
            self._stop(endpoint)

    async def _interrupts(self, endpoint: int) -> None:
        while True:
            reply = await self._ask(endpoint, _INTERRUPT_ROOM, ())
            self._send_data(Packet.INTERRUPT_PACKET, endpoint, reply.status, reply.data)

    async def _isochronous(self, endpoint: int) -> None:
        """A packet in each interval of the bus: what the device has by then, or an empty one."""
        room, interval_s = self._layout.packet_room(endpoint), self._layout.interval_s(endpoint)
        asked: deque[asyncio.Future[Reply]] = deque()
        due_s = time.monotonic()
        while True:
            while len(asked) < _AHEAD:
                asked.append(self._ask(endpoint, room, (room,)))
            due_s += interval_s
            await asyncio.sleep(due_s - time.monotonic())
            reply = asked.popleft().result() if asked[0].done() else Reply()
            self._send_data(Packet.ISO_PACKET, endpoint, reply.status, reply.data)

    def _ask(self, endpoint: int, length: int, packets: Sequence[int]) -> asyncio.Future[Reply]:
        """Return what the device will give for a transfer that the bus itself, not the guest, has opened."""
        self._own_number -= 1
        number = self._own_number
        answered: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

        def take(_: Transfer, reply: Reply) -> None:
            if not answered.done():
                answered.set_result(reply)

        self._endpoints[endpoint].put(Transfer(number, length, b"", packets, take))
        return answered

    def _send_data(self, kind: Packet, endpoint: int, status: Status, data: bytes) -> None:
        self._send(kind, _DATA.pack(endpoint, _STATUS[status], len(data)) + data)

    def _tell_layout(self) -> None:
        self._send(Packet.INTERFACE_INFO, self._layout.interface_info())
        self._send(Packet.EP_INFO, self._layout.endpoint_info())

    def _send(self, kind: Packet, body: bytes, number: int = 0) -> None:
        if not self._writer.transport.is_closing():
            self._writer.write(_HEAD.pack(kind, len(body), number) + body)
