"""Enumeration of the kernel's video nodes and the cameras among them."""

from __future__ import annotations

from pathlib import Path

from drivers.camera.v4l2_node import can_capture
from drivers.device_identity import DEV, SYS, DeviceNode, read_sysfs_attribute, udev_links, usb_identity


def list_nodes(sys: Path = SYS, dev: Path = DEV) -> list[DeviceNode]:
    """Return every video node, in the order of their numbers, including those that capture nothing."""
    named = udev_links(dev / "v4l")
    found = []
    for entry in (sys / "video4linux").glob("video*"):
        index = int(read_sysfs_attribute(entry / "index") or 0)
        names = (read_sysfs_attribute(entry / "name"),)
        found.append(DeviceNode(entry.name, names, index, named.get(entry.name, ()), *usb_identity(entry)))
    return sorted(found, key=lambda node: (len(node.node), node.node))


def cameras() -> list[DeviceNode]:
    """Return the capturing nodes, one for each camera."""
    first: dict[str, DeviceNode] = {}
    for node in list_nodes():
        if node.place not in first and can_capture(DEV / node.node):
            first[node.place] = node
    return list(first.values())
