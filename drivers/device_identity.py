"""Devices by names that stay: what udev and the kernel call them, and where they are plugged in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SYS = Path("/sys/class")
DEV = Path("/dev")

_BY_ID, _BY_PATH = "by-id", "by-path"


class DeviceNotFound(Exception):
    """No such device now."""


class AmbiguousDevice(Exception):
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
        told = {"called": self.name, "serial": self.serial, "usb_port": self.usb_port}
        return ", ".join(f"{key} {text}" for key, text in told.items() if text)

    def __bool__(self) -> bool:
        return bool(self.name or self.serial or self.usb_port)


@dataclass(frozen=True, slots=True)
class DeviceNode:
    """A device, or one node of it: the ``index``-th. ``node`` (``video0``, ``controlC1``) is good for now only.

    ``names``: what the kernel calls it, the most telling first; ``links``: udev's; ``model``: vendor and product.
    """

    node: str
    names: tuple[str, ...]
    index: int = 0
    links: tuple[str, ...] = ()
    model: str = ""
    serial: str = ""
    usb_port: str = ""

    def is_called(self, name: str) -> bool:
        """Whether ``name`` is one of its links or names."""
        return name in self.names or name in self.links

    def answers(self) -> frozenset[str]:
        """Everything it can be called by."""
        return frozenset(filter(None, (*self.names, *self.links, self.serial, self.usb_port)))

    def is_twin_of(self, other: DeviceNode) -> bool:
        """Whether another device says the same of itself, so that udev has but one by-id link for the two."""
        said = (self.model, self.serial, self.index)
        return bool(self.model) and said == (other.model, other.serial, other.index) and self.place != other.place

    @property
    def place(self) -> str:
        """Where its device is: the nodes of one USB device are in one place."""
        return self.usb_port or self.node


def chosen(things: Sequence[DeviceNode], identity: DeviceIdentity) -> list[DeviceNode]:
    """The nodes of the one device that answers to ``identity``, in their order. NotThere, NotSure."""
    called = [thing for thing in things if not identity.name or thing.is_called(identity.name)]
    if identity.name.startswith(_BY_ID):
        called = [thing for thing in things if thing in called or any(thing.is_twin_of(one) for one in called)]
    alike = [
        thing for thing in called if identity.serial in ("", thing.serial) and identity.usb_port in ("", thing.usb_port)
    ]
    if not alike:
        there = "; ".join(f"{one.names[0]} ({best_name(one, things)})" for one in things if not one.index) or "none"
        raise DeviceNotFound(f"there is none {identity}; there are: {there}")
    places = {thing.place: thing for thing in reversed(alike)}
    if len(places) > 1:
        where = "; ".join(_told_apart(thing) for thing in reversed(places.values()))
        raise AmbiguousDevice(f"{len(places)} are {identity}; name this one by its place: {where}")
    return alike


def best_name(thing: DeviceNode, things: Sequence[DeviceNode]) -> str:
    """The name for the config: the device's own where no other has it, else that of its place."""
    own, place = _link(thing, _BY_ID), _link(thing, _BY_PATH)
    others = [one for one in things if one != thing]
    if own and thing.serial and not any(one.is_twin_of(thing) for one in others):
        return own
    is_ambiguous = any(one.names[0] == thing.names[0] for one in others)
    return place if place and (thing.usb_port or is_ambiguous) else thing.names[0]


def links(folder: Path) -> dict[str, tuple[str, ...]]:
    """udev's links in ``folder`` by the name of the node they lead to, by-id before by-path."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in (_BY_ID, _BY_PATH):
        for link in sorted((folder / kind).glob("*")):
            if link.is_symlink():
                node = link.readlink().name
                found[node] = (*found.get(node, ()), f"{kind}/{link.name}")
    return found


def on_usb(entry: Path) -> tuple[str, str, str]:
    """Model, serial and port of the USB device that this entry of sysfs belongs to; empty for another bus."""
    device = (entry / "device").resolve()
    for folder in (device, *device.parents):
        if (folder / "idVendor").is_file():
            model = f"{fact(folder / 'idVendor')}:{fact(folder / 'idProduct')}"
            return model, fact(folder / "serial"), folder.name
    return "", "", ""


def fact(file: Path) -> str:
    """What a file of sysfs says; nothing where a device has no such file, or goes while we look."""
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def _link(thing: DeviceNode, kind: str) -> str:
    return next((link for link in thing.links if link.startswith(kind)), "")


def _told_apart(thing: DeviceNode) -> str:
    return _link(thing, _BY_PATH) or f'usb_port = "{thing.usb_port}"'
