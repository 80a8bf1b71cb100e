"""A UVC 1.1 webcam with Motion JPEG over a bulk or an isochronous endpoint, and what can be wrong with one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from drivers.camera.simulation.barcode import Barcode, role_id
from drivers.camera.simulation.jpeg_encoder import JpegEncoder
from drivers.camera.simulation.scene import Scene
from tests.hil.usb import uvc_format
from tests.hil.usb.descriptors import Class, u16
from tests.hil.usb.transfers import Endpoints, Reply, Setup, Stall, Status, Work
from tests.hil.usb.uvc_controls import Controls, Get, Set
from tests.hil.usb.uvc_format import STREAM, Agreed, Mode
from tests.hil.usb.uvc_payload import Flag, Stamp, header, parts

MODES = (Mode(320, 180, (5, 10)), Mode(640, 360, (5, 10)))
_STREAMING = 1
_PROBE, _COMMIT = 1, 2
_QUALITY = 80
_KEPT = 2 / 3
_BURST = 3


@dataclass
class CameraFaults:
    """What the camera does wrong, until it is set to do it no more."""

    silent: bool = False
    """It stays plugged in and sends nothing."""
    halted: bool = False
    """Its endpoint answers every transfer with a halt."""
    broken: bool = False
    """Every transfer fails as over a bad cable."""
    bad_header: bool = False
    """Headers tell a length that cannot be."""
    error_bit: bool = False
    """Every header says that the picture has an error."""
    short: bool = False
    """A third of each picture is missing at its end."""
    frozen: bool = False
    """The same picture for ever, at the right rate."""
    bursts: bool = False
    """Pictures are sent three at once, late: a kernel with several processors may hand them out in any order."""


class UvcCamera:
    """See ``tests.hil.usb.device.Function``. Pictures are bar-coded for ``role``, numbered from its first plug on.

    ``ppm``: how much faster its clock runs than the host's. A picture that the host does not fetch in its time is lost.
    """

    device_class: Class = (0xEF, 2, 1)
    interfaces = 2

    def __init__(self, role: str, *, isochronous: bool = False, ppm: float = 0.0) -> None:
        self.faults = CameraFaults()
        self.frame = -1
        """The number of the last picture taken."""
        self._role = role
        self._isochronous = isochronous
        self._ppm = ppm
        self.controls = Controls()
        self._probed = self._committed = uvc_format.agree(MODES)
        self._endpoints = Endpoints()
        self._work = Work()
        self._frame_id = Flag(0)
        self._last_picture = b""

    def descriptors(self) -> bytes:
        return uvc_format.descriptors(MODES, self.controls, isochronous=self._isochronous)

    def interface_descriptor(self, kind: int) -> bytes:
        raise Stall

    def class_request(self, setup: Setup, data: bytes) -> bytes:
        if setup.index & 0xFF == _STREAMING:
            return self._negotiate(setup.request, setup.value >> 8, data)
        return self.controls.request(setup, data)

    def choose_setting(self, interface: int, setting: int) -> None:
        if interface == _STREAMING:
            self._stop()
            if setting:
                self._start()

    def halt_cleared(self, address: int) -> None:
        # With a bulk endpoint there is no other way to say: stop.
        if address == STREAM and not self._isochronous:
            self._stop()

    def plugged_in(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    def pulled_out(self) -> None:
        self._stop()

    def _negotiate(self, request: int, selector: int, data: bytes) -> bytes:
        if selector not in (_PROBE, _COMMIT):
            raise Stall
        payload = uvc_format.payload_size(isochronous=self._isochronous)
        match request:
            case Set.CUR:
                agreed = uvc_format.agree(MODES, data)
                if selector == _PROBE:
                    self._probed = agreed
                else:
                    self._committed = agreed
                    if not self._isochronous:
                        self._start()
                return b""
            case Get.CUR:
                return (self._probed if selector == _PROBE else self._committed).pack(payload)
            case Get.MIN | Get.MAX | Get.DEF:
                return uvc_format.agree(MODES).pack(payload)
            case Get.LEN:
                return u16(len(self._probed.pack(payload)))
            case Get.INFO:
                return b"\3"
        raise Stall

    def _start(self) -> None:
        self._stop()
        self._work.start(self._take_pictures(self._committed))

    def _stop(self) -> None:
        self._work.stop()

    async def _take_pictures(self, agreed: Agreed) -> None:
        scene = _Film(self._role, agreed.mode)
        period_s = agreed.period_s / (1 + self._ppm / 1e6)
        due_s = time.monotonic()
        held: list[tuple[bytes, int]] = []
        while True:
            due_s += period_s
            await asyncio.sleep(due_s - time.monotonic())
            self.frame += 1
            missed = int((time.monotonic() - due_s) / period_s)
            self.frame += missed
            due_s += missed * period_s
            taken_ns = time.monotonic_ns()
            if not (self.faults.frozen and self._last_picture):
                self._last_picture = scene.picture(self.frame, taken_ns)
            held.append((self._last_picture, taken_ns))
            if self.faults.bursts and len(held) < _BURST:
                continue
            for picture in held if not self.faults.silent else []:
                await self._send(*picture)
            held.clear()

    async def _send(self, picture: bytes, taken_ns: int) -> None:
        if self.faults.short:
            picture = picture[: int(len(picture) * _KEPT)]
        self._frame_id ^= Flag.FRAME_ID
        waiting = parts(picture, uvc_format.ISOCHRONOUS_PACKET if self._isochronous else uvc_format.BULK_PAYLOAD)
        is_last = False
        while not is_last:
            transfer = await self._endpoints[STREAM].next()
            if self.faults.halted or self.faults.broken:
                transfer.complete(Reply(status=Status.HALTED if self.faults.halted else Status.BROKEN))
                return
            payloads = []
            # A bulk transfer takes one payload, an isochronous one as many as it has packets.
            for _ in transfer.packets or (transfer.length,):
                part, is_last = next(waiting)
                payloads.append(self._header(taken_ns, last=is_last) + part)
                if is_last:
                    break
            sizes = [len(payload) for payload in payloads] if transfer.packets else []
            transfer.complete(Reply(b"".join(payloads), sizes=sizes))

    def _header(self, taken_ns: int, *, last: bool) -> bytes:
        faults, stamp = self.faults, Stamp(taken_ns, time.monotonic_ns())
        return header(self._frame_id, stamp, self._ppm, last=last, broken=faults.bad_header, error=faults.error_bit)


class _Film:
    """Pictures of one size, each with its number and time in a bar code."""

    def __init__(self, role: str, mode: Mode) -> None:
        self._role_id = role_id(role)
        self._scene = Scene(role, mode.width, mode.height, mode.height // 2)
        self._encoder = JpegEncoder(mode.width, mode.height, "420", _QUALITY)

    def picture(self, frame: int, taken_ns: int) -> bytes:
        return self._encoder.encode(self._scene.moving(Barcode(self._role_id, frame, taken_ns // 1000)))
