"""A USB Audio Class 1 microphone: 48 kHz mono, a tone by a clock of its own, over an isochronous endpoint.

Source: Universal Serial Bus Device Class Definition for Audio Devices 1.0.
"""

from __future__ import annotations

import asyncio
import math
import struct
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from tests.hil.usb.descriptors import ASYNCHRONOUS, Class, Kind, Pipe, descriptor, endpoint, interface, u16
from tests.hil.usb.transfers import IN, Endpoints, Reply, Setup, Stall, Status, Work

RATE_HZ = 48_000
PACKET_MS = 10
"""Samples in each packet. A real one sends a packet every millisecond, which the kernel asks for one by one: a thousand
transfers a second, too many for an emulated machine. An endpoint that says that packets are always full gets room for
ten times as much."""
_STREAM = IN | 1
_STREAMING = 1
_AUDIO, _AUDIO_CONTROL, _AUDIO_STREAMING = 1, 1, 2
_TERMINAL, _FEATURE, _OUTPUT = 1, 2, 3
_MUTE, _VOLUME = 1, 2
_SET, _GET = 0x01, 0x81
_VOLUMES = {0x82: -0x1400, 0x83: 0x0600, 0x84: 0x0080}
"""The least, the most and the step, in 1/256 dB."""
_TO_ENDPOINT = 0x02
_ONLY_FULL_PACKETS, _CHOOSES_RATE = 0x80, 0x01
_EVERY_MILLISECOND = 4
_PEAK = 8_000
_HELD_S = 0.5


@dataclass
class MicrophoneFaults:
    """What the microphone does wrong, until it is set to do it no more."""

    empty: bool = False
    """Its packets are empty."""
    mute: bool = False
    """It sends nothing but zeros, as one whose switch is off."""
    broken: bool = False
    """Every transfer fails as over a bad cable."""


class UacMicrophone:
    """See ``tests.hil.usb.device.Function``. ``tone_hz``: a whole number. ``ppm``: how much faster its clock runs."""

    device_class: Class = (0, 0, 0)
    interfaces = 2

    def __init__(self, tone_hz: int, *, ppm: float = 0.0) -> None:
        self.faults = MicrophoneFaults()
        self._rate_hz = RATE_HZ * (1 + ppm / 1e6)
        turn = 2 * math.pi * tone_hz / RATE_HZ
        self._second = array("h", (round(_PEAK * math.sin(turn * number)) for number in range(RATE_HZ))).tobytes()
        self._endpoints = Endpoints()
        self._work = Work()
        self._levels = {_MUTE: b"\0", _VOLUME: struct.pack("<h", 0)}

    @property
    def volume_db(self) -> float:
        """The gain that it was told; settable, as by a knob."""
        raw: int = struct.unpack("<h", self._levels[_VOLUME])[0]
        return raw / 256

    @volume_db.setter
    def volume_db(self, gain_db: float) -> None:
        self._levels[_VOLUME] = struct.pack("<h", round(gain_db * 256))

    def descriptors(self) -> bytes:
        units = (
            descriptor(Kind.CS_INTERFACE, 2, _TERMINAL, u16(0x0201), 0, 1, u16(0), 0, 0)
            + descriptor(Kind.CS_INTERFACE, 6, _FEATURE, _TERMINAL, 1, _MUTE | _VOLUME, 0, 0)
            + descriptor(Kind.CS_INTERFACE, 3, _OUTPUT, u16(0x0101), 0, _FEATURE, 0)
        )
        control = descriptor(Kind.CS_INTERFACE, 1, u16(0x0100, 9 + len(units)), 1, 1) + units
        packet = RATE_HZ // 1000 * PACKET_MS * 2 + 16
        streaming = (
            descriptor(Kind.CS_INTERFACE, 1, _OUTPUT, 1, u16(1))
            + descriptor(Kind.CS_INTERFACE, 2, 1, 1, 2, 16, 1, RATE_HZ.to_bytes(3, "little"))
            + endpoint(_STREAM, Pipe.ISOCHRONOUS | ASYNCHRONOUS, packet, _EVERY_MILLISECOND, 0, 0)
            + descriptor(Kind.CS_ENDPOINT, 1, _ONLY_FULL_PACKETS | _CHOOSES_RATE, 0, u16(0))
        )
        return (
            interface(0, 0, (_AUDIO, _AUDIO_CONTROL, 0))
            + control
            + interface(1, 0, (_AUDIO, _AUDIO_STREAMING, 0))
            + interface(1, 1, (_AUDIO, _AUDIO_STREAMING, 0), setting=1)
            + streaming
        )

    def interface_descriptor(self, kind: int) -> bytes:
        raise Stall

    def class_request(self, setup: Setup, data: bytes) -> bytes:
        selector = setup.value >> 8
        if setup.kind & 0x1F == _TO_ENDPOINT:  # its rate, of which there is one
            return RATE_HZ.to_bytes(3, "little") if setup.kind & IN else b""
        if setup.index >> 8 != _FEATURE or selector not in self._levels:
            raise Stall
        if setup.request == _SET:
            self._levels[selector] = data
            return b""
        if setup.request == _GET:
            return self._levels[selector]
        if selector == _VOLUME and setup.request in _VOLUMES:
            return struct.pack("<h", _VOLUMES[setup.request])
        raise Stall

    def choose_setting(self, interface: int, setting: int) -> None:
        if interface == _STREAMING:
            self._work.stop()
            if setting:
                self._work.start(self._speak())

    def halt_cleared(self, address: int) -> None:
        pass

    def plugged_in(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    def pulled_out(self) -> None:
        self._work.stop()

    async def _speak(self) -> None:
        """Answer each transfer when the time of its last packet has come, until the host stops."""
        began_s = time.monotonic()
        asked_s = 0.0
        sent = 0
        while True:
            transfer = await self._endpoints[_STREAM].next()
            asked_s += len(transfer.packets) * PACKET_MS / 1000
            await asyncio.sleep(began_s + asked_s - time.monotonic())
            if self.faults.broken:
                transfer.complete(Reply(status=Status.BROKEN))
                continue
            due = int(self._rate_hz * (time.monotonic() - began_s))
            if self.faults.empty or due - sent > self._rate_hz * _HELD_S:
                sent = due  # what nobody fetched is lost
            sizes = shares(due - sent, transfer.packets)
            taken = sum(sizes)
            samples = bytes(taken * 2) if self.faults.mute else self._samples(sent, taken)
            sent += taken
            transfer.complete(Reply(samples, sizes=[size * 2 for size in sizes]))

    def _samples(self, first: int, count: int) -> bytes:
        """Return ``count`` samples, fewer than a second, from sample ``first`` of the tone on."""
        at = first % RATE_HZ * 2
        end = at + count * 2
        return self._second[at:end] + self._second[: max(0, end - len(self._second))]


def shares(count: int, packets: Sequence[int]) -> list[int]:
    """Spread ``count`` 16-bit samples evenly over packets with room for so many bytes; what has no room waits."""
    sizes = []
    for index, room in enumerate(packets):
        sizes.append(min(-(-count // (len(packets) - index)), room // 2))
        count -= sizes[-1]
    return sizes
