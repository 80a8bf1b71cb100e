"""Plugs in the USB device that a server on the network hands out, by vhci-hcd alone. Runs in the guest, as root.

usage: usbip_attach.py HOST PORT

The far side pulls it out again by hanging up. Source: USB/IP protocol 1.1.1, Documentation/usb/usbip_protocol.rst of
Linux, and its drivers/usb/usbip/vhci_sysfs.c.
"""

import socket
import struct
import sys
from pathlib import Path

HUB = Path("/sys/devices/platform/vhci_hcd.0")
_HIGH_SPEED_HUB, _FREE = "hs", "004"
_VERSION, _IMPORT, _BUS_ID = 0x0111, 0x8003, b"1-1"
_PATIENCE_S = 20


def free_port() -> int:
    """The first port for devices of high speed in which nothing is."""
    lines = (line.split() for line in (HUB / "status").read_text().splitlines()[1:])
    return next(int(fields[1]) for fields in lines if fields[0] == _HIGH_SPEED_HUB and fields[2] == _FREE)


def received(line: socket.socket, size: int) -> bytes:
    """Exactly so many bytes."""
    data = b""
    while len(data) < size:
        part = line.recv(size - len(data))
        if not part:
            raise SystemExit("the server hung up")
        data += part
    return data


def main(host: str, port: str) -> None:
    """Attach, and leave the connection to the kernel."""
    line = socket.create_connection((host, int(port)), _PATIENCE_S)
    line.settimeout(None)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.sendall(struct.pack(">HHI32s", _VERSION, _IMPORT, 0, _BUS_ID))
    _, _, status = struct.unpack(">HHI", received(line, 8))
    if status:
        raise SystemExit("the server refuses")
    bus, device, speed = struct.unpack_from(">III", received(line, 312), 288)
    (HUB / "attach").write_text(f"{free_port()} {line.fileno()} {bus << 16 | device} {speed}")


main(*sys.argv[1:])
