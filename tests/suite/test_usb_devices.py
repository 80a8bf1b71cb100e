"""The virtual classroom's USB devices, asked by hosts without a kernel: over USB/IP, and as QEMU asks."""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from jpegs import decoded

from drivers.camera.simulation import barcode
from pipelines.yuv_planes import planes_of
from tests.hil.usb import uvc_payload
from tests.hil.usb.bus import Bus
from tests.hil.usb.cdc_serial import CdcSerial
from tests.hil.usb.descriptors import Kind, split
from tests.hil.usb.device import Function, Label, UsbDevice
from tests.hil.usb.hid_reports import REPORT_BYTES, HidReports
from tests.hil.usb.transfers import IN, Setup, Stall
from tests.hil.usb.uac_microphone import PACKET_MS, RATE_HZ, UacMicrophone, shares
from tests.hil.usb.usbredir import Packet
from tests.hil.usb.uvc_camera import UvcCamera
from tests.hil.usb.uvc_format import BULK_PAYLOAD, STREAM

LABEL = Label((0x1D6B, 0x0102), "Virtual Room", "Device", "0001")
CLASS_IN, CLASS_OUT = 0xA1, 0x21
PROBE, COMMIT, STREAMING = 0x0100, 0x0200, 1
SET_CUR, GET_CUR = 0x01, 0x81


@pytest.fixture
def bus() -> Iterator[Bus]:
    """The cables."""
    with Bus() as there:
        yield there


class UsbipHost:
    """A host that takes one device over USB/IP and asks it as a kernel would."""

    def __init__(self, port: int) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), 5.0)
        self._numbers = itertools.count(1)
        self._line.sendall(struct.pack(">HHI32s", 0x0111, 0x8003, 0, b"1-1"))
        assert struct.unpack(">HHI", self._take(8)) == (0x0111, 3, 0)
        assert struct.unpack_from(">HH", self._take(312), 300) == LABEL.ids

    def submit(
        self, address: int, length: int, data: bytes = b"", packets: Sequence[int] = (), setup: bytes = bytes(8)
    ) -> None:
        """Open a transfer."""
        fixed = (1, next(self._numbers), 1, address >> 7, address & 0x0F, 0, length, 0, len(packets), 0, setup)
        offsets = itertools.accumulate(packets, initial=0)
        listed = (struct.pack(">IIIi", at, room, 0, 0) for at, room in zip(offsets, packets, strict=False))
        self._line.sendall(struct.pack(">5IIiiiI8s", *fixed) + data + b"".join(listed))

    def reply(self, *, with_data: bool = True) -> tuple[int, bytes, list[int]]:
        """Status, data and packet sizes of the next transfer that is completed."""
        _, _, _, _, _, status, actual, _, count, _ = struct.unpack(">5IiIIiI8x", self._take(48))
        data = self._take(actual) if with_data else b""
        return status, data, [struct.unpack(">IIIi", self._take(16))[2] for _ in range(count)]

    def control(self, setup: Setup, data: bytes = b"") -> tuple[int, bytes]:
        """Status and data of a control request."""
        packed = struct.pack("<BBHHH", setup.kind, setup.request, setup.value, setup.index, setup.length)
        self.submit(setup.kind & IN, setup.length, data, setup=packed)
        return self.reply(with_data=bool(setup.kind & IN))[:2]

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self._line.recv(size - len(data)) or pytest.fail("hung up")
        return data


def test_what_a_device_says_of_itself_adds_up() -> None:
    reports, serial = HidReports(), CdcSerial()
    functions: list[Function] = [UvcCamera("a"), UvcCamera("b", isochronous=True), UacMicrophone(440), reports, serial]
    for function in functions:
        device = UsbDevice(LABEL, function)
        configuration = device.configuration()
        parts = list(split(configuration))
        assert struct.unpack_from("<H", configuration, 2) == (len(configuration),)
        assert configuration[4] == len({part[2] for part in parts if part[1] == Kind.INTERFACE})
        settings = [part for part in parts if part[1] == Kind.INTERFACE]
        assert sum(part[4] for part in settings) == len([part for part in parts if part[1] == Kind.ENDPOINT])
        product = device.control(Setup(IN, 6, Kind.STRING << 8 | 2, 0x0409, 255), b"")
        assert product[2:].decode("utf-16-le") == LABEL.product
    reports.close()
    serial.close()


def test_a_camera_is_agreed_with_and_sends_whole_pictures_with_their_numbers(bus: Bus) -> None:
    camera = UvcCamera("teacher")
    host = UsbipHost(bus.serve(UsbDevice(LABEL, camera)))
    wanted = struct.pack("<HBBI", 1, 1, 1, 1_000_000).ljust(34, b"\0")
    for selector in (PROBE, COMMIT):
        assert host.control(Setup(CLASS_OUT, SET_CUR, selector, STREAMING, 34), wanted) == (0, b"")
        status, agreed = host.control(Setup(CLASS_IN, GET_CUR, selector, STREAMING, 34))
        assert (status, len(agreed)) == (0, 34)
    assert struct.unpack_from("<I", agreed, 4)[0] == 1_000_000
    frames = [_frame(_picture(host)) for _ in range(3)]
    assert frames == list(range(frames[0], frames[0] + 3))
    camera.faults.halted = True
    host.submit(STREAM, BULK_PAYLOAD)
    assert host.reply()[0] == -32
    assert host.control(Setup(0x02, 1, 0, STREAM, 0)) == (0, b""), "the host stops it"
    host.close()


def test_a_microphone_has_a_clock_of_its_own(bus: Bus) -> None:
    ppm = 50_000
    host = UsbipHost(bus.serve(UsbDevice(LABEL, UacMicrophone(1000, ppm=ppm))))
    assert host.control(Setup(0x01, 11, 1, 1, 0)) == (0, b"")
    room = RATE_HZ // 1000 * PACKET_MS * 4
    sizes: list[int] = []
    sound = b""
    for _ in range(12):
        host.submit(IN | 1, room * 2, packets=(room, room))
    for _ in range(12):
        status, data, took = host.reply()
        assert (status, sum(took)) == (0, len(data))
        sizes += took
        sound += data
    samples = np.frombuffer(sound, np.int16)
    per_packet = RATE_HZ * (1 + ppm / 1e6) * PACKET_MS / 1000
    assert len(samples) >= 24 * per_packet - 1
    assert int(np.count_nonzero(np.diff(samples) > 0)) == pytest.approx(len(samples) / 2, rel=0.05), (
        "a tone without steps"
    )
    host.close()


def test_samples_are_spread_over_packets_and_none_is_lost() -> None:
    assert shares(960, [1000, 1000]) == [480, 480]
    assert shares(961, [1000, 1000]) == [481, 480]
    assert shares(2000, [1000, 1000]) == [500, 500], "what has no room waits"


def test_a_header_that_lies_is_one_that_no_driver_takes() -> None:
    stamp = uvc_payload.Stamp(0, 0)
    assert uvc_payload.header(uvc_payload.Flag(0), stamp, last=True)[0] == uvc_payload.HEADER_BYTES
    assert uvc_payload.header(uvc_payload.Flag(0), stamp, last=True, broken=True)[0] < 2
    assert uvc_payload.header(uvc_payload.Flag(0), stamp, last=False, error=True)[1] & uvc_payload.Flag.ERROR


class Qemu:
    """QEMU's end of a usb-redir port."""

    def __init__(self, path: Path) -> None:
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        self._line: socket.socket

    def greet(self) -> list[int]:
        """Take the device that is plugged in; the kinds of the packets up to the one that says what it is."""
        self._line, _ = self._server.accept()
        self._line.settimeout(5.0)
        _, length, _ = struct.unpack("<III", self._take(12))
        self._take(length)
        self._line.sendall(struct.pack("<III", Packet.HELLO, 68, 0) + b"qemu".ljust(68, b"\0"))
        kinds: list[int] = []
        while Packet.DEVICE_CONNECT not in kinds:
            kinds.append(self.hear()[0])
        return kinds

    def say(self, kind: Packet, body: bytes, number: int = 0) -> None:
        self._line.sendall(struct.pack("<IIQ", kind, len(body), number) + body)

    def hear(self) -> tuple[int, bytes]:
        """Kind and body of the next packet."""
        kind, length, _ = struct.unpack("<IIQ", self._take(16))
        return kind, self._take(length)

    def hang_up(self) -> None:
        self._line.close()

    def close(self) -> None:
        self.hang_up()
        self._server.close()

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._line.recv(size - len(data))
            if not part:
                raise ConnectionResetError("pulled out")
            data += part
        return data


def test_reports_and_bytes_pass_and_a_plug_can_be_pulled(bus: Bus, tmp_path: Path) -> None:
    reports = HidReports()
    device = UsbDevice(LABEL, reports)
    qemu = Qemu(tmp_path / "port")
    bus.plug_in(device, tmp_path / "port")
    assert qemu.greet() == [Packet.INTERFACE_INFO, Packet.EP_INFO, Packet.DEVICE_CONNECT]
    qemu.say(Packet.INTERRUPT_PACKET, struct.pack("<BBH", 4, 0, REPORT_BYTES) + b"ask".ljust(REPORT_BYTES))
    assert reports.base.recv(100) == b"ask".ljust(REPORT_BYTES)
    qemu.say(Packet.START_INTERRUPT_RECEIVING, bytes([IN | 3]))
    assert qemu.hear() == (Packet.INTERRUPT_RECEIVING_STATUS, bytes([0, IN | 3]))
    reports.base.send(b"vote".ljust(REPORT_BYTES))
    assert qemu.hear() == (
        Packet.INTERRUPT_PACKET,
        struct.pack("<BBH", IN | 3, 0, REPORT_BYTES) + b"vote".ljust(REPORT_BYTES),
    )
    vote = b"again".ljust(REPORT_BYTES)
    for kind in (Packet.STOP_INTERRUPT_RECEIVING, Packet.START_INTERRUPT_RECEIVING):
        qemu.say(kind, bytes([IN | 3]))
        qemu.hear()
    reports.base.send(vote)
    assert qemu.hear()[1].endswith(vote), "a host that asked, stopped and asks again gets the next report"
    bus.pull_out(device)
    reports.base.send(b"lost".ljust(REPORT_BYTES))
    with pytest.raises(ConnectionResetError):
        qemu.hear()
    qemu.hang_up()
    bus.plug_in(device, tmp_path / "port")
    qemu.greet()
    qemu.say(Packet.START_INTERRUPT_RECEIVING, bytes([IN | 3]))
    qemu.hear()
    reports.base.send(b"new".ljust(REPORT_BYTES))
    assert b"new" in qemu.hear()[1], "what came while there was no power is lost"
    qemu.close()
    bus.pull_out(device)
    reports.close()


def test_what_a_device_does_not_know_is_refused() -> None:
    with pytest.raises(Stall):
        UsbDevice(LABEL, UvcCamera("teacher")).control(Setup(CLASS_IN, GET_CUR, 0x7F00, 1 << 8, 2), b"")


def _picture(host: UsbipHost) -> bytes:
    """One whole picture, of payloads with the same frame id."""
    picture = b""
    deadline_s = time.monotonic() + 5.0
    while time.monotonic() < deadline_s:
        host.submit(STREAM, BULK_PAYLOAD)
        status, payload, _ = host.reply()
        assert status == 0
        picture += payload[payload[0] :]
        if payload[1] & uvc_payload.Flag.END_OF_FRAME:
            return picture
    raise AssertionError("no picture")


def _frame(jpeg: bytes) -> int:
    code = barcode.read(planes_of(decoded(jpeg))[0])
    assert code is not None
    return code.frame
