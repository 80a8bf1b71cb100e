"""What a UVC camera offers: its sizes and rates as descriptors, and the negotiation of one of them.

Source: Universal Serial Bus Device Class Definition for Video Devices 1.1, sections 3 and 4.3.1.1; USB Device Class
Definition for Video Devices: Motion-JPEG Payload 1.1.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from tests.hil.usb.descriptors import ASYNCHRONOUS, Kind, Pipe, descriptor, endpoint, interface, u16, u32
from tests.hil.usb.transfers import IN
from tests.hil.usb.uvc_controls import CAMERA, PROCESSING, Controls

CLOCK_HZ = 48_000_000
STREAM = IN | 1
BULK_PAYLOAD = 16_384
"""uvcvideo asks a bulk endpoint for 32 packets of 512 bytes at most, so that a payload fits into one transfer."""
ISOCHRONOUS_PACKET = 1024
_TRANSACTIONS = 3
"""In each microframe that has any: bits 11 and 12 of the packet size say one less."""
_EVERY_8_MS = 7
"""Often enough for small pictures, and an emulated bus costs for each packet."""
_VIDEO, _VIDEO_CONTROL, _VIDEO_STREAMING, _VIDEO_COLLECTION = 0x0E, 1, 2, 3
_OUTPUT = 3
_TICKS_S = 10_000_000
_COMMIT = struct.Struct("<HBBIHHHHHIIIBBBB")


@dataclass(frozen=True)
class Mode:
    """A picture size with its rates, in pictures per second."""

    width: int
    height: int
    rates: Sequence[int]

    @property
    def room(self) -> int:
        """The most bytes that a picture may have."""
        return self.width * self.height * 2

    @property
    def intervals(self) -> list[int]:
        """The rates in the class's unit of 100 ns, the fastest first."""
        return sorted(_TICKS_S // rate for rate in self.rates)


@dataclass(frozen=True)
class Agreed:
    """What host and camera agree upon."""

    number: int
    mode: Mode
    interval: int

    @property
    def period_s(self) -> float:
        return self.interval / _TICKS_S

    def pack(self, payload: int) -> bytes:
        """Return the 34 bytes of the probe and commit controls; ``payload``: the most bytes of a payload."""
        room = self.mode.room
        return _COMMIT.pack(1, 1, self.number, self.interval, 0, 0, 0, 0, 0, room, payload, CLOCK_HZ, 3, 0, 1, 1)


def agree(modes: Sequence[Mode], wanted: bytes = b"") -> Agreed:
    """Return the nearest to what the host wants, which is the beginning of a probe control, or nothing."""
    number, interval = struct.unpack_from("<BI", wanted, 3) if wanted else (1, 0)
    number = min(max(number, 1), len(modes))
    mode = modes[number - 1]
    return Agreed(number, mode, min(mode.intervals, key=lambda one: abs(one - interval)))


def descriptors(modes: Sequence[Mode], controls: Controls, *, isochronous: bool) -> bytes:
    """Return a camera's interfaces: control, and streaming of Motion JPEG."""
    association = descriptor(Kind.INTERFACE_ASSOCIATION, 0, 2, _VIDEO, _VIDEO_COLLECTION, 0, 0)
    return association + _control_interface(controls) + _streaming_interface(modes, isochronous)


def _control_interface(controls: Controls) -> bytes:
    camera, processing = controls.bits(CAMERA, 3), controls.bits(PROCESSING, 2)
    units = (
        descriptor(Kind.CS_INTERFACE, 2, CAMERA, u16(0x0201), 0, 0, u16(0, 0, 0), 3, camera)
        + descriptor(Kind.CS_INTERFACE, 5, PROCESSING, CAMERA, u16(0), 2, processing, 0, 0)
        + descriptor(Kind.CS_INTERFACE, 3, _OUTPUT, u16(0x0101), 0, PROCESSING, 0)
    )
    head = descriptor(Kind.CS_INTERFACE, 1, u16(0x0110, 13 + len(units)), u32(CLOCK_HZ), 1, 1)
    return interface(0, 0, (_VIDEO, _VIDEO_CONTROL, 0)) + head + units


def _streaming_interface(modes: Sequence[Mode], isochronous: bool) -> bytes:
    form = descriptor(Kind.CS_INTERFACE, 6, 1, len(modes), 1, 1, 0, 0, 0, 0)
    for number, mode in enumerate(modes, 1):
        slowest, fastest = mode.room * 8 * min(mode.rates), mode.room * 8 * max(mode.rates)
        form += descriptor(
            *(Kind.CS_INTERFACE, 7, number, 0, u16(mode.width, mode.height)),
            u32(slowest, fastest, mode.room, mode.intervals[0]),
            *(len(mode.intervals), u32(*mode.intervals)),
        )
    form += descriptor(Kind.CS_INTERFACE, 0x0D, 1, 1, 4)
    form = descriptor(Kind.CS_INTERFACE, 1, 1, u16(14 + len(form)), STREAM, 0, _OUTPUT, 0, 0, 0, 1, 0) + form
    stream = (_VIDEO, _VIDEO_STREAMING, 0)
    if not isochronous:
        return interface(1, 1, stream) + form + endpoint(STREAM, Pipe.BULK, 512, 0)
    packet = ISOCHRONOUS_PACKET | (_TRANSACTIONS - 1) << 11
    streaming = endpoint(STREAM, Pipe.ISOCHRONOUS | ASYNCHRONOUS, packet, _EVERY_8_MS)
    return interface(1, 0, stream) + form + interface(1, 1, stream, setting=1) + streaming


def payload_size(*, isochronous: bool) -> int:
    """Return the most bytes of a payload, header and all."""
    return ISOCHRONOUS_PACKET * _TRANSACTIONS if isochronous else BULK_PAYLOAD
