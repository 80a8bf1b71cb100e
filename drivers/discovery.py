"""What is plugged in, whether the config knows it or not: how it is called there, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiscoveredDevice:
    """A device that a driver could use: the keys with which the config would name it, and what a person sees of it.

    ``section`` is the config's: ``cameras`` or ``microphones``; empty for a serial port, which may have any use.
    ``aliases`` holds every other name by which the config may mean it.
    """

    section: str
    driver: str
    keys: Mapping[str, str | int]
    name: str
    details: str = ""
    aliases: frozenset[str] = frozenset()
