"""The cameras of this machine, as the config would name them."""

from __future__ import annotations

from fractions import Fraction

from drivers.camera.v4l2_enumeration import cameras
from drivers.camera.v4l2_modes import chosen
from drivers.camera.v4l2_node import OpenNode
from drivers.device_identity import DEV, DeviceNode, best_name
from drivers.discovery import DiscoveredDevice
from drivers.samples import Coding, PictureFormat

_USUAL = PictureFormat(1920, 1080, Fraction(25), Coding.MJPEG)


def found() -> list[DiscoveredDevice]:
    """Each camera once, with the mode in which it would be used."""
    there = cameras()
    return [
        DiscoveredDevice(
            "cameras", "v4l2", {"device": best_name(one, there)}, one.names[0], _details(one), one.answers()
        )
        for one in there
    ]


def _details(camera: DeviceNode) -> str:
    told = [f"USB {camera.usb_port}"] if camera.usb_port else []
    try:
        with OpenNode(DEV / camera.node) as node:
            mode = chosen(node.modes(_USUAL), _USUAL)
            told.append(str(mode) if mode else "no known coding")
            told += [] if node.has_signal() else ["no signal"]
    except OSError as error:
        told.append(error.strerror or str(error))
    return ", ".join(told)
