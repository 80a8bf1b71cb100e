"""USB HID devices through the kernel's hidraw nodes, found by USB ids, serial number or USB position.

No library: a node is read and written like a file and can be polled together with other descriptors.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drivers.errors import DeviceMisconfigured, DeviceMissing
from drivers.node_access import refused_access

SYSFS, DEV = Path("/sys/class/hidraw"), Path("/dev")
_HIDIOCSFEATURE = 0xC000_4806
_BUS_USB = 0x0003


@dataclass(frozen=True, slots=True)
class FoundNode:
    """A hidraw node that is there: its name below /dev, and the device's serial number and USB position."""

    name: str
    serial: str
    position: str


@dataclass(frozen=True, slots=True)
class HidNode:
    """The one device with these USB ids whose serial number or USB position contains ``selector``; empty: any."""

    role: str
    ids: tuple[int, int]
    selector: str = ""
    sysfs: Path = SYSFS
    dev: Path = DEV

    def open(self) -> int:
        """Return a non-blocking descriptor for whole reports; raises as ``ReceiverTransport.open``."""
        matches = [node for node in self.nodes() if self.selector in f"{node.serial} {node.position}"]
        device_name = f"{self.ids[0]:04x}:{self.ids[1]:04x}" + (f" ({self.selector})" if self.selector else "")
        if not matches:
            raise DeviceMissing(self.role, f"no HID device {device_name} is plugged in")
        if len(matches) > 1:
            candidates = "; ".join(f"serial {one.serial or 'none'} at {one.position}" for one in matches)
            raise DeviceMisconfigured(
                self.role, f"several HID devices {device_name}: say which with hid:SERIAL, of {candidates}"
            )
        node = self.dev / matches[0].name
        try:
            return os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno == errno.EACCES:
                raise refused_access(
                    self.role, node, f"{node} may not be opened: are udev's 60-classroom-edge.rules installed?"
                ) from error
            raise DeviceMissing(self.role, f"{node} cannot be opened: {error.strerror}") from error

    def nodes(self) -> Iterator[FoundNode]:
        """Yield every node with these ids."""
        wanted_ids = (_BUS_USB, *self.ids)
        for folder in sorted(self.sysfs.glob("hidraw*")):
            try:
                lines = (folder / "device" / "uevent").read_text().splitlines()
            except OSError:  # it went while we looked
                continue
            properties = dict(line.partition("=")[::2] for line in lines)
            if tuple(int(part, 16) for part in properties.get("HID_ID", "0:0:0").split(":")) == wanted_ids:
                yield FoundNode(folder.name, properties.get("HID_UNIQ", ""), properties.get("HID_PHYS", ""))


def send_feature_report(descriptor: int, report: bytes) -> None:
    """Send a feature report, whose first byte is its number; OSError where the device does not accept it."""
    fcntl.ioctl(descriptor, _HIDIOCSFEATURE | len(report) << 16, report)
