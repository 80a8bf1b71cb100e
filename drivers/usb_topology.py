"""Where a USB device hangs: its bus, controller and speed, and the bandwidth that its streams can reserve there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drivers.device_identity import read_sysfs_attribute

USB_DEVICES = Path("/sys/bus/usb/devices")

HIGH_SPEED_MBPS = 480.0
SUPER_SPEED_MBPS = 5000.0

_CONFIGURATION, _INTERFACE, _ENDPOINT, _SUPER_SPEED_COMPANION = 2, 4, 5, 0x30
_ISOCHRONOUS, _TRANSFER_TYPE, _IN = 1, 3, 0x80
_FEEDBACK, _USAGE = 0x10, 0x30
_ONE_TRANSLATOR_A_PORT = 2


@dataclass(frozen=True, slots=True)
class IsochronousSetting:
    """An alternate setting of an interface with an isochronous IN endpoint, and what it reserves.

    In every interval ``transactions`` of up to ``transaction_bytes`` are reserved, whether data comes or not.
    """

    interface: int
    alternate: int
    endpoint: int
    transaction_bytes: int
    transactions: int
    interval_us: float

    @property
    def bytes_per_s(self) -> float:
        """The payload that can come in a second."""
        return self.transaction_bytes * self.transactions * 1e6 / self.interval_us


@dataclass(frozen=True, slots=True)
class UsbPort:
    """The device in a port, such as ``1-1.2``: ``root_port`` is the box's own port to which its hubs lead.

    ``translator`` is what carries a slower device over a high-speed hub, and has a full-speed bus of its own; empty for
    any other device. ``settings`` are what its streams can reserve, ``chosen`` what they reserve now.
    """

    name: str
    bus: int
    root_port: str
    controller: str
    speed_mbps: float
    translator: str
    settings: tuple[IsochronousSetting, ...]
    chosen: tuple[IsochronousSetting, ...]

    def largest(self) -> tuple[IsochronousSetting, ...]:
        """The largest setting of each interface."""
        interfaces = dict.fromkeys(one.interface for one in self.settings)
        return tuple(
            max((one for one in self.settings if one.interface == interface), key=lambda one: one.bytes_per_s)
            for interface in interfaces
        )


@dataclass(frozen=True, slots=True)
class UsbBus:
    """One bus of a host controller; ``free_ports`` are those of its own and of its hubs into which nothing is plugged.

    Some of them may not lead to a socket.
    """

    number: int
    controller: str
    speed_mbps: float
    free_ports: int


def read_usb_port(name: str, devices: Path = USB_DEVICES) -> UsbPort | None:
    """Return what is in a port, None where there is nothing, or no USB.

    Source: the kernel's Documentation/ABI/testing/sysfs-bus-usb.
    """
    folder = devices / name
    speed = _number(folder, "speed")
    bus = _number(folder, "busnum")
    if not speed or not bus:
        return None
    try:
        descriptors = (folder / "descriptors").read_bytes()
    except OSError:  # it went while we looked
        return None
    configuration = int(_number(folder, "bConfigurationValue"))
    settings = isochronous_inputs(descriptors, speed, configuration or None)
    now = _alternates(folder, configuration)
    return UsbPort(
        name,
        int(bus),
        name.partition(".")[0],
        _controller(devices / f"usb{int(bus)}"),
        speed,
        _translator(name, speed, devices),
        settings,
        tuple(one for one in settings if now.get(one.interface) == one.alternate),
    )


def list_usb_buses(devices: Path = USB_DEVICES) -> list[UsbBus]:
    """Return every bus of this machine, in the order of their numbers."""
    found = []
    for folder in devices.glob("usb*"):
        number = int(_number(folder, "busnum"))
        plugged_in = [one for one in devices.glob(f"{number}-*") if ":" not in one.name]
        ports = sum(int(_number(one, "maxchild")) for one in (folder, *plugged_in))
        found.append(UsbBus(number, _controller(folder), _number(folder, "speed"), ports - len(plugged_in)))
    return sorted(found, key=lambda bus: bus.number)


def isochronous_inputs(
    descriptors: bytes, speed_mbps: float, configuration: int | None = None
) -> tuple[IsochronousSetting, ...]:
    """Return the isochronous IN endpoints of all alternate settings in a device's descriptors, as sysfs has them.

    ``configuration`` is the one in use; None for the first. Endpoints that only report a card's clock are left out.
    What cannot be read any more ends the list.

    Sources: Universal Serial Bus Specification 2.0, 9.6 (wMaxPacketSize has one less than the number of transactions a
    microframe in bits 12..11) and table 9-13 (an interval is 2 to the power of bInterval-1 frames, or microframes);
    Universal Serial Bus 3.2 Specification, 9.6.7 (wBytesPerInterval).
    """
    unit_us = 125.0 if speed_mbps >= HIGH_SPEED_MBPS else 1000.0
    found: list[IsochronousSetting] = []
    interface = alternate = -1
    is_wanted = configuration is None
    configurations = 0
    for kind, body in _walk(descriptors):
        if kind == _CONFIGURATION and len(body) >= 6:
            configurations += 1
            is_wanted = configurations == 1 if configuration is None else body[5] == configuration
        elif kind == _INTERFACE and len(body) >= 4:
            interface, alternate = body[2], body[3]
        elif kind == _ENDPOINT and is_wanted and len(body) >= 7:
            address, attributes, interval = body[2], body[3], body[6]
            size = int.from_bytes(body[4:6], "little")
            if not address & _IN or attributes & _TRANSFER_TYPE != _ISOCHRONOUS or attributes & _USAGE == _FEEDBACK:
                continue
            many = (size >> 11 & 3) + 1 if speed_mbps == HIGH_SPEED_MBPS else 1
            period_us = unit_us * 2 ** (min(max(interval, 1), 16) - 1)
            if size & 0x7FF:
                found.append(IsochronousSetting(interface, alternate, address, size & 0x7FF, many, period_us))
        elif kind == _SUPER_SPEED_COMPANION and is_wanted and found and len(body) >= 6:
            last = found[-1]
            if (last.interface, last.alternate) == (interface, alternate):
                whole = int.from_bytes(body[4:6], "little")
                found[-1] = IsochronousSetting(interface, alternate, last.endpoint, whole, 1, last.interval_us)
    return tuple(found)


def _walk(descriptors: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(descriptors):
        length, kind = descriptors[at], descriptors[at + 1]
        if length < 2 or at + length > len(descriptors):
            return
        yield kind, descriptors[at : at + length]
        at += length


def _alternates(folder: Path, configuration: int) -> dict[int, int]:
    """The alternate setting of each interface now; the kernel writes these decimal, padded with a space."""
    found = {}
    for one in folder.glob(f"{folder.name}:{configuration}.*"):
        number = read_sysfs_attribute(one / "bInterfaceNumber")
        alternate = read_sysfs_attribute(one / "bAlternateSetting")
        if number and alternate:
            found[int(number, 16)] = int(alternate)
    return found


def _translator(name: str, speed_mbps: float, devices: Path) -> str:
    """The nearest high-speed hub above a slower device; with a translator for each port, also which of its ports."""
    if speed_mbps >= HIGH_SPEED_MBPS:
        return ""
    below, hub = name, name.rpartition(".")[0]
    while hub:
        if _number(devices / hub, "speed") >= HIGH_SPEED_MBPS:
            protocol = read_sysfs_attribute(devices / hub / "bDeviceProtocol")
            return below if protocol and int(protocol, 16) == _ONE_TRANSLATOR_A_PORT else hub
        below, hub = hub, hub.rpartition(".")[0]
    # No hub of that speed: the controller itself drives a full-speed bus behind the box's own port.
    return name.partition(".")[0]


def _controller(bus: Path) -> str:
    return bus.resolve().parent.name if bus.exists() else ""


def _number(folder: Path, attribute: str) -> float:
    try:
        return float(read_sysfs_attribute(folder / attribute) or 0)
    except ValueError:
        return 0.0
