"""The keys of a device's table that say which device is meant."""

from __future__ import annotations

import re

from drivers.discovered_device import DiscoveredDevice

IDENTITY_KEYS = ("device", "card", "card_input", "serial", "usb_port")
"""Keys by which drivers of cameras and microphones tell one device of this box from another; each has some."""

_NAME_KEYS = ("device", "card", "serial", "usb_port", "serial_port")
_LINKS = re.compile("^/dev/(v4l|snd)/")


def is_device_of(options: object, one: DiscoveredDevice) -> bool:
    """Whether every name that a driver's Options give is one of this device's names."""
    names = {_LINKS.sub("", str(getattr(options, key, ""))) for key in _NAME_KEYS} - {""}
    answers = one.aliases | {str(value) for value in one.keys.values()}
    return bool(names) and names <= answers and getattr(options, "card_input", 0) == one.keys.get("card_input", 0)


def identity_values(options: object) -> dict[str, str | int]:
    """The identity keys that the driver of these Options has, with their values; empty text names no device."""
    return {key: getattr(options, key) for key in IDENTITY_KEYS if hasattr(options, key)}
