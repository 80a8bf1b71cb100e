"""A device that was discovered on this machine, with the config keys that would select it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DiscoveredDevice:
    """A connected device that a driver could use, whether the config names it or not.

    ``section`` is the config's section (``cameras``, ``microphones``), empty for a serial port, whose use only a person
    knows. ``keys`` are the config keys that select it; ``name`` and ``details`` are for people; ``aliases`` are the
    other names by which a config may already refer to it. ``choices`` are keys that cannot be discovered, such as a
    model that only its label tells, with the values to choose from. ``model``, ``serial``, ``usb_port`` and ``node``
    are as in ``DeviceNode``, empty where it has none.
    """

    section: str
    driver: str
    keys: Mapping[str, str | int]
    name: str
    details: str = ""
    aliases: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    model: str = ""
    serial: str = ""
    usb_port: str = ""
    node: str = ""
