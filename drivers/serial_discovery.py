"""The serial ports of this machine that something was plugged into, as the config would name them."""

from __future__ import annotations

from pathlib import Path

from drivers.device_identity import DEV, SYS, DeviceNode, best_name, fact, links, on_usb
from drivers.discovery import DiscoveredDevice

_PLUGGED = ("ttyUSB*", "ttyACM*")


def found(sys: Path = SYS, dev: Path = DEV) -> list[DiscoveredDevice]:
    """Each USB serial port; what hangs on it, clickers or a camera's head, only a person knows."""
    named = links(dev / "serial")
    there = []
    for pattern in _PLUGGED:
        for entry in sorted((sys / "tty").glob(pattern)):
            product = fact(_usb(entry) / "product") or entry.name
            there.append(DeviceNode(entry.name, (product,), 0, named.get(entry.name, ()), *on_usb(entry)))
    return [
        DiscoveredDevice("", "", {"device": f"/dev/serial/{name}"}, one.names[0], f"USB {one.usb_port}")
        for one in there
        if (name := best_name(one, there)) in one.links
    ]


def _usb(entry: Path) -> Path:
    device = (entry / "device").resolve()
    return next((folder for folder in device.parents if (folder / "idVendor").is_file()), device)
