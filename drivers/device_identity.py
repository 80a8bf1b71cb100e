"""Stable device identity: a device found by its udev link, kernel name, USB serial number or USB port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.errors import DeviceMisconfigured, DeviceMissing

SYS = Path("/sys/class")
DEV = Path("/dev")

_BY_ID, _BY_PATH = "by-id", "by-path"


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """The identity of a device as the config states it; an empty field matches any device.

    ``name`` is a udev link (``by-id/…``, ``by-path/…``) or the kernel's name for the device; ``serial`` the serial
    number of the USB device; ``usb_port`` the port it is plugged into, such as ``1-1.2``.
    """

    name: str = ""
    serial: str = ""
    usb_port: str = ""

    def __str__(self) -> str:
        given = {"called": self.name, "serial": self.serial, "usb_port": self.usb_port}
        return ", ".join(f"{key} {text}" for key, text in given.items() if text)

    def __bool__(self) -> bool:
        return bool(self.name or self.serial or self.usb_port)


@dataclass(frozen=True, slots=True)
class DeviceNode:
    """One device node that exists now.

    ``node`` is its name in /dev (``video0``, ``controlC1``), valid only until the next plug or boot. ``names`` are the
    kernel's names for the device, the most telling first; ``udev_links`` the links that udev made; ``index`` counts the
    nodes of one device; ``model`` is USB vendor and product id.
    """

    node: str
    names: tuple[str, ...]
    index: int = 0
    udev_links: tuple[str, ...] = ()
    model: str = ""
    serial: str = ""
    usb_port: str = ""

    def has_name(self, name: str) -> bool:
        """Return whether ``name`` is one of its names or udev links."""
        return name in self.names or name in self.udev_links

    def aliases(self) -> frozenset[str]:
        """Return everything that an identity may call it."""
        return frozenset(filter(None, (*self.names, *self.udev_links, self.serial, self.usb_port)))

    def is_twin_of(self, other: DeviceNode) -> bool:
        """Return whether ``other`` is another device with the same USB ids, for which udev has only one by-id link."""
        own = (self.model, self.serial, self.index)
        return bool(self.model) and own == (other.model, other.serial, other.index) and self.place != other.place

    @property
    def place(self) -> str:
        """Where the device is connected; all nodes of one USB device have the same place."""
        return self.usb_port or self.node


def match_identity(role: str, kind: str, nodes: Sequence[DeviceNode], identity: DeviceIdentity) -> list[DeviceNode]:
    """Return the nodes of the one device that has this identity, in their order; ``kind`` is what messages call it.

    Raises:
        DeviceMissing: There is none.
        DeviceMisconfigured: There are several; the reason names the places that tell them apart.
    """
    named = [node for node in nodes if not identity.name or node.has_name(identity.name)]
    if identity.name.startswith(_BY_ID):
        named = [node for node in nodes if node in named or any(node.is_twin_of(other) for other in named)]
    matches = [
        node for node in named if identity.serial in ("", node.serial) and identity.usb_port in ("", node.usb_port)
    ]
    if not matches:
        present = (
            "; ".join(f"{other.names[0]} ({stable_name(other, nodes)})" for other in nodes if not other.index) or "none"
        )
        raise DeviceMissing(role, f"the {kind} is not there: there is none {identity}; there are: {present}")
    places = {node.place: node for node in reversed(matches)}
    if len(places) > 1:
        where = "; ".join(_place_name(node) for node in reversed(places.values()))
        reason = f"which {kind} is meant? {len(places)} are {identity}; name this one by its place: {where}"
        raise DeviceMisconfigured(role, reason)
    return matches


def stable_name(node: DeviceNode, nodes: Sequence[DeviceNode]) -> str:
    """Return the name for the config: the device's own link if no other device shares it, else its place's link."""
    own, place = _link(node, _BY_ID), _link(node, _BY_PATH)
    others = [other for other in nodes if other != node]
    if own and node.serial and not any(other.is_twin_of(node) for other in others):
        return own
    is_ambiguous = any(other.names[0] == node.names[0] for other in others)
    return place if place and (node.usb_port or is_ambiguous) else node.names[0]


def udev_links(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return udev's links in ``folder`` by the name of the node they point to, by-id before by-path."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in (_BY_ID, _BY_PATH):
        for link in sorted((folder / kind).glob("*")):
            if link.is_symlink():
                node = link.readlink().name
                found[node] = (*found.get(node, ()), f"{kind}/{link.name}")
    return found


def usb_identity(entry: Path) -> tuple[str, str, str]:
    """Return model, serial number and port of the USB device of a sysfs entry; empty strings on any other bus."""
    folder = usb_device(entry)
    if folder is None:
        return "", "", ""
    model = f"{read_sysfs_attribute(folder / 'idVendor')}:{read_sysfs_attribute(folder / 'idProduct')}"
    return model, read_sysfs_attribute(folder / "serial"), folder.name


def usb_device(entry: Path) -> Path | None:
    """Return the folder of the USB device that a sysfs entry belongs to; None on any other bus."""
    device = (entry / "device").resolve()
    return next((folder for folder in (device, *device.parents) if (folder / "idVendor").is_file()), None)


def read_sysfs_attribute(file: Path) -> str:
    """Return the text of a sysfs attribute; empty where the device has no such attribute or has just gone."""
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def _link(node: DeviceNode, kind: str) -> str:
    return next((link for link in node.udev_links if link.startswith(kind)), "")


def _place_name(node: DeviceNode) -> str:
    return _link(node, _BY_PATH) or f'usb_port = "{node.usb_port}"'
