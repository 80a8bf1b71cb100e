"""The kernel's video nodes, and which of them are cameras."""

from __future__ import annotations

from pathlib import Path

from drivers.camera.v4l2_node import captures
from drivers.device_identity import DEV, SYS, DeviceNode, fact, links, on_usb


def nodes(sys: Path = SYS, dev: Path = DEV) -> list[DeviceNode]:
    """Every node the kernel has, those that give no pictures too, in the order of their numbers."""
    named = links(dev / "v4l")
    found = []
    for entry in (sys / "video4linux").glob("video*"):
        index = int(fact(entry / "index") or 0)
        names = (fact(entry / "name"),)
        found.append(DeviceNode(entry.name, names, index, named.get(entry.name, ()), *on_usb(entry)))
    return sorted(found, key=lambda node: (len(node.node), node.node))


def cameras() -> list[DeviceNode]:
    """The nodes that give pictures, one for each camera."""
    first: dict[str, DeviceNode] = {}
    for node in nodes():
        if node.place not in first and captures(DEV / node.node):
            first[node.place] = node
    return list(first.values())
