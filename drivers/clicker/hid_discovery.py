"""Discovery of clicker bases on USB HID: iClicker bases, and the HID-to-UART bridge of RF21x bases."""

from __future__ import annotations

from pathlib import Path

from drivers.clicker.hid_node import DEV, SYSFS, HidNode
from drivers.clicker.hid_transport import BRIDGE_IDS
from drivers.clicker.iclicker_framing import USB_IDS
from drivers.clicker.rf21x_receiver import FRAMINGS
from drivers.clicker.transport import HID
from drivers.discovered_device import DiscoveredDevice

_BASES = {USB_IDS: ("iclicker", "iClicker"), BRIDGE_IDS: ("rf21x", "RF21x")}


def discover_bases(sysfs: Path = SYSFS, dev: Path = DEV) -> list[DiscoveredDevice]:
    """Return each base; where several of a kind are there, each by its serial number, or else its USB position."""
    found = []
    for ids, (driver, name) in _BASES.items():
        nodes = list(HidNode("clickers", ids, sysfs=sysfs, dev=dev).nodes())
        for node in nodes:
            device = HID if len(nodes) == 1 else f"{HID}:{node.serial or node.position}"
            names = frozenset(f"{HID}:{one}" for one in (node.serial, node.position) if one) | {HID}
            details = f"{ids[0]:04x}:{ids[1]:04x}, {node.name}"
            choices = {"model": tuple(FRAMINGS)} if driver == "rf21x" else {}
            found.append(
                DiscoveredDevice(
                    "clickers",
                    driver,
                    {"device": device},
                    name,
                    details,
                    names,
                    choices,
                    model=f"{ids[0]:04x}:{ids[1]:04x}",
                    serial=node.serial,
                    node=node.name,
                )
            )
    return found
