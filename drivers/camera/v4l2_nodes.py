"""Which cameras the kernel knows: names that stay, and the node each has at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.camera.v4l2_node import captures

SYS = Path("/sys/class/video4linux")
DEV = Path("/dev")

_LINK_FOLDERS = ("by-id", "by-path")


class NotThere(Exception):
    """No such camera now."""


class NotSure(Exception):
    """Several cameras answer to what the config says."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the config says of a camera; what is left empty is not asked for.

    ``device``: a link of udev (``by-id/…``, ``by-path/…``) or the name the kernel gives; ``serial``: of the USB
    device; ``usb_port``: where it is plugged in, such as ``1-1.2``.
    """

    device: str = ""
    serial: str = ""
    usb_port: str = ""

    def __str__(self) -> str:
        told = {"device": self.device, "serial": self.serial, "usb_port": self.usb_port}
        return ", ".join(f"{key} {text}" for key, text in told.items() if text)


@dataclass(frozen=True, slots=True)
class VideoNode:
    """A video node. ``path`` is good for this moment only; ``model`` is the USB vendor and product."""

    path: Path
    name: str
    index: int
    links: tuple[str, ...] = ()
    model: str = ""
    serial: str = ""
    usb_port: str = ""

    def is_called(self, device: str) -> bool:
        """Whether ``device`` is one of its links or its name."""
        return device == self.name or device in self.links

    def is_twin_of(self, other: VideoNode) -> bool:
        """Whether another camera says the same of itself, so that udev has but one by-id link for the two."""
        said = (self.model, self.serial, self.name, self.index)
        others = (other.model, other.serial, other.name, other.index)
        return bool(self.model) and said == others and self.usb_port != other.usb_port

    @property
    def place(self) -> str:
        """Where its device is: the nodes of one USB device are in one place."""
        return self.usb_port or str(self.path)


def nodes(sys: Path = SYS, dev: Path = DEV) -> list[VideoNode]:
    """Every node the kernel has, those that give no pictures too, in the order of their numbers."""
    links = _links(dev / "v4l")
    found = [_node(entry, dev, links) for entry in sys.glob("video*")]
    return sorted(found, key=lambda node: (len(node.path.name), node.path.name))


def cameras() -> list[VideoNode]:
    """The nodes that give pictures, one for each camera."""
    first: dict[str, VideoNode] = {}
    for node in nodes():
        if node.place not in first and captures(node.path):
            first[node.place] = node
    return list(first.values())


def chosen(nodes: Sequence[VideoNode], identity: Identity) -> list[VideoNode]:
    """The nodes of the one camera that answers to ``identity``, the first of them first. NotThere, NotSure."""
    device = identity.device.removeprefix("/dev/v4l/")
    called = [node for node in nodes if not device or node.is_called(device)]
    if device.startswith("by-id/"):
        called = [node for node in nodes if node in called or any(node.is_twin_of(one) for one in called)]
    alike = [
        node for node in called if identity.serial in ("", node.serial) and identity.usb_port in ("", node.usb_port)
    ]
    if not alike:
        there = "; ".join(f"{node.name} ({best_name(node, nodes)})" for node in nodes if not node.index) or "none"
        raise NotThere(f"no camera is {identity}; there are: {there}")
    places = {node.place: node for node in reversed(alike)}
    if len(places) > 1:
        where = "; ".join(_told_apart(node) for node in reversed(places.values()))
        raise NotSure(f"{len(places)} cameras are {identity}; name this one by its place: {where}")
    return alike


def best_name(node: VideoNode, nodes: Iterable[VideoNode]) -> str:
    """The name for the config: the camera's own where no other has it, else that of its place."""
    links = {folder: next((link for link in node.links if link.startswith(folder)), "") for folder in _LINK_FOLDERS}
    others = [one for one in nodes if one != node]
    has_twin = any(one.is_twin_of(node) for one in others)
    if links["by-id"] and node.serial and not has_twin:
        return links["by-id"]
    return links["by-path"] or node.name


def _told_apart(node: VideoNode) -> str:
    path = next((link for link in node.links if link.startswith("by-path")), "")
    return f'device = "{path}"' if path else f'usb_port = "{node.usb_port}"'


def _links(folder: Path) -> dict[str, tuple[str, ...]]:
    """udev's links by the name of the node they lead to, by-id before by-path."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in _LINK_FOLDERS:
        for link in sorted((folder / kind).glob("*")):
            if link.is_symlink():
                node = link.readlink().name
                found[node] = (*found.get(node, ()), f"{kind}/{link.name}")
    return found


def _node(entry: Path, dev: Path, links: dict[str, tuple[str, ...]]) -> VideoNode:
    usb = _usb_device((entry / "device").resolve())
    model = serial = port = ""
    if usb is not None:
        model = f"{_read(usb / 'idVendor')}:{_read(usb / 'idProduct')}"
        serial, port = _read(usb / "serial"), usb.name
    index = int(_read(entry / "index") or 0)
    name = _read(entry / "name")
    return VideoNode(dev / entry.name, name, index, links.get(entry.name, ()), model, serial, port)


def _usb_device(device: Path) -> Path | None:
    return next((folder for folder in (device, *device.parents) if (folder / "idVendor").is_file()), None)


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""  # a device without this fact, or one that goes while we look
