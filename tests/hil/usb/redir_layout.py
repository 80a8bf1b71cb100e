"""Which interfaces and endpoints a device has in the settings in force, as usbredir wants to be told.

Source: usbredir protocol 0.7, docs/usb-redirection-protocol.md of usbredir.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests.hil.usb.descriptors import Kind, Pipe, split
from tests.hil.usb.transfers import IN

_SLOTS = 32
_NO_ENDPOINT = 255
_CONTROL_BYTES = 64
_MICROFRAME_S = 125e-6


class ActiveLayout:
    """``settings``: the alternate setting of each interface that has not its first."""

    def __init__(self, configuration: bytes) -> None:
        self._descriptors = list(split(configuration))
        self.settings: dict[int, int] = {}

    def packet_room(self, address: int) -> int:
        """Return the most bytes that an endpoint carries in one interval."""
        size = _packet_size(self._endpoint(address))
        return (size & 0x7FF) * (1 + (size >> 11 & 3))

    def interval_s(self, address: int) -> float:
        """Return how often a packet comes at an isochronous endpoint."""
        return _microframes(self._endpoint(address)) * _MICROFRAME_S

    def interface_info(self) -> bytes:
        """Return the body of an interface_info packet."""
        interfaces = list(self._interfaces())
        columns = [bytes(one[place] for one in interfaces).ljust(_SLOTS, b"\0") for place in (2, 5, 6, 7)]
        return struct.pack("<I", len(interfaces)) + b"".join(columns)

    def endpoint_info(self) -> bytes:
        """Return the body of an ep_info packet: type, interval, interface and size of each endpoint."""
        types, intervals, owners = bytearray([_NO_ENDPOINT] * _SLOTS), bytearray(_SLOTS), bytearray(_SLOTS)
        sizes = [0] * _SLOTS
        for slot in (0, _SLOTS // 2):
            types[slot], sizes[slot] = Pipe.CONTROL, _CONTROL_BYTES
        for owner, one in self._endpoints():
            address = one[2]
            slot = address & 0x0F | (address & IN) >> 3
            types[slot], owners[slot], sizes[slot] = one[3] & 3, owner, _packet_size(one)
            # QEMU takes this for microframes, and waits until it has packets for 60 ms.
            intervals[slot] = _microframes(one) if types[slot] == Pipe.ISOCHRONOUS else one[6]
        return bytes(types + intervals + owners) + struct.pack(f"<{_SLOTS}H", *sizes)

    def _interfaces(self) -> Iterator[bytes]:
        for one in self._descriptors:
            if one[1] == Kind.INTERFACE and self._is_active(one):
                yield one

    def _endpoints(self) -> Iterator[tuple[int, bytes]]:
        """Each endpoint with the number of its interface."""
        owner: int | None = None
        for one in self._descriptors:
            if one[1] == Kind.INTERFACE:
                owner = one[2] if self._is_active(one) else None
            elif one[1] == Kind.ENDPOINT and owner is not None:
                yield owner, one

    def _endpoint(self, address: int) -> bytes:
        (found,) = (one for _, one in self._endpoints() if one[2] == address)
        return found

    def _is_active(self, interface: bytes) -> bool:
        return self.settings.get(interface[2], 0) == interface[3]


def _microframes(endpoint: bytes) -> int:
    """From packet to packet of an isochronous endpoint at high speed."""
    return 1 << endpoint[6] - 1


def _packet_size(endpoint: bytes) -> int:
    return endpoint[4] | endpoint[5] << 8
