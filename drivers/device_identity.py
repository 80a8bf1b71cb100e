"""Devices by names that stay: what udev and the kernel call them, and where they are plugged in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.errors import DriverError

SYS = Path("/sys/class")
DEV = Path("/dev")

_BY_ID, _BY_PATH = "by-id", "by-path"


class DeviceNotFound(DriverError):
    """No such device now."""


class AmbiguousDevice(DriverError):
    """Several devices answer to what the config says."""


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """What the config says of a device; what is left empty is not asked for.

    ``name``: a link of udev (``by-id/…``, ``by-path/…``) or what the kernel calls it; ``serial``: of the USB
    device; ``usb_port``: where that is plugged in, such as ``1-1.2``.
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
    """A device, or one node of it: the ``index``-th. ``node`` (``video0``, ``controlC1``) is good for now only.

    ``names``: what the kernel calls it, the most telling first; ``udev_links``: udev's; ``model``: vendor and product.
    """

    node: str
    names: tuple[str, ...]
    index: int = 0
    udev_links: tuple[str, ...] = ()
    model: str = ""
    serial: str = ""
    usb_port: str = ""

    def has_name(self, name: str) -> bool:
        """Whether ``name`` is one of its links or names."""
        return name in self.names or name in self.udev_links

    def aliases(self) -> frozenset[str]:
        """Everything it can be called by."""
        return frozenset(filter(None, (*self.names, *self.udev_links, self.serial, self.usb_port)))

    def is_twin_of(self, other: DeviceNode) -> bool:
        """Whether another device says the same of itself, so that udev has but one by-id link for the two."""
        own = (self.model, self.serial, self.index)
        return bool(self.model) and own == (other.model, other.serial, other.index) and self.place != other.place

    @property
    def place(self) -> str:
        """Where its device is: the nodes of one USB device are in one place."""
        return self.usb_port or self.node


def match_identity(nodes: Sequence[DeviceNode], identity: DeviceIdentity) -> list[DeviceNode]:
    """The nodes of the one device that answers to ``identity``, in their order. NotThere, NotSure."""
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
        raise DeviceNotFound(f"there is none {identity}; there are: {present}")
    places = {node.place: node for node in reversed(matches)}
    if len(places) > 1:
        where = "; ".join(_place_name(node) for node in reversed(places.values()))
        raise AmbiguousDevice(f"{len(places)} are {identity}; name this one by its place: {where}")
    return matches


def stable_name(node: DeviceNode, nodes: Sequence[DeviceNode]) -> str:
    """The name for the config: the device's own where no other has it, else that of its place."""
    own, place = _link(node, _BY_ID), _link(node, _BY_PATH)
    others = [other for other in nodes if other != node]
    if own and node.serial and not any(other.is_twin_of(node) for other in others):
        return own
    is_ambiguous = any(other.names[0] == node.names[0] for other in others)
    return place if place and (node.usb_port or is_ambiguous) else node.names[0]


def udev_links(folder: Path) -> dict[str, tuple[str, ...]]:
    """udev's links in ``folder`` by the name of the node they lead to, by-id before by-path."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in (_BY_ID, _BY_PATH):
        for link in sorted((folder / kind).glob("*")):
            if link.is_symlink():
                node = link.readlink().name
                found[node] = (*found.get(node, ()), f"{kind}/{link.name}")
    return found


def usb_identity(entry: Path) -> tuple[str, str, str]:
    """Model, serial and port of the USB device that this entry of sysfs belongs to; empty for another bus."""
    device = (entry / "device").resolve()
    for folder in (device, *device.parents):
        if (folder / "idVendor").is_file():
            model = f"{read_sysfs_attribute(folder / 'idVendor')}:{read_sysfs_attribute(folder / 'idProduct')}"
            return model, read_sysfs_attribute(folder / "serial"), folder.name
    return "", "", ""


def read_sysfs_attribute(file: Path) -> str:
    """What a file of sysfs says; nothing where a device has no such file, or goes while we look."""
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def _link(node: DeviceNode, kind: str) -> str:
    return next((link for link in node.udev_links if link.startswith(kind)), "")


def _place_name(node: DeviceNode) -> str:
    return _link(node, _BY_PATH) or f'usb_port = "{node.usb_port}"'
