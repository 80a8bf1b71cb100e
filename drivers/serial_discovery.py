"""Discovery of this machine's USB serial ports."""

from __future__ import annotations

from pathlib import Path

from drivers.device_identity import (
    DEV,
    SYS,
    DeviceNode,
    read_sysfs_attribute,
    stable_name,
    udev_links,
    usb_device,
    usb_identity,
)
from drivers.discovered_device import DiscoveredDevice

_USB_PORT_PATTERNS = ("ttyUSB*", "ttyACM*")


def discover_serial_ports(sys: Path = SYS, dev: Path = DEV) -> list[DiscoveredDevice]:
    """Return each USB serial port; whether a clicker base or a PTZ head is connected to it, only a person knows."""
    named = udev_links(dev / "serial")
    devices = []
    for pattern in _USB_PORT_PATTERNS:
        for entry in sorted((sys / "tty").glob(pattern)):
            product = read_sysfs_attribute((usb_device(entry) or entry) / "product") or entry.name
            devices.append(DeviceNode(entry.name, (product,), 0, named.get(entry.name, ()), *usb_identity(entry)))
    return [
        DiscoveredDevice(
            "",
            "",
            {"device": f"/dev/serial/{name}"},
            one.names[0],
            f"USB {one.usb_port}",
            frozenset(f"/dev/serial/{link}" for link in one.udev_links),
            model=one.model,
            serial=one.serial,
            usb_port=one.usb_port,
            node=one.node,
        )
        for one in devices
        if (name := stable_name(one, devices)) in one.udev_links
    ]
