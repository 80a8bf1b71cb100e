"""Discovery of this machine's V4L2 cameras."""

from __future__ import annotations

from fractions import Fraction

from drivers.camera.v4l2_enumeration import cameras
from drivers.camera.v4l2_modes import choose_mode
from drivers.camera.v4l2_node import OpenNode
from drivers.device_identity import DEV, DeviceNode, stable_name
from drivers.discovered_device import DiscoveredDevice
from drivers.samples import Coding, PictureFormat

_USUAL = PictureFormat(1920, 1080, Fraction(25), Coding.MJPEG)


def discover_cameras() -> list[DiscoveredDevice]:
    """Return each camera once, with the mode in which it would be used."""
    devices = cameras()
    return [
        DiscoveredDevice(
            "cameras",
            "v4l2",
            {"device": stable_name(one, devices)},
            one.names[0],
            _details(one),
            one.aliases(),
            model=one.model,
            serial=one.serial,
            usb_port=one.usb_port,
            node=one.node,
        )
        for one in devices
    ]


def _details(camera: DeviceNode) -> str:
    details = [f"USB {camera.usb_port}"] if camera.usb_port else []
    try:
        with OpenNode(DEV / camera.node) as node:
            mode = choose_mode(node.modes(_USUAL), _USUAL)
            details.append(str(mode) if mode else "no known coding")
            details += [] if node.has_signal() else ["no signal"]
    except OSError as error:
        details.append(error.strerror or str(error))
    return ", ".join(details)
